"""A playground: one vector that is moved along chosen directions, and where it then stands among the data."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.space.ways import attribute_direction
from core.statistics import Description, radii
from core.study import Study

__all__ = [
    "BULK",
    "FAR",
    "GROUPS",
    "REACH",
    "Amounts",
    "Gauge",
    "Standing",
    "gauges",
    "knob_keys",
    "moved",
    "picture_changes",
    "stand",
    "step_of",
]

Floats = npt.NDArray[np.float64]

Amounts = tuple[tuple[str, float], ...]
"""By how many steps a vector is moved along each direction of a group, by its key."""

GROUPS = {"axes": "Principal axes", "attributes": "Attributes", "components": "Single components"}
"""Directions that a vector can be moved along, as the code and as a reader calls them."""

REACH = 4.0
"""Steps that a vector can be moved along one direction, each way."""

BULK = 0.99
"""Share of the data, the nearest to their middle, that makes the bulk."""

ROOM = 1.5
"""How far a scale reaches, in the largest value of the data."""

FAR = 2.0
"""Steps to either side at which it is looked how much a direction changes the picture."""

BLOCK = 32
"""Directions that are decoded at a time."""


@dataclass(frozen=True)
class Standing:
    """Where a vector stands among the data.

    Attributes
    ----------
    radius, distance : float
        Euclidean length; Mahalanobis distance to the middle of the data.
    longer, farther : float
        Shares of the data that are longer, and that lie farther from their middle.
    edge : float
        Distance within which the bulk lies.
    """

    radius: float
    distance: float
    longer: float
    farther: float
    edge: float

    @property
    def inside(self) -> bool:
        """Whether the vector lies in the bulk."""
        return self.distance <= self.edge


@dataclass(frozen=True)
class Gauge:
    """A scale from 0, as shares of its length: where a vector stands, and the band in which the bulk lies."""

    label: str
    place: float
    band: tuple[float, float]


def gauges(description: Description, found: Standing) -> list[Gauge]:
    """Return the scales of length and distance, which reach half as far again as the data."""
    tail = (1 - BULK) / 2
    low, high, longest = map(float, description.radius_quantiles((tail, 1 - tail, 1.0)))
    farthest = float(description.distance_quantiles(1.0))
    return [
        _gauge(f"length {found.radius:.1f}", found.radius, (low, high), longest),
        _gauge(f"distance from the middle {found.distance:.1f}", found.distance, (0.0, found.edge), farthest),
    ]


def _gauge(label: str, value: float, band: tuple[float, float], largest: float) -> Gauge:
    end = ROOM * largest or 1.0
    return Gauge(label, min(value / end, 1.0), (band[0] / end, band[1] / end))


def knob_keys(study: Study, group: str) -> list[str]:
    """Return the keys of the directions of a group: axes from 1, components from 0, attributes by their names."""
    if group == "attributes":
        return [column.name for column in study.columns]
    first = 1 if group == "axes" else 0
    return [str(number) for number in range(first, study.dimension + first)]


def step_of(study: Study, description: Description, group: str, key: str) -> Floats:
    r"""Return what one step along a direction adds to a vector, shape (d,).

    Along the principal axis :math:`e_i` it is :math:`\sqrt{\lambda_i}\,e_i`, along a component its standard deviation,
    along an attribute what `attribute_direction` returns.

    Raises
    ------
    InputError
        If no vectors differ in an attribute.
    """
    if group == "attributes":
        return attribute_direction(study, key)
    if group == "axes":
        axes, i = description.axes, int(key) - 1
        return np.asarray(np.sqrt(axes.variances[i]) * axes.axes[i])
    step = np.zeros(study.dimension)
    step[int(key)] = description.moments.widths[int(key)]
    return step


def moved(start: npt.ArrayLike, pushes: Iterable[tuple[float, Floats]]) -> Floats:
    """Return a vector (d,) after pushes, each an amount of a step (d,)."""
    vector = np.array(start, np.float64)
    for amount, step in pushes:
        vector += amount * step
    return vector


def picture_changes(
    decode: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.uint8]], middle: Floats, steps: Floats
) -> Floats:
    """Return how much each of some steps (m, d) changes the picture of a vector (d,), shape (m,).

    It is the root mean square difference, in levels of 255, of the pictures two steps to either side.
    """
    changes = []
    for first in range(0, len(steps), BLOCK):
        block = FAR * steps[first : first + BLOCK]
        pictures = decode(np.concatenate([middle + block, middle - block]).astype(np.float32)).astype(np.float32)
        more, less = pictures[: len(block)], pictures[len(block) :]
        changes.append(np.sqrt(np.square(more - less).mean(axis=(1, 2, 3))))
    return np.concatenate(changes).astype(np.float64)


def stand(description: Description, vector: npt.ArrayLike) -> Standing:
    """Return where a vector (d,) stands among the data."""
    one = np.asarray(vector, np.float64)[None]
    radius, distance = float(radii(one)[0]), float(description.axes.mahalanobis(one)[0])
    longer, farther = description.share_longer(radius), description.share_beyond(distance)
    return Standing(radius, distance, longer, farther, float(description.distance_quantiles(BULK)))
