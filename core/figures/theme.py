"""What all figures have in common: one colour for the data, one for the sample, grey for the origin and for theory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.space.colouring import Colouring
from core.study.columns import Kind

__all__ = [
    "CATEGORIES",
    "DATA",
    "DIVERGING",
    "DRAWN",
    "MARKED",
    "NEUTRAL",
    "SAMPLE",
    "SECOND",
    "SELECTIONS",
    "SYMBOLS",
    "UPRIGHT_TOOLS",
    "SelectionLook",
    "dots",
    "faded",
    "figure",
    "looks",
    "opacity",
    "plain_layout",
    "steps",
    "stroke",
    "titled",
    "unseen",
    "upright",
]

DATA, SAMPLE, NEUTRAL = "#0072B2", "#D55E00", "#8C8C8C"
"""Okabe and Ito's blue and vermilion, told apart by colour-blind readers and on light and dark ground."""

SECOND, MARKED = "#009E73", "#CC79A7"
"""Their bluish green for what is second (a strategy, a study, a way), their purple for vectors that are marked."""

DRAWN = (SAMPLE, SECOND)
"""Of a sample, and of the one of another strategy that it is held against."""


@dataclass(frozen=True)
class SelectionLook:
    """How a selection is drawn: its colour, the sign of its points, and the dashes of its lines."""

    colour: str
    symbol: str
    dash: str


SELECTIONS = (
    SelectionLook(MARKED, "circle-open", "solid"),
    SelectionLook("#9966FF", "diamond-open", "dash"),
    SelectionLook("#AA4400", "square-open", "dot"),
    SelectionLook("#7F5C7F", "x", "dashdot"),
)
"""Of the selections of a visit, by place.

Each is seen on either ground (3:1), and they are told apart by colour-blind readers: by their colours as far as these
lie between those of the data and of what is drawn, and by signs and dashes.
"""

CATEGORIES = (DATA, MARKED, SECOND, "#E69F00", "#56B4E9", "#F0E442", "#882255")
"""Colours of categories, the sample's vermilion left out: Okabe and Ito's, and Tol's wine."""

SYMBOLS = ("circle", "diamond", "square")
"""Signs of categories, one after the other, where there are more of them than colours."""

DIVERGING = [
    [0.0, "#762A83"],
    [0.5, "rgba(118,42,131,0.04)"],
    [0.5, "rgba(27,120,55,0.04)"],
    [1.0, "#1B7837"],
]
"""Negative purple, zero almost the page's ground, positive green: apart from the two colours above, never grey."""


UPRIGHT_TOOLS: dict[str, Any] = {"modebar": {"orientation": "v"}, "margin": {"l": 10, "r": 40, "t": 30, "b": 10}}
"""Layout of a chart whose tools are always seen: beside it, since the legend stands above."""

ONE_COLUMN = 250
"""Height in pixels from which on these tools stand below each other; in a lower chart they take two columns."""


def figure(height: int, **layout: Any) -> go.Figure:
    """Return an empty figure of the given height in pixels; colours of ground and text are the page's."""
    return go.Figure(layout={**plain_layout(height), **layout})


def plain_layout(height: int) -> dict[str, Any]:
    """Return the layout of such a figure, without the template that plotly adds, which takes long to copy."""
    return {
        "height": height,
        "margin": {"l": 10, "r": 10, "t": 30, "b": 10},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        "hovermode": "closest",
        "bargap": 0,
    }


def titled(height: int, left: float = 46, above: float = 41, below: float = 67, right: float = 12) -> dict[str, float]:
    """Return the margins of a chart with a title on both axes, numbers on the lower one and a legend of one line.

    Plotly widens margins that do not suffice, as long as 64 pixels are left, and then draws all of a chart a second
    time. These are what it finds where the window is 1400 pixels wide, so that once is enough unless the legend has
    more lines or numbers more digits.

    Parameters
    ----------
    height : int
        Of the chart, in pixels.
    left : float
        44 and the width of the numbers at the axis.
    above : float
        70 for a legend of two lines.
    below : float
        74 where letters of the title hang lower.
    right : float
        40 where the tools stand beside the chart.
    """
    share = min(1.0, max(height - 64, 0) / (above + below))
    return {"l": left, "r": right, "t": share * above, "b": share * below}


def faded(colour: str, opacity: float) -> str:
    """Return a hexadecimal colour with an opacity, as plotly's ``rgba(…)``."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def opacity(count: int) -> float:
    """Return how opaque points are drawn: the more there are, the more shines through where they crowd."""
    return float(np.clip(18 / np.sqrt(max(count, 1)), 0.15, 0.8))


def looks(colour: Colouring, number: int) -> dict[str, object]:
    """Return how the points of a category are drawn: those of yes or no as the data and marked ones are."""
    if colour.kind is Kind.BOOL:
        return {"color": (DATA, MARKED)[number]}
    turn, place = divmod(number, len(CATEGORIES))
    return {"color": CATEGORIES[place], "symbol": SYMBOLS[turn % len(SYMBOLS)]}


def unseen(x: npt.NDArray[np.floating], **more: Any) -> dict[str, Any]:
    """Return a point on the ground of a histogram that nobody sees: Plotly lets only such charts be selected on.

    What is dragged over is told whether or not the point is in it.
    """
    hidden = {"opacity": 0.0}
    look = {"marker": hidden}
    middle = x[len(x) // 2 : len(x) // 2 + 1]
    return {
        "type": "scatter", "x": middle, "y": np.zeros(len(middle), np.float32), "mode": "markers", "marker": hidden,
        "showlegend": False, "hoverinfo": "skip", "selected": look, "unselected": look, **more,
    }  # fmt: skip


def upright(height: int, left: float = 46, above: float = 41, below: float = 67) -> dict[str, Any]:
    """Return the layout of a chart with tools beside it and the margins of :func:`titled`."""
    columns = 1 if height >= ONE_COLUMN else 2
    return UPRIGHT_TOOLS | {"margin": titled(height, left, above, below, columns * UPRIGHT_TOOLS["margin"]["r"])}


def dots(
    x: npt.NDArray[Any],
    y: npt.NDArray[np.floating],
    colour: str,
    size: float,
    told: npt.NDArray[Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return points as a trace of plain data.

    Parameters
    ----------
    x, y : arrays (n,)
    colour : str
    size : float
        In pixels.
    told : array (n,), optional
        What hover texts tell of each as ``%{customdata}``: x, unless something else is.
    **more
        Of the trace.
    """
    marker = {"color": colour, "size": size}
    told = x if told is None else told
    return {"type": "scatter", "x": x, "y": y, "customdata": told, "mode": "markers", "marker": marker, **more}


def stroke(colour: str, dash: str = "solid") -> dict[str, Any]:
    """Return how the line of a histogram is drawn."""
    return {"color": colour, "width": 1.5, "shape": "hv", "dash": dash}


def steps(
    edges: npt.NDArray[np.float64], density: npt.NDArray[np.float64], name: str, colour: str, **more: Any
) -> dict[str, Any]:
    """Return a histogram as a filled step line, a trace as plain data: one point per bin and an end."""
    return {
        "type": "scatter",
        "x": edges,
        "y": np.append(density, 0.0),
        "name": name,
        "mode": "lines",
        "line": stroke(colour),
        "fill": "tozeroy",
        "fillcolor": faded(colour, 0.25),
        **more,
    }
