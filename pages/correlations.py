"""Which components depend on each other? Pearson matrices, their coefficients, single pairs."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.captions.correlations import about_a_pair, about_coefficients, about_correlations
from core.figures.correlations import coefficient_histogram, coefficient_matrix
from core.figures.planes import SHARES, plane_density
from core.space.planes import Direction, make_plane
from core.statistics import pair_coefficients
from core.tables import correlation_table, plane_table
from pages.parts.address import decide
from pages.parts.charts import chart, tables
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, distinct_numbers, whole_number
from pages.parts.front_door import open_page
from pages.parts.loaders import load_order, load_pairs, load_projection

ORDERS = {"clusters": "Clustered", "index": "Index"}


def draw_matrices(comparison: Comparison) -> None:
    """Draw the matrices and the distribution of their coefficients."""
    chosen, sample = comparison.selection, comparison.sample
    moments, drawn, data = chosen.description.moments, sample.description.moments, chosen.study.title
    order = choose(
        "Order of the components", ORDERS, "clusters", "matrix_order", "Clustered: correlated ones side by side."
    )
    arranged = load_order(chosen.study) if order == "clusters" else np.arange(chosen.study.dimension)
    mine, theirs = moments.correlations, drawn.correlations
    shown = {data: mine, sample.title: theirs, f"{sample.title} less {data}": theirs - mine}
    with st.grid(3, min_column_width=240, gap="small"):
        for place, (title, matrix) in enumerate(shown.items()):
            chart(coefficient_matrix(matrix, arranged, title), f"Pearson matrix, {title}", f"matrix_{place}")
    st.caption(about_correlations(chosen.description, sample))
    st.header("How large are the coefficients?")
    figure = coefficient_histogram(chosen.description, drawn, sample.title)
    chart(figure, f"distribution of the Pearson coefficients of {data} and {sample.title}", "coefficients")
    st.caption(about_coefficients(chosen.description, sample))


def choose_pair(comparison: Comparison) -> tuple[int, int, float]:
    """Draw the strongest pairs, of which a click chooses one, and fields for any other; return pair and coverage."""
    chosen = comparison.selection
    strongest = load_pairs(chosen.study, comparison.sample)
    first, second = (int(strongest[name].iloc[0]) if len(strongest) else 0 for name in ("component", "other"))

    def take() -> None:
        picked = st.session_state["strongest_pairs"]["selection"]["rows"]
        if picked:
            row = strongest.iloc[picked[0]]
            decide("pair_across", int(row["component"]))
            decide("pair_up", int(row["other"]))

    titles = {"pearson": "Pearson", "spearman": "Spearman", "sample_pearson": "Sample"}
    columns = {name: st.column_config.NumberColumn(title, format="%.3f") for name, title in titles.items()}
    st.dataframe(
        strongest,
        hide_index=True,
        height=360,
        column_config={"component": "z_i", "other": "z_j", **columns},
        on_select=take,
        selection_mode="single-row",
        key="strongest_pairs",
        alt="the pairs with the largest Pearson coefficients",
    )
    high = chosen.study.dimension - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields = {"pair_across": ("Across", first), "pair_up": ("Up", second if second != first else min(1, high))}
        across, up = distinct_numbers(fields, 0, high, 120)
        percent = whole_number("Coverage %", 10, 99, 95, "coverage", width=120, help="Of the outermost ellipse.")
    return across, up, percent / 100


def main(comparison: Comparison) -> None:
    """Draw the page."""
    chosen, sample = comparison.selection, comparison.sample
    moments, drawn = chosen.description.moments, sample.description.moments
    draw_matrices(comparison)
    st.header("One pair")
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        i, j, coverage = choose_pair(comparison)
    directions: tuple[Direction, Direction] = (("component", i), ("component", j))
    bulk = load_projection(chosen.study, directions)
    plane = make_plane(chosen.description, bulk, [sample], directions)
    shares = sorted({*SHARES[:2], coverage})
    coefficients, theirs = pair_coefficients(bulk), pair_coefficients(plane.points[sample.title])
    with right:
        chart(plane_density(plane, shares, 480), f"density of components {i} and {j} with ellipses", "pair_density")
    with st.container(horizontal=True):
        for title, pair in ((chosen.study.title, coefficients), (sample.title, theirs)):
            for name, value in zip(("Pearson", "Spearman"), pair, strict=True):
                st.metric(f"{name}, {title}", f"{value:.3f}")
    st.caption(about_a_pair(chosen.description, i, j, coefficients, sample.title))
    name = chosen.file_name(sample.stem)
    tables(
        {
            "All pairs": (f"{name}_correlations", lambda: correlation_table(moments, drawn)),
            "Strongest pairs": (f"{name}_strongest_pairs", lambda: load_pairs(chosen.study, sample)),
            "This pair": (f"{name}_z{i}_z{j}", lambda: plane_table(plane)),
        }
    )


open_page(main)
