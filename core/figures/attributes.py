"""Attributes: shares of vectors that have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.theme import DATA, SELECTIONS, figure

__all__ = ["attribute_bars"]

ROW_HEIGHT = 22
"""Pixels of a bar, with the space around it."""


def attribute_bars(
    labels: Mapping[int, str],
    data: tuple[str, npt.NDArray[np.float64]],
    selections: Sequence[tuple[str, npt.NDArray[np.float64], int]] = (),
) -> go.Figure:
    """Return bars of the shares of m values in the data, from above, and signs at those in selections.

    What can be clicked carries the number of its value, and it alone, as ``customdata``.

    Parameters
    ----------
    labels : mapping of int to str
        Of m values, by the numbers that tell what was clicked.
    data : str and array (m,)
        What the data are called, and the shares.
    selections : of each its name, the shares (m,), and the place of its look
    """
    places, numbers, texts = np.arange(len(labels)), np.array(list(labels))[:, None], list(labels.values())
    chart = figure(90 + ROW_HEIGHT * len(labels), margin={"l": 10, "r": 10, "t": 40, "b": 10}, bargap=0.25)
    look = {"type": "bar", "orientation": "h", "marker": {"color": DATA}, "unselected": {"marker": {"opacity": 1}}}
    chart.add_trace(
        look | {"x": data[1], "y": places, "name": data[0], "customdata": numbers, "text": texts,
                "textposition": "none", "hovertemplate": f"%{{text}}: %{{x:.1%}}<extra>{data[0]}</extra>"}
    )  # fmt: skip
    for name, shares, place in selections:
        sign = {"color": SELECTIONS[place].colour, "symbol": SELECTIONS[place].symbol, "size": 9, "line": {"width": 2}}
        chart.add_trace(
            {"type": "scatter", "mode": "markers", "x": shares, "y": places, "name": name, "marker": sign,
             "customdata": numbers, "unselected": {"marker": {"opacity": 1}}, "text": texts,
             "hovertemplate": f"%{{text}}: %{{x:.1%}}<extra>{name}</extra>"}
        )  # fmt: skip
    ticks = {"tickvals": places, "ticktext": texts, "range": [len(labels) - 0.5, -0.5], "automargin": True}
    chart.update_yaxes(zeroline=False, showgrid=False, **ticks)
    return chart.update_xaxes(tickformat=".0%", rangemode="tozero", side="top", range=[0, 1.01])
