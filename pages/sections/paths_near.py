"""The vectors near a path: the nearest of each of its frames, or of one of them, selected."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.selection.neighbours import near_a_path
from core.space.ways import Path
from core.study import Study
from pages.parts.address import decide
from pages.parts.fields import pick
from pages.parts.near import offer_nearest

__all__ = ["frame_clicked", "offer_near_the_path"]

EVERY = "all"
"""In place of a frame: each of them."""


def frame_clicked(chart: str) -> None:
    """Choose the frame that was clicked in a chart. Only in callbacks."""
    for point in st.session_state[chart]["selection"]["points"]:
        data = point.get("customdata")
        number = next(iter(data.values() if isinstance(data, dict) else data or ()), None)
        if number is not None:
            decide("near_frame", str(int(number)))


def offer_near_the_path(study: Study, paths: Sequence[Path]) -> None:
    """Draw the choice of a path and of its frame, and a button that selects the vectors nearest to it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {str(number): path.name for number, path in enumerate(paths)}
        path = paths[int(pick("Near", names, "0", "near_path", width=220)) if len(paths) > 1 else 0]
        frames = {EVERY: "every frame", **{str(n): f"frame {n}" for n in range(1, len(path) + 1)}}
        frame = pick("At", frames, EVERY, "near_frame", width=160)
        vectors = path.vectors if frame == EVERY else path.vectors[[int(frame) - 1]]
        offer_nearest(study, lambda count: near_a_path(study, count, vectors), "Select them", "near_ways")
