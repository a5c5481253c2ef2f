"""Lengths of vectors: radii, Mahalanobis distances, and the cubes that match them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.theme import (
    DATA,
    DRAWN,
    NEUTRAL,
    SAMPLE,
    SELECTIONS,
    faded,
    figure,
    steps,
    stroke,
    unseen,
    upright,
)
from core.space.sample import Sample
from core.statistics import (
    AUTHOR_HALF_WIDTHS,
    AUTHOR_MATCH,
    EXACT,
    Description,
    cube_radius,
    matched_half_width,
    normal_radius,
    normal_radius_density,
    normal_radius_quantile,
    ordered_counts,
    ordered_quantiles,
)

__all__ = ["cube_bands", "distance_histogram", "radius_histogram", "step_histogram"]

DASHES = ("dot", "dashdot")
"""Of the theories of one and of another sample."""

BINS = 60
"""Bins over the central 99.8 % of a histogram, at most."""

Marked: TypeAlias = tuple[str, npt.NDArray[np.bool_], int]
"""Name of a selection, which vectors of the study are in it, and the place of its look."""

MAX_BINS = 400
"""Bins over the whole of it, at most, however far the outliers lie."""


def radius_histogram(
    study: Description, *samples: Sample, height: int = 320, theory: bool = True, marked: Sequence[Marked] = ()
) -> go.Figure:
    """Return the densities of radii, of the study and of one or two samples, with their theory where it is known.

    Selections can be ``marked``.
    """
    chart = figure(height, **_brushed(height))
    for trace in (*_brushable(study.radii, study.title, study.ordered_radii), *_marked(study.radii, marked)):
        chart.add_trace(trace)
    for sample, colour, dash in zip(samples, DRAWN, DASHES, strict=False):
        chart.add_trace(step_histogram(sample.description.radii, sample.title, colour))
        if theory and (law := sample.strategy.radius_law()) and law.deviation > 0:
            low, high = max(law.grid[0], law.mean - 6 * law.deviation), min(law.grid[-1], law.mean + 6 * law.deviation)
            grid = np.linspace(low, high, 200)
            chart.add_trace(_theory(grid, law.density(grid), f"calculated for {sample.title}", dash))
    chart.update_xaxes(title="length of the vectors (radius |z|)")
    return chart.update_yaxes(showticklabels=False, title="how many", rangemode="tozero")


def distance_histogram(
    study: Description,
    *samples: Sample,
    height: int = 320,
    marked: Sequence[Marked] = (),
    zero: bool = True,
    beyond: float = 0,
) -> go.Figure:
    """Return the densities of Mahalanobis distances, with that of a true normal and, if asked, the origin's place.

    Selections can be ``marked``, and where a share of a normal lies ``beyond``.
    """
    chart = figure(height, **_brushed(height))
    whole = _brushable(study.distances, study.title, study.ordered_distances)
    for trace in (*whole, *_marked(study.distances, marked)):
        chart.add_trace(trace)
    for sample, colour in zip(samples, DRAWN, strict=False):
        chart.add_trace(step_histogram(sample.description.distances, sample.title, colour))
    centre, width = normal_radius(study.dimension)
    grid = np.linspace(max(0.0, centre - 5 * width), centre + 5 * width, 200)
    law = normal_radius_density(grid, study.dimension)
    chart.add_trace(_theory(grid, law, f"a bell of {study.dimension} numbers"))
    places = [(study.origin_distance, "all numbers 0")] if zero else []
    if beyond:
        edge, share = float(normal_radius_quantile(1 - beyond, study.dimension)), f"{beyond:.0%} of a bell"
        found = f"{study.share_beyond(edge):.0%} of {study.title}"
        places.append((edge, f"beyond: {share}, {found}"))
    marks = [_upright_line(*place) for place in places]
    lines, texts = [line for line, _ in marks], [text for _, text in marks]
    across = {"title": {"text": f"distance from the middle of {study.title}, in its spread (Mahalanobis)"}}
    up = {"showticklabels": False, "title": {"text": "how many"}, "rangemode": "tozero"}
    return chart.update_layout(shapes=lines, annotations=texts, xaxis=across, yaxis=up)


def _upright_line(x: float, text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a dashed line at a value and its text, as plain data: plotly's own way takes ten times as long."""
    where = {"xref": "x", "yref": "y domain"}
    line = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "line": {"color": NEUTRAL, "dash": "dash"}}
    written = {"text": text, "x": x, "y": 1, "xanchor": "left", "yanchor": "top", "showarrow": False}
    return line | where, written | where


def cube_bands(study: Description, *half_widths: float, height: int = 420, series: bool = True) -> go.Figure:
    """Return the b-scan: radius bands of cubes [-b, b]^N against the study's.

    Parameters
    ----------
    study : Description
    half_widths : float
        The b of each cube at hand, marked.
    height : int
        In pixels.
    series : bool
        Whether the four cubes of the blog series are marked, too, and its author's scale stands above.
    """
    match = matched_half_width(study.mean_radius, study.dimension)
    unit = match / AUTHOR_MATCH
    b = np.linspace(0, 6 * unit, 61)
    mean, deviation = np.array([cube_radius(x, study.dimension) for x in b]).T
    low, high = study.radius_quantiles((0.025, 0.975))
    chart = figure(height, margin={"l": 68, "r": 15, "t": 70 if series else 32, "b": 104})
    chart.add_hrect(y0=low, y1=high, fillcolor=faded(DATA, 0.2), line_width=0)
    chart.add_trace(
        go.Scatter(
            x=b[[0, -1]],
            y=[study.mean_radius] * 2,
            name=f"{study.title}, mean and 95 % of the radii",
            mode="lines",
            line={"color": DATA},
            hovertemplate="mean radius %{y:.2f}<extra>" + study.title + "</extra>",
        )
    )
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    chart.add_trace(go.Scatter(x=b, y=mean - 2 * deviation, **edge))
    chart.add_trace(go.Scatter(x=b, y=mean + 2 * deviation, fill="tonexty", fillcolor=faded(SAMPLE, 0.3), **edge))
    chart.add_trace(
        go.Scatter(
            x=b,
            y=mean,
            name="cubes, mean ± 2 standard deviations",
            line={"color": SAMPLE},
            hovertemplate="b = %{x:.2f}: mean radius %{y:.2f}<extra>cube</extra>",
        )
    )
    marks = [(match, f"b* = {match:.2f}: as long as the data", "dash", "top right")]
    others = [b for b in half_widths if abs(b - match) > 0.02 * match]
    marks += [(b, f"this cube, b = {b:.2f}", "dot", "bottom right") for b in others]
    for x, text, dash, position in marks:
        label = {"text": text}
        chart.add_vline(x=x, line={"color": NEUTRAL, "dash": dash}, annotation=label, annotation_position=position)
    chart.update_layout(
        legend={"y": -0.22, "yanchor": "top"},
        xaxis={"title": "half-width b of the cube", "range": [0, 6 * unit]},
        yaxis={"title": "length of the vectors (radius |z|)", "rangemode": "tozero"},
    )
    return _with_the_series(chart, study.dimension, unit) if series else chart


def _with_the_series(chart: go.Figure, dimension: int, unit: float) -> go.Figure:
    """Add the four cubes of the blog series to a b-scan, and its author's scale, whose 1 is ``unit`` here."""
    chosen = np.array(AUTHOR_HALF_WIDTHS) * unit
    chart.add_trace(
        go.Scatter(
            x=chosen,
            y=[cube_radius(x, dimension)[0] for x in chosen],
            name="four cubes of the blog series (post V)",
            mode="markers+text",
            marker={"color": SAMPLE, "size": 9, "symbol": "diamond"},
            text=[f"b = {x:.2f}" for x in chosen],
            textposition="bottom right",
            customdata=np.array(AUTHOR_HALF_WIDTHS),
            hovertemplate="b = %{x:.2f} here, %{customdata} for the author: radius %{y:.2f}<extra></extra>",
        )
    )
    ticks = np.arange(0, 7)
    return chart.update_layout(
        xaxis2={
            "title": "b on the scale of the blog series (there b* = 1.5)",
            "overlaying": "x",
            "side": "top",
            "range": [0, 6],
            "tickvals": ticks,
            "showgrid": False,
        },
    ).add_trace(go.Scatter(x=[0], y=[0], xaxis="x2", showlegend=False, hoverinfo="skip", marker={"opacity": 0}))


def step_histogram(
    values: npt.NDArray[np.floating], name: str, colour: str, ordered: npt.NDArray[np.floating] | None = None
) -> dict[str, Any]:
    """Return a density in bins of its own width: a thin shell and a broad bulk need different ones.

    Where the values are at hand in ascending order, too, only those at the edges are read.
    """
    ends = (0.001, 0.999)
    low, high = np.quantile(values, ends) if ordered is None else ordered_quantiles(ordered, ends)
    first, last = (values.min(), values.max()) if ordered is None else (float(ordered[0]), float(ordered[-1]))
    bins = min(BINS, max(10, int(np.sqrt(len(values)))))
    width = max((high - low) / bins, np.finfo(np.float32).eps * max(1.0, abs(high)))
    edges = np.arange(first - width, last + 2 * width, width)
    if ordered is None:
        density, edges = np.histogram(values, edges if len(edges) < MAX_BINS else MAX_BINS, density=True)
    else:
        edges = edges if len(edges) < MAX_BINS else np.linspace(first, last, MAX_BINS + 1)
        counts = np.diff([*ordered_counts(ordered, edges[:-1]), len(ordered)])
        density = counts / len(ordered) / np.diff(edges)
    hover = "%{x:.2f}: %{y:.3f}<extra>" + name + "</extra>"
    return steps(edges, density, name, colour, hovertemplate=hover)


def _brushed(height: int) -> dict[str, Any]:
    """Return the layout of a chart of one line that can be selected on, with the tools for it beside it."""
    return upright(height) | {"selectdirection": "h"}


def _brushable(
    values: npt.NDArray[np.floating], name: str, ordered: npt.NDArray[np.floating] | None
) -> Iterator[dict[str, Any]]:
    """Yield the density of the data, and unseen points on its ground: what a browser can select on a line."""
    density = step_histogram(values, name, DATA, ordered)
    yield density
    yield unseen(density["x"])


def _marked(values: npt.NDArray[np.floating], marked: Sequence[Marked]) -> Iterator[dict[str, Any]]:
    """Yield the densities of selections that are not empty."""
    for name, mask, place in marked:
        if mask.any():
            look, some = SELECTIONS[place], values[mask]
            ordered = np.sort(some) if len(some) > EXACT else None  # by which they are sooner counted
            yield step_histogram(some, name, look.colour, ordered) | {"line": stroke(look.colour, look.dash)}


def _theory(
    x: npt.NDArray[np.float64], density: npt.NDArray[np.float64], name: str, dash: str = DASHES[0]
) -> go.Scatter:
    line = {"color": NEUTRAL, "width": 1.5, "dash": dash}
    return go.Scatter(x=x, y=density, name=name, mode="lines", line=line, hoverinfo="skip")
