"""Ways through latent space, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.paths import (
    about_a_curve,
    about_attributes,
    about_curves,
    about_ways,
    better_way,
    see_attributes,
    see_curves,
    see_ways,
    verdict,
)
from core.exhibits.exhibit import Exhibit
from core.figures.marks import Marks
from core.figures.paths import Strip, film
from core.figures.planes import plane_path
from core.space.planes import Plane
from core.space.ways import Path
from core.statistics import Description
from core.study.columns import Column
from core.tables import path_table

__all__ = ["along_an_attribute", "between_faces", "curve", "through_a_plane"]


DRAWN_AROUND = "Draw around a part of it to select the vectors there, or click a frame to choose it below."


def curve(study: Description, plane: Plane, path: Path, marked: Sequence[Marks] = ()) -> Exhibit:
    """Return a path in a plane, drawn over the density of the bulk; selections can be ``marked``."""
    points = np.zeros((0, 2)) if path.points is None else path.points
    alt = f"{path.name} through the density of {study.title}"
    figure = plane_path(plane, points, path.name, marked=marked)
    return Exhibit("plane_path", "", figure, alt, about_a_curve(path, study), gesture=DRAWN_AROUND)


def through_a_plane(study: Description, strips: Sequence[Strip], usual: float, stem: str) -> Exhibit:
    """Return the frames of a path in a plane; ``usual`` is the mean cycle error of the study's vectors."""
    (strip,) = strips
    caption, plain = about_curves(study, strip.distances, strip.errors, usual), see_curves(study, strip.distances)
    plain = f"{verdict(study, strip.distances, strip.errors, usual)} {plain}".strip()
    return _film(study, strips, usual, stem, caption, plain)


def between_faces(study: Description, strips: Sequence[Strip], usual: float, stem: str) -> Exhibit:
    """Return the frames of the straight line and of the arc between two vectors."""
    line, arc = strips
    caption, plain = about_ways(study, line.distances, arc.distances), see_ways(line.distances, arc.distances)
    ways = [(strip.distances, strip.errors) for strip in strips]
    found = better_way(study, (line.path.name, arc.path.name), *ways, usual=usual) if plain else ""
    return _film(study, strips, usual, stem, caption, " ".join(filter(None, (found, plain))))


def along_an_attribute(
    study: Description,
    strips: Sequence[Strip],
    usual: float,
    stem: str,
    column: Column,
    what: str,
    direction: npt.NDArray[np.float64],
) -> Exhibit:
    """Return the frames of a way along the direction (d,) of an attribute; ``what`` says of what it is made."""
    (strip,) = strips
    caption = about_attributes(direction, study, column, what)
    plain = f"{verdict(study, strip.distances, strip.errors, usual)} {see_attributes(study, column)}"
    return _film(study, strips, usual, stem, caption, plain)


def _film(study: Description, strips: Sequence[Strip], usual: float, stem: str, caption: str, plain: str) -> Exhibit:
    names = " and ".join(strip.path.name for strip in strips)
    decoded = np.isfinite(usual)
    alt = f"{'decoded frames' if decoded else 'nearest pictures'} along {names} with distances"
    tables = {"Path": (stem, partial(_table, strips))}
    return Exhibit("film", "", film(strips, study, usual), alt, caption, tables, plain=plain)


def _table(strips: Sequence[Strip]) -> pd.DataFrame:
    return pd.concat([path_table(s.path, s.distances, s.errors) for s in strips], ignore_index=True)
