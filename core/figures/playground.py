"""Where a vector stands: its length and its distance on those of the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.radii import step_histogram
from core.figures.theme import DATA, NEUTRAL, SAMPLE, plain_layout
from core.space.playground import BULK, Standing
from core.statistics import Description

__all__ = ["standing"]


def standing(study: Description, found: Standing, height: int = 320) -> go.Figure:
    """Return lengths and distances of the data, one above the other, with a mark where a vector stands."""
    panels: dict[str, dict[str, Any]] = {"xaxis": {"anchor": "y"}, "xaxis2": {"anchor": "y2"}}
    panels["yaxis"] = {"domain": [0.64, 1]}
    panels["yaxis2"] = {"domain": [0, 0.36], "anchor": "x2"}
    traces: list[Any] = []
    lengths, distances = (study.radii, study.ordered_radii), (study.distances, study.ordered_distances)
    for row, (values, ordered, place, label) in enumerate(
        (
            (*lengths, found.radius, "length (radius |z|)"),
            (*distances, found.distance, "distance from the middle (Mahalanobis)"),
        ),
        1,
    ):
        axes = {"xaxis": f"x{row}", "yaxis": f"y{row}"}
        bars = (
            step_histogram(values, study.title, DATA, ordered) | axes | {"legendgroup": "data", "showlegend": row == 1}
        )
        top = float(np.max(bars["y"]))
        traces.append(bars)
        if row == 2:
            dashes = {"color": NEUTRAL, "dash": "dash", "width": 1.5}
            name = f"{BULK:.0%} of {study.title} lie nearer"
            traces.append(_upright(found.edge, top, name, dashes).update(axes))
        line = {"color": SAMPLE, "width": 3}
        traces.append(_upright(place, top, "this vector", line).update(**axes, showlegend=row == 1))
        across = "xaxis" if row == 1 else "xaxis2"
        panels[across] |= {
            "title": {"text": label, "standoff": 8},
            "range": _reach(values if ordered is None else ordered[[0, -1]], place),
        }
        panels["yaxis" if row == 1 else "yaxis2"] |= {"showticklabels": False, "showgrid": False}
    return go.Figure(traces, {**plain_layout(height), "margin": {"l": 10, "r": 10, "t": 40, "b": 54}, **panels})


def _upright(place: float, top: float, name: str, line: dict[str, object]) -> go.Scatter:
    hover = f"%{{x:.2f}}<extra>{name}</extra>"
    return go.Scatter(x=[place, place], y=[0, top], mode="lines", line=line, name=name, hovertemplate=hover)


def _reach(values: npt.NDArray[np.floating], place: float) -> tuple[float, float]:
    """Return what an axis shows: all of the data, and the mark."""
    low, high = min(float(values.min()), place), max(float(values.max()), place)
    room = 0.04 * (high - low) or 0.5
    return low - room, high + room
