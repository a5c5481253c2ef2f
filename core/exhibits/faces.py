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
    see_faces,
)
from core.captions.radii import about_radii, see_radii
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.faces import wall as picture_of
from core.figures.radii import radius_histogram
from core.plain import as_text
from core.space.brought import Brought
from core.space.inspection import Inspection
from core.space.sample import Sample
from core.study import Study
from core.study.row_table import pick_rows
from core.tables import known_table, radius_table, summary_table, vector_table

__all__ = [
    "COLUMNS",
    "CYCLED",
    "FACES",
    "brought_beside",
    "face",
    "known",
    "nearest",
    "radii_beneath",
    "summary",
    "unusual",
    "wall_against",
    "wall_of_data",
    "wall_of_sample",
]

COLUMNS, ROWS = 6, 4
FACES = COLUMNS * ROWS
"""Pictures on a wall."""

CYCLED = 64
"""Vectors that are decoded and encoded again for the cycle error, at most: a tab must fill at once."""


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
    return _wall_drawn(scene, scene.sample, "wall_sample", wall)


def wall_against(scene: Scene, wall: Wall) -> Exhibit:
    """Return the first vectors of the sample of another strategy, decoded."""
    return _wall_drawn(scene, scene.drawn[-1], "wall_against", wall)


def _wall_drawn(scene: Scene, sample: Sample, key: str, wall: Wall) -> Exhibit:
    name = sample.label
    caption = about_a_wall(wall.count, sample, scene.study.title, scene.study.has_decoder)
    if scene.study.has_decoder:
        return Exhibit(key, name, wall, f"{wall.count} decoded vectors of {name}", caption)
    alt = f"the given pictures of the nearest vectors to {wall.count} vectors of {name}"
    return Exhibit(key, f"{name}: nearest pictures", wall, alt, caption)


def radii_beneath(scene: Scene) -> Exhibit:
    """Return the radii of all sides, to stand beneath the walls."""
    height = 140 + 60 * len(scene.drawn) + 20 * len(scene.selected)  # legends need room
    figure = radius_histogram(scene.described, *scene.drawn, height=height, marked=scene.masks)
    caption, plain = (words(scene.described, *scene.drawn) for words in (about_radii, see_radii))
    return Exhibit("radii_small", "", figure, f"radii of {scene.labels}", caption, plain=plain)


def summary(scene: Scene, errors: Sequence[npt.NDArray[np.floating]] | None) -> Exhibit:
    """Return all sides in numbers, with the cycle errors of some vectors of each where there is a decoder."""
    study, tables = scene.described, {}
    make = partial(summary_table, study, [scene.reference, *scene.drawn], errors)
    for sample in scene.drawn:
        of = "" if sample is scene.sample else f" of {sample.title}"
        make_radii = partial(radius_table, sample.description, sample.images)
        tables[f"Vectors{of}"] = (scene.file_of(sample, "vectors"), partial(vector_table, sample))
        tables[f"Radii and distances{of}"] = (scene.file_of(sample, "radii"), make_radii)
    tables["Summary"] = (scene.sample_file("summary"), make)
    caption = plain = ""
    if errors is not None:
        usual, moved, *more = (float(error.mean()) for error in errors)
        against = None if scene.against is None else (more[0], scene.against)
        caption = about_faces(usual, moved, scene.sample, study, against)
        plain = see_faces(study, scene.sample, (usual, moved))
        if against is not None:
            plain = f"{plain} {see_faces(study, against[1], (usual, against[0]))}".strip()
    return Exhibit("summary", "", make(), "all sides in numbers", caption, tables, plain=plain)


def face(name: str, image: bytes, radius: float, distance: float, data: str, decoded: bool = True) -> Exhibit:
    """Return one vector of that name with its radius and its Mahalanobis distance to the centre.

    It is shown decoded, or by the given picture of the nearest vector.
    """
    name, caption = as_text(name), about_a_face(radius, distance, data)
    if decoded:
        return Exhibit("face", name, Wall(image, 1, 1), f"decoded picture of {name}", caption)
    alt = f"given picture of the nearest vector to {name}"
    caption = f"{caption} {about_nearest_pictures(data)}"
    return Exhibit("face", f"{name}: the nearest picture", Wall(image, 1, 1), alt, caption)


def brought_beside(brought: Brought, name: str) -> Exhibit:
    """Return a picture of that name that was brought, as the encoder saw it, beside what the decoder makes of it."""
    image = picture_of(np.stack([brought.pixels, brought.again]), 2, "PNG")
    name = as_text(name)
    alt = f"{name} as the encoder saw it, and as the decoder makes it again"
    return Exhibit("brought", name, Wall(image, 2, 2), alt, "As the encoder saw it, and made again.")


def known(study: Study, row: int) -> Exhibit:
    """Return all that is known of one vector of a study."""
    alone = pick_rows(study.rows, np.array([row]), list(study.rows.columns))
    table = known_table(alone, 0)
    name = as_text(str(alone["image"].iloc[0]))
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
    alt = (
        f"decoded pictures of the nearest vectors of {data}" if decoded else f"the nearest vectors of {data}, as given"
    )
    return Exhibit("nearest", "", wall, alt, about_neighbours(found.neighbours["euclidean"], data, decoded))
