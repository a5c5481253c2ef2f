"""A plane of the latent space: two directions, what lies in it, and which vector stands behind a point of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError, MissingError
from core.space.sample import Sample
from core.statistics import Description

__all__ = [
    "Direction",
    "Plane",
    "check_directions",
    "direction_name",
    "make_plane",
    "picked_place",
    "place_and_spread",
    "require_directions",
    "spread_along",
]

Floats = npt.NDArray[np.float64]

Direction = tuple[str, int]
"""``("axis", i)`` for a principal axis, ``("component", j)`` for a component; both count from 0."""


@dataclass(frozen=True, eq=False)
class Plane:
    """What a plane shows, as coordinates along its two directions.

    Attributes
    ----------
    title : str
        What the bulk is, as a reader calls it.
    directions : pair of Direction
    bulk : array (n, 2)
        The latent vectors that stand for the study, all or a sample.
    points : dict of str to array (count, 2)
        The vectors that can be picked: by name, the data's, the sample's, the origin and the centre of the bulk.
    vectors : dict of str to array (count, d)
        The same in latent space.
    mean : array (2,)
    covariance : array (2, 2)
        Of all vectors.
    """

    title: str
    directions: tuple[Direction, Direction]
    bulk: Floats
    points: dict[str, Floats]
    vectors: dict[str, npt.NDArray[np.floating]]
    mean: Floats
    covariance: Floats

    @property
    def drawn(self) -> dict[str, Floats]:
        """Of the points, those of samples: neither the data's nor the origin and the centre."""
        return {name: self.points[name] for name in list(self.points)[:-2] if name != self.title}

    @property
    def labels(self) -> tuple[str, str]:
        """Names of both directions, as they stand beside a chart."""
        across, up = self.directions
        return direction_name(across), direction_name(up)


def make_plane(
    description: Description,
    bulk: Floats,
    samples: Sequence[Sample],
    directions: tuple[Direction, Direction],
) -> Plane:
    """Return the plane of two directions.

    Parameters
    ----------
    description : Description
        Of the study.
    bulk : array (n, 2)
        Coordinates of what is shown of its vectors along the directions.
    samples : sequence of Sample
        The vectors that can be picked: those of the side of the data, of a strategy, or none.
    directions : pair of Direction

    Raises
    ------
    InputError
        If both directions are the same, or one does not exist.
    """
    check_directions(directions, description.dimension)
    vectors: dict[str, npt.NDArray[np.floating]] = {
        description.title if sample.is_reference else sample.title: sample.vectors for sample in samples
    }
    vectors["origin"] = np.zeros((1, description.dimension))
    vectors[f"centre of {description.title}"] = description.moments.mean[None]
    points = {name: description.axes.along(v, directions) for name, v in vectors.items()}
    return Plane(description.title, directions, bulk, points, vectors, *spread_along(description, directions, bulk))


def spread_along(description: Description, directions: Sequence[Direction], bulk: Floats) -> tuple[Floats, Floats]:
    """Return mean (k,) and covariance (k, k) of all vectors along directions, of which ``bulk`` may be a sample."""
    if description.summary is None:
        return place_and_spread(bulk)
    basis = description.axes.basis(directions)
    mean = description.axes.along(description.moments.mean[None], directions)[0]
    return mean, basis @ description.moments.covariance @ basis.T


def place_and_spread(points: Floats) -> tuple[Floats, Floats]:
    """Return mean (k,) and covariance (k, k) of points (n, k); a single point has no spread."""
    size = points.shape[1]
    covariance = np.cov(points, rowvar=False).reshape(size, size) if len(points) > 1 else np.zeros((size, size))
    return points.mean(axis=0), covariance


def check_directions(directions: Sequence[Direction], dimension: int) -> None:
    """Raise `InputError` if two directions are the same, or one does not exist."""
    require_directions(len(directions), dimension)
    if len(set(directions)) < len(directions):
        count = {2: "A plane needs two", 3: "A space needs three"}[len(directions)]
        raise InputError(f"{count} different directions; choose another number.")
    if not all(kind in ("axis", "component") and 0 <= i < dimension for kind, i in directions):
        raise InputError(f"A direction is an axis or a component from 0 to {dimension - 1}.")


def require_directions(count: int, dimension: int) -> None:
    """Raise `MissingError` where a latent space has fewer directions than a plane or a space needs."""
    if dimension < count:
        what = {2: "Planes and pairs need two", 3: "A space needs three"}[count]
        raise MissingError(
            f"{what} directions, and the vectors of this study have {dimension}; the pages Components and Radii show "
            "all that there is."
        )


def direction_name(direction: Direction) -> str:
    """Return a direction as it stands beside a chart."""
    kind, i = direction
    return f"principal axis {i + 1}" if kind == "axis" else f"component z<sub>{i}</sub>"


def picked_place(selection: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the number of the set, and within it, of the point that a plotly selection names; None if it names none.

    Points carry both numbers as ``customdata``.
    """
    for point in selection.get("points", []):
        data = point.get("customdata")
        data = list(data.values()) if isinstance(data, Mapping) else data  # Streamlit sends {"0": …, "1": …}
        if data is not None and len(data) == 2:
            return int(data[0]), int(data[1])
    return None
