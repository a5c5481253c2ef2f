"""Normality of single directions, components or principal axes: their shapes, and one of them in quantiles."""

from __future__ import annotations

import streamlit as st

from core.captions.normality import as_number
from core.exhibits.exhibit import Exhibit
from core.exhibits.normality import FIRST, quantiles, shapes
from core.selection.ranks import ranks_along
from core.space.planes import Direction
from pages.parts.address import standing
from pages.parts.comparison import Comparison
from pages.parts.exhibits import FORMULAS, draw, say, show
from pages.parts.fields import whole_number
from pages.parts.gestures import box_in
from pages.parts.loaders import load_core, load_core_shape, load_projection, load_sample_shape, load_shape

__all__ = ["draw_one_direction", "draw_shapes"]


def draw_shapes(comparison: Comparison, kind: str, share: float) -> Exhibit:
    """Draw skewness and kurtosis of all directions of a kind; return the exhibit."""
    study, along = comparison.selection.study, kind == "axis"
    found = [load_shape(study, along), *(load_sample_shape(study, sample, along) for sample in comparison.drawn)]
    core = (share, load_core_shape(study, share, along)) if share < 1 else None
    exhibit = shapes(comparison.scene, kind, found, core)
    show(exhibit)
    return exhibit


def draw_one_direction(comparison: Comparison, kind: str, share: float) -> Exhibit:
    """Draw the Q-Q plot of one direction, and how normal it is in numbers; return the exhibit."""
    study, along, first = comparison.selection.study, kind == "axis", FIRST[kind]
    place = st.container()
    number = whole_number(
        "Principal axis" if along else "Component",
        first,
        study.dimension - 1 + first,
        first,
        f"normal_{kind}",
        width=160,
    )
    direction: Direction = (kind, number - first)
    values = load_projection(study, (direction,))[:, 0]
    exhibit = quantiles(comparison.scene, direction, values, load_core(study, share) if share < 1 else None)
    place.header(exhibit.title)
    boxed = box_in(exhibit.key, study, ranks_along(direction, values))
    draw(exhibit, on_select=boxed, selection_mode=("box",))
    say(exhibit)
    shape, j = load_shape(study, along), number - first
    with st.expander("In numbers", expanded=standing(FORMULAS, False)), st.container(horizontal=True):
        st.metric("Skewness", as_number(shape.skewness[j], "+.2f"), help="Third standardised moment; 0 for a normal.")
        st.metric(
            "Excess kurtosis", as_number(shape.excess_kurtosis[j], "+.2f"), help="Fourth, less 3; 0 for a normal."
        )
        st.metric(
            "Shapiro-Wilk W",
            as_number(shape.shapiro_w[j], ".4f"),
            help=f"1 for a perfectly normal sample; of {shape.tested} vectors of {study.title}.",
        )
        st.metric(
            "p", as_number(shape.shapiro_p[j], ".3g"), help=f"Of this W at n = {shape.tested}; grows small with n."
        )
    return exhibit
