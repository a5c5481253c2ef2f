"""What each comparing page shows of a sample, as its choices say; :mod:`core.report.pages` is the way in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from core.errors import InputError
from core.exhibits import bulk as of_bulk
from core.exhibits import components as of_components
from core.exhibits import correlations as of_correlations
from core.exhibits import faces as of_faces
from core.exhibits import normality as of_normality
from core.exhibits import radii as of_radii
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.report.views import Views
from core.selection.selected import histograms_of
from core.space.colouring import colour_by, colours_of
from core.space.planes import Direction
from core.space.traits import ACROSS
from core.space.views import ATTRIBUTES, DISCRIMINANT, UMAP, VIEWS, plane_of
from core.statistics import pair_coefficients
from core.strategies import Number
from core.tables import ORDERS, component_table, ranked_components

__all__ = ["Chosen", "bulk", "components", "correlations", "faces", "normality", "radii"]

Chosen: TypeAlias = str | int | float
"""What an address says of one choice, or a number in its place."""

DIRECTIONS = ("axis", "component")
FIELDS = ("across", "up", "deep")


def whole(name: str, value: Chosen, low: int, high: int) -> int:
    """Return the whole number that a choice is; raise `InputError` where it is none, or out of range."""
    return int(Number(name, name, low, high, 1, "", whole=True).check(value))


def one_of(name: str, value: str, options: Collection[str]) -> str:
    """Return the option that a choice is; raise `InputError` where it is none."""
    if value not in options:
        raise InputError(f"{name} must be one of {', '.join(options)}, not {str(value)[:40]!r}.")
    return value


def faces(views: Views, scene: Scene) -> list[Exhibit]:
    """Return walls, radii and all sides in numbers."""
    study, found = scene.study, []
    if study.shows_faces:
        makers = (of_faces.wall_of_data, of_faces.wall_of_sample, of_faces.wall_against)
        for make, sample in zip(makers, (scene.reference, *scene.drawn), strict=False):
            walled = views.wall(sample)
            exhibit = make(scene, walled.wall)
            found.append(replace(exhibit, caption=" ".join(filter(None, (exhibit.caption, walled.complaint)))))
    parts = (scene.reference, *scene.drawn)
    errors = [views.cycle_errors(sample) for sample in parts] if study.has_decoder else None
    return [*found, of_faces.radii_beneath(scene), of_faces.summary(scene, errors)]


def components(
    views: Views,
    scene: Scene,
    *,
    order: str = "mean",
    components_page: Chosen = 1,
) -> list[Exhibit]:
    """Return histograms of some components, and mean and width of all."""
    table = component_table(scene.described, *scene.drawn)
    pages = -(-len(table) // of_components.PER_PAGE)
    start = of_components.PER_PAGE * (whole("components_page", components_page, 1, pages) - 1)
    shown = ranked_components(table, one_of("order", order, ORDERS))[start : start + of_components.PER_PAGE]
    study, described = scene.study, scene.described
    counted = [(one, histograms_of(one, study, described, list(shown), views.shown)) for one in scene.selected]
    marked = [(one.title, known, one.place) for one, known in counted if known is not None]
    return [of_components.histograms(scene, table, shown, marked), of_components.places(scene, table)]


def correlations(
    views: Views,
    scene: Scene,
    *,
    matrix_order: str = "clusters",
    pair_across: Chosen | None = None,
    pair_up: Chosen | None = None,
    coverage: Chosen = 95,
) -> list[Exhibit]:
    """Return the matrices, the coefficients, the strongest pairs and one of them."""
    size = scene.described.dimension
    if size < 2:
        return []
    clustered = one_of("matrix_order", matrix_order, ("clusters", "index")) == "clusters"
    table = views.pairs(scene.drawn)
    first, second = (int(table[name].iloc[0]) if len(table) else 0 for name in ("component", "other"))
    i = first if pair_across is None else whole("pair_across", pair_across, 0, size - 1)
    j = (second if second != first else 1) if pair_up is None else whole("pair_up", pair_up, 0, size - 1)
    directions: tuple[Direction, Direction] = (("component", i), ("component", j))
    plane = views.plane(directions, scene.drawn)
    return [
        *of_correlations.matrices(scene, views.order if clustered else np.arange(size)),
        of_correlations.coefficients(scene),
        of_correlations.strongest(scene, table),
        of_correlations.pair(scene, plane, whole("coverage", coverage, 10, 99) / 100, pair_coefficients(plane.bulk)),
    ]


def bulk(
    views: Views,
    scene: Scene,
    *,
    view: str = "",
    plane: str = "axis",
    axis_across: Chosen = 1,
    axis_up: Chosen = 2,
    axis_deep: Chosen = 3,
    component_across: Chosen = 0,
    component_up: Chosen = 1,
    component_deep: Chosen = 2,
    difference_across: str = "",
    difference_up: str = ACROSS,
    discriminant_of: str = "",
    colour: str = "nothing",
) -> list[Exhibit]:
    """Return plane and space, or one view; then distances, the spectrum and the farthest vectors."""
    one_of("view", view, ("", *VIEWS))
    size, found = scene.described.dimension, []
    of_axes = one_of("plane", plane, DIRECTIONS) == "axis"
    numbers = (axis_across, axis_up, axis_deep) if of_axes else (component_across, component_up, component_deep)
    three: list[Direction] = [
        (plane, whole(f"{plane}_{name}", number, of_axes, max(3, size) - 1 + of_axes) - of_axes)
        for name, number in zip(FIELDS, numbers, strict=True)
    ]
    known = colours_of(scene.study)
    colours = None if colour == "nothing" else colour_by(scene.study, scene.described, one_of("colour", colour, known))
    if view != "space" and size >= 2:
        across, up = three[:2]
        if view in (ATTRIBUTES, DISCRIMINANT, UMAP):
            across, up = plane_of(scene.study, view, difference_across, difference_up, discriminant_of)
        parts = (scene.reference, *scene.drawn)
        rows = scene.reference.rows
        shown = None if colours is None or rows is None else colours.of(rows)
        found.append(of_bulk.density(scene, views.plane((across, up), parts), colour=shown))
    if view in ("", "space") and size >= 3:
        points, rows = views.along(tuple(three)), views.shown.rows
        found.append(of_bulk.space(scene, three, points, views.seed, colours, shown_rows=rows))
    return [*found, of_radii.distances(scene), of_bulk.variances(scene), of_bulk.farthest(scene)]


def normality(
    views: Views,
    scene: Scene,
    *,
    directions: str = "component",
    removed: Chosen = 0,
    normal_axis: Chosen = 1,
    normal_component: Chosen = 0,
    pairs_from: Chosen = 1,
) -> list[Exhibit]:
    """Return every direction, one of them, pairs, and all of them together."""
    of_axes = one_of("directions", directions, DIRECTIONS) == "axis"
    size, share = scene.described.dimension, 1 - whole("removed", removed, 0, 90) / 100
    shapes = [views.shape(of_axes), *(views.shape(of_axes, sample) for sample in scene.drawn)]
    cored = (share, views.core_shape(share, of_axes)) if share < 1 else None
    number = normal_axis if of_axes else normal_component
    direction: Direction = (
        directions,
        whole(f"normal_{directions}", number, of_axes, size - 1 + of_axes) - of_axes,
    )
    values = views.along((direction,))[:, 0]
    found = [
        of_normality.bell(scene),
        of_normality.shapes(scene, directions, shapes, cored),
        of_normality.quantiles(scene, direction, values, views.core(share) if share < 1 else None),
    ]
    if size >= 2:
        first = whole("pairs_from", pairs_from, 1, size - 1) - 1
        starts = range(first, min(first + 2 * of_normality.PAIRS, size - 1), 2)
        planes = [views.plane((("axis", n), ("axis", n + 1)), scene.drawn) for n in starts]
        found.append(of_normality.pairs(scene, planes))
    together = of_normality.squared_distances(scene, views.core(share))
    return [*found, together, of_normality.cuts(scene, views.largest)]


def radii(views: Views, scene: Scene) -> list[Exhibit]:  # noqa: ARG001
    """Return radii, the scan of cubes and distances."""
    return [make(scene) for make in (of_radii.radii, of_radii.cubes, of_radii.distances)]
