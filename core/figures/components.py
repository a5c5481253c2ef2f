"""Components one by one: histograms, means and widths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.panels import axes_of, panels
from core.figures.theme import (
    DATA,
    DRAWN,
    NEUTRAL,
    SELECTIONS,
    UPRIGHT_TOOLS,
    dots,
    figure,
    steps,
    stroke,
    titled,
    unseen,
)
from core.statistics import Description, Histograms, normal_density

__all__ = ["component_histograms", "means_and_widths"]

COLUMNS = 4
ROW_HEIGHT = 150


def component_histograms(
    study: Description,
    drawn: Mapping[str, Description],
    components: Sequence[int],
    marked: Sequence[tuple[str, Histograms, int]] = (),
) -> go.Figure:
    """Return small multiples: per component the densities of the study and of samples, and the normal fitted to it.

    Selections of the study's vectors can be ``marked``: name, histograms of these components
    in their order, and place of each.
    """
    rows, traces = max(1, -(-len(components) // COLUMNS)), []
    for place, j in enumerate(components):
        x, y = axes_of(place)
        where = {"xaxis": x, "yaxis": y, "showlegend": place == 0}
        whole = _density(study.histograms, j, study.title, DATA, legendgroup="study", **where)
        traces += [whole, unseen(whole["x"], xaxis=x, yaxis=y)]
        for number, (title, sample) in enumerate(drawn.items()):
            traces.append(_density(sample.histograms, j, title, DRAWN[number], legendgroup=f"sample {number}", **where))
        for name, counted, number in marked:
            look = SELECTIONS[number]
            shown = {"line": stroke(look.colour, look.dash), "legendgroup": f"selected {number}", **where}
            traces.append(_density(counted, place, name, look.colour, **shown))
        if study.moments.widths[j] > 0:
            traces.append(_normal(study, j, where))
    layout = panels([f"z<sub>{j}</sub>" for j in components], COLUMNS, across=0.03, up=0.32 / max(2, rows))
    for name, axis in layout.items():
        if name.startswith("yaxis"):
            axis |= {"showticklabels": False, "rangemode": "tozero", "showgrid": False, "automargin": False}
        elif name.startswith("xaxis"):
            axis |= {"nticks": 5, "automargin": False}
    layout |= {
        "height": 60 + rows * ROW_HEIGHT,
        "margin": {"l": 10, "r": 40, "t": 64, "b": 36},
        "modebar": UPRIGHT_TOOLS["modebar"],
        "selectdirection": "h",
        "legend": {"orientation": "h", "x": 0, "y": 1 + 24 / (rows * ROW_HEIGHT), "yanchor": "bottom"},
    }
    return go.Figure(traces, layout)


def _normal(study: Description, component: int, where: dict[str, Any]) -> dict[str, Any]:
    """Return the normal law that is fitted to a component of the study."""
    mean, width = study.moments.mean[component], study.moments.widths[component]
    x = np.linspace(mean - 4 * width, mean + 4 * width, 81)
    return {
        "type": "scatter",
        "x": x,
        "y": normal_density(x, float(mean), float(width)),
        "name": f"normal fitted to {study.title}",
        "line": {"color": NEUTRAL, "width": 1.5, "dash": "dot"},
        "legendgroup": "normal",
        "hoverinfo": "skip",
        **where,
    }


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
                dots(
                    table["component"].to_numpy(),
                    table[prefix + column].to_numpy(),
                    colour,
                    4,
                    name=name,
                    legendgroup=name,
                    showlegend=row == 1,
                    hovertemplate="z<sub>%{customdata}</sub>: %{y:.3f}<extra>" + name + "</extra>",
                ),
                row,
                1,
            )
        grid.update_yaxes(title=label, row=row, col=1)
    grid.add_hline(y=0, line={"color": NEUTRAL, "width": 1}, row=1, col=1)
    grid.update_xaxes(title="component j", row=2, col=1)
    grid.update_yaxes(rangemode="tozero", row=2, col=1)
    layout = figure(420, margin=titled(420, left=68)).layout
    return grid.update_layout(height=layout.height, margin=layout.margin, legend=layout.legend)


def _density(histograms: Histograms, component: int, name: str, colour: str, **more: object) -> dict[str, Any]:
    filled = np.flatnonzero(histograms.counts[component])
    span = slice(filled[0], filled[-1] + 1)
    edges = histograms.edges(component)[filled[0] : filled[-1] + 2]
    hover = "%{x:.2f}: %{y:.3f}<extra>" + name + "</extra>"
    return steps(edges, histograms.density(component)[span], name, colour, hovertemplate=hover, **more)
