"""The shape of the bulk, in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from core.captions.bulk import (
    about_spectrum,
    about_the_bulk,
    about_the_cloud,
    about_the_farthest,
    see_the_bulk,
    see_the_farthest,
    see_the_spectrum,
)
from core.captions.sampled import about_the_counted, see_the_counted
from core.captions.views import about_the_view, see_the_view
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.figures.bulk import cloud, spectrum
from core.figures.marks import Marks
from core.figures.planes import plane_density
from core.plain import listed
from core.selection import Selected
from core.selection.drawn import outlines
from core.space.colouring import Colouring
from core.space.farthest import farthest_table
from core.space.frames import Frame
from core.space.planes import Plane, spread_along
from core.space.quantities import Direction, direction_name, quantity_of
from core.statistics import Description, subsample
from core.study import Study
from core.study.names import names_at
from core.tables import axis_table, plane_table, space_table

__all__ = ["density", "farthest", "marked_along", "marked_in", "rows_in_space", "space", "variances"]

SPACE_COUNT = 4000
"""Vectors of the data in the scatter of a space, at most: a browser turns them smoothly."""

MARKED_COUNT = 600
"""Vectors of a selection that are ringed, at most."""

FARTHEST, LISTED = 10, 1000
"""Vectors that lie farthest out, on the page and in its table, at most."""

Floats: TypeAlias = npt.NDArray[np.floating]


SPACE = "Drag to turn, click a point to look at it, click a name in the legend to hide it."


def density(scene: Scene, plane: Plane, looked_at: Floats | None = None, colour: Colouring | None = None) -> Exhibit:
    """Return a plane with the density of the bulk, what was drawn and a vector (d,) that is looked at.

    The vectors on the side of the data can be coloured, each by a value of its own.
    """
    study = scene.described
    ringed = None if looked_at is None else plane.place(looked_at[None], study)
    alt = f"density of {scene.titles} and the origin along {plane.labels[0]} and {plane.labels[1]}"
    tables = {"This plane": (scene.sample_file("plane"), partial(plane_table, plane))}
    figure = plane_density(plane, ringed=ringed, colour=colour, marked=marked_in(scene, plane))
    where = see_the_bulk(study, *scene.drawn, rings=plane.is_straight)
    caption = f"{about_the_view(plane.frame, study)} {about_the_bulk(study, *scene.drawn)}".strip()
    plain = f"{see_the_view(plane.frame)} {where}".strip()
    if plane.cloud is not None:
        caption, plain = caption + about_the_counted(plane.cloud), plain + see_the_counted(plane.cloud)
    return Exhibit("plane_density", "", figure, alt, caption, tables, plain=plain)


def marked_in(scene: Scene, plane: Plane, most: int = MARKED_COUNT) -> list[Marks]:
    """Return some points of each selection in a plane, and the lines that were drawn around them."""
    return marked_along(scene.study, scene.described, scene.selected, plane.directions, plane.frame, most)


def marked_along(
    study: Study,
    described: Description,
    chosen: Sequence[Selected],
    directions: Sequence[Direction],
    frame: Frame | None = None,
    most: int = MARKED_COUNT,
) -> list[Marks]:
    """Return some points of each selection along k directions; in a plane, the lines that were drawn around them."""
    marked = []
    for selected in chosen:
        rows = selected.rows[subsample(selected.count, most)] if selected.count else selected.rows
        shown = "" if len(rows) == selected.count else f", {len(rows):,} shown"
        points, lines = np.empty((0, len(directions))), []
        if len(rows):
            along = described.axes.along
            points = along(study.latents[rows], directions) if frame is None else frame.at(study, rows)
        if len(directions) == 2:
            lines = list(outlines(selected.rule, *map(quantity_of, directions)))
        marked.append(Marks(f"{selected.title}: {selected.count:,}{shown}", points, lines, selected.place))
    return marked


def rows_in_space(count: int, seed: int, shown_rows: npt.NDArray[np.intp] | None) -> npt.NDArray[np.intp]:
    """Return the rows of the study's vectors that a scatter in three directions shows, of ``count`` that it could."""
    places = subsample(count, SPACE_COUNT, seed)
    return places if shown_rows is None else shown_rows[places]


def space(
    scene: Scene,
    directions: Sequence[Direction],
    bulk: npt.NDArray[np.float64],
    seed: int,
    colour: Colouring | None = None,
    looked_at: tuple[str, Floats] | None = None,
    shown_rows: npt.NDArray[np.intp] | None = None,
) -> Exhibit:
    """Return a scatter of a study and of what was drawn in three directions.

    Parameters
    ----------
    scene : Scene
    directions : three directions
    bulk : array (n, 3)
        What is shown of the study's vectors along them.
    seed : int
        Chooses which of them are drawn.
    colour : Colouring of all vectors, optional
        What the study's vectors are coloured by.
    looked_at : name and array (d,), optional
        A vector that stands out.
    shown_rows : int array (n,), optional
        Rows of what is shown in the study, where that is not all.
    """
    study, axes = scene.described, scene.described.axes
    places = subsample(len(bulk), SPACE_COUNT, seed)
    rows = rows_in_space(len(bulk), seed, shown_rows)
    shown = None if colour is None else colour.of(rows)
    drawn = {sample.title: axes.along(sample.vectors, directions) for sample in scene.drawn}
    marks: dict[str, Floats] = {"origin": np.zeros(study.dimension), f"centre of {study.title}": study.moments.mean}
    if looked_at is not None:
        marks[looked_at[0]] = looked_at[1]
    figure = cloud(
        bulk[places],
        drawn,
        [direction_name(direction) for direction in directions],
        spread_along(study, directions, bulk),
        shown,
        data=study.title,
        marks={name: axes.along(vector[None], directions) for name, vector in marks.items()},
        selected=marked_along(scene.study, study, scene.selected, directions),
    )
    alt = f"{len(rows)} vectors of {scene.titles} in three directions"
    caption = about_the_cloud(listed(list(drawn)), study.dimension, coloured=colour is not None)
    images, values = names_at(scene.study, rows), None if shown is None else shown.told()
    make = partial(space_table, images, bulk[places], values, drawn, study.title)
    tables = {"This space": (scene.sample_file("space"), make)}
    return Exhibit("space", "", figure, alt, caption, tables, SPACE)


def variances(scene: Scene) -> Exhibit:
    """Return the variances of a study and of what was drawn along the study's principal axes."""
    study = scene.described
    drawn = {one.title: study.axes.variances_of(one.description.moments.covariance) for one in scene.drawn}
    alt = f"variances along the principal axes, {scene.titles}"
    tables = {"Principal axes": (scene.study_file("principal_axes"), partial(axis_table, study))}
    figure, caption = spectrum(study, drawn), about_spectrum(study, drawn)
    plain = see_the_spectrum(study, drawn)
    return Exhibit("spectrum", "Principal axes", figure, alt, caption, tables, plain=plain)


def farthest(scene: Scene) -> Exhibit:
    """Return the vectors of a study that lie farthest out, of all that it has."""
    table = farthest_table(scene.study, scene.described, FARTHEST)
    make = partial(farthest_table, scene.study, scene.described, LISTED)
    tables = {"Farthest": (scene.study_file("farthest"), make)}
    alt, caption = f"the farthest vectors of {scene.study.title}", about_the_farthest(scene.described)
    plain = see_the_farthest(scene.described)
    return Exhibit("farthest", "Farthest out", table, alt, caption, tables, plain=plain)
