"""How is each component distributed? Small multiples of histograms, means and widths."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from core.exhibits.beside import components_beside
from core.exhibits.components import PER_PAGE, histograms, places
from core.statistics import Histograms
from core.tables import ORDERS, component_table, ranked_components
from pages.parts.beside import lay_beside
from pages.parts.comparison import Comparison
from pages.parts.exhibits import offer, show
from pages.parts.fields import choose, page_number
from pages.parts.front_door import open_page
from pages.parts.gestures import brush
from pages.parts.loaders import load_selected_histograms
from pages.parts.sampled import offer_to_read_all, reads_all


def _marked(comparison: Comparison, components: Sequence[int]) -> list[tuple[str, Histograms, int]]:
    """Return the histograms of some components of the selections, each with its name and its place."""
    study, which = comparison.selection.study, tuple(int(j) for j in components)
    shown, every = comparison.selection.shown, reads_all()
    counted = [(one, load_selected_histograms(study, one, which, every)) for one in shown]
    return [(one.title, histograms, one.place) for one, histograms in counted if histograms is not None]


def main(comparison: Comparison) -> None:
    """Draw the page."""
    scene, data = comparison.scene, comparison.selection.study.title
    table = component_table(scene.described, *scene.drawn)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        order = choose(
            "Sort by",
            ORDERS,
            "mean",
            "order",
            f"Mean, width and skewness are those of {data}. Difference is half the L1 distance of both histograms: "
            "0 for the same distribution, 1 for disjoint ones.",
        )
        page = page_number(math.ceil(len(table) / PER_PAGE), "components_page")
    shown = ranked_components(table, order)[(page - 1) * PER_PAGE : page * PER_PAGE]
    if order != "index" and len(table) > PER_PAGE:
        st.caption(
            f"First come the components with the largest {ORDERS[order].strip('|').lower()}; turn the page for others."
        )
    exhibits = [histograms(scene, table, shown, _marked(comparison, shown)), places(scene, table)]
    many, *others = exhibits

    taken = brush(many.key, comparison.selection.study, *(f"component{j}" for j in shown))
    show(many, on_select=taken, selection_mode=("box",))
    offer_to_read_all(comparison.selection.study, *comparison.selection.shown)
    for exhibit in others:
        show(exhibit)
    lay_beside(comparison.selection, components_beside)
    offer(exhibits)


open_page(main)
