"""The shape of the bulk: spectrum of the principal axes, a cloud of points with its ellipsoids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.marks import Marks, marks_in_space
from core.figures.panels import panels
from core.figures.theme import DATA, DRAWN, MARKED, NEUTRAL, dots, figure, looks, opacity, titled
from core.space.colouring import Colouring
from core.statistics import Description, normal_radius_share
from core.study.columns import Kind

__all__ = ["LEVELS", "cloud", "ellipsoid", "spectrum"]

Floats = npt.NDArray[np.float64]

MARKS: tuple[dict[str, object], ...] = (
    {"color": NEUTRAL, "size": 6, "symbol": "x", "opacity": 1.0},
    {"color": NEUTRAL, "size": 6, "symbol": "cross", "opacity": 1.0},
    {"color": MARKED, "size": 12, "symbol": "circle-open", "opacity": 1.0},
)
"""Looks of the origin, of the centre and of the point that is looked at."""

LEVELS = (1, 2, 3, 4, 5)
"""Mahalanobis distances, within the space, at which ellipsoids are drawn."""


def spectrum(study: Description, drawn: Mapping[str, Floats]) -> go.Figure:
    """Return the variances of the principal axes and their cumulative share.

    Parameters
    ----------
    study : Description
    drawn : mapping of str to array (d,)
        Variances of one or two samples along the study's axes, by title.
    """
    axis = np.arange(1, study.dimension + 1)
    line, look = {"type": "scatter", "x": axis}, {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    one, first = "axis %{x}: %{y:.4g}<extra></extra>", "first %{x} axes: %{y:.1%}<extra></extra>"
    blue = {"color": DATA}
    traces: list[dict[str, Any]] = [
        line | {"y": study.axes.variances, "name": study.title, "line": blue, "hovertemplate": one}
    ]
    shares: list[dict[str, Any]] = [
        line | look | {"y": study.axes.cumulative_share, "line": blue, "hovertemplate": first},
    ]
    for (title, along), colour in zip(drawn.items(), DRAWN, strict=False):
        shown = np.where(along > study.axes.variances[0] * 1e-9, along, np.nan)
        told = "axis %{customdata}: %{y:.4g}<extra></extra>"
        traces.append(dots(axis, shown, colour, 4, name=title, hovertemplate=told))
        total = along.sum()
        share = np.cumsum(along) / total if total > 0 else np.zeros_like(along)
        shares.append(line | look | {"y": share, "line": {"color": colour}, "hovertemplate": first})
    layout = panels(("variance along each axis", "share of variance so far"), 2, across=0.1, up=0.0)
    layout["yaxis"] |= {"type": "log", "exponentformat": "power", "dtick": 1}
    layout["yaxis2"] |= {"tickformat": ".0%", "range": [0, 1.02]}
    for name in ("xaxis", "xaxis2"):
        layout[name]["title"] = {"text": "principal axis"}
    layout |= {
        "height": 340,
        "margin": titled(340, left=46, above=67),
        "legend": {"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"},
    }
    return go.Figure([*traces, *shares], layout)


def ellipsoid(mean: Floats, covariance: Floats, distance: float) -> Floats:
    """Return circles of latitude and meridians at a Mahalanobis distance, as lines (points, 3) parted by NaN."""
    turn = np.append(np.linspace(0, 2 * np.pi, 49), np.nan)
    circle, flat = np.stack([np.cos(turn), np.sin(turn)], axis=1), np.zeros_like(turn)
    meridians = [
        np.column_stack([circle[:, 0] * np.cos(angle), circle[:, 0] * np.sin(angle), circle[:, 1]])
        for angle in np.deg2rad(np.arange(0, 180, 30))
    ]
    latitudes = [
        np.column_stack([circle * np.cos(angle), flat + np.sin(angle)]) for angle in np.deg2rad((-45.0, 0.0, 45.0))
    ]
    values, vectors = np.linalg.eigh(covariance)
    points = np.concatenate(meridians + latitudes) * np.sqrt(np.maximum(values, 0.0)) @ vectors.T
    return np.asarray(mean + distance * points)


def cloud(
    points: Floats,
    samples: Mapping[str, Floats],
    labels: Sequence[str],
    moments: tuple[Floats, Floats],
    colour: Colouring | None = None,
    height: int = 640,
    data: str = "the data",
    marks: Mapping[str, Floats] | None = None,
    selected: Sequence[Marks] = (),
) -> go.Figure:
    """Return a scatter in three directions with nested ellipsoids.

    Points carry the number of their set, 0 for the latent vectors, and their own as ``customdata``; so do the origin
    and the centre, the sets behind those of the samples.

    Parameters
    ----------
    points : array (n, 3)
        Latent vectors along the directions.
    samples : mapping of str to array (m, 3)
        Those of one or two samples, by title.
    labels : three str
        Names of the directions.
    moments : arrays (3,) and (3, 3)
        Mean and covariance of the bulk along the directions.
    colour : Colouring of n vectors, optional
        What the latent vectors are coloured by.
    height : int
        In pixels.
    data : str
        What the latent vectors are, as a reader calls them.
    marks : mapping of str to array (1, 3), optional
        Single points that stand out, by name: the origin, the centre, and last the one that is looked at.
    selected : sequence of Marks
        Selections.
    """
    chart = figure(
        height,
        uirevision=str(list(labels)),
        legend={"itemsizing": "constant", "orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
    )
    for trace in _coloured(points, data, colour):
        chart.add_trace(trace)
    for number, ((title, drawn), shade) in enumerate(zip(samples.items(), DRAWN, strict=False), 1):
        seen = True if colour is None else "legendonly"
        chart.add_trace(_dots(drawn, title, {"color": shade}, visible=seen, customdata=_numbered(number, len(drawn))))
    for marked, name, look in marks_in_space(selected):
        chart.add_trace(_dots(marked, name, look))
    for number, ((name, place), look) in enumerate(zip((marks or {}).items(), MARKS, strict=False), 1 + len(samples)):
        sets = {} if look is MARKS[-1] else {"customdata": _numbered(number, len(place))}
        chart.add_trace(_dots(place, name, look, **sets))
    for level in LEVELS:
        x, y, z = ellipsoid(*moments, level).T
        chart.add_trace(
            go.Scatter3d(
                x=x,
                y=y,
                z=z,
                mode="lines",
                line={"color": NEUTRAL, "width": 3},
                opacity=0.8,
                name=f"{level}σ: {normal_radius_share(level, 3):.2%} of a normal",
                visible=True if level < 4 else "legendonly",
                hoverinfo="skip",
            )
        )
    names = dict(zip(("xaxis", "yaxis", "zaxis"), ({"title": {"text": label}} for label in labels), strict=True))
    camera = {"eye": {"x": 1.25, "y": 1.25, "z": 0.8}}
    return chart.update_layout(scene={"aspectmode": "data", "camera": camera, **names}, margin={"t": 60})


def _coloured(points: Floats, data: str, colour: Colouring | None) -> Iterator[go.Scatter3d]:
    """Yield the latent vectors, a trace for each category, and one for those of which it is not known."""
    numbers = _numbered(0, len(points))
    if colour is None:
        yield _dots(points, data, {"color": DATA}, customdata=numbers)
        return
    known = np.isfinite(colour.values)
    if colour.kind is Kind.NUMBER:
        values = colour.values[known]
        bar = {"title": {"text": colour.label, "side": "right"}, "thickness": 12, "len": 0.6}
        high = float(np.quantile(values, 0.99)) if len(values) else 1.0
        scale: dict[str, object] = {"color": values, "colorscale": "Viridis", "cmax": high, "colorbar": bar}
        yield _dots(points[known], data, scale, customdata=numbers[known])
    else:
        for number, name in enumerate(colour.categories):
            so = colour.values == number
            yield _dots(points[so], f"{data}, {name}", looks(colour, number), customdata=numbers[so])
    if not known.all():
        name = f"{data}, {colour.label} unknown"
        yield _dots(points[~known], name, {"color": NEUTRAL}, customdata=numbers[~known])


def _numbered(number: int, count: int) -> npt.NDArray[np.int32]:
    """Return the number of a set and that of each of its points, (count, 2)."""
    return np.stack([np.full(count, number), np.arange(count)], axis=1).astype(np.int32)


def _dots(points: Floats, name: str, marker: dict[str, object], **more: object) -> go.Scatter3d:
    x, y, z = points.astype(np.float32).T
    hover = "%{x:.2f}, %{y:.2f}, %{z:.2f}<extra>" + name + "</extra>"
    marker = {"size": 2.5, "opacity": opacity(len(points)), **marker}
    return go.Scatter3d(x=x, y=y, z=z, mode="markers", marker=marker, name=name, hovertemplate=hover, **more)
