"""The story: what an autoencoder's numbers are and where they lie, in eight steps, and what each step counts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from core.space.sample import Sample
from core.statistics import Description, normal_radius_quantile
from core.strategies import Recipe

__all__ = [
    "CLOUDS",
    "CROWDED",
    "CUBES",
    "DIMENSIONS",
    "PLACE",
    "SPREADS",
    "STORY",
    "THROWS",
    "Step",
    "breadth",
    "cube_lengths",
    "in_ball",
    "inside",
    "outer_share",
]

Floats = npt.NDArray[np.float64]

CROWDED = 0.5
"""Breadth of a sample below which it is one small place and not where the data are."""

PLACE = 0.99
"""Share of the data in what is called their place: all but the most unusual one of a hundred."""


@dataclass(frozen=True)
class Step:
    """One step: its key in the address, its name, its heading, and the term of the glossary that it needs most.

    ``unseen`` is the heading for data without pictures, where that is another.
    """

    key: str
    title: str
    heading: str
    term: str
    unseen: str = ""

    def heading_for(self, pictured: bool) -> str:
        """Return the heading for data with or without pictures."""
        return self.heading if pictured or not self.unseen else self.unseen


STORY = (
    Step(
        "numbers",
        "Numbers",
        "A list of numbers stands for a picture",
        "latent vector",
        unseen="A list of numbers stands for each member of the data",
    ),
    Step("corners", "Corners", "Almost all of a cube is corner", "dimension"),
    Step("place", "Place", "Length is not place", "bulk"),
    Step("spread", "Spread", "Give each number a middle and a spread of its own", "spread"),
    Step("dependence", "Dependence", "Do the numbers hang together?", "correlation"),
    Step("normal", "Bell shape", "Is the cloud a bell?", "multivariate normal"),
    Step("missing", "Missing", "What does one bell leave out?", "strategy"),
    Step("copies", "Copies", "A new member, or a copy?", "copy"),
)
"""In the order in which they are told."""

DIMENSIONS = (2, 4, 8, 16, 32, 64, 128, 256)
"""Of the cubes of the second step."""

CUBES = {
    "short": Recipe.of("cube", {"scale": 2 / 3}),
    "right": Recipe.of("cube", {"scale": 1}),
    "long": Recipe.of("cube", {"scale": 4 / 3}),
    "far": Recipe.of("cube", {"scale": 10 / 3}),
}
"""The four cubes of post V, on the scale of the study."""

SPREADS = {"range": Recipe.of("interval", {"k": 3}), "bell": Recipe.of("gaussian")}
"""Ways to give each number a range or a spread of its own."""

CLOUDS = {"alone": Recipe.of("gaussian"), "together": Recipe.of("mvn")}
"""Bell-shaped clouds: number by number, and with what ties the numbers together."""

THROWS = {"law": Recipe.of("mvn"), "between": Recipe.of("neighbours"), "data": Recipe.of("data")}
"""What is held against its nearest vector of the data."""


def in_ball(dimension: int) -> float:
    r"""Return the share of a cube that lies in the ball which touches its sides.

    .. math:: \pi^{n/2} / (2^n\, \Gamma(n/2 + 1))
    """
    return math.exp(dimension / 2 * math.log(math.pi / 4) - float(scipy.special.gammaln(dimension / 2 + 1)))


def cube_lengths(dimension: int, count: int = 4000) -> Floats:
    """Return lengths of vectors drawn from a cube, as shares of the way from its middle to a corner."""
    drawn = np.random.default_rng(dimension).uniform(-1, 1, (count, dimension))
    return np.asarray(np.linalg.norm(drawn, axis=1) / math.sqrt(dimension))


def inside(sample: Sample, described: Description) -> int:
    """Return how many vectors of a sample lie where the data do: no farther from their middle than 99 % of them."""
    return int((sample.description.distances <= described.distance_quantiles(PLACE)).sum())


def breadth(sample: Sample, described: Description) -> float:
    """Return how far a sample's vectors lie from their own middle, in units of how far the data lie from theirs.

    1 where either is a single vector.
    """
    data = float(described.moments.variances.sum())
    return math.sqrt(float(sample.description.moments.variances.sum()) / data) if data and len(sample) > 1 else 1.0


def outer_share(described: Description, beyond: float) -> float:
    """Return which share of the data lies farther out than that share of a bell-shaped cloud would."""
    directions = max(1, int((described.moments.widths > 0).sum()))
    return described.share_beyond(float(normal_radius_quantile(1 - beyond, directions)))
