"""The scoreboard in pictures: any two scores, chosen rows side by side, how many axes a clear face needs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from core.figures.theme import DATA, NEUTRAL, SAMPLE, SECOND, figure, titled
from core.scores.agreement import best_by_space
from core.scores.score import Score

__all__ = ["axes_needed", "from_best_to_worst", "rows_compared", "scores_scattered", "shares_compared"]

REFERENCES = ("reconstructions", "data")

BAR = 22
"""Pixels of a bar and of what parts it from the next."""


def from_best_to_worst(rows: pd.DataFrame, score: Score) -> go.Figure:
    """Return one score of some rows as bars, in their order, with number and verdict at their ends; real ones are blue.

    Those that copy are grey, whatever their score.
    """
    values = rows[score.key].astype(float)
    reference, copied = rows["strategy"].isin(REFERENCES), rows["verdict"] == "near-copies"
    colours = np.where(reference, DATA, np.where(copied, NEUTRAL, SAMPLE))
    verdicts = np.where(reference, "real vectors", rows["verdict"])
    chart = figure(70 + BAR * len(rows), bargap=0.25, margin={"l": 10, "r": 10, "t": 8, "b": 55})
    chart.add_trace(
        go.Bar(
            x=values,
            y=rows["name"],
            orientation="h",
            marker={"color": colours},
            text=[f"{value:.2f}  {word}".strip() for value, word in zip(values, verdicts, strict=True)],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.2f}<extra></extra>",
        )
    )
    high = max(float(values.max()), 0.0) or 1.0
    title = "how much farther from real pictures: shorter is better"
    chart.update_xaxes(title=title, range=[min(0.0, float(values.min())), 1.22 * high])
    return chart.update_yaxes(autorange="reversed", automargin=True)


def scores_scattered(rows: pd.DataFrame, across: Score, up: Score, height: int = 460, data: str = "Data") -> go.Figure:
    """Return one score against another, a point per row with its standard deviation over the seeds.

    Parameters
    ----------
    rows : DataFrame
        Of the scoreboard, with a column ``name``.
    across, up : Score
    height : int
        In pixels.
    data : str
        What the study's vectors are, as a reader calls them.
    """
    chart = figure(height, margin=titled(height, 71, right=15))
    reference = rows["strategy"].isin(REFERENCES)
    places = _label_places(_best_first(rows), (across.key, up.key), height).reindex(rows.index)
    labels = rows["name"].where(places != "", "")
    where = pd.Series(np.where(places == "", "top center", places), rows.index)
    for part, name, colour in ((rows[reference], data, DATA), (rows[~reference], "strategies", SAMPLE)):
        errors = {
            f"error_{axis}": {"array": part[f"{score.key}_deviation"], "thickness": 1, "color": colour}
            for axis, score in (("x", across), ("y", up))
        }
        chart.add_trace(
            go.Scatter(
                x=part[across.key],
                y=part[up.key],
                text=labels[part.index],
                customdata=part["name"],
                mode="markers+text",
                textposition=where[part.index],
                textfont={"size": 10},
                marker={"color": colour, "size": 8},
                name=name,
                hovertemplate="%{customdata}: %{x:.3f}, %{y:.3f}<extra></extra>",
                **errors,
            )
        )
    low, high = rows[across.key].min(), rows[across.key].max()
    if high > low:  # room for the names beside the outermost points
        chart.update_xaxes(range=[low - 0.08 * (high - low), high + 0.16 * (high - low)])
    return chart.update_xaxes(title=across.label).update_yaxes(title=up.label)


def _best_first(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the best that do not copy first: their names are what a reader looks for."""
    best = rows["name"].isin(best_by_space(rows).values())
    return rows.loc[(~best).sort_values(kind="stable").index]


def _label_places(rows: pd.DataFrame, columns: tuple[str, str], height: int) -> pd.Series:
    """Return where the name of each row's point stands without covering another; empty where it would.

    The first in the table choose first. Sizes are those of a chart 600 pixels wide, with letters of 6 by 12 pixels.
    """
    points, names = rows[list(columns)].to_numpy(float), list(rows["name"])
    spans = np.ptp(points[np.isfinite(points).all(axis=1)], axis=0) if np.isfinite(points).all(axis=1).any() else 1.0
    pixels = points / np.where(spans == 0, 1.0, spans) * (0.75 * 600, -0.75 * height)
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in pixels]
    places = np.full(len(points), "", "<U13")
    for number, ((x, y), name) in enumerate(zip(pixels, names, strict=True)):
        wide, high = 6 * len(name), 12
        for place, left, top in (
            ("top center", x - wide / 2, y - 6 - high),
            ("bottom center", x - wide / 2, y + 6),
            ("middle right", x + 7, y - high / 2),
            ("middle left", x - 7 - wide, y - high / 2),
        ):
            box = (left, top, left + wide, top + high)
            if np.isfinite(box).all() and not any(_overlap(box, other) for other in taken):
                places[number] = place
                taken.append(box)
                break
    return pd.Series(places, rows.index)


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def rows_compared(rows: pd.DataFrame, scores: Sequence[Score], height: int = 420) -> go.Figure:
    """Return chosen rows as bars, one panel per score."""
    columns = 5
    lines = -(-len(scores) // columns)
    grid = make_subplots(lines, columns, subplot_titles=[s.label for s in scores], vertical_spacing=0.3 / max(1, lines))
    palette = (SAMPLE, SECOND, NEUTRAL, "#CC79A7", "#E69F00", "#56B4E9", "#F0E442")
    colours = [DATA if key == "data" else palette[n % len(palette)] for n, key in enumerate(rows["strategy"])]
    for place, score in enumerate(scores):
        for colour, (_, row) in zip(colours, rows.iterrows(), strict=True):
            grid.add_trace(
                go.Bar(
                    x=[row["name"]],
                    y=[row[score.key]],
                    error_y={"array": [row[f"{score.key}_deviation"]], "thickness": 1},
                    marker={"color": colour},
                    name=row["name"],
                    legendgroup=row["name"],
                    showlegend=place == 0,
                    hovertemplate="%{y:.3f}<extra>" + str(row["name"]) + "</extra>",
                ),
                place // columns + 1,
                place % columns + 1,
            )
    grid.update_xaxes(showticklabels=False)
    legend = {"orientation": "h", "x": 0, "y": 1 + 50 / height, "yanchor": "bottom"}
    return grid.update_layout(height=height, margin={"l": 10, "r": 10, "t": 90, "b": 10}, legend=legend)


def shares_compared(
    shares: pd.Series[float], reference: pd.Series[float], title: str, count: int = 16, data: str = "Data"
) -> go.Figure:
    """Return the attributes whose predicted shares differ most between a sample and the data, as bars."""
    order = (shares - reference).abs().sort_values(ascending=False, kind="stable").index[:count][::-1]
    names = [str(name).replace("_", " ") for name in order]
    chart = figure(60 + 26 * len(names), bargap=0.3)
    for values, name, colour in ((shares, title, SAMPLE), (reference, f"{data}, decoded", DATA)):
        hover = "%{y}: %{x:.1%}<extra>" + name + "</extra>"
        marker = {"color": colour}
        chart.add_trace(
            go.Bar(x=values[order], y=names, orientation="h", name=name, marker=marker, hovertemplate=hover)
        )
    return chart.update_xaxes(title="share of images in which the attribute is seen", tickformat=".0%")


def axes_needed(rows: pd.DataFrame, decoder: pd.Series, height: int = 340) -> go.Figure:
    """Return faces and diversity of ellipsoids against their number of principal axes.

    Parameters
    ----------
    rows : DataFrame
        Of ellipsoids, with a column ``axes``.
    decoder : Series
        The row of the reconstructions.
    height : int
        In pixels.
    """
    chart = figure(height, margin=titled(height))
    ordered = rows.sort_values("axes")
    for key, name, colour in (("faces", "share of faces", SAMPLE), ("diversity", "diversity", SECOND)):
        chart.add_trace(
            go.Scatter(
                x=ordered["axes"],
                y=ordered[key],
                error_y={"array": ordered[f"{key}_deviation"], "thickness": 1},
                mode="lines+markers",
                line={"color": colour},
                name=name,
                hovertemplate="%{x} axes: %{y:.3f}<extra>" + name + "</extra>",
            )
        )
        if np.isfinite(decoder[key]):
            line = {"color": colour, "dash": "dot", "width": 1.5}
            chart.add_hline(y=float(decoder[key]), line=line)
    chart.update_xaxes(title="principal axes m", type="log", tickvals=ordered["axes"])
    return chart.update_yaxes(rangemode="tozero")
