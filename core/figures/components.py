"""Components one by one: histograms, means and widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import scipy
from plotly.subplots import make_subplots

from core.figures.theme import DATA, DRAWN, MARKED, NEUTRAL, UPRIGHT_TOOLS, figure, steps, unseen
from core.statistics import Description, Histograms

__all__ = ["component_histograms", "means_and_widths"]

COLUMNS = 4
ROW_HEIGHT = 150


def component_histograms(
    study: Description,
    drawn: Mapping[str, Description],
    components: Sequence[int],
    marked: tuple[str, Histograms] | None = None,
) -> go.Figure:
    """Return small multiples: per component the densities of the study and of samples, and the normal fitted to it.

    A selection of the study's vectors can be ``marked``: its name and its histograms.
    """
    rows = max(1, -(-len(components) // COLUMNS))
    grid = make_subplots(
        rows,
        COLUMNS,
        subplot_titles=[f"z<sub>{j}</sub>" for j in components],
        horizontal_spacing=0.03,
        vertical_spacing=0.32 / max(2, rows),
    )
    for place, j in enumerate(components):
        row, column = place // COLUMNS + 1, place % COLUMNS + 1
        first = place == 0
        shown = {"legendgroup": "study", "showlegend": first}
        grid.add_trace(_density(study.histograms, j, study.title, DATA, **shown), row, column)
        grid.add_trace(unseen(grid.data[-1].x), row, column)
        for number, (title, sample) in enumerate(drawn.items()):
            shown = {"legendgroup": f"sample {number}", "showlegend": first}
            grid.add_trace(_density(sample.histograms, j, title, DRAWN[number], **shown), row, column)
        if marked is not None:
            shown = {"legendgroup": "selected", "showlegend": first}
            grid.add_trace(_density(marked[1], j, marked[0], MARKED, **shown), row, column)
        mean, width = study.moments.mean[j], study.moments.widths[j]
        if width > 0:
            x = np.linspace(mean - 4 * width, mean + 4 * width, 81)
            line = {"color": NEUTRAL, "width": 1.5, "dash": "dot"}
            grid.add_trace(
                go.Scatter(
                    x=x,
                    y=scipy.stats.norm.pdf(x, mean, width),
                    name=f"normal fitted to {study.title}",
                    line=line,
                    legendgroup="normal",
                    showlegend=first,
                    hoverinfo="skip",
                ),
                row,
                column,
            )
    grid.update_yaxes(showticklabels=False, rangemode="tozero", showgrid=False)
    grid.update_xaxes(nticks=5)
    return grid.update_layout(
        height=60 + rows * ROW_HEIGHT,
        margin={"l": 10, "r": 40, "t": 60, "b": 10},
        modebar=UPRIGHT_TOOLS["modebar"],
        selectdirection="h",
        legend={"orientation": "h", "x": 0, "y": 1 + 24 / (rows * ROW_HEIGHT), "yanchor": "bottom"},
    )


def means_and_widths(table: pd.DataFrame, data: str, *titles: str) -> go.Figure:
    """Return mean and standard deviation against the component index, from a component table with one or two samples.

    ``data`` and ``titles`` are what the vectors of the study and of the samples are called.
    """
    sets = list(zip(("", "sample_", "against_"), (data, *titles), (DATA, *DRAWN), strict=False))
    grid = make_subplots(2, 1, shared_xaxes=True, vertical_spacing=0.06)
    panels = (("mean", "mean μ"), ("standard_deviation", "spread σ"))
    for row, (column, label) in enumerate(panels, 1):
        for prefix, name, colour in sets:
            grid.add_trace(
                go.Scatter(
                    x=table["component"].to_numpy(),
                    y=table[prefix + column].to_numpy(),
                    name=name,
                    mode="markers",
                    marker={"color": colour, "size": 4},
                    legendgroup=name,
                    showlegend=row == 1,
                    hovertemplate="z<sub>%{x}</sub>: %{y:.3f}<extra>" + name + "</extra>",
                ),
                row,
                1,
            )
        grid.update_yaxes(title=label, row=row, col=1)
    grid.add_hline(y=0, line={"color": NEUTRAL, "width": 1}, row=1, col=1)
    grid.update_xaxes(title="component j", row=2, col=1)
    grid.update_yaxes(rangemode="tozero", row=2, col=1)
    layout = figure(420).layout
    return grid.update_layout(height=layout.height, margin=layout.margin, legend=layout.legend)


def _density(histograms: Histograms, component: int, name: str, colour: str, **more: object) -> go.Scatter:
    filled = np.flatnonzero(histograms.counts[component])
    span = slice(filled[0], filled[-1] + 1)
    edges = histograms.edges(component)[filled[0] : filled[-1] + 2]
    hover = "%{x:.2f}: %{y:.3f}<extra>" + name + "</extra>"
    return steps(edges, histograms.density(component)[span], name, colour, hovertemplate=hover, **more)
