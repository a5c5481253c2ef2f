"""Planes of the latent space: densities, ellipses, the vectors in them, and paths."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.marks import Marks, marks_in_a_plane
from core.figures.theme import (
    DATA,
    DRAWN,
    MARKED,
    NEUTRAL,
    SAMPLE,
    dots,
    faded,
    figure,
    looks,
    opacity,
    plain_layout,
    upright,
)
from core.space.colouring import Colouring
from core.space.planes import Plane
from core.statistics import ellipse_distance, ellipse_share
from core.statistics.planar import PlaneCounts
from core.study.columns import Kind

__all__ = ["SHARES", "SMALL", "ellipse", "pair_densities", "plane_density", "plane_path"]

BINS = 70

SMALL = 250
"""Vectors of a sample in each of many small planes: more would cover their density."""

MANY = 4000
"""Points of a chart from which on WebGL draws them. To set it up takes a browser longer than to draw fewer without it,
and a chart is made anew whenever its points change."""

SHARES = tuple(float(share) for share in ellipse_share((1, 2, 3)))
"""Shares of a normal law that ellipses hold, unless asked otherwise: 1σ, 2σ and 3σ."""

Floats = npt.NDArray[np.float64]


def ellipse(mean: Floats, covariance: Floats, distance: float, points: int = 121) -> Floats:
    """Return points (points, 2) at a Mahalanobis distance from the mean of a plane normal law.

    Its inside holds the share 1 - exp(-d²/2) of that law.
    """
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(mean + distance * circle * np.sqrt(np.maximum(values, 0)) @ vectors.T)


def plane_density(
    plane: Plane,
    shares: Sequence[float] = SHARES,
    height: int = 560,
    ringed: Floats | None = None,
    colour: Colouring | None = None,
    marked: Sequence[Marks] = (),
) -> go.Figure:
    """Return the density of the bulk, the vectors to pick, the origin and the ellipses, in one plane.

    What can be picked carries the number of its set and its own as ``customdata``. A point (1, 2) can be ringed, the
    vectors on the side of the data can be coloured, and selections be marked.
    """
    tools = upright(height, 82, 70, 75)
    chart = figure(height, uirevision=str(plane.directions), **tools)  # a zoom outlives a new sample
    traces = [_density(plane.bulk) if plane.cloud is None else _cloud(plane.cloud)]
    looks = {  # as small as the vectors, and after them: of two that a click meets, plotly takes the later one
        "origin": {"color": NEUTRAL, "size": 6, "symbol": "x"},
        f"centre of {plane.title}": {"color": NEUTRAL, "size": 6, "symbol": "cross"},
    }
    colours = dict(zip(plane.drawn, DRAWN, strict=False))
    by_webgl = sum(map(len, (*plane.points.values(), *(one.points for one in marked)))) > MANY
    for number, (name, points) in enumerate(plane.points.items()):
        many = len(points) > 1
        dots = {"color": colours.get(name, DATA), "size": 5, "opacity": opacity(len(points))}
        if colour is not None and name == plane.title:
            dots |= _colours(colour)
        traces.append({
            "type": "scattergl" if many and by_webgl else "scatter",
            "x": points[:, 0].astype(np.float32),
            "y": points[:, 1].astype(np.float32),
            "customdata": np.stack([np.full(len(points), number), np.arange(len(points))], axis=1),
            "mode": "markers",
            "marker": looks.get(name, dots),
            "name": name,
            "hovertemplate": ("vector %{customdata[1]}" if many else "") + f"<extra>{name}</extra>",
            "unselected": {"marker": {"opacity": opacity(len(points)) if many else 1.0}},
        })  # fmt: skip
    rings = _ellipses(plane.mean, plane.covariance, shares) if plane.is_straight else []
    over: dict[str, Any] = {"type": "scattergl"} if by_webgl else {}  # above the vectors
    traces += [*(ring | over for ring in rings), *_legend(colour), *marks_in_a_plane(marked, by_webgl)]
    for ring, distance in zip(rings, map(float, ellipse_distance(shares)), strict=False):
        top = int(np.argmax(ring["y"]))
        about = {"text": f"{distance:.3g} spread{'s' * (distance != 1)}", "font": {"size": 11}, "yshift": 8}
        chart.add_annotation(x=ring["x"][top], y=ring["y"][top], showarrow=False, **about)
    if ringed is not None:
        ring = {"color": MARKED, "size": 18, "symbol": "circle-open", "line": {"width": 3}}
        look = {"marker": ring, "name": "looked at", "hoverinfo": "skip"}
        traces.append({"type": "scatter", "x": ringed[:, 0], "y": ringed[:, 1], "mode": "markers", **look})
    chart.add_traces(traces)
    for name, sign in zip(looks, ("✖", "✚"), strict=True):  # vectors lie above their points
        place = {"x": plane.points[name][0, 0], "y": plane.points[name][0, 1]}
        chart.add_annotation(**place, text=sign, showarrow=False, font={"size": 14})
    if plane.cloud is not None:  # whose cells reach as far as any vector
        shown = np.concatenate([plane.bulk, *plane.points.values()])
        low, high = shown.min(axis=0), shown.max(axis=0)
        for update, start, end in zip((chart.update_xaxes, chart.update_yaxes), low, high, strict=True):
            update(range=[start - 0.03 * (end - start), end + 0.03 * (end - start)])
    return _titled(chart, plane)


def plane_path(plane: Plane, points: Floats, name: str, height: int = 460, marked: Sequence[Marks] = ()) -> go.Figure:
    """Return the density of the bulk with its ellipses and a path (m, 2) through it, frames counted from 1.

    A frame carries its number as ``customdata``; selections can be ``marked``.
    """
    chart = figure(height, uirevision=str(plane.directions), **upright(height, 82, below=75))
    chart.add_trace(_density(plane.bulk))
    for trace in _ellipses(plane.mean, plane.covariance, SHARES):
        chart.add_trace(trace)
    chart.add_trace(
        go.Scatter(
            x=points[:, 0],
            y=points[:, 1],
            mode="lines+markers+text",
            text=[str(i) for i in range(1, len(points) + 1)],
            textposition="top center",
            textfont={"size": 10},
            marker={"color": SAMPLE, "size": 7},
            line={"color": SAMPLE, "width": 1.5},
            name=name,
            customdata=np.arange(1, len(points) + 1)[:, None],
            unselected={"marker": {"opacity": 1}},
            hovertemplate="frame %{text}: %{x:.2f}, %{y:.2f}<extra></extra>",
        )
    )
    for trace in marks_in_a_plane(marked):
        chart.add_trace(trace)
    for (label, place), symbol in zip(plane.points.items(), ("x", "cross"), strict=True):
        marker = {"color": NEUTRAL, "size": 12, "symbol": symbol, "line": {"width": 1, "color": "white"}}
        hover = f"<extra>{label}</extra>"
        chart.add_trace(
            go.Scatter(x=place[:, 0], y=place[:, 1], mode="markers", marker=marker, name=label, hovertemplate=hover)
        )
    return _titled(chart, plane)


def pair_densities(planes: Sequence[Plane], columns: int = 3, marked: Sequence[Sequence[Marks]] = ()) -> go.Figure:
    """Return small multiples: densities of planes with their ellipses, some vectors of each sample and of selections.

    What is ``marked`` stands for each plane.
    """
    rows = -(-len(planes) // columns)
    grid = make_subplots(rows, columns, horizontal_spacing=0.12, vertical_spacing=0.22 / max(1, rows))
    for number, plane in enumerate(planes):
        row, column = number // columns + 1, number % columns + 1
        grid.add_trace(_density(plane.bulk, 50), row, column)
        for trace in _ellipses(plane.mean, plane.covariance, SHARES):
            grid.add_trace(trace | {"showlegend": trace["showlegend"] and number == 0}, row, column)
        for (name, points), colour in zip(plane.drawn.items(), DRAWN, strict=False):
            grid.add_trace(
                dots(
                    points[:SMALL, 0].astype(np.float32),
                    points[:SMALL, 1].astype(np.float32),
                    colour,
                    2.5,
                    opacity=0.8,
                    name=name,
                    legendgroup=name,
                    showlegend=number == 0,
                    hoverinfo="skip",
                ),
                row,
                column,
            )
        for trace in marks_in_a_plane(marked[number] if marked else ()):
            ring = {} if trace["mode"] == "lines" else {"marker": trace["marker"] | {"size": 4}}
            seen = trace["mode"] != "lines" and number == 0
            grid.add_trace(trace | ring | {"legendgroup": trace.get("name"), "showlegend": seen}, row, column)
        grid.update_xaxes(title=plane.labels[0], title_standoff=4, row=row, col=column)
        grid.update_yaxes(title=plane.labels[1], title_standoff=0, row=row, col=column)
    grid.update_xaxes(zeroline=False)
    grid.update_yaxes(zeroline=False)
    height = 60 + 290 * rows
    return grid.update_layout(plain_layout(height) | upright(height, 57, below=59))


def _colours(colour: Colouring) -> dict[str, object]:
    """Return the markers of points that are each coloured by a value."""
    known = np.isfinite(colour.values)
    if colour.kind is Kind.NUMBER:
        high = float(np.quantile(colour.values[known], 0.99)) if known.any() else 1.0
        bar = {"title": {"text": colour.label, "side": "right"}, "thickness": 12, "len": 0.6}
        values = np.where(known, colour.values, np.nan)
        return {"color": values, "colorscale": "Viridis", "cmax": high, "colorbar": bar, "opacity": 0.9}
    each = [looks(colour, number) for number in range(len(colour.categories))] + [{"color": NEUTRAL}]
    codes = np.where(known, colour.values, len(colour.categories)).astype(int)
    signs = np.array([look.get("symbol", "circle") for look in each])[codes]
    return {"color": np.array([look["color"] for look in each])[codes], "symbol": signs, "opacity": 0.9}


def _legend(colour: Colouring | None) -> Iterator[dict[str, Any]]:
    """Yield an entry of the legend for each category, without points of its own."""
    for number, name in enumerate(colour.categories if colour is not None else ()):
        marker = {"size": 8, **looks(colour, number)} if colour is not None else {}
        look = {"marker": marker, "name": name, "hoverinfo": "skip"}
        yield {"type": "scatter", "x": [None], "y": [None], "mode": "markers", **look}


def _density(bulk: Floats, bins: int = BINS) -> dict[str, Any]:
    counts, x_edges, y_edges = np.histogram2d(bulk[:, 0], bulk[:, 1], bins=bins)
    return {
        "type": "heatmap",
        "x": x_edges,
        "y": y_edges,
        "z": np.sqrt(counts.T).astype(np.float32),
        "colorscale": [[0, faded(DATA, 0)], [1, faded(DATA, 0.9)]],
        "showscale": False,
        "hoverinfo": "skip",
    }


def _cloud(cloud: PlaneCounts) -> dict[str, Any]:
    """Return the density of all vectors in 256 shades: cells that a zoom shows, 0.3 MB for the browser."""
    heights = np.sqrt(cloud.density)
    return {
        "type": "heatmap",
        "x": cloud.across.astype(np.float32),
        "y": cloud.up.astype(np.float32),
        "z": np.ceil(255 * heights / heights.max()).astype(np.uint8),
        "colorscale": [[0, faded(DATA, 0)], [1 / 255, faded(DATA, 0.06)], [1, faded(DATA, 0.9)]],
        "showscale": False,
        "hoverinfo": "skip",
    }


def _ellipses(mean: Floats, covariance: Floats, shares: Sequence[float]) -> list[dict[str, Any]]:
    """Return the ellipses that hold shares of the normal law with the mean and the covariance of the bulk."""
    spreads = ", ".join(f"{distance:.3g}" for distance in ellipse_distance(shares))
    held = ", ".join(f"{100 * share:.0f}" for share in shares)
    traces = []
    for number, distance in enumerate(ellipse_distance(shares)):
        x, y = ellipse(mean, covariance, float(distance)).T
        traces.append({
            "type": "scatter",
            "x": x,
            "y": y,
            "mode": "lines",
            "line": {"color": NEUTRAL, "width": 1.2},
            "name": f"rings at {spreads} spreads: {held}% of a bell",
            "legendgroup": "ellipses",
            "showlegend": number == 0,
            "hoverinfo": "skip",
        })  # fmt: skip
    return traces


def _titled(chart: go.Figure, plane: Plane) -> go.Figure:
    chart.update_xaxes(title=plane.labels[0], zeroline=False)
    return chart.update_yaxes(title=plane.labels[1], zeroline=False)
