"""The choice of a plane or a space: principal axes or components, by number."""

from __future__ import annotations

import streamlit as st

from core.space.planes import Direction
from pages.parts.fields import choose, distinct_numbers

__all__ = ["choose_directions", "choose_space"]

KINDS = {"axis": "Principal axes", "component": "Components"}


def choose_directions(dimension: int) -> tuple[Direction, Direction]:
    """Draw the controls of a plane; return its two directions."""
    across, up = _choose(dimension, ("Across", "Up"))
    return across, up


def choose_space(dimension: int) -> tuple[Direction, Direction, Direction]:
    """Draw the controls of a space; return its three directions."""
    across, up, deep = _choose(dimension, ("Across", "Up", "Deep"))
    return across, up, deep


def _choose(dimension: int, names: tuple[str, ...]) -> list[Direction]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choose("Plane of" if len(names) == 2 else "Space of", KINDS, "axis", "plane")
        first = 1 if kind == "axis" else 0  # axes are counted from 1, components from 0 as in the series
        high = dimension - 1 + first
        fields = {f"{kind}_{name.lower()}": (name, min(first + place, high)) for place, name in enumerate(names)}
        numbers = distinct_numbers(fields, first, high, 140)
    return [(kind, number - first) for number in numbers]
