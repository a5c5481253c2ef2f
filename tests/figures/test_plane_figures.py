"""Planes are drawn with the bulk, its ellipses, what can be picked, and the way of a path."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures import planes, theme
from core.figures.marks import Marks
from core.space.planes import Plane, make_plane
from core.space.ways import curve_in_plane
from core.statistics import describe
from core.study import Study
from core.study.describing import describe_study
from tests.helpers.dotted import dots_of
from tests.helpers.odd_vectors import ODD, sample_of
from tests.helpers.planes import AXES, plane_of


def ellipses_of(chart) -> list:
    return [trace for trace in chart.data if trace.legendgroup == "ellipses"]


def mahalanobis(points: np.ndarray, plane: Plane) -> np.ndarray:
    whiten = np.linalg.inv(np.linalg.cholesky(plane.covariance))
    return np.linalg.norm((points - plane.mean) @ whiten.T, axis=1)


@pytest.mark.parametrize("distance", [1.0, 2.0, 3.0])
def test_an_ellipse_holds_its_share_of_a_planted_normal(distance: float) -> None:
    rng = np.random.default_rng(5)
    mean, covariance = np.array([1.0, -2.0]), np.array([[4.0, 1.5], [1.5, 1.0]])
    outline = planes.ellipse(mean, covariance, distance)
    whiten = np.linalg.inv(np.linalg.cholesky(covariance))
    np.testing.assert_allclose(np.linalg.norm((outline - mean) @ whiten.T, axis=1), distance)
    points = rng.multivariate_normal(mean, covariance, 100_000)
    inside = (np.linalg.norm((points - mean) @ whiten.T, axis=1) <= distance).mean()
    assert inside == pytest.approx(1 - np.exp(-(distance**2) / 2), abs=0.01)


def test_a_plane_shows_the_bulk_both_sets_the_origin_and_the_centre(tiny_study: Study) -> None:
    plane = plane_of(tiny_study)
    chart = planes.plane_density(plane)
    density = chart.data[0]
    assert np.square(density.z).sum() == pytest.approx(len(tiny_study))
    for number, name in enumerate(plane.points):
        trace = next(t for t in chart.data if t.name == name)
        assert np.array_equal(trace.customdata[0], [number, 0])
        np.testing.assert_allclose(trace.x, plane.points[name][:, 0].astype(np.float32))
    assert (chart.layout.xaxis.title.text, chart.layout.yaxis.title.text) == plane.labels


@pytest.mark.parametrize(("counts", "kind"), [((1500, 1500), "scatter"), ((3000, 1500), "scattergl")])
def test_webgl_draws_many_points_alone(counts: tuple[int, int], kind: str) -> None:
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(max(counts), 4)).astype(np.float32)
    described = describe(vectors)
    parts = [sample_of(described, vectors[:count], "mvn", count) for count in counts[:1]]
    plane = make_plane(described, described.axes.along(vectors, AXES), parts, AXES)
    rings = Marks("mine", rng.normal(size=(counts[1], 2)))
    chart = planes.plane_density(plane, marked=[rings])
    points = {trace.name: trace.type for trace in chart.data if trace.x is not None and len(trace.x) >= min(counts)}
    assert points == {parts[0].title: kind, "mine": kind}


def test_the_density_stands_where_the_vectors_are(tiny_study: Study) -> None:
    plane = plane_of(tiny_study)
    density = planes.plane_density(plane).data[0]
    counts = np.square(density.z)
    across = (counts.sum(axis=0) @ (density.x[1:] + density.x[:-1]) / 2) / counts.sum()
    up = (counts.sum(axis=1) @ (density.y[1:] + density.y[:-1]) / 2) / counts.sum()
    bins = np.diff(density.x)[0], np.diff(density.y)[0]
    np.testing.assert_allclose([across, up], plane.mean, atol=max(bins) / 2)


def test_ellipses_are_one_two_and_three_sigma_unless_asked_otherwise(tiny_study: Study) -> None:
    plane = plane_of(tiny_study)
    for distance, trace in zip((1, 2, 3), ellipses_of(planes.plane_density(plane)), strict=True):
        np.testing.assert_allclose(mahalanobis(np.column_stack([trace.x, trace.y]), plane), distance)
    chosen = ellipses_of(planes.plane_density(plane, [0.5, 0.95]))
    assert [trace.showlegend for trace in chosen] == [True, False]
    assert chosen[0].name == "rings at 1.18, 2.45 spreads: 50, 95% of a bell"
    for share, trace in zip((0.5, 0.95), chosen, strict=True):
        level = np.sqrt(-2 * np.log(1 - share))
        np.testing.assert_allclose(mahalanobis(np.column_stack([trace.x, trace.y]), plane), level)


def test_a_path_is_drawn_through_the_plane_with_its_frames_counted_from_one(tiny_study: Study) -> None:
    description = describe_study(tiny_study)
    path = curve_in_plane(description, AXES, "ellipse", level=2.0, frames=6)
    plane = make_plane(description, description.axes.along(tiny_study.latents, AXES), [], AXES)
    chart = planes.plane_path(plane, path.points, "Ellipse")
    drawn = next(trace for trace in chart.data if trace.name == "Ellipse")
    points = np.column_stack([drawn.x, drawn.y])
    np.testing.assert_array_equal(points, path.points)
    np.testing.assert_allclose(mahalanobis(points, plane), 2.0)
    assert list(drawn.text) == ["1", "2", "3", "4", "5", "6"]
    marks = {trace.name: (trace.x[0], trace.y[0]) for trace in chart.data[-2:]}
    np.testing.assert_allclose(marks["origin"], plane.points["origin"][0])
    np.testing.assert_allclose(marks["centre of CelebA"], [0, 0], atol=1e-9)
    assert len(ellipses_of(chart)) == 3


def test_pairs_are_small_multiples_with_up_to_500_vectors_of_the_sample() -> None:
    vectors = np.random.default_rng(6).normal(size=(900, 8))
    described = describe(vectors)
    sample = sample_of(described, vectors, "mvn", 600)
    pairs = [(("axis", i), ("axis", i + 1)) for i in (0, 2, 4, 6)]
    drawn = [make_plane(described, described.axes.along(vectors, pair), [sample], pair) for pair in pairs]
    chart = planes.pair_densities(drawn)
    dots = [trace for trace in chart.data if trace.name == sample.title]
    assert [trace.showlegend for trace in dots] == [True, False, False, False]
    for trace, plane in zip(dots, drawn, strict=True):
        points = plane.points[sample.title][: planes.SMALL].astype(np.float32)
        np.testing.assert_allclose(np.column_stack(dots_of(trace)[:2]), points, atol=1e-6)
    densities = [trace for trace in chart.data if trace.type == "heatmap"]
    assert [np.square(trace.z).sum() for trace in densities] == pytest.approx([900] * 4)
    assert sum(trace.showlegend for trace in ellipses_of(chart)) == 1
    titles = [chart.layout[f"xaxis{n}"].title.text for n in ("", 2, 3, 4)]
    assert titles == ["principal axis 1", "principal axis 3", "principal axis 5", "principal axis 7"]
    assert {trace.marker.color for trace in dots} == {theme.SAMPLE}


@pytest.mark.parametrize("kind", [kind for kind, vectors in ODD.items() if vectors.shape[1] > 1])
@pytest.mark.parametrize(("direction", "pair"), [("component", (0, 1)), ("axis", (-2, -1))])
def test_every_plane_of_an_odd_study_can_be_drawn(kind: str, pair: tuple[int, int], direction: str) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    directions = tuple((direction, i % described.dimension) for i in pair)
    seen = described.axes.along(vectors, directions)
    plane = make_plane(described, seen, [sample_of(described, vectors, count=1)], directions)
    for chart in (planes.plane_density(plane), planes.pair_densities([plane])):
        assert np.square(chart.data[0].z).sum() == pytest.approx(len(vectors))
        assert all(np.isfinite(np.asarray(trace.x)).all() for trace in chart.data)


def test_rings_lie_above_the_vectors_and_tell_their_spreads() -> None:
    vectors = np.random.default_rng(8).normal(size=(900, 4))
    described = describe(vectors)
    plane = make_plane(described, described.axes.along(vectors, AXES), [sample_of(described, vectors, "mvn", 60)], AXES)
    chart = planes.plane_density(plane)
    order = [trace.legendgroup == "ellipses" for trace in chart.data]
    drawn = [trace.name == "Multivariate normal" for trace in chart.data].index(True)
    assert order.index(True) > drawn
    by_webgl = {trace.type for trace in chart.data if trace.name == "Multivariate normal"}
    assert {trace.type for trace in ellipses_of(chart)} == by_webgl  # what it draws lies above all else
    labels = {a.text: a.y for a in chart.layout.annotations if "spread" in a.text}
    assert list(labels) == ["1 spread", "2 spreads", "3 spreads"]
    np.testing.assert_allclose(list(labels.values()), [max(trace.y) for trace in ellipses_of(chart)])
