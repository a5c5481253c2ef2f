"""Which components depend on each other: the Pearson matrices, and how large coefficients are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from core.figures.theme import DATA, DIVERGING, DRAWN, NEUTRAL, figure, steps, titled
from core.statistics import Description, Moments, off_diagonal, random_correlation_density

__all__ = ["LIMIT", "coefficient_histogram", "coefficient_matrix"]

Floats = npt.NDArray[np.float64]

LIMIT = 0.3
"""Where the colours of the matrices end, and captions call a pair strong: most coefficients are small."""

CELLS = 512
"""Rows and columns that are drawn, at most; of more components the first ones in the chosen order are shown."""

BIN = 0.02


def coefficient_matrix(matrix: Floats, order: npt.NDArray[np.intp], title: str, height: int = 385) -> go.Figure:
    """Return a matrix (d, d) of Pearson coefficients, or of their differences, with its components in an order."""
    shown = order[:CELLS]
    names = [f"z{j}" for j in shown]
    heading = {"text": title, "font": {"size": 14}, "x": 0.02}
    chart = figure(height, title=heading, margin={"l": 5, "r": 5, "t": 40, "b": 50})
    chart.add_trace(
        go.Heatmap(
            x=names,
            y=names,
            z=matrix[np.ix_(shown, shown)].astype(np.float32),
            colorscale=DIVERGING,
            zmin=-LIMIT,
            zmax=LIMIT,
            colorbar={
                "orientation": "h",
                "thickness": 8,
                "len": 0.9,
                "y": -0.03,
                "yanchor": "top",
                "outlinewidth": 0,
                "tickvals": [-LIMIT, 0, LIMIT],
            },
            hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
        )
    )
    plain = {"showticklabels": False, "showgrid": False, "ticks": "", "constrain": "domain"}
    chart.update_xaxes(**plain)
    return chart.update_yaxes(autorange="reversed", scaleanchor="x", **plain)


def coefficient_histogram(study: Description, drawn: Mapping[str, Moments], height: int = 340) -> go.Figure:
    """Return the densities of all coefficients, of a study and of samples, with that of independent components.

    The samples, by title, are of one count; at that stands the density of independent components.
    """
    chart = figure(height, margin=titled(height, left=80, right=15))
    edges = np.arange(-1, 1 + BIN, BIN)
    count = next(iter(drawn.values())).count
    sets = ((study.title, study.moments), *drawn.items())  # no mapping: a strategy may have the title of the data
    for (name, moments), colour in zip(sets, (DATA, *DRAWN), strict=False):
        values = off_diagonal(moments.correlations)
        counts, _ = np.histogram(values, edges)
        density = counts / (max(1, len(values)) * BIN)  # a single component has no pairs
        hover = "r = %{x:.2f}: %{y:.3g}<extra>" + name + "</extra>"
        chart.add_trace(steps(edges, density, f"{name}, {moments.count:,} vectors", colour, hovertemplate=hover))
    grid = np.linspace(-1, 1, 801)
    law = random_correlation_density(grid, count)
    line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
    name = f"independent components, {count:,} vectors"
    visible = law > 1e-3
    chart.add_trace(go.Scatter(x=grid[visible], y=law[visible], name=name, mode="lines", line=line, hoverinfo="skip"))
    reach = max(0.2, min(1.0, 1.1 * float(np.abs(off_diagonal(study.moments.correlations)).max(initial=0.0))))
    chart.update_xaxes(title="Pearson coefficient r of a pair", range=[-reach, reach])
    return chart.update_yaxes(title="density", type="log", range=[-3, 1.6], exponentformat="power", dtick=1)
