"""Two studies laid over each other, each in its own units, since two networks have neither scale nor axes in common."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.radii import step_histogram
from core.figures.theme import DATA, NEUTRAL, SECOND, figure
from core.statistics import Description, normal_radius, normal_radius_density

__all__ = ["Named", "overlay_components", "overlay_radii", "overlay_spectra"]

Floats = npt.NDArray[np.float64]

Named = tuple[str, Description]
"""A study's name and its statistics."""


def overlay_radii(first: Named, second: Named) -> go.Figure:
    """Return the densities of radii in units of their mean, and of Mahalanobis distances."""
    grid = make_subplots(1, 2, subplot_titles=("radius in units of its mean", "Mahalanobis distance to the centre"))
    for (name, study), colour in zip((first, second), (DATA, SECOND), strict=True):
        unit = study.mean_radius if study.mean_radius > 0 else 1.0
        radius = step_histogram(study.radii / unit, name, colour)
        grid.add_trace(radius | {"legendgroup": name}, 1, 1)
        distance = step_histogram(study.distances, name, colour, study.ordered_distances)
        grid.add_trace(distance | {"legendgroup": name, "showlegend": False}, 1, 2)
        grid.add_vline(x=study.origin_distance, line={"color": colour, "dash": "dash"}, row=1, col=2)
    centre, width = normal_radius(first[1].dimension)
    x = np.linspace(max(0.0, centre - 5 * width), centre + 5 * width, 200)
    line = {"color": NEUTRAL, "dash": "dot", "width": 1.5}
    law = normal_radius_density(x, first[1].dimension)
    grid.add_trace(go.Scatter(x=x, y=law, mode="lines", line=line, name="a normal bulk", hoverinfo="skip"), 1, 2)
    name = "distance of the origin"
    dashes = {"color": NEUTRAL, "dash": "dash"}
    grid.add_trace(go.Scatter(x=[None], y=[None], mode="lines", line=dashes, name=name), 1, 2)
    grid.update_yaxes(showticklabels=False, rangemode="tozero")
    return _laid_out(grid)


def overlay_components(first: Named, second: Named) -> go.Figure:
    """Return |mean| and width of the components, each sorted, in units of the root mean square width."""
    panels = ("|mean| of the components, sorted", "width of the components, sorted")
    grid = make_subplots(1, 2, subplot_titles=panels)
    for (name, study), colour in zip((first, second), (DATA, SECOND), strict=True):
        unit = np.sqrt(study.moments.variances.mean())
        unit = unit if unit > 0 else 1.0
        for column, values in enumerate((np.abs(study.moments.mean), study.moments.widths), 1):
            grid.add_trace(_curve(np.sort(values / unit)[::-1], name, colour, column == 1), 1, column)
    grid.update_xaxes(title="rank of the component")
    grid.update_yaxes(rangemode="tozero")
    grid.update_yaxes(title="in units of the root mean square σ", row=1, col=1)
    return _laid_out(grid)


def overlay_spectra(first: Named, second: Named) -> go.Figure:
    """Return each principal axis' share of the variance, and the cumulative share."""
    grid = make_subplots(1, 2, subplot_titles=("share of the variance", "cumulative share"))
    for (name, study), colour in zip((first, second), (DATA, SECOND), strict=True):
        share = study.axes.cumulative_share
        grid.add_trace(_curve(np.diff(share, prepend=0.0), name, colour, True), 1, 1)
        grid.add_trace(_curve(share, name, colour, False), 1, 2)
    grid.update_xaxes(title="principal axis")
    grid.update_yaxes(type="log", exponentformat="power", dtick=1, row=1, col=1)
    grid.update_yaxes(tickformat=".0%", range=[0, 1.02], row=1, col=2)
    return _laid_out(grid)


def _curve(values: Floats, name: str, colour: str, legend: bool) -> go.Scatter:
    return go.Scatter(
        x=np.arange(1, len(values) + 1),
        y=np.where(values > 0, values, np.nan),
        mode="lines",
        line={"color": colour},
        name=name,
        legendgroup=name,
        showlegend=legend,
        hovertemplate="%{x}: %{y:.3g}<extra>" + name + "</extra>",
    )


def _laid_out(grid: go.Figure) -> go.Figure:
    layout = figure(340).layout
    legend = {"orientation": "h", "x": 0, "y": 1.12, "yanchor": "bottom"}
    return grid.update_layout(height=layout.height, margin={"l": 10, "r": 10, "t": 60, "b": 10}, legend=legend)
