"""Selections in scatters: rings around some of their points, and the lines that were drawn around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.theme import SELECTIONS

__all__ = ["Marks", "marks_in_a_plane", "marks_in_space"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Marks:
    """A selection as a scatter shows it.

    Attributes
    ----------
    name : str
        In the legend.
    points : array (m, k)
        Along k directions.
    lines : sequence of arrays (l, 2)
        That were drawn around it.
    place : int
        Of its look.
    """

    name: str
    points: Floats
    lines: Sequence[Floats] = ()
    place: int = 0


def marks_in_a_plane(marked: Sequence[Marks]) -> Iterator[go.Scattergl | go.Scatter]:
    """Yield rings around the points of selections, and the lines that were drawn."""
    for one in marked:
        look = SELECTIONS[one.place]
        ring = {"color": look.colour, "size": 7, "symbol": look.symbol, "line": {"width": 1}}
        x, y = one.points.astype(np.float32).T
        seen = {"marker": {"opacity": 1}}
        yield go.Scattergl(x=x, y=y, mode="markers", marker=ring, name=one.name, hoverinfo="skip", unselected=seen)
        for line in one.lines:
            stroke = {"color": look.colour, "width": 2, "dash": "dash"}
            yield go.Scatter(x=line[:, 0], y=line[:, 1], mode="lines", line=stroke, showlegend=False, hoverinfo="skip")


def marks_in_space(marked: Sequence[Marks]) -> Iterator[tuple[Floats, str, dict[str, object]]]:
    """Yield points, name and marker of selections in three directions."""
    for one in marked:
        look = SELECTIONS[one.place]
        yield one.points, one.name, {"color": look.colour, "size": 4, "symbol": look.symbol}
