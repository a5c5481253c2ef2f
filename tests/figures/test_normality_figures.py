"""Figures of normality: normal numbers lie where the figures say that they would."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.figures import normality, theme
from core.statistics import Description, describe, find_core, largest_coordinates, shape
from tests.helpers.dotted import dots_of
from tests.helpers.odd_vectors import ODD, sample_of


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Draws of a normal law in six dimensions."""
    rng = np.random.default_rng(12)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    return rng.normal(size=(20_000, 6)) * [3, 2.5, 2, 1.5, 1.2, 1] @ turn + [1, 2, 3, 4, 5, 6]


@pytest.fixture(scope="module")
def normal(vectors: np.ndarray) -> Description:
    return describe(vectors)


def named(chart, start: str):
    return next(trace for trace in chart.data if trace.name.startswith(start))


def test_shapes_are_skewness_and_excess_kurtosis_of_every_variable(vectors: np.ndarray) -> None:
    heavy = np.exp(vectors[:300] / 5)
    sets = [("CelebA", shape(vectors), theme.DATA), ("Cube", shape(heavy), theme.SAMPLE)]
    chart = normality.shapes(sets, "z<sub>%{customdata}</sub>")
    for trace, values in zip(chart.data, (vectors, heavy), strict=False):
        dots = dots_of(trace)
        np.testing.assert_allclose(dots.x, stats.skew(values), atol=1e-9)
        np.testing.assert_allclose(dots.y, stats.kurtosis(values), atol=1e-9)
        assert list(dots.told) == [0, 1, 2, 3, 4, 5]
    assert [trace.name for trace in chart.data[:2]] == ["CelebA, 20,000 vectors", "Cube, 300 vectors"]
    along_axes = normality.shapes(sets, "principal axis %{customdata}").data[0]
    assert list(dots_of(along_axes).told) == [1, 2, 3, 4, 5, 6]


def test_the_box_of_normal_variables_holds_most_of_them() -> None:
    values = np.random.default_rng(5).normal(size=(500, 400))
    chart = normality.shapes([("CelebA", shape(values), theme.DATA)], "z")
    (box,) = chart.layout.shapes
    skewness, kurtosis = stats.skew(values), stats.kurtosis(values)
    assert ((box.x0 < skewness) & (skewness < box.x1)).mean() == pytest.approx(0.95, abs=0.03)
    assert ((box.y0 < kurtosis) & (kurtosis < box.y1)).mean() == pytest.approx(0.95, abs=0.03)
    assert named(chart, "95 % of normal").name.endswith("500 vectors")


def test_the_quantiles_of_a_normal_lie_on_the_diagonal() -> None:
    values = 3 + 2 * stats.norm.ppf((np.arange(2000) + 0.5) / 2000)
    chart = normality.normal_quantiles([("CelebA", values, theme.DATA)], "component z<sub>0</sub>")
    points, line = dots_of(chart.data[0]), chart.data[1]
    inner = np.abs(points.x) < 2.5
    np.testing.assert_allclose(points.y[inner], points.x[inner], atol=0.03)
    np.testing.assert_allclose(points.y, points.x, atol=0.2)
    np.testing.assert_allclose([line.x, line.y], [(-points.x[-1], points.x[-1])] * 2)
    np.testing.assert_allclose(points.told, points.x)
    assert points.x[-1] == pytest.approx(stats.norm.ppf(1 - 0.5 / 2000))
    assert chart.layout.yaxis.title.text == "quantile of component z<sub>0</sub>, in σ"


def test_heavy_tails_leave_the_diagonal_at_both_ends() -> None:
    values = stats.t(3).ppf((np.arange(5000) + 0.5) / 5000)
    points = dots_of(normality.normal_quantiles([("CelebA", values, theme.DATA)], "x").data[0])
    assert points.y[0] < points.x[0] - 1
    assert points.y[-1] > points.x[-1] + 1


def test_a_constant_has_quantiles_of_zero() -> None:
    for values in (np.full(30, 0.1), np.array([7.0])):
        points = normality.normal_quantiles([("CelebA", values, theme.DATA)], "x").data[0]
        np.testing.assert_allclose(points.y, 0, atol=1e-12)


def test_squared_distances_of_a_normal_lie_on_the_line(vectors: np.ndarray, normal: Description) -> None:
    core = find_core(vectors, normal, 1.0)
    sample = sample_of(normal, vectors, "mvn", 3000).description.distances
    chart = normality.squared_distances(normal, {"Multivariate normal": sample}, core)
    assert [trace.name for trace in chart.data] == ["the data", "Multivariate normal", "a normal"]
    for trace in chart.data[:2]:
        middle, dots = slice(60, 170), dots_of(trace)
        np.testing.assert_allclose(dots.y[middle], dots.x[middle], rtol=0.1)
    np.testing.assert_allclose(chart.data[0].y[-1], np.square(normal.distances).max(), rtol=0.1)
    assert "6 degrees of freedom" in chart.layout.xaxis.title.text


def test_the_core_of_a_normal_lies_on_the_line_as_well(vectors: np.ndarray, normal: Description) -> None:
    chart = normality.squared_distances(normal, {"Cube": normal.distances}, find_core(vectors, normal, 0.7))
    core = named(chart, "core of the data, 70%, covariance corrected")
    assert core.marker.color == theme.MARKED
    dots = dots_of(core)
    np.testing.assert_allclose(dots.y[30:170], dots.x[30:170], rtol=0.1)
    assert dots.x[-1] < stats.chi2.ppf(0.7, 6)


def test_cuts_keep_the_same_of_a_normal_and_of_its_draws(vectors: np.ndarray, normal: Description) -> None:
    largest = largest_coordinates(vectors, normal.axes)
    axes, pairs, axes_normal, pairs_normal = normality.kept_by_cuts(normal, largest).data
    np.testing.assert_allclose(axes.y, axes_normal.y, atol=0.03)
    np.testing.assert_allclose(pairs.y, pairs_normal.y, atol=0.03)
    at_two = list(axes.x).index(2.0)
    white = np.linalg.solve(np.linalg.cholesky(normal.moments.covariance), (vectors - vectors.mean(axis=0)).T)
    assert axes.y[at_two] == pytest.approx((np.abs(white).max(axis=0) <= 2).mean(), abs=0.03)
    assert axes_normal.y[at_two] == pytest.approx((2 * stats.norm.cdf(2) - 1) ** 6)
    assert (np.asarray(pairs.y) <= np.asarray(axes.y)).all()
    assert [trace.line.dash for trace in (axes, pairs, axes_normal, pairs_normal)] == ["solid", "dash"] * 2


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("count", [20, 1])
def test_the_normality_of_every_odd_study_can_be_drawn(kind: str, count: int) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    sample = sample_of(described, vectors, count=count)
    sets = [("CelebA", shape(vectors), theme.DATA), ("x", shape(sample.vectors, described.axes), theme.SAMPLE)]
    charts = [
        normality.shapes(sets, "principal axis %{customdata}"),
        normality.normal_quantiles([("CelebA", vectors[:, -1], theme.DATA)], "x"),
        normality.kept_by_cuts(described, largest_coordinates(vectors, described.axes)),
    ]
    distances = sample.description.distances
    charts += [
        normality.squared_distances(described, {"x": distances}, find_core(vectors, described, share))
        for share in (1.0, 0.5, 0.1)
    ]
    for chart in charts:
        drawn = [trace for trace in chart.data if trace.x[0] is not None]
        assert all(np.isfinite(np.asarray(trace.y, float)).all() for trace in drawn)
