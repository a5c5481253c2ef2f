"""Which components depend on each other: the Pearson matrices, and how large coefficients are."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.theme import CELEBA, DIVERGING, NEUTRAL, SAMPLE, figure, steps
from core.statistics import Moments, off_diagonal, random_correlation_density

__all__ = ["LIMIT", "coefficient_histogram", "matrices"]

Floats = npt.NDArray[np.float64]

LIMIT = 0.5
"""Where the colours of the matrices end: most coefficients are small."""

CELLS = 512
"""Rows and columns that are drawn, at most; of more components the first ones in the chosen order are shown."""

BIN = 0.02


def matrices(study: Floats, sample: Floats, order: npt.NDArray[np.intp], title: str) -> go.Figure:
    """Return the Pearson matrices (d, d) of the study and of a sample, and the sample's less the study's."""
    shown = order[:CELLS]
    names = [f"z{j}" for j in shown]
    grid = make_subplots(
        1, 3, shared_yaxes=True, horizontal_spacing=0.02, subplot_titles=("CelebA", title, f"{title} less CelebA")
    )
    for column, matrix in enumerate((study, sample, sample - study), 1):
        grid.add_trace(
            go.Heatmap(
                x=names,
                y=names,
                z=matrix[np.ix_(shown, shown)].astype(np.float32),
                coloraxis="coloraxis",
                hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
            ),
            1,
            column,
        )
    grid.update_xaxes(showticklabels=False, showgrid=False, constrain="domain")
    grid.update_yaxes(showticklabels=False, showgrid=False, autorange="reversed", constrain="domain")
    for column in (1, 2, 3):
        grid.update_yaxes(scaleanchor=f"x{column if column > 1 else ''}", row=1, col=column)
    bar = {"thickness": 12, "title": {"text": "r", "side": "top"}, "len": 0.9}
    return grid.update_layout(
        height=400,
        margin={"l": 10, "r": 10, "t": 40, "b": 10},
        coloraxis={"colorscale": DIVERGING, "cmin": -LIMIT, "cmax": LIMIT, "colorbar": bar},
    )


def coefficient_histogram(study: Moments, sample: Moments, title: str, height: int = 340) -> go.Figure:
    """Return the densities of all coefficients, with that of independent components at the sample's count."""
    chart = figure(height)
    edges = np.arange(-1, 1 + BIN, BIN)
    for name, moments, colour in (("CelebA", study, CELEBA), (title, sample, SAMPLE)):
        values = off_diagonal(moments.correlations)
        density, _ = np.histogram(values, edges, density=True)
        hover = "r = %{x:.2f}: %{y:.3g}<extra>" + name + "</extra>"
        chart.add_trace(steps(edges, density, f"{name}, {moments.count:,} vectors", colour, hovertemplate=hover))
    grid = np.linspace(-1, 1, 801)
    law = random_correlation_density(grid, sample.count)
    line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
    name = f"independent components, {sample.count:,} vectors"
    visible = law > 1e-3
    chart.add_trace(go.Scatter(x=grid[visible], y=law[visible], name=name, mode="lines", line=line, hoverinfo="skip"))
    reach = max(0.2, min(1.0, 1.1 * float(np.abs(off_diagonal(study.correlations)).max(initial=0.0))))
    chart.update_xaxes(title="Pearson coefficient r of a pair", range=[-reach, reach])
    return chart.update_yaxes(title="density", type="log", range=[-3, 1.6], exponentformat="power", dtick=1)
