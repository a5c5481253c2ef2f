"""Normality of several directions together: pairs of axes, all distances, a test of a few, what cuts keep."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from core.captions.normality import about_cuts, about_pairs_of_axes, about_squared_distances
from core.figures.normality import kept_by_cuts, squared_distances
from core.figures.planes import pair_densities
from core.space.planes import Direction, Plane, make_plane
from core.statistics import henze_zirkler, subsample
from core.tables import cut_table, ellipse_table
from pages.parts.charts import chart
from pages.parts.comparison import Comparison
from pages.parts.fields import switch, whole_number
from pages.parts.loaders import load_core, load_henze_zirkler, load_largest_coordinates, load_projection

__all__ = ["draw_cuts", "draw_pairs", "draw_squared_distances", "draw_test"]

PAIRS = 6
"""Planes that are drawn at a time."""


def draw_pairs(comparison: Comparison) -> list[Plane]:
    """Draw pairs of consecutive principal axes with their ellipses; return the planes."""
    chosen, sample = comparison.selection, comparison.sample
    dimension = chosen.study.dimension
    st.header("Pairs of principal axes")
    first = whole_number("From axis", 1, dimension - 1, 1, "pairs_from", step=2 * PAIRS, width=160)
    planes = []
    for start in range(first - 1, min(first - 1 + 2 * PAIRS, dimension - 1), 2):
        directions: tuple[Direction, Direction] = (("axis", start), ("axis", start + 1))
        planes.append(make_plane(chosen.description, load_projection(chosen.study, directions), [sample], directions))
    chart(pair_densities(planes), f"densities of {len(planes)} pairs of principal axes", "pairs")
    st.caption(about_pairs_of_axes(ellipse_table(planes), chosen.study.title))
    return planes


def draw_squared_distances(comparison: Comparison, share: float) -> None:
    """Draw the chi-square Q-Q plot of the squared Mahalanobis distances."""
    chosen, sample = comparison.selection, comparison.sample
    st.header("All dimensions together")
    core = load_core(chosen.study, share)
    figure = squared_distances(chosen.description, sample.description.distances, sample.title, core)
    chart(
        figure,
        f"chi-square Q-Q plot of squared distances of {chosen.study.title} and {sample.title}",
        "squared_distances",
    )
    st.caption(about_squared_distances(chosen.description, core))


def draw_test(comparison: Comparison, kind: str, share: float) -> pd.DataFrame | None:
    """Draw the Henze-Zirkler test of a few directions, if asked for; return its table."""
    chosen, sample = comparison.selection, comparison.sample
    st.header("A test of a few directions")
    what = "principal axes" if kind == "axis" else "components"
    first = 1 if kind == "axis" else 0
    high = chosen.study.dimension - 1 + first
    with st.container(horizontal=True, vertical_alignment="bottom"):
        start = whole_number("From", first, high - 1, first, f"test_{kind}", width=120)
        count = whole_number("How many", 2, 6, 2, "test_count", width=120)
        asked = switch("Henze-Zirkler test", "test", help="Takes a second or two.")
    if not asked:
        st.caption("The series tests pairs of components with Henze and Zirkler's test; switch it on to do the same.")
        return None
    directions = tuple((kind, i) for i in range(start - first, min(start - first + count, high - first + 1)))
    drawn = chosen.description.axes.along(sample.vectors, directions)
    data = chosen.study.title
    within = f"{data} within 3σ in these directions"
    with st.spinner("Testing …"):
        results = {
            data: load_henze_zirkler(chosen.study, directions, math.inf, 1.0),
            within: load_henze_zirkler(chosen.study, directions, 3.0, 1.0),
            sample.title: henze_zirkler(drawn[subsample(len(drawn))]),
        }
        if share < 1:
            results[f"core of {data}, {share:.0%}"] = load_henze_zirkler(chosen.study, directions, math.inf, share)
    rows = [(name, result.count, result.statistic, result.p_value) for name, result in results.items()]
    table = pd.DataFrame(rows, columns=["set", "count", "statistic", "p_value"])
    formats = {name: st.column_config.NumberColumn(format="%.3g") for name in ("statistic", "p_value")}
    st.dataframe(table, hide_index=True, column_config=formats, alt="Henze-Zirkler test")
    passed = bool(np.asarray(results[within].p_value) > 0.05)
    st.caption(
        f"Of {len(directions)} {what}, on subsamples. The series found that the core passes once outliers at 3σ and "
        f"more are removed; here it {'passes' if passed else 'fails'} at p = 0.05. A p-value depends on the number of "
        "vectors: the statistic says how far from normal, p how sure that is."
    )
    return table


def draw_cuts(comparison: Comparison) -> None:
    """Draw what cuts keep in many dimensions."""
    chosen = comparison.selection
    st.header(f"What 3σ means in {chosen.study.dimension} dimensions")
    largest = load_largest_coordinates(chosen.study)
    chart(kept_by_cuts(chosen.description, largest), "shares kept by cuts at k standard deviations", "cuts")
    st.caption(about_cuts(chosen.description, cut_table(chosen.description, largest)))
