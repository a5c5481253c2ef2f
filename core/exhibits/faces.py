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
    about_nearest_pictures,
    about_neighbours,
    about_unusual_components,
)
from core.captions.radii import about_radii
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.radii import radius_histogram
from core.plain import as_text
from core.space.inspection import Inspection
from core.study import Study
from core.tables import known_table, radius_table, summary_table, vector_table

__all__ = ["face", "known", "nearest", "radii_beneath", "summary", "unusual", "wall_of_data", "wall_of_sample"]


def wall_of_data(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors on the side of the data, decoded."""
    name = scene.study.title
    caption = about_a_wall(wall.count, scene.reference, name, scene.study.has_decoder)
    if scene.study.has_decoder:
        return Exhibit("wall_data", f"{name}, decoded", wall, f"{wall.count} decoded vectors of {name}", caption)
    alt = f"the given pictures of {wall.count} vectors of {name}"
    return Exhibit("wall_data", f"{name}, as given", wall, alt, caption)


def wall_of_sample(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors of the sample, decoded."""
    name = scene.sample.strategy.label()
    caption = about_a_wall(wall.count, scene.sample, scene.study.title, scene.study.has_decoder)
    if scene.study.has_decoder:
        return Exhibit("wall_sample", name, wall, f"{wall.count} decoded vectors of {name}", caption)
    alt = f"the given pictures of the nearest vectors to {wall.count} vectors of {name}"
    return Exhibit("wall_sample", f"{name}: nearest pictures", wall, alt, caption)


def radii_beneath(scene: Scene) -> Exhibit:
    """Return the radii of both sides, to stand beneath the walls."""
    study, sample = scene.described, scene.sample
    alt = f"radii of {study.title} and of {sample.strategy.label()}"
    return Exhibit("radii_small", "", radius_histogram(study, sample, height=200), alt, about_radii(study, sample))


def summary(scene: Scene, errors: Sequence[npt.NDArray[np.floating]] | None) -> Exhibit:
    """Return both sides in numbers, with the cycle errors of some vectors of each where there is a decoder."""
    study, sample = scene.described, scene.sample
    make = partial(summary_table, study, [scene.reference, sample], errors)
    tables = {
        "Vectors": (scene.sample_file("vectors"), partial(vector_table, sample)),
        "Radii and distances": (scene.sample_file("radii"), partial(radius_table, sample.description, sample.images)),
        "Summary": (scene.sample_file("summary"), make),
    }
    caption = "" if errors is None else about_faces(errors[0].mean(), errors[1].mean(), sample, study)
    return Exhibit("summary", "", make(), "both sides in numbers", caption, tables)


def face(name: str, image: bytes, radius: float, distance: float, data: str, decoded: bool = True) -> Exhibit:
    """Return one vector of that name with its radius and its Mahalanobis distance to the centre.

    It is shown decoded, or by the given picture of the nearest vector.
    """
    name, caption = as_text(name), about_a_face(radius, distance, data)
    if decoded:
        return Exhibit("face", name, Wall(image, 1, 1), f"decoded face of {name}", caption)
    alt = f"given picture of the nearest vector to {name}"
    caption = f"{caption} {about_nearest_pictures(data)}"
    return Exhibit("face", f"{name}: the nearest picture", Wall(image, 1, 1), alt, caption)


def known(study: Study, row: int) -> Exhibit:
    """Return all that is known of one vector of a study."""
    table = known_table(study.rows, study.rows.index[row])
    name = as_text(str(study.rows["image"].iloc[row]))
    tables = {"What is known": (f"{study.name}_row{row}", lambda: table)}
    caption = f"All that the study's table says of {name}."
    return Exhibit("known", f"What is known of {name}", table, f"what is known of {name}", caption, tables)


def unusual(found: Inspection) -> Exhibit:
    """Return the most unusual components of a vector."""
    alt, caption = "the most unusual components of this vector", about_unusual_components(found.components)
    return Exhibit("unusual", "", found.components, alt, caption)


def nearest(found: Inspection, image: bytes, columns: int, data: str, decoded: bool = True) -> Exhibit:
    """Return the nearest vectors of the data, decoded or as given, in one picture of so many columns."""
    wall = Wall(image, len(found.neighbours), columns)
    alt = f"decoded faces of the nearest vectors of {data}" if decoded else f"the nearest vectors of {data}, as given"
    return Exhibit("nearest", "", wall, alt, about_neighbours(found.neighbours["euclidean"], data, decoded))
