"""How is each component distributed? Small multiples of histograms, means and widths."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from core.captions.components import about_components
from core.figures.components import component_histograms, means_and_widths
from core.figures.studies import overlay_components
from core.tables import component_table, correlation_table
from pages.parts.beside import lay_beside
from pages.parts.charts import chart, tables
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, page_number
from pages.parts.front_door import open_page

PER_PAGE = 16

ORDERS = {
    "index": "Index",
    "mean": "|Mean|",
    "width": "Width",
    "skewness": "|Skewness|",
    "difference": "Difference",
}  # what the small multiples are sorted by, in the address and on the screen


def ordered(frame: pd.DataFrame, order: str) -> list[int]:
    """Return the components, the most striking first."""
    columns = {"mean": "mean", "width": "standard_deviation", "skewness": "skewness", "difference": "difference"}
    if order not in columns:
        return [int(j) for j in frame["component"]]
    ranked = frame[columns[order]].abs().sort_values(ascending=False, kind="stable")
    return [int(j) for j in frame["component"][ranked.index]]


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    data, title = chosen.study.title, sample.title
    frame = component_table(chosen.description, sample)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = choose(
            "Sort by",
            ORDERS,
            "mean",
            "order",
            f"Mean, width and skewness are those of {data}. Difference is half the L1 distance of both histograms: "
            "0 for the same distribution, 1 for disjoint ones.",
        )
        pages = math.ceil(len(frame) / PER_PAGE)
        page = page_number(pages, "components_page")
    shown = ordered(frame, order)[(page - 1) * PER_PAGE : page * PER_PAGE]
    chart(
        component_histograms(chosen.description, sample.description, shown, title),
        f"histograms of {len(shown)} components, {data} and {title}",
        "component_histograms",
    )
    moments = chosen.description.moments
    st.caption(about_components(chosen.description, frame, title))
    st.header("Mean and width of every component")
    chart(
        means_and_widths(frame, data, title),
        f"mean and width of all components, {data} and {title}",
        "means_and_widths",
    )
    lay_beside(chosen, overlay_components, "means and widths")
    name = chosen.file_name(sample.stem)
    drawn = sample.description.moments
    tables(
        {
            "Component statistics": (f"{name}_components", lambda: frame),
            "Correlations": (f"{name}_correlations", lambda: correlation_table(moments, drawn)),
        }
    )


open_page(main)
