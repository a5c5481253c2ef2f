"""The shape of the bulk: spectrum of the principal axes, densities in a plane, ellipses."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.theme import CELEBA, NEUTRAL, SAMPLE, faded, figure
from core.planes import Plane
from core.statistics import Description

__all__ = ["ellipse", "plane_density", "spectrum"]

BINS = 70
LEVELS = (1, 2, 3)
"""Mahalanobis distances, within the plane, at which ellipses are drawn."""

Floats = npt.NDArray[np.float64]


def ellipse(mean: Floats, covariance: Floats, distance: float, points: int = 121) -> Floats:
    """Return points (points, 2) at a Mahalanobis distance from the mean of a plane normal law.

    Its inside holds the share 1 - exp(-d²/2) of that law.
    """
    angle = np.linspace(0, 2 * np.pi, points)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(mean + distance * circle * np.sqrt(np.maximum(values, 0)) @ vectors.T)


def plane_density(plane: Plane, height: int = 560) -> go.Figure:
    """Return the density of the bulk, the vectors to pick, the origin and the ellipses, in one plane.

    What can be picked carries the number of its set and its own as ``customdata``.
    """
    chart = figure(height)
    counts, x_edges, y_edges = np.histogram2d(plane.bulk[:, 0], plane.bulk[:, 1], bins=BINS)
    counts = counts.T
    chart.add_trace(
        go.Heatmap(
            x=x_edges,
            y=y_edges,
            z=np.sqrt(counts),
            colorscale=[[0, faded(CELEBA, 0)], [1, faded(CELEBA, 0.9)]],
            showscale=False,
            hoverinfo="skip",
        )
    )
    shares = ", ".join(f"{1 - np.exp(-(d**2) / 2):.0%}" for d in LEVELS)
    for distance in LEVELS:
        x, y = ellipse(plane.mean, plane.covariance, distance).T
        chart.add_trace(
            go.Scatter(
                x=x,
                y=y,
                mode="lines",
                line={"color": NEUTRAL, "width": 1.5},
                name=f"{', '.join(map(str, LEVELS))}σ ellipses of CelebA: {shares} of a normal",
                legendgroup="ellipses",
                showlegend=distance == LEVELS[0],
                hoverinfo="skip",
            )
        )
    looks = (
        {"color": CELEBA, "size": 5, "opacity": 0.8},
        {"color": SAMPLE, "size": 5, "opacity": 0.8},
        {"color": NEUTRAL, "size": 13, "symbol": "x", "line": {"width": 1, "color": "white"}},
        {"color": NEUTRAL, "size": 13, "symbol": "cross", "line": {"width": 1, "color": "white"}},
    )
    for number, (marker, (name, points)) in enumerate(zip(looks, plane.points.items(), strict=True)):
        many = len(points) > 1
        chart.add_trace(
            (go.Scattergl if many else go.Scatter)(
                x=points[:, 0].astype(np.float32),
                y=points[:, 1].astype(np.float32),
                customdata=np.stack([np.full(len(points), number), np.arange(len(points))], axis=1),
                mode="markers",
                marker=marker,
                name=name,
                hovertemplate=("vector %{customdata[1]}" if many else "") + f"<extra>{name}</extra>",
            )
        )
    chart.update_xaxes(title=plane.labels[0], zeroline=False)
    return chart.update_yaxes(title=plane.labels[1], zeroline=False)


def spectrum(study: Description, along: Floats, title: str) -> go.Figure:
    """Return the variances of the principal axes and their cumulative share.

    Parameters
    ----------
    study : Description
    along : array (d,)
        Variances of the sample along the study's axes.
    title : str
        Of the sample.
    """
    grid = make_subplots(1, 2, subplot_titles=("variance along each principal axis", "cumulative share"))
    axis = np.arange(1, len(along) + 1)
    hover = "axis %{x}: %{y:.4g}<extra></extra>"
    line = {"color": CELEBA}
    grid.add_trace(go.Scatter(x=axis, y=study.axes.variances, name="CelebA", line=line, hovertemplate=hover), 1, 1)
    marker = {"color": SAMPLE, "size": 4}
    shown = np.where(along > study.axes.variances[0] * 1e-9, along, np.nan)
    grid.add_trace(go.Scatter(x=axis, y=shown, name=title, mode="markers", marker=marker, hovertemplate=hover), 1, 1)
    hover = "first %{x} axes: %{y:.1%}<extra></extra>"
    share = study.axes.cumulative_share
    grid.add_trace(go.Scatter(x=axis, y=share, line=line, showlegend=False, hovertemplate=hover), 1, 2)
    total = along.sum()
    share = np.cumsum(along) / total if total > 0 else np.zeros_like(along)
    line = {"color": SAMPLE}
    grid.add_trace(go.Scatter(x=axis, y=share, line=line, showlegend=False, hovertemplate=hover), 1, 2)
    grid.update_yaxes(type="log", exponentformat="power", dtick=1, row=1, col=1)
    grid.update_yaxes(tickformat=".0%", range=[0, 1.02], row=1, col=2)
    grid.update_xaxes(title="principal axis")
    layout = figure(340).layout
    return grid.update_layout(
        height=layout.height,
        margin={"l": 10, "r": 10, "t": 60, "b": 10},
        legend={"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"},
    )
