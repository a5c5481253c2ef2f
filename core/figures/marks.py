"""Selections in scatters: rings around some of their points, and the lines that were drawn around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

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


def marks_in_a_plane(marked: Sequence[Marks], many: bool = False) -> Iterator[dict[str, Any]]:
    """Yield rings around the points of selections, and the lines that were drawn; among ``many`` points by WebGL."""
    for one in marked:
        look = SELECTIONS[one.place]
        ring = {"color": look.colour, "size": 7, "symbol": look.symbol, "line": {"width": 1}}
        x, y = one.points.astype(np.float32).T
        seen = {"hoverinfo": "skip", "unselected": {"marker": {"opacity": 1}}}
        kind = "scattergl" if many else "scatter"
        yield {"type": kind, "x": x, "y": y, "mode": "markers", "marker": ring, "name": one.name, **seen}
        for line in one.lines:
            stroke = {"color": look.colour, "width": 2, "dash": "dash"}
            drawn = {"line": stroke, "showlegend": False, "hoverinfo": "skip"}
            yield {"type": "scatter", "x": line[:, 0], "y": line[:, 1], "mode": "lines", **drawn}


def marks_in_space(marked: Sequence[Marks]) -> Iterator[tuple[Floats, str, dict[str, object]]]:
    """Yield points, name and marker of selections in three directions."""
    for one in marked:
        look = SELECTIONS[one.place]
        yield one.points, one.name, {"color": look.colour, "size": 4, "symbol": look.symbol}
