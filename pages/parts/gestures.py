"""What is drawn on charts: a lasso or a box around points of a plane, a range dragged over a histogram."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.selection.drawn import brushed_rule, drawn_rule
from core.study import Study
from pages.parts.selecting import take

__all__ = ["brush", "take_drawn"]


def take_drawn(chart: str, study: Study, across: str, up: str) -> bool:
    """Select by what was drawn in a chart of two quantities. Only in callbacks; returns whether anything was."""
    drawn = st.session_state[chart]["selection"]
    return bool(drawn["lasso"] or drawn["box"]) and take(lambda: drawn_rule(drawn, across, up), study)


def brush(chart: str, study: Study, *of: str) -> Callable[[], object]:
    """Return a callback that selects by what was dragged over histograms of quantities in a chart."""
    return lambda: take(lambda: brushed_rule(st.session_state[chart]["selection"], *of), study)
