"""Every exhibit has a key, an alternative text, sentences and tables, whatever the strategy and the study."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pytest

from core.exhibits import beside, bulk, components, correlations, faces, normality, paths, radii
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.faces import wall
from core.figures.paths import Strip
from core.space.colouring import DISTANCE, colour_by
from core.space.inspection import inspect_vector
from core.space.planes import make_plane
from core.space.ways import between, curve_in_plane
from core.statistics import find_core, henze_zirkler, largest_coordinates, pair_coefficients, shape
from core.tables import component_table, pair_table
from tests.helpers.ladder import AT_ONCE
from tests.helpers.odd_vectors import ODD
from tests.helpers.scenes import assert_whole, scene_of, study_of

pytestmark = pytest.mark.slow

KEYS = [strategy.key for strategy in AT_ONCE if strategy.key != "gaussian"]
"""Strategies that any study can draw from, but one that a test of its own holds against another."""

IMAGE = wall(np.zeros((6, 4, 4, 3), np.uint8), 3, "PNG")
"""Six decoded images, all black."""


def of_statistics(scene: Scene) -> Iterator[Exhibit]:
    """Yield the exhibits of all pages that compare vectors alone."""
    study, described = scene.study, scene.described
    latents, dimension = study.latents.astype(np.float64), study.dimension
    table = component_table(described, *scene.drawn)
    yield components.histograms(scene, table, range(dimension)[:4])
    yield components.places(scene, table)
    yield from correlations.matrices(scene, np.arange(dimension))
    yield correlations.coefficients(scene)
    yield correlations.strongest(
        scene, pair_table(latents, described.moments, *(one.description.moments for one in scene.drawn))
    )
    yield bulk.variances(scene)
    for kind in ("component", "axis"):
        axes = described.axes if kind == "axis" else None
        yield normality.shapes(
            scene, kind, [shape(one, axes) for one in (latents, *(drawn.vectors for drawn in scene.drawn))]
        )
        values = described.axes.along(latents, ((kind, 0),))[:, 0]
        yield normality.quantiles(scene, (kind, 0), values)
    for share in (1.0, 0.8):
        yield normality.squared_distances(scene, find_core(latents, described, share))
    yield normality.cuts(scene, largest_coordinates(latents, described.axes))
    yield from (make(scene) for make in (radii.radii, radii.cubes, radii.distances, faces.radii_beneath))


def of_planes(scene: Scene) -> Iterator[Exhibit]:
    """Yield the exhibits that need more than one direction."""
    study, described = scene.study, scene.described
    for kind in ("component", "axis"):
        directions = ((kind, 0), (kind, 1))
        along = described.axes.along(study.latents, directions)
        plane = make_plane(described, along, [scene.reference, *scene.drawn], directions)
        yield bulk.density(scene, plane, study.latents[0])
        yield normality.pairs(scene, [plane])
    two = make_plane(described, along, scene.drawn, directions)
    yield correlations.pair(scene, two, 0.9, pair_coefficients(along))
    tests = {"Cells within 3σ": henze_zirkler(along)}
    yield normality.henze_zirkler_test(scene, "axis", 2, tests, "Cells within 3σ")
    path = curve_in_plane(described, directions, "ellipse", frames=5)
    yield paths.curve(described, make_plane(described, along, [], directions), path)
    strip = Strip(path, np.zeros((5, 4, 4, 3), np.uint8), np.arange(5.0), np.arange(5.0) / 10, "#000000")
    yield paths.through_a_plane(described, [strip], 0.1, "stem")


@pytest.mark.parametrize("key", KEYS)
def test_exhibits_of_every_strategy_are_whole(scene: Scene, key: str) -> None:
    other = scene_of(scene.study, key)
    for exhibit in (*of_statistics(other), *of_planes(other)):
        assert_whole(exhibit)
        assert "CelebA" not in exhibit.caption + exhibit.alt


def test_exhibits_of_two_strategies_name_both_and_table_both(scene: Scene) -> None:
    other = scene_of(scene.study, "gaussian", against="cube")
    shown = list(of_statistics(other))
    for exhibit in (*shown, *of_planes(other), faces.wall_against(other, Wall(IMAGE, 6, 3))):
        assert_whole(exhibit)
    named = [one for one in shown if one.key not in ("cube_bands", "cuts", "matrix_0", "matrix_1", "matrix_3")]
    assert all("Cube" in one.caption for one in named if one.key != "strongest_pairs")
    columns = {column for one in shown for _, make in one.tables.values() for column in make().columns}
    assert {"against_mean", "against_difference", "against_pearson", "against_skewness", "against"} <= columns
    stems = {stem for stem, _ in radii.radii(other).tables.values()}
    assert "plate7_gaussian_60_seed0_against_cube_scale=1_60_seed0_summary" in stems
    assert "plate7_cube_scale=1_60_seed0_radii" in stems


@pytest.mark.parametrize("kind", [kind for kind in ODD if kind not in ("one vector", "one number", "two vectors")])
def test_exhibits_of_odd_studies_are_whole(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    study = study_of(ODD[kind], tmp_path_factory.mktemp("odd") / "odd")
    for exhibit in of_statistics(scene_of(study, "gaussian")):
        assert_whole(exhibit)


def test_a_space_marks_what_is_looked_at_and_tables_its_colours(scene: Scene) -> None:
    directions = (("axis", 0), ("axis", 1), ("axis", 2))
    along = scene.described.axes.along(scene.study.latents, directions)
    looked_at = ("Cells, vector 3", scene.study.latents[3])
    shown = bulk.space(scene, directions, along, 0, colour_by(scene.study, scene.described, DISTANCE), looked_at)
    assert_whole(shown)
    assert "Cells, vector 3" in [trace.name for trace in shown.picture.data]
    (make,) = [make for _, make in shown.tables.values()]
    assert make()["colour"].notna().sum() == len(along)


@pytest.mark.parametrize(
    "make",
    [
        beside.components_beside,
        beside.radii_beside,
        beside.spectra_beside,
        partial(beside.shapes_beside, both=(shape(ODD["one dimension"]),) * 2, variable="z<sub>%{text}</sub>"),
    ],
)
def test_overlays_name_both_studies(scene: Scene, make) -> None:
    shown = make(("plate7", scene.described), ("plate8", scene.described))
    assert_whole(shown)
    assert shown.title == "plate7 and plate8"
    assert shown.alt.endswith("of plate7 and plate8")


def test_walls_and_faces_are_whole(scene: Scene) -> None:
    found = inspect_vector(scene.study, scene.described, scene.sample.vectors[0])
    errors = [np.full(4, 0.1), np.full(4, 0.3)]
    for exhibit in (
        faces.wall_of_data(scene, Wall(IMAGE, 6, 3)),
        faces.wall_of_sample(scene, Wall(IMAGE, 6, 3)),
        faces.summary(scene, errors),
        faces.face("Cells, vector 3", IMAGE, 2.0, 3.0, "Cells"),
        faces.unusual(found),
        faces.nearest(found, IMAGE, 3, "Cells"),
    ):
        assert_whole(exhibit)


def test_ways_between_vectors_are_whole(scene: Scene) -> None:
    line, arc = (between(scene.described, *scene.study.latents[:2], way, 5) for way in ("line", "arc"))
    images, values = np.zeros((5, 4, 4, 3), np.uint8), np.linspace(2.0, 1.0, 5)
    shown = paths.between_faces(
        scene.described, [Strip(path, images, values, values, "#000000") for path in (line, arc)], 0.1, "stem"
    )
    assert_whole(shown)
    (make,) = [make for _, make in shown.tables.values()]
    assert len(make()) == 10
