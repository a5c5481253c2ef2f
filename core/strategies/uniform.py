"""Uniform strategies: one interval for all components, or one for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.statistics import (
    Coordinates,
    Description,
    Moments,
    PrincipalAxes,
    RadiusLaw,
    independent_radius,
    log_uniform,
    matched_half_width,
)
from core.strategies.additive import Additive
from core.strategies.base import Knows, Strategy
from core.strategies.parameters import Choice, Number, Value

__all__ = ["Cube", "Interval"]

Floats = npt.NDArray[np.float64]


class Cube(Strategy):
    r"""Uniform and independent components from one common interval.

    .. math:: x_j \sim \mathcal{U}(-b, b)

    In high dimension the vectors fill a thin shell of radius :math:`b \sqrt{N/3}` and width
    :math:`b / \sqrt{15}`. Source: post V of the series.

    Parameters
    ----------
    scale : float
        b in units of the matched half-width b*, which gives the vectors the mean radius of the data.
    """

    key, title, post = "cube", "Cube", "post V"
    knows = Knows.NOTHING
    salt = 0x30FEB1B8
    scored = tuple({"scale": scale} for scale in (2 / 3, 1.0, 4 / 3, 10 / 3))
    does = (
        "takes from the data how long their vectors are on average, and draws each number anywhere between the same "
        "two bounds"
    )
    assumes = "nothing of the data but its mean radius"
    formula = r"x_j \sim \mathcal{U}(-b,\, b), \quad b = s\, b^*, \quad b^* = \langle |z| \rangle \sqrt{3/N}"
    parameters = (
        Number(
            "scale",
            "Width (1: as long as the data)",
            0.05,
            5.0,
            0.01,
            "b / b*: half-width b of the cube, in units of b*; at 1 its vectors are on average as long as the data's.",
        ),
    )

    def __init__(self, scale: float = 1.0) -> None:
        self.scale = scale

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.matched_half_width_ = matched_half_width(description.mean_radius, description.dimension)
        self.half_width_ = self.scale * self.matched_half_width_

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return rng.uniform(-self.half_width_, self.half_width_, (count, self.dimension_))

    def label(self) -> str:
        return f"Cube, b = {self.half_width_:.2f}"

    def _radius_law(self) -> RadiusLaw:
        halves = np.full(self.dimension_, self.half_width_)
        return independent_radius(Coordinates(np.zeros(self.dimension_), halves, None))

    def _log_density(self, vectors: Floats) -> Floats | None:
        halves = np.full(self.dimension_, self.half_width_)
        return log_uniform(vectors, -halves, halves)


class Interval(Additive):
    r"""Uniform and independent components, each from an interval of its own.

    .. math:: x_j \sim \mathcal{U}(\mu_j - k\sigma_j,\ \mu_j + k\sigma_j)

    Post V words it as :math:`[-b_j, b_j]` about the origin, which misses an off-centre bulk; with
    :math:`b_j = |\mu_j| + k\sigma_j` that interval just covers the other one. Source: posts V and VII.

    Parameters
    ----------
    k : float
        Half-width in standard deviations.
    centre : {"mean", "origin"}
    """

    key, title, post = "interval", "Interval", "posts V and VII"
    knows = Knows.EACH
    salt = 0x19C6EFCB
    scored: ClassVar[tuple[Mapping[str, Value], ...]] = (
        *({"k": k} for k in (1.0, 1.5, 2.0, 3.0)),
        {"k": 1.0, "centre": "origin"},
        {"k": 2.0, "centre": "origin"},
    )
    does = "draws each number anywhere in a range of its own"
    assumes = "an own range for each component, independent components"
    formula = (
        r"x_j \sim \mathcal{U}(\mu_j - k\sigma_j,\ \mu_j + k\sigma_j)"
        r"\ \text{ or }\ \mathcal{U}(-b_j,\ b_j),\ b_j = |\mu_j| + k\sigma_j"
    )
    parameters = (
        Number("k", "k", 0.05, 5.0, 0.05, "Half-width of each interval in standard deviations σ of its component."),
        Choice(
            "centre",
            "Centre",
            {"mean": "Mean μ", "origin": "Origin"},
            "About the component's mean, or, as the blog series (post V) words it, about the origin.",
        ),
    )

    def __init__(self, k: float = 1.0, centre: str = "mean") -> None:
        self.k = k
        self.centre = centre

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        mean, widths = moments.mean, moments.widths
        about_mean = self.centre == "mean"
        self.centres_ = mean if about_mean else np.zeros_like(mean)
        self.half_widths_ = self.k * widths + (0.0 if about_mean else np.abs(mean))

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return self.centres_ + self.half_widths_ * rng.uniform(-1.0, 1.0, (count, self.dimension_))

    def label(self) -> str:
        return f"Interval, μ ± {self.k:g} σ" if self.centre == "mean" else f"Interval, 0 ± (|μ| + {self.k:g} σ)"

    def _radius_law(self) -> RadiusLaw:
        return independent_radius(Coordinates(self.centres_, self.half_widths_, None))

    def _log_density(self, vectors: Floats) -> Floats | None:
        return log_uniform(vectors, self.centres_ - self.half_widths_, self.centres_ + self.half_widths_)
