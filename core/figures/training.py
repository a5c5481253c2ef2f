"""How a study or a strategy was trained: losses, likelihoods, distribution of the reconstruction errors."""

from __future__ import annotations

from itertools import cycle

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from core.figures.theme import DATA, MARKED, NEUTRAL, SAMPLE, SECOND, figure, plain_layout, steps, titled, unseen

__all__ = ["error_histogram", "learning_curve", "likelihood_curve", "loss_curve", "memorising_curves"]


def loss_curve(history: pd.DataFrame) -> go.Figure:
    """Return training and validation loss against the epoch, from a history table."""
    chart = _losses(history, 320, "validation")
    return chart.update_yaxes(title="loss", type="log", dtick="D2", tickformat=".4f")


def learning_curve(history: pd.DataFrame, start: float, law: str, kept: int | None = None) -> go.Figure:
    """Return losses in training and on held-out vectors against the epoch, beside the held-out loss of a law.

    Parameters
    ----------
    history : DataFrame
        Columns ``epoch``, ``loss`` and ``validation_loss``.
    start : float
        Loss of the law that the training starts from.
    law : str
        Its name.
    kept : int, optional
        Epoch that is marked.
    """
    chart = _losses(history, 260, "held out")
    _add_start(chart, history["epoch"], start, law, ".4f")
    marked = history[history["epoch"] == kept]
    if len(marked):
        chart.add_trace(
            go.Scatter(
                x=marked["epoch"].to_numpy(),
                y=marked["validation_loss"].to_numpy(),
                name="kept",
                mode="markers",
                marker={"color": MARKED, "size": 11, "symbol": "diamond"},
                hovertemplate="epoch %{x}: %{y:.4f}<extra>kept</extra>",
            )
        )
    return chart.update_yaxes(title="loss")


def likelihood_curve(table: pd.DataFrame, start: float, law: str) -> go.Figure:
    """Return held-out log-likelihoods against the epoch, from a table of looks, beside that of a law."""
    chart = figure(260)
    chart.add_trace(
        go.Scatter(
            x=table["epoch"].to_numpy(),
            y=table["log_likelihood"].to_numpy(),
            name="held out",
            mode="lines+markers",
            line={"color": DATA},
            marker={"size": 6},
            hovertemplate="epoch %{x}: %{y:.3f}<extra>held out</extra>",
        )
    )
    _add_start(chart, table["epoch"], start, law, ".3f")
    return chart.update_xaxes(title="epoch").update_yaxes(title="nats per component")


def memorising_curves(table: pd.DataFrame) -> go.Figure:
    """Return held-out loss, and the share of copies, against the steps of trainings on few vectors and on many.

    Parameters
    ----------
    table : DataFrame
        Columns ``vectors``, ``steps``, ``held_out``, ``copied`` and ``usual``, a row for each look.
    """
    chart = go.Figure(layout=plain_layout(420))
    for (size, part), colour in zip(table.groupby("vectors"), cycle((SAMPLE, SECOND, DATA, MARKED)), strict=False):
        name, steps_ = f"{size:,} vectors", part["steps"].to_numpy()
        for axis, column, form in (("y", "held_out", ".3f"), ("y2", "copied", ".0%")):
            chart.add_trace(
                go.Scatter(
                    x=steps_,
                    y=part[column].to_numpy(),
                    yaxis=axis,
                    name=name,
                    legendgroup=name,
                    showlegend=axis == "y",
                    mode="lines+markers",
                    line={"color": colour},
                    marker={"size": 4},
                    hovertemplate=f"step %{{x:,}}: %{{y:{form}}}<extra>{name}</extra>",
                )
            )
        chart.add_trace(
            go.Scatter(
                x=[steps_[0], steps_[-1]],
                y=2 * [float(part["usual"].iloc[0])],
                yaxis="y2",
                name=f"unseen, {name}",
                legendgroup=name,
                showlegend=False,
                mode="lines",
                line={"color": colour, "dash": "dot"},
                hovertemplate=f"unseen vectors: %{{y:.0%}}<extra>{name}</extra>",
            )
        )
    return chart.update_layout(
        xaxis={"title": "steps of training", "type": "log", "dtick": 1, "anchor": "y2"},
        yaxis={"title": "held-out loss", "domain": [0.56, 1]},
        yaxis2={"title": "copies", "domain": [0, 0.44], "tickformat": ".0%", "rangemode": "tozero"},
    )


def _losses(history: pd.DataFrame, height: int, held_out: str) -> go.Figure:
    chart = figure(height, margin=titled(height, 89))
    for column, name, colour in (("loss", "training", NEUTRAL), ("validation_loss", held_out, DATA)):
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
    return chart.update_xaxes(title="epoch")


def _add_start(chart: go.Figure, epochs: pd.Series[int], value: float, law: str, form: str) -> None:
    """Add what the law that a training starts from has, as a dotted line over all epochs."""
    ends = [0, max(int(epochs.max()), 1)] if len(epochs) else [0, 1]
    chart.add_trace(
        go.Scatter(
            x=ends,
            y=[value, value],
            name=law,
            mode="lines",
            line={"color": SAMPLE, "dash": "dot"},
            hovertemplate=f"%{{y:{form}}}<extra>{law}</extra>",
        )
    )


def error_histogram(rows: pd.DataFrame) -> go.Figure:
    """Return the distribution of the reconstruction errors, per partition."""
    chart = figure(320, margin=titled(320, right=18))
    errors = rows["reconstruction_error"].to_numpy()
    edges = np.linspace(0, max(float(np.quantile(errors, 0.999)), float(np.finfo(np.float32).eps)), 61)
    colours = {"train": NEUTRAL, "validation": DATA}
    for partition, group in rows.groupby("partition")["reconstruction_error"]:
        counts, _ = np.histogram(group.to_numpy(), edges)
        density = counts / (len(group) * edges[1])  # of all errors: a partition may hold nothing but the largest
        name = str(partition) or "no partition"
        hover = "%{x:.4f}: %{y:.0f}<extra>" + name + "</extra>"
        chart.add_trace(steps(edges, density, name, colours.get(name, DATA), hovertemplate=hover))
    chart.add_trace(unseen(edges[1:])).update_layout(selectdirection="h")
    return chart.update_xaxes(title="mean squared error").update_yaxes(title="how many", showticklabels=False)
