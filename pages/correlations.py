"""Which components depend on each other? Pearson matrices, their coefficients, single pairs."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from core.exhibits.correlations import coefficients, matrices, pair, strongest
from core.exhibits.exhibit import Exhibit
from core.space.planes import Direction, make_plane, require_directions
from core.statistics import pair_coefficients
from core.tables import coefficients_of
from pages.parts.address import decide
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw, offer, say, show
from pages.parts.fields import choose, distinct_numbers, whole_number
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.gestures import take_drawn
from pages.parts.loaders import load_order, load_pairs, load_projection
from pages.parts.sampled import say_what_is_shown

ORDERS = {"clusters": "Clustered", "index": "Index"}


def draw_matrices(comparison: Comparison) -> None:
    """Draw the matrices."""
    study = comparison.selection.study
    order = choose(
        "Order of the components", ORDERS, "clusters", "matrix_order", "Clustered: correlated ones side by side."
    )
    arranged = load_order(study) if order == "clusters" else np.arange(study.dimension)
    exhibits = matrices(comparison.scene, arranged)
    with st.grid(3, min_column_width=240, gap="small"):
        for exhibit in exhibits:
            with st.container():
                show(exhibit)


def choose_pair(comparison: Comparison, listed: Exhibit) -> tuple[int, int, float]:
    """Draw the strongest pairs, of which a click chooses one, and fields for any other; return pair and coverage."""
    table = load_pairs(comparison.selection.study, *comparison.drawn)
    first, second = (int(table[name].iloc[0]) if len(table) else 0 for name in ("component", "other"))

    def take() -> None:
        picked = st.session_state[listed.key]["selection"]["rows"]
        if picked:
            row = table.iloc[picked[0]]
            decide("pair_across", int(row["component"]))
            decide("pair_up", int(row["other"]))

    names = [sample.title for sample in comparison.drawn]
    drawn = dict(zip(("sample_pearson", "against_pearson"), names, strict=False))
    titles = {"pearson": "Pearson", "spearman": "Spearman", **drawn}
    columns = {name: st.column_config.NumberColumn(title, format="%.3f") for name, title in titles.items()}
    draw(
        listed,
        height=360,
        column_config={"component": "z_i", "other": "z_j", **columns},
        on_select=take,
        selection_mode="single-row",
        key=listed.key,
    )
    st.caption(listed.said)
    high = comparison.selection.study.dimension - 1
    with st.container(horizontal=True, vertical_alignment="bottom"):
        fields = {"pair_across": ("Across", first), "pair_up": ("Up", second if second != first else min(1, high))}
        across, up = distinct_numbers(fields, 0, high, 120)
        percent = whole_number("Coverage %", 10, 99, 95, "coverage", width=120, help="Of the outermost ellipse.")
    return across, up, percent / 100


def draw_pair(comparison: Comparison) -> list[Exhibit]:
    """Draw one pair of components, beside the strongest of all; return both exhibits."""
    chosen, drawn, scene = comparison.selection, comparison.drawn, comparison.scene
    listed = strongest(scene, load_pairs(chosen.study, *drawn))
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        i, j, coverage = choose_pair(comparison, listed)
    directions: tuple[Direction, Direction] = (("component", i), ("component", j))
    bulk = load_projection(chosen.study, directions)
    plane = make_plane(chosen.description, bulk, drawn, directions)
    found = coefficients_of(chosen.description.moments, bulk, i, j)
    exhibit = pair(scene, plane, coverage, found)
    drawn_on = partial(take_drawn, exhibit.key, chosen.study, (f"component{i}", f"component{j}"))
    with right:
        draw(exhibit, on_select=drawn_on, selection_mode=("box", "lasso"))
    with st.container(horizontal=True):
        theirs = {title: pair_coefficients(points) for title, points in plane.drawn.items()}
        for title, both in {chosen.study.title: found, **theirs}.items():
            for name, value in zip(("Pearson", "Spearman"), both, strict=True):
                st.metric(f"{name}, {title}", f"{value:.3f}")
    say(exhibit)
    return [listed, exhibit]


def main(comparison: Comparison) -> None:
    """Draw the page."""
    require_directions(2, comparison.selection.study.dimension)
    draw_matrices(comparison)
    if not further("how strong the pairs are, and one of them"):
        return
    every = coefficients(comparison.scene)
    show(every)
    st.header("One pair")
    say_what_is_shown(comparison.selection.study)
    offer([every, *draw_pair(comparison)])


open_page(main)
