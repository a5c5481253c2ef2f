"""The charts of the story: each shows one thing."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.radii import step_histogram
from core.figures.start import barcode
from core.figures.theme import DATA, NEUTRAL, SAMPLE, figure, opacity
from core.statistics import Description, normal_radius_density, normal_radius_quantile

__all__ = ["bell", "corners", "distances", "field", "pair"]

HEIGHT = 300
"""Of each chart, in pixels, so that nothing below it jumps from step to step."""

DOTS = 512
"""Of each colour in the scatter of a pair, at most."""

Floats = npt.NDArray[np.floating]


def field(vector: Floats, mean: Floats, widths: Floats) -> bytes:
    """Return the numbers of a vector (d,) as a field of grey cells, as PNG."""
    file = io.BytesIO()
    barcode(vector, mean, widths).save(file, "PNG")
    return file.getvalue()


def corners(lengths: Floats, dimension: int) -> go.Figure:
    """Return where points of a cube lie between its middle, 0, and a corner, 1, with the end of the ball within."""
    chart = figure(HEIGHT, showlegend=False)
    chart.add_trace(step_histogram(np.asarray(lengths, np.float64), "points of the cube", SAMPLE))
    edge = 1 / math.sqrt(dimension)
    line = {"color": NEUTRAL, "dash": "dash"}
    chart.add_vline(x=edge, line=line, annotation={"text": "end of the ball"})
    chart.update_xaxes(title="from the middle (0) to a corner (1)", range=[0, 1])
    return _plain(chart)


def distances(data: Description, sample: Floats | None, name: str) -> go.Figure:
    """Return the distances of the data, and of a sample of that name, from the middle of the data."""
    chart = figure(HEIGHT)
    chart.add_trace(step_histogram(data.distances, data.title, DATA, data.ordered_distances))
    if sample is not None:
        chart.add_trace(step_histogram(np.asarray(sample, np.float64), name, SAMPLE))
    chart.update_xaxes(title=f"distance from the middle of {data.title}, in its spread", rangemode="tozero")
    return _plain(chart)


def bell(data: Description | None, directions: int, beyond: float) -> go.Figure:
    """Return the distances in a bell-shaped cloud of some directions, the place of its outer share, and the data's."""
    chart = figure(HEIGHT)
    first, edge, last = normal_radius_quantile([1e-5, 1 - beyond, 1 - 1e-5], directions)
    grid = np.linspace(first, last, 200)
    line = {"color": NEUTRAL, "width": 2, "dash": "dot"}
    chart.add_trace(
        go.Scatter(x=grid, y=normal_radius_density(grid, directions), name="a perfect bell", mode="lines", line=line)
    )
    if data is not None:
        chart.add_trace(step_histogram(data.distances, data.title, DATA, data.ordered_distances))
    text = f"{beyond:.0%} of a bell beyond"
    chart.add_vline(x=edge, line={"color": NEUTRAL, "dash": "dash"}, annotation={"text": text})
    return _plain(chart.update_xaxes(title="distance from the middle, in the spread of the data"))


def pair(data: Floats, sample: Floats, labels: tuple[str, str], title: str, name: str) -> go.Figure:
    """Return vectors of the data and of a sample along two numbers, each (n, 2)."""
    chart = figure(HEIGHT)
    for points, word, colour in ((data[:DOTS], title, DATA), (sample[:DOTS], name, SAMPLE)):
        marker = {"color": colour, "size": 5, "opacity": opacity(len(points))}
        x, y = np.asarray(points, np.float32).T
        chart.add_trace(go.Scatter(x=x, y=y, mode="markers", name=word, marker=marker, hoverinfo="skip"))
    return chart.update_xaxes(title=labels[0]).update_yaxes(title=labels[1])


def _plain(chart: go.Figure) -> go.Figure:
    return chart.update_yaxes(showticklabels=False, title="", rangemode="tozero")
