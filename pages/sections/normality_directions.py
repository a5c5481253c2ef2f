"""Normality of single directions, components or principal axes: their shapes, and one of them in quantiles."""

from __future__ import annotations

import streamlit as st

from core.captions.normality import about_shapes
from core.figures.normality import normal_quantiles, shapes
from core.figures.theme import DATA, SAMPLE, SECOND
from core.space.planes import Direction, direction_name
from core.statistics import Shape
from pages.parts.charts import chart
from pages.parts.comparison import Comparison
from pages.parts.fields import whole_number
from pages.parts.loaders import load_core, load_core_shape, load_projection, load_sample_shape, load_shape

__all__ = ["draw_one_direction", "draw_shapes"]


def draw_shapes(comparison: Comparison, kind: str, share: float) -> list[tuple[str, Shape]]:
    """Draw skewness and kurtosis of all directions of a kind; return the shapes with their prefixes in tables."""
    chosen, sample, along = comparison.selection, comparison.sample, kind == "axis"
    mine, theirs = load_shape(chosen.study, along), load_sample_shape(chosen.study, sample, along)
    sets = [(sample.title, theirs, SAMPLE), (chosen.study.title, mine, DATA)]
    prefixed = [("", mine), ("sample", theirs)]
    if share < 1:
        inner = load_core_shape(chosen.study, share, along)
        sets.append((f"core of {chosen.study.title}, {share:.0%}", inner, SECOND))
        prefixed.append(("core", inner))
    variable = "principal axis %{text}" if along else "z<sub>%{text}</sub>"
    what = "principal axes" if along else "components"
    chart(shapes(sets, variable), f"skewness and excess kurtosis of all {what}", "shapes")
    st.caption(about_shapes(mine, theirs, sample.title, along))
    return prefixed


def draw_one_direction(comparison: Comparison, kind: str, share: float) -> None:
    """Draw the Q-Q plot of one direction, and how normal it is in numbers."""
    chosen, sample, along = comparison.selection, comparison.sample, kind == "axis"
    first = 1 if along else 0
    number = whole_number(
        "Principal axis" if along else "Component",
        first,
        chosen.study.dimension - 1 + first,
        first,
        f"normal_{kind}",
        width=160,
    )
    direction: Direction = (kind, number - first)
    values = load_projection(chosen.study, (direction,))[:, 0]
    drawn = chosen.description.axes.along(sample.vectors, (direction,))[:, 0]
    sets = [(chosen.study.title, values, DATA), (sample.title, drawn, SAMPLE)]
    if share < 1:
        sets.append((f"core of {chosen.study.title}, {share:.0%}", values[load_core(chosen.study, share).kept], SECOND))
    chart(normal_quantiles(sets, direction_name(direction)), f"normal Q-Q plot of {kind} {number}", "quantiles")
    shape, j = load_shape(chosen.study, along), number - first
    with st.container(horizontal=True):
        st.metric("Skewness", f"{shape.skewness[j]:+.2f}", help="Third standardised moment; 0 for a normal.")
        st.metric("Excess kurtosis", f"{shape.excess_kurtosis[j]:+.2f}", help="Fourth, less 3; 0 for a normal.")
        st.metric(
            "Shapiro-Wilk W",
            f"{shape.shapiro_w[j]:.4f}",
            help=f"1 for a perfectly normal sample; of {shape.tested} vectors of {chosen.study.title}.",
        )
        st.metric("p", f"{shape.shapiro_p[j]:.3g}", help=f"Of this W at n = {shape.tested}; grows small with n.")
