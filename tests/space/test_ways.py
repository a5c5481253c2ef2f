"""Ways through latent space: where they run, what they keep, and what they refuse."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy import linalg
from scipy.spatial import distance

from core.errors import InputError
from core.space.planes import Direction
from core.space.ways import CURVES, OTHERS, WAYS, along_attribute, attribute_direction, between, curve_in_plane
from core.statistics import Description, describe
from core.study import Study
from tests.helpers.odd_vectors import ODD

PLANES: dict[str, tuple[Direction, Direction]] = {
    "components": (("component", 1), ("component", 4)),
    "axes": (("axis", 0), ("axis", 2)),
    "mixed": (("axis", 1), ("component", 3)),
}


@pytest.fixture(scope="module")
def planted() -> np.ndarray:
    """Draws of a normal law in five dimensions that is correlated and off the origin."""
    rng = np.random.default_rng(11)
    mixing = rng.normal(size=(5, 5)) * [3, 2, 1, 1, 0.5]
    return rng.normal(size=(40_000, 5)) @ mixing.T + [4, -2, 0, 1, 7]


@pytest.fixture(scope="module")
def bulk(planted: np.ndarray) -> Description:
    return describe(planted)


def basis_of(planted: np.ndarray, directions: tuple[Direction, Direction]) -> np.ndarray:
    """Return unit vectors along directions, axes from a singular value decomposition, up to their sign."""
    axes = np.linalg.svd(planted - planted.mean(axis=0), full_matrices=False)[2]
    return np.stack([axes[i] if kind == "axis" else np.eye(planted.shape[1])[i] for kind, i in directions])


def shrunk_covariance(bulk: Description) -> np.ndarray:
    """Return the covariance that distances are measured in."""
    covariance, s = bulk.moments.covariance, bulk.axes.shrinkage
    return (1 - s) * covariance + s * np.trace(covariance) / len(covariance) * np.eye(len(covariance))


def distances_of(bulk: Description, vectors: np.ndarray) -> list[float]:
    inverse = np.linalg.inv(shrunk_covariance(bulk))
    return [float(distance.mahalanobis(v, bulk.moments.mean, inverse)) for v in vectors]


# Curves in a plane


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("others", OTHERS)
def test_an_ellipse_lies_at_its_mahalanobis_distance_within_the_plane(
    bulk: Description, planted: np.ndarray, plane: str, others: str
) -> None:
    path = curve_in_plane(bulk, PLANES[plane], "ellipse", level=2.5, angle=30, frames=12, others=others)
    seen = basis_of(planted, PLANES[plane]) @ planted.T
    inverse = np.linalg.inv(np.cov(seen))
    where = path.vectors @ basis_of(planted, PLANES[plane]).T
    for point in where:
        assert distance.mahalanobis(point, seen.mean(axis=1), inverse) == pytest.approx(2.5)
    assert (path.name, path.parameter) == ("Ellipse", "angle in degrees")
    np.testing.assert_allclose(path.positions, np.arange(12) * 30)


@pytest.mark.parametrize("plane", PLANES)
def test_a_circle_has_the_radius_of_the_mean_variance_and_an_angle_to_start_at(
    bulk: Description, planted: np.ndarray, plane: str
) -> None:
    path = curve_in_plane(bulk, PLANES[plane], "circle", level=1.5, angle=90, frames=8)
    assert path.points is not None
    seen = bulk.axes.along(planted, PLANES[plane])
    offsets = path.points - seen.mean(axis=0)
    radius = 1.5 * np.sqrt(np.trace(np.cov(seen, rowvar=False)) / 2)
    np.testing.assert_allclose(np.linalg.norm(offsets, axis=1), radius)
    np.testing.assert_allclose(offsets[0], [0, radius], atol=1e-9)
    np.testing.assert_allclose(offsets[2], [-radius, 0], atol=1e-9)


@pytest.mark.parametrize("plane", PLANES)
def test_a_line_runs_through_the_centre_along_the_root_of_the_covariance(
    bulk: Description, planted: np.ndarray, plane: str
) -> None:
    path = curve_in_plane(bulk, PLANES[plane], "line", level=3.0, angle=40, frames=7)
    assert path.points is not None
    seen = bulk.axes.along(planted, PLANES[plane])
    root = linalg.sqrtm(np.cov(seen, rowvar=False))
    end = 3 * root @ [np.cos(np.deg2rad(40)), np.sin(np.deg2rad(40))]
    np.testing.assert_allclose(path.points - seen.mean(axis=0), np.linspace(-1, 1, 7)[:, None] * end, atol=1e-9)
    np.testing.assert_allclose(path.vectors[3], planted.mean(axis=0))
    np.testing.assert_allclose(path.positions, [-3, -2, -1, 0, 1, 2, 3])
    assert (path.name, path.parameter, len(path)) == ("Line", "position in σ", 7)


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("others", OTHERS)
def test_points_in_the_plane_are_the_coordinates_of_the_vectors_wherever_the_others_are(
    bulk: Description, curve: str, plane: str, others: str
) -> None:
    path = curve_in_plane(bulk, PLANES[plane], curve, others=others)
    plain = curve_in_plane(bulk, PLANES[plane], curve)
    np.testing.assert_allclose(path.points, bulk.axes.along(path.vectors, PLANES[plane]))
    np.testing.assert_allclose(path.points, plain.points, atol=1e-9)


def test_components_that_a_plane_leaves_open_stay_at_their_mean_or_at_zero(
    bulk: Description, planted: np.ndarray
) -> None:
    at_mean, at_zero = (curve_in_plane(bulk, PLANES["components"], "ellipse", others=o) for o in ("mean", "zero"))
    open_ones = [0, 2, 3]
    np.testing.assert_allclose(at_mean.vectors[:, open_ones], np.tile(planted.mean(axis=0)[open_ones], (15, 1)))
    np.testing.assert_allclose(at_zero.vectors[:, open_ones], 0, atol=1e-12)


def test_axes_that_a_plane_leaves_open_stay_at_the_centre_or_at_the_origin(bulk: Description) -> None:
    at_mean, at_zero = (curve_in_plane(bulk, PLANES["axes"], "ellipse", others=o) for o in ("mean", "zero"))
    open_ones = bulk.axes.axes[[1, 3, 4]]
    np.testing.assert_allclose((at_mean.vectors - bulk.moments.mean) @ open_ones.T, 0, atol=1e-9)
    np.testing.assert_allclose(at_zero.vectors @ open_ones.T, 0, atol=1e-9)


@pytest.mark.parametrize(("others", "base"), [("mean", 1.0), ("zero", 0.0)])
def test_in_an_oblique_plane_of_an_axis_and_a_component_vectors_stay_in_it(
    bulk: Description, planted: np.ndarray, others: str, base: float
) -> None:
    path = curve_in_plane(bulk, PLANES["mixed"], "ellipse", others=others)
    spanned = basis_of(planted, PLANES["mixed"]).T
    offsets = (path.vectors - base * bulk.moments.mean).T
    assert np.linalg.lstsq(spanned, offsets)[1] == pytest.approx(np.zeros(15), abs=1e-12)


@pytest.mark.parametrize("plane", PLANES)
def test_the_conditional_mean_is_the_regression_on_the_plane(
    bulk: Description, planted: np.ndarray, plane: str
) -> None:
    path = curve_in_plane(bulk, PLANES[plane], "circle", others="conditional")
    assert path.points is not None
    seen = bulk.axes.along(planted, PLANES[plane])
    coefficients = np.linalg.lstsq(np.column_stack([np.ones(len(seen)), seen]), planted)[0]
    expected = np.column_stack([np.ones(15), path.points]) @ coefficients
    np.testing.assert_allclose(path.vectors, expected, atol=1e-7)


def test_the_conditional_mean_is_where_draws_of_a_normal_are_that_pass_by(
    bulk: Description, planted: np.ndarray
) -> None:
    first, second = (("component", 1), ("component", 4))
    path = curve_in_plane(bulk, (first, second), "circle", level=0.7, frames=4, others="conditional")
    for vector in path.vectors:
        near = np.linalg.norm(planted[:, [1, 4]] - vector[[1, 4]], axis=1) < 0.5
        spread = planted[near].std(axis=0) / np.sqrt(near.sum())
        assert near.sum() > 100
        assert (np.abs(planted[near].mean(axis=0) - vector) < 5 * spread + 0.1).all()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"directions": (("axis", 2), ("axis", 2))}, "A plane needs two different directions; choose another number."),
        ({"directions": (("axis", 0), ("axis", 5))}, "A direction is an axis or a component from 0 to 4."),
        ({"directions": (("axis", -1), ("axis", 1))}, "A direction is an axis or a component from 0 to 4."),
        ({"directions": (("row", 0), ("axis", 1))}, "A direction is an axis or a component from 0 to 4."),
        ({"curve": "spiral"}, "curve must be one of line, circle, ellipse, not 'spiral'."),
        ({"others": "random"}, "others must be one of mean, conditional, zero, not 'random'."),
        ({"frames": 1}, "A path needs at least 2 frames, not 1."),
    ],
)
def test_a_curve_that_cannot_be_drawn_is_refused_in_one_sentence(
    bulk: Description, arguments: dict, sentence: str
) -> None:
    given = {"directions": PLANES["axes"], "curve": "line", **arguments}
    with pytest.raises(InputError) as refusal:
        curve_in_plane(bulk, **given)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "directions"),
    [
        ("a constant component", (("component", 0), ("component", 1))),
        ("a constant component", (("component", 1), ("axis", 3))),
        ("a singular covariance", (("axis", 0), ("axis", 4))),
        ("a singular covariance", (("axis", 3), ("axis", 4))),
        ("a singular covariance", (("component", 0), ("component", 3))),
        ("fewer vectors than components", (("axis", 7), ("axis", 8))),
        ("one vector", (("axis", 0), ("axis", 1))),
        ("nothing but constants", (("component", 0), ("component", 1))),
    ],
)
@pytest.mark.parametrize("others", OTHERS)
def test_no_curve_is_drawn_where_the_bulk_has_no_extent(
    kind: str, directions: tuple[Direction, Direction], others: str
) -> None:
    words = "The bulk has no extent along one of the two directions; choose|All vectors of the data are the same"
    with pytest.raises(InputError, match=words):
        curve_in_plane(describe(ODD[kind]), directions, "ellipse", others=others)


# From one vector to another


@pytest.mark.parametrize("way", WAYS)
def test_a_way_meets_both_of_its_ends(bulk: Description, planted: np.ndarray, way: str) -> None:
    path = between(bulk, planted[0], planted[1], way, frames=9)
    np.testing.assert_allclose(path.vectors[[0, -1]], planted[:2], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(path.positions, np.linspace(0, 1, 9))
    assert (path.name, path.parameter, path.points) == (WAYS[way], "share of the way", None)


def test_the_middle_of_two_independent_normal_vectors_dips_to_the_root_of_one_half() -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(400, 300))
    law = describe(rng.normal(size=(1000, 300)))
    middles = [between(law, vectors[i], vectors[i + 1], "line", 3).vectors[1] for i in range(0, 400, 2)]
    radius = np.linalg.norm(vectors, axis=1).mean()
    assert np.linalg.norm(middles, axis=1).mean() / radius == pytest.approx(1 / np.sqrt(2), rel=0.01)


def test_a_straight_line_is_straight(bulk: Description, planted: np.ndarray) -> None:
    path = between(bulk, planted[0], planted[1], "line", 5)
    np.testing.assert_allclose(path.vectors[1], 0.75 * planted[0] + 0.25 * planted[1])


def test_an_arc_about_the_centre_keeps_the_mahalanobis_distance(bulk: Description, planted: np.ndarray) -> None:
    path = between(bulk, planted[5], planted[6], "arc", 11)
    start, end = distances_of(bulk, planted[5:7])
    np.testing.assert_allclose(distances_of(bulk, path.vectors), np.linspace(start, end, 11))


def test_an_arc_about_the_centre_turns_evenly_in_whitened_coordinates(bulk: Description, planted: np.ndarray) -> None:
    path = between(bulk, planted[5], planted[6], "arc", 11)
    white = (path.vectors - bulk.moments.mean) @ np.linalg.cholesky(np.linalg.inv(shrunk_covariance(bulk)))
    units = white / np.linalg.norm(white, axis=1, keepdims=True)
    angles = np.arccos(np.sum(units[1:] * units[:-1], axis=1))
    np.testing.assert_allclose(angles, np.arccos(units[0] @ units[-1]) / 10, rtol=1e-6)


def test_an_arc_about_the_origin_keeps_the_radius(bulk: Description, planted: np.ndarray) -> None:
    path = between(bulk, planted[5], planted[6], "origin", 11)
    start, end = np.linalg.norm(planted[5:7], axis=1)
    np.testing.assert_allclose(np.linalg.norm(path.vectors, axis=1), np.linspace(start, end, 11))
    flat = np.linalg.svd(path.vectors, compute_uv=False)
    assert (flat[2:] < 1e-9 * flat[0]).all()


@pytest.mark.parametrize("way", ["arc", "origin"])
@pytest.mark.parametrize(("first", "second"), [(1.0, 1.0), (1.0, 2.5), (1.0, -1.0), (1.0, 0.0), (0.0, 0.0)])
def test_where_no_arc_is_distinguished_the_way_is_the_line(
    bulk: Description, planted: np.ndarray, way: str, first: float, second: float
) -> None:
    base = bulk.moments.mean if way == "arc" else 0.0
    start, end = (base + factor * (planted[7] - base) for factor in (first, second))
    path, line = (between(bulk, start, end, kind, 5) for kind in (way, "line"))
    np.testing.assert_allclose(path.vectors, line.vectors, atol=1e-9)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("way", WAYS)
def test_ways_between_the_vectors_of_an_odd_study_meet_their_ends(kind: str, way: str) -> None:
    vectors = ODD[kind]
    path = between(describe(vectors), vectors[0], vectors[-1], way)
    assert np.isfinite(path.vectors).all()
    np.testing.assert_allclose(path.vectors[[0, -1]], vectors[[0, -1]], atol=1e-9)


def test_single_precision_vectors_are_ends_as_well(bulk: Description, planted: np.ndarray) -> None:
    ends = planted[:2].astype(np.float32)
    assert between(bulk, ends[0].tolist(), ends[1], "arc").vectors.dtype == np.float64


@pytest.mark.parametrize(
    ("way", "frames", "sentence"),
    [
        ("detour", 5, "way must be one of line, arc, origin, not 'detour'."),
        ("arc", 1, "A path needs at least 2 frames, not 1."),
        ("line", 0, "A path needs at least 2 frames, not 0."),
    ],
)
def test_a_way_that_does_not_exist_is_refused_in_one_sentence(
    bulk: Description, planted: np.ndarray, way: str, frames: int, sentence: str
) -> None:
    with pytest.raises(InputError) as refusal:
        between(bulk, planted[0], planted[1], way, frames)
    assert str(refusal.value) == sentence


# Along an attribute


def test_the_direction_of_an_attribute_is_the_difference_of_two_means(tiny_study: Study) -> None:
    vectors, smiling = tiny_study.latents.astype(np.float64), tiny_study.rows["Smiling"].to_numpy(bool)
    direction = attribute_direction(tiny_study, "Smiling")
    np.testing.assert_allclose(direction, vectors[smiling].mean(axis=0) - vectors[~smiling].mean(axis=0), atol=1e-9)


@pytest.mark.parametrize("value", [True, False])
def test_an_attribute_of_all_or_of_none_has_no_direction(tiny_study: Study, value: bool) -> None:
    study = dataclasses.replace(tiny_study, rows=tiny_study.rows.assign(Hat=value))
    with pytest.raises(InputError, match=r"^All or none of the study's images have the attribute 'Hat'; choose anoth"):
        attribute_direction(study, "Hat")


@pytest.mark.parametrize("attribute", ["Scales", "image", "reconstruction_error"])
def test_an_attribute_that_a_study_does_not_know_is_refused(tiny_study: Study, attribute: str) -> None:
    with pytest.raises(InputError, match=rf"^The study {tiny_study.name} has no attribute '{attribute}'\.$"):
        attribute_direction(tiny_study, attribute)


def test_a_way_along_an_attribute_goes_through_its_vector_in_units_of_the_difference() -> None:
    start, direction = np.array([1.0, 2.0, 3.0]), np.array([0.0, 0.5, -1.0])
    path = along_attribute(start, direction, "Wearing_Hat", strength=2.0, frames=5)
    assert (path.name, len(path)) == ("Wearing Hat", 5)
    np.testing.assert_allclose(path.positions, [-2, -1, 0, 1, 2])
    np.testing.assert_allclose(path.vectors[2], start)
    np.testing.assert_allclose(path.vectors[4], [1, 3, 1])
    np.testing.assert_allclose(path.vectors[0], [1, 1, 5])


def test_a_way_along_an_attribute_needs_two_frames() -> None:
    with pytest.raises(InputError, match=r"^A path needs at least 2 frames, not 1\.$"):
        along_attribute(np.zeros(2), np.ones(2), "Smiling", frames=1)
