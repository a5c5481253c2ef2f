"""The nearest of a vector that is looked at, selected by a button: with a pointer or without."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.selection.rules import Rule
from core.study import Study
from pages.parts.selecting import take

__all__ = ["offer_nearest"]

USUAL = 50
"""Neighbours that are offered at first."""


def offer_nearest(study: Study, make: Callable[[int], Rule], label: str, key: str) -> None:
    """Draw a field for a number of neighbours and a button, which selects by the rule that ``make`` makes of it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        count = st.number_input(
            "Nearest", 1, min(len(study), 10_000), min(USUAL, len(study)), key=f"{key}_count", width=120
        )

        def go() -> None:
            take(lambda: make(int(count)), study)

        st.button(
            label,
            on_click=go,
            icon=":material/join_inner:",
            help="They are joined to what is selected as the sidebar says: in its place, and, or, without.",
            key=key,
        )
