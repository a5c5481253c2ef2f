"""How a study was trained: loss curve, distribution of the reconstruction errors."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import DATA, NEUTRAL, figure, steps

__all__ = ["error_histogram", "loss_curve"]


def loss_curve(history: pd.DataFrame) -> go.Figure:
    """Return training and validation loss against the epoch, from a history table."""
    chart = figure(320)
    for column, name, colour in (("loss", "training", NEUTRAL), ("validation_loss", "validation", DATA)):
        chart.add_trace(
            go.Scatter(
                x=history["epoch"].to_numpy(),
                y=history[column].to_numpy(),
                name=name,
                mode="lines+markers",
                line={"color": colour},
                marker={"size": 4},
                hovertemplate="epoch %{x}: %{y:.5f}<extra>" + name + "</extra>",
            )
        )
    return chart.update_xaxes(title="epoch").update_yaxes(title="loss", type="log", dtick="D2", tickformat=".4f")


def error_histogram(rows: pd.DataFrame) -> go.Figure:
    """Return the distribution of the reconstruction errors, per partition."""
    chart = figure(320)
    errors = rows["reconstruction_error"].to_numpy()
    edges = np.linspace(0, max(float(np.quantile(errors, 0.999)), float(np.finfo(np.float32).eps)), 61)
    colours = {"train": NEUTRAL, "validation": DATA}
    for partition, group in rows.groupby("partition")["reconstruction_error"]:
        counts, _ = np.histogram(group.to_numpy(), edges)
        density = counts / (len(group) * edges[1])  # of all errors: a partition may hold nothing but the largest
        name = str(partition) or "no partition"
        hover = "%{x:.4f}: %{y:.0f}<extra>" + name + "</extra>"
        chart.add_trace(steps(edges, density, name, colours.get(name, DATA), hovertemplate=hover))
    return chart.update_xaxes(title="mean squared error").update_yaxes(title="density", showticklabels=False)
