"""How normal the bulk is: skewness and kurtosis, quantiles against quantiles, what cuts keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import scipy

from core.figures.theme import DATA, DRAWN, MARKED, NEUTRAL, SELECTIONS, dots, faded, figure, titled, upright
from core.statistics import (
    Core,
    Description,
    Outermost,
    PairCut,
    Shape,
    deviation,
    kept_by_components,
    normal_radius_quantile,
    quantile_probabilities,
    shares_kept,
    square_quantiles,
)

__all__ = ["highest_square", "kept_by_cuts", "normal_quantiles", "shapes", "squared_distances"]

Floats = npt.NDArray[np.float64]

Marked: TypeAlias = tuple[str, Floats, int]
"""Name of a selection, the values (n,) of its vectors, and the place of its look."""


def shapes(sets: Sequence[tuple[str, Shape, str]], variable: str, height: int = 380) -> go.Figure:
    """Return excess kurtosis against skewness of every variable, with where normal ones would be.

    Parameters
    ----------
    sets : sequence of (name, Shape, colour)
    variable : str
        What a point is, with ``%{customdata}`` for its number: ``z<sub>%{customdata}</sub>`` or
        ``principal axis %{customdata}``.
    height : int
        In pixels.
    """
    chart = figure(height, margin=titled(height, 77, 79))
    for name, shape, colour in sets:
        first = 1 if "axis" in variable else 0
        hover = f"{variable}: skewness %{{x:.2f}}, excess kurtosis %{{y:.2f}}<extra>{name}</extra>"
        chart.add_trace(
            dots(
                shape.skewness,
                shape.excess_kurtosis,
                colour,
                5,
                np.arange(first, first + len(shape.skewness)),
                opacity=0.9,
                name=f"{name}, {shape.count:,} vectors",
                hovertemplate=hover,
            )
        )
    count = min(shape.count for _, shape, _ in sets)
    across, up = (2 * np.sqrt(c / count) for c in (6, 24))
    box = {"type": "rect", "line": {"color": NEUTRAL, "dash": "dot"}, "fillcolor": faded(NEUTRAL, 0.15)}
    chart.add_shape(x0=-across, x1=across, y0=-up, y1=up, layer="below", **box)
    name = f"95 % of normal variables, {count:,} vectors"
    chart.add_trace(go.Scatter(x=[None], y=[None], mode="lines", line=box["line"], name=name, hoverinfo="skip"))
    chart.update_xaxes(title="skewness (0: alike on both sides)", zeroline=False)
    return chart.update_yaxes(title="excess kurtosis (0: a bell's tails)", zeroline=False)


def normal_quantiles(
    sets: Sequence[tuple[str, Floats, str]], label: str, height: int = 380, marked: Sequence[Marked] = ()
) -> go.Figure:
    """Return a normal Q-Q plot: standardised quantiles of sets of values (n,), each with a name and a colour.

    Selections can be ``marked``, each by its values, standardised by themselves as all sets are.
    """
    chart = figure(height, **upright(height, 68))
    reach = 0.0
    looks: list[tuple[str, Floats, dict[str, Any]]] = [
        (name, values, {"color": colour}) for name, values, colour in sets
    ]
    looks += [(name, values, _sign(place)) for name, values, place in marked]
    for name, values, look in looks:
        width = deviation(values) if np.ptp(values) > 0 else 1.0  # the deviation of a constant may be a rounding error
        probabilities = quantile_probabilities(len(values))
        found = (np.quantile(values, probabilities) - values.mean()) / width
        expected = scipy.special.ndtri(probabilities)
        reach = max(reach, float(np.abs(expected).max()))
        chart.add_trace(_quantiles(expected, found, name, look))
    chart.add_trace(_diagonal(-reach, reach, "a normal"))
    chart.update_xaxes(title="quantile of a normal, in σ")
    return chart.update_yaxes(title=f"quantile of {label}, in σ")


def squared_distances(
    study: Description, drawn: Mapping[str, Floats], core: Core, height: int = 380, marked: Sequence[Marked] = ()
) -> go.Figure:
    """Return the chi-square Q-Q plot of squared Mahalanobis distances: the study's, samples' (n,), its core's.

    Selections can be ``marked``, each by its distances.
    """
    chart = figure(height, **upright(height, 80))
    dimension = study.dimension
    ends = []
    sets: list[tuple[str, int, Callable[[Floats], Floats]]] = [(study.title, len(study), study.square_quantiles)]
    sets += [(name, len(values), partial(square_quantiles, values)) for name, values in drawn.items()]
    looks: list[dict[str, Any]] = [{"color": colour} for colour in (DATA, *DRAWN)[: len(sets)]]
    sets += [(name, len(values), partial(square_quantiles, values)) for name, values, _ in marked]
    looks += [_sign(place) for *_, place in marked]
    for (name, count, quantiles), look in zip(sets, looks, strict=True):
        probabilities = quantile_probabilities(count)
        expected = np.square(normal_radius_quantile(probabilities, dimension))
        ends += [expected[0], expected[-1]]
        found = quantiles(probabilities)
        seen = bool((found <= highest_square(dimension)).any())  # the legend names nothing that lies above the picture
        chart.add_trace(_quantiles(expected, found, name, look) | {"showlegend": seen})
    if core.share < 1:
        probabilities = quantile_probabilities(len(core.distances))
        name = f"core of {study.title}, {core.share:.0%}, covariance corrected"
        found = np.quantile(np.square(core.distances), probabilities)
        chart.add_trace(_quantiles(core.squared_quantiles(probabilities), found, name, {"color": MARKED}))
    chart.add_trace(_diagonal(min(ends), max(ends), "a normal"))
    chart.update_xaxes(title=f"quantile of χ² with {dimension} degrees of freedom")
    return chart.update_yaxes(title="quantile of the squared distance", range=[0, highest_square(dimension)])


def highest_square(dimension: int) -> int:
    """Return the squared distance at which the chi-square Q-Q plot ends: what lies far out would flatten the rest."""
    return 4 * dimension + 10


def kept_by_cuts(study: Description, largest: Floats | Outermost, height: int = 340) -> go.Figure:
    """Return what cuts at kσ keep: of a normal, and of the study's vectors.

    Parameters
    ----------
    study : Description
    largest : array (n, 2) or Outermost
        The two largest absolute whitened coordinates of the study's vectors, or their counts.
    height : int
        In pixels.
    """
    chart = figure(height, margin=titled(height, 84, right=16))
    k = np.linspace(1.0, 8.0, 57)
    axes, pairs = zip(*(shares_kept(largest, x) for x in k), strict=True)
    curves = (
        (f"each axis within kσ, {study.title}", axes, DATA, "solid"),
        (f"each pair in its ellipse, {study.title}", pairs, DATA, "dash"),
        ("each axis, a normal", [kept_by_components(x, study.dimension) for x in k], NEUTRAL, "solid"),
        ("each pair, a normal", [PairCut(x, study.dimension).kept for x in k], NEUTRAL, "dash"),
    )
    for name, shares, colour, dash in curves:
        line = {"color": colour, "dash": dash, "width": 2}
        hover = "k = %{x:.2f}: %{y:.2%}<extra>" + name + "</extra>"
        chart.add_trace(go.Scatter(x=k, y=shares, name=name, mode="lines", line=line, hovertemplate=hover))
    chart.update_xaxes(title="k, in spreads")
    return chart.update_yaxes(title="share kept", tickformat=".0%", range=[0, 1.02])


def _quantiles(expected: Floats, found: Floats, name: str, look: Mapping[str, Any]) -> dict[str, Any]:
    hover = "%{customdata:.2f} expected, %{y:.2f} found<extra>" + name + "</extra>"
    points = dots(expected, found, look["color"], 4, name=name, hovertemplate=hover)
    points["marker"] |= look
    return points


def _sign(place: int) -> dict[str, Any]:
    """Return the colour and the sign of the points of a selection."""
    look = SELECTIONS[place]
    return {"color": look.colour, "symbol": look.symbol, "size": 5}


def _diagonal(low: float, high: float, name: str) -> go.Scatter:
    line = {"color": NEUTRAL, "dash": "dot", "width": 1.5}
    return go.Scatter(x=[low, high], y=[low, high], mode="lines", line=line, name=name, hoverinfo="skip")
