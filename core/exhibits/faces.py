"""What vectors decode to, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from core.captions.faces import (
    about_a_face,
    about_a_wall,
    about_faces,
    about_neighbours,
    about_unusual_components,
)
from core.captions.radii import about_radii
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.radii import radius_histogram
from core.space.inspection import Inspection
from core.tables import radius_table, summary_table, vector_table

__all__ = ["face", "nearest", "radii_beneath", "summary", "unusual", "wall_of_data", "wall_of_sample"]


def wall_of_data(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors on the side of the data, decoded."""
    name = scene.study.title
    alt = f"{wall.count} decoded vectors of {name}"
    return Exhibit("wall_data", f"{name}, decoded", wall, alt, about_a_wall(wall.count, scene.reference, name))


def wall_of_sample(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors of the sample, decoded."""
    name = scene.sample.strategy.label()
    alt = f"{wall.count} decoded vectors of {name}"
    return Exhibit("wall_sample", name, wall, alt, about_a_wall(wall.count, scene.sample, scene.study.title))


def radii_beneath(scene: Scene) -> Exhibit:
    """Return the radii of both sides, to stand beneath the walls."""
    study, sample = scene.described, scene.sample
    alt = f"radii of {study.title} and of {sample.strategy.label()}"
    return Exhibit("radii_small", "", radius_histogram(study, sample, height=200), alt, about_radii(study, sample))


def summary(scene: Scene, errors: Sequence[npt.NDArray[np.floating]]) -> Exhibit:
    """Return both sides in numbers, from the cycle errors of some vectors of each."""
    study, sample = scene.described, scene.sample
    make = partial(summary_table, study, [scene.reference, sample], errors)
    tables = {
        "Vectors": (scene.sample_file("vectors"), partial(vector_table, sample)),
        "Radii and distances": (scene.sample_file("radii"), partial(radius_table, sample.description, sample.images)),
        "Summary": (scene.sample_file("summary"), make),
    }
    caption = about_faces(errors[0].mean(), errors[1].mean(), sample, study)
    return Exhibit("summary", "", make(), "both sides in numbers", caption, tables)


def face(name: str, image: bytes, radius: float, distance: float, data: str) -> Exhibit:
    """Return one vector of that name, decoded, with its radius and its Mahalanobis distance to the centre."""
    caption = about_a_face(radius, distance, data)
    return Exhibit("face", name, Wall(image, 1, 1), f"decoded face of {name}", caption)


def unusual(found: Inspection) -> Exhibit:
    """Return the most unusual components of a vector."""
    alt, caption = "the most unusual components of this vector", about_unusual_components(found.components)
    return Exhibit("unusual", "", found.components, alt, caption)


def nearest(found: Inspection, image: bytes, columns: int, data: str) -> Exhibit:
    """Return the nearest vectors of the data, decoded in one picture of so many columns."""
    wall = Wall(image, len(found.neighbours), columns)
    alt = f"decoded faces of the nearest vectors of {data}"
    return Exhibit("nearest", "", wall, alt, about_neighbours(found.neighbours["euclidean"], data))
