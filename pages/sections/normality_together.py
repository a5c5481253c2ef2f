"""Normality of several directions together: pairs of axes, a test of a few."""

from __future__ import annotations

import math
from functools import partial

import streamlit as st

from core.exhibits.exhibit import Exhibit
from core.exhibits.normality import FIRST, PAIRS, henze_zirkler_test, name_of_core, pairs
from core.space.planes import Direction, make_plane, require_directions
from core.space.quantities import plane_quantities
from core.statistics import henze_zirkler, subsample
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw, say
from pages.parts.fields import switch, whole_number
from pages.parts.gestures import take_drawn
from pages.parts.loaders import load_core, load_henze_zirkler, load_projection

__all__ = ["draw_pairs", "draw_test"]


def draw_pairs(comparison: Comparison) -> Exhibit:
    """Draw pairs of consecutive principal axes with their ellipses; return the exhibit."""
    chosen = comparison.selection
    place, dimension = st.container(), chosen.study.dimension
    require_directions(2, dimension)
    first = whole_number("From axis", 1, dimension - 1, 1, "pairs_from", step=2 * PAIRS, width=160)
    planes = []
    for start in range(first - 1, min(first - 1 + 2 * PAIRS, dimension - 1), 2):
        directions: tuple[Direction, Direction] = (("axis", start), ("axis", start + 1))
        bulk = load_projection(chosen.study, directions)
        planes.append(make_plane(chosen.description, bulk, comparison.drawn, directions))
    exhibit = pairs(comparison.scene, planes)
    place.header(exhibit.title)
    quantities = [plane_quantities(plane.directions) for plane in planes]
    drawn_on = partial(take_drawn, exhibit.key, chosen.study, *quantities)
    draw(exhibit, on_select=drawn_on, selection_mode=("box", "lasso"))
    say(exhibit)
    return exhibit


def draw_test(comparison: Comparison, kind: str, share: float) -> list[Exhibit]:
    """Draw the Henze-Zirkler test of a few directions, if asked for; return the exhibit."""
    chosen, first = comparison.selection, FIRST[kind]
    st.header("A test of a few directions")
    high = chosen.study.dimension - 1 + first
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = whole_number("From", first, high - 1, first, f"test_{kind}", width=120)
        count = whole_number("How many", 2, 6, 2, "test_count", width=120)
        asked = switch("Henze-Zirkler test", "test", help="Takes a second or two.")
    if not asked:
        st.caption("Whether a few directions together are a bell, by Henze and Zirkler's test: switch it on.")
        return []
    directions = tuple((kind, i) for i in range(start - first, min(start - first + count, high - first + 1)))
    along = chosen.description.axes.along
    drawn = {sample.title: along(sample.vectors, directions) for sample in comparison.drawn}
    data = chosen.study.title
    within = f"{data} within 3σ in these directions"
    with st.spinner("Testing …"):
        results = {
            data: load_henze_zirkler(chosen.study, directions, math.inf, 1.0),
            within: load_henze_zirkler(chosen.study, directions, 3.0, 1.0),
            **{title: henze_zirkler(values[subsample(len(values))]) for title, values in drawn.items()},
        }
        if share < 1:
            core = name_of_core(data, load_core(chosen.study, share).share)
            results[core] = load_henze_zirkler(chosen.study, directions, math.inf, share)
    exhibit = henze_zirkler_test(comparison.scene, kind, len(directions), results, within)
    draw(exhibit, column_config={n: st.column_config.NumberColumn(format="%.3g") for n in ("statistic", "p_value")})
    say(exhibit)
    return [exhibit]
