"""What is drawn on charts: a lasso or a box around points of a plane, a range dragged over a histogram."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.selection.drawn import brushed_rule, drawn_rule
from core.selection.ranks import Ranks
from core.study import Study
from pages.parts.selecting import take

__all__ = ["box_in", "brush", "take_drawn"]


def take_drawn(chart: str, study: Study, *planes: tuple[str, str]) -> bool:
    """Select by what was drawn in a chart of planes, each of two quantities; return whether anything was.

    Only in callbacks.
    """
    drawn = st.session_state[chart]["selection"]
    return bool(drawn["lasso"] or drawn["box"]) and take(lambda: drawn_rule(drawn, *planes), study)


def brush(chart: str, study: Study, *of: str) -> Callable[[], object]:
    """Return a callback that selects by what was dragged over histograms of quantities in a chart."""
    return lambda: take(lambda: brushed_rule(st.session_state[chart]["selection"], *of), study)


def box_in(chart: str, study: Study, ranks: Ranks) -> Callable[[], object]:
    """Return a callback that selects by boxes that were drawn in a Q-Q plot."""
    return lambda: take(lambda: ranks.rule(st.session_state[chart]["selection"]), study)
