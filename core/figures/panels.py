"""Small multiples as plain data: plotly's own grid of axes takes longer to make than all that is drawn in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["axes_of", "panels"]


def panels(titles: Sequence[str], columns: int, across: float, up: float) -> dict[str, Any]:
    """Return the layout of a grid of charts, row by row from above, each with axes of its own and a title above it.

    Parameters
    ----------
    titles : of each chart
    columns : int
    across, up : float
        Gaps between them, in shares of the grid's width and height.
    """
    rows = max(1, -(-len(titles) // columns))
    width, height = (1 - across * (columns - 1)) / columns, (1 - up * (rows - 1)) / rows
    layout: dict[str, Any] = {"annotations": []}
    for place, title in enumerate(titles):
        row, column = divmod(place, columns)
        left, top = column * (width + across), 1 - row * (height + up)
        x, y = axes_of(place)
        ends = [left, min(1.0, left + width)], [max(0.0, top - height), top]
        layout[f"xaxis{x[1:]}"] = {"anchor": y, "domain": ends[0]}
        layout[f"yaxis{y[1:]}"] = {"anchor": x, "domain": ends[1]}
        layout["annotations"].append({
            "text": title, "x": left + width / 2, "y": top, "xref": "paper", "yref": "paper", "xanchor": "center",
            "yanchor": "bottom", "showarrow": False, "font": {"size": 16},
        })  # fmt: skip
    return layout


def axes_of(place: int) -> tuple[str, str]:
    """Return the names of the axes of a chart in a grid, as its traces name them."""
    number = "" if place == 0 else str(place + 1)
    return f"x{number}", f"y{number}"
