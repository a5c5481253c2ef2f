"""A plane of the latent space: two directions, what lies in it, and which vector stands behind a point of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from core.space.frames import Frame, place_and_spread
from core.space.quantities import Direction, check_directions, direction_name, require_directions
from core.space.sample import Sample
from core.statistics import Description
from core.statistics.planar import PlaneCounts

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
    frame : Frame, optional
        What takes vectors to places, where the directions are more than axes and components.
    cloud : PlaneCounts, optional
        Where all vectors lie, counted, in the place of the density of the bulk.
    """

    title: str
    directions: tuple[Direction, Direction]
    bulk: Floats
    points: dict[str, Floats]
    vectors: dict[str, npt.NDArray[np.floating]]
    mean: Floats
    covariance: Floats
    frame: Frame | None = None
    cloud: PlaneCounts | None = None

    @property
    def is_straight(self) -> bool:
        """Whether places are coordinates, so that a normal law is an ellipse; those of a map are none."""
        return self.frame is None or self.frame.layout is None

    def place(self, vectors: npt.NDArray[np.floating], study: Description) -> Floats:
        """Return where vectors (m, d) lie in the plane, (m, 2)."""
        return study.axes.along(vectors, self.directions) if self.frame is None else self.frame.of(vectors)

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
    frame: Frame | None = None,
    cloud: PlaneCounts | None = None,
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
    frame : Frame, optional
        Along them; axes and components need none.
    cloud : PlaneCounts, optional
        Of all vectors in this plane.

    Raises
    ------
    InputError
        If both directions are the same, or one does not exist.
    """
    if frame is None:
        check_directions(directions, description.dimension)
    vectors: dict[str, npt.NDArray[np.floating]] = {
        description.title if sample.is_reference else sample.title: sample.vectors for sample in samples
    }
    vectors["origin"] = np.zeros((1, description.dimension))
    vectors[f"centre of {description.title}"] = description.moments.mean[None]
    along = partial(description.axes.along, directions=directions) if frame is None else frame.of
    points = {name: along(v) for name, v in vectors.items()}
    spread = spread_along(description, directions, bulk) if frame is None else frame.spread(description, bulk)
    return Plane(description.title, directions, bulk, points, vectors, *spread, frame, cloud)


def spread_along(description: Description, directions: Sequence[Direction], bulk: Floats) -> tuple[Floats, Floats]:
    """Return mean (k,) and covariance (k, k) of all vectors along directions, of which ``bulk`` may be a sample."""
    if description.summary is None:
        return place_and_spread(bulk)
    basis = description.axes.basis(directions)
    mean = description.axes.along(description.moments.mean[None], directions)[0]
    return mean, basis @ description.moments.covariance @ basis.T


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
