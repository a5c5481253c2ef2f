"""A planted normal law is recognised, whole and by its core, and what is not normal is told from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.errors import InputError
from core.statistics import (
    Description,
    Moments,
    describe,
    find_core,
    henze_zirkler,
    largest_coordinates,
    principal_axes,
    shape,
    subsample,
)
from core.statistics.blocks import BLOCK
from core.statistics.normality import TESTED

DIMENSION = 20


@pytest.fixture(scope="module")
def covariance() -> np.ndarray:
    """Correlated, with widths from 3 to 1: what a Ledoit-Wolf shrinkage hardly changes."""
    turn = stats.ortho_group.rvs(DIMENSION, random_state=0)
    return (turn * np.geomspace(9, 1, DIMENSION)) @ turn.T


@pytest.fixture(scope="module")
def bulk(covariance: np.ndarray) -> np.ndarray:
    """A planted normal law."""
    rng = np.random.default_rng(1)
    return rng.normal(size=(20_000, DIMENSION)) @ np.linalg.cholesky(covariance).T + 10 * rng.normal(size=DIMENSION)


@pytest.fixture(scope="module")
def description(bulk: np.ndarray) -> Description:
    return describe(bulk)


@pytest.fixture(scope="module")
def mixed() -> np.ndarray:
    """Normal, skewed, flat and heavy components, off the centre, over more than one block."""
    rng = np.random.default_rng(2)
    size = BLOCK + 300
    columns = rng.normal(size=size), rng.gamma(2, size=size), rng.uniform(size=size), rng.standard_t(4, size)
    return np.column_stack(columns) + 5


def test_the_shape_of_components_is_scipys(mixed: np.ndarray) -> None:
    found = shape(mixed)
    assert (found.count, found.tested) == (len(mixed), TESTED)
    np.testing.assert_allclose(found.skewness, stats.skew(mixed), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.excess_kurtosis, stats.kurtosis(mixed), rtol=1e-9, atol=1e-12)
    expected = [stats.shapiro(column) for column in mixed[subsample(len(mixed))].T]
    np.testing.assert_allclose(found.shapiro_w, [result.statistic for result in expected])
    np.testing.assert_allclose(found.shapiro_p, [result.pvalue for result in expected])
    assert found.shapiro_p[0] > 0.01 > found.shapiro_p[1:].max()


def test_the_shape_along_axes_is_scipys_of_the_coordinates(mixed: np.ndarray) -> None:
    axes = principal_axes(Moments.of(mixed))
    coordinates = (mixed - mixed.mean(axis=0)) @ axes.axes.T
    found = shape(mixed, axes)
    np.testing.assert_allclose(found.skewness, stats.skew(coordinates), rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(found.excess_kurtosis, stats.kurtosis(coordinates), rtol=1e-7, atol=1e-9)
    expected = [stats.shapiro(column).statistic for column in coordinates[subsample(len(mixed))].T]
    np.testing.assert_allclose(found.shapiro_w, expected, rtol=1e-9)


def test_half_precision_has_the_shape_of_its_numbers(mixed: np.ndarray) -> None:
    half = mixed.astype(np.float16)
    found, wide = shape(half), shape(half.astype(np.float64))
    np.testing.assert_array_equal(found.skewness, wide.skewness)
    np.testing.assert_array_equal(found.shapiro_w, wide.shapiro_w)


def test_constants_have_no_shape(mixed: np.ndarray) -> None:
    vectors = np.insert(mixed, 1, 0.1, axis=1)
    found = shape(vectors)
    np.testing.assert_array_equal(np.isnan(found.shapiro_w), [False, True, False, False, False])
    np.testing.assert_array_equal(np.isnan(found.shapiro_p), np.isnan(found.shapiro_w))
    assert found.skewness[1] == found.excess_kurtosis[1] == 0


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_than_three_vectors_are_not_tested(count: int) -> None:
    found = shape(np.arange(count * 3.0).reshape(count, 3))
    assert (found.count, found.tested) == (count, count)
    assert np.isnan(found.shapiro_w).all()
    assert np.isnan(found.shapiro_p).all()


def test_three_vectors_are_enough_for_a_test() -> None:
    assert np.isfinite(shape(np.array([[1.0], [2.0], [4.0]])).shapiro_w).all()


def test_about_one_in_twenty_normal_components_fails_by_chance() -> None:
    found = shape(np.random.default_rng(3).normal(size=(1500, 300)) * 7 - 2)
    assert (found.shapiro_p > 0.05).mean() == pytest.approx(0.95, abs=0.04)
    assert (np.abs(found.skewness) < 1.96 * np.sqrt(6 / 1500)).mean() == pytest.approx(0.95, abs=0.04)
    assert (np.abs(found.excess_kurtosis) < 1.96 * np.sqrt(24 / 1500)).mean() == pytest.approx(0.95, abs=0.04)


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_the_core_of_a_normal_law_gives_its_covariance_back(
    bulk: np.ndarray, covariance: np.ndarray, description: Description, share: float
) -> None:
    core = find_core(bulk, description, share)
    assert core.kept.mean() == pytest.approx(share, abs=1e-3)
    assert description.distances[core.kept].max() <= description.distances[~core.kept].min()
    white = np.linalg.inv(np.linalg.cholesky(covariance))
    restored = white @ (core.axes.axes.T * core.axes.variances) @ core.axes.axes @ white.T
    cut = white @ np.cov(bulk[core.kept], rowvar=False) @ white.T
    np.testing.assert_allclose(np.diagonal(restored), 1, atol=0.05)
    np.testing.assert_allclose(restored, np.eye(DIMENSION), atol=0.06)
    assert np.diagonal(restored).mean() == pytest.approx(1, abs=0.02)
    assert np.diagonal(cut).max() < 0.95
    assert np.diagonal(cut).mean() == pytest.approx(core.factor, rel=0.02)


@pytest.mark.parametrize("share", [0.5, 0.8, 1.0])
def test_the_distances_of_a_normal_core_have_the_quantiles_of_a_normal_law_that_is_cut(
    bulk: np.ndarray, description: Description, share: float
) -> None:
    core, probabilities = find_core(bulk, description, share), np.linspace(0.02, 0.98, 25)
    found = np.quantile(np.square(core.distances), probabilities)
    np.testing.assert_allclose(core.squared_quantiles(probabilities), found, rtol=0.03)


def test_the_whole_is_a_core_without_a_correction(bulk: np.ndarray, description: Description) -> None:
    core = find_core(bulk, description, 1)
    assert core.kept.all()
    assert (core.share, core.factor) == (1, 1)
    np.testing.assert_array_equal(core.axes.variances, description.axes.variances)
    np.testing.assert_array_equal(core.distances, description.distances)


def test_outliers_widen_the_whole_but_not_its_core() -> None:
    rng = np.random.default_rng(4)
    vectors = rng.normal(size=(20_000, 5))
    vectors[:400] *= 30
    description = describe(vectors)
    core = find_core(vectors, description, 0.9)
    assert not core.kept[:400].all()
    assert description.axes.variances.min() > 10
    np.testing.assert_allclose(core.axes.variances, 1, atol=0.25)


@pytest.mark.parametrize("dimension", [1, 2, 50])
def test_a_core_of_a_single_vector_is_finite(dimension: int) -> None:
    vectors = np.random.default_rng(5).normal(size=(300, dimension))
    core = find_core(vectors, describe(vectors), 1e-9)
    assert core.kept.sum() == 1
    np.testing.assert_array_equal(core.axes.variances, np.zeros(dimension))
    np.testing.assert_array_equal(core.distances, [0])
    assert 0 < core.factor < 1


@pytest.mark.parametrize("share", [0.0, -0.1, 1.01, np.nan])
def test_a_share_that_is_none_is_refused(bulk: np.ndarray, description: Description, share: float) -> None:
    with pytest.raises(InputError, match=r"^The share of vectors to keep must be above 0 and at most 1, not .*\.$"):
        find_core(bulk, description, share)


def test_vectors_of_another_dimension_have_no_core_here(description: Description) -> None:
    with pytest.raises(InputError, match=r"^The vectors have 3 components, 20 are expected\.$"):
        find_core(np.zeros((5, 3)), description, 0.5)


def test_the_largest_coordinates_are_those_of_the_whitened_vectors(bulk: np.ndarray, description: Description) -> None:
    axes = description.axes
    white = (bulk - axes.mean) @ axes.axes.T / np.sqrt(axes.shrunk_variances)
    np.testing.assert_allclose(largest_coordinates(bulk, axes), np.sort(np.abs(white), axis=1)[:, :-3:-1], rtol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(white, axis=1), axes.mahalanobis(bulk), rtol=1e-9)


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_few_dimensions_have_two_largest_coordinates_too(dimension: int) -> None:
    vectors = np.random.default_rng(6).normal(size=(3000, dimension)) * 4 + 2
    axes = principal_axes(Moments.of(vectors))
    largest = largest_coordinates(vectors, axes)
    assert largest.shape == (3000, 2)
    assert (largest[:, 0] >= largest[:, 1]).all()
    if dimension == 1:
        np.testing.assert_allclose(largest[:, 0], np.abs(vectors[:, 0] - vectors.mean()) / vectors.std(ddof=1))
        np.testing.assert_array_equal(largest[:, 1], 0)
    if dimension == 2:
        np.testing.assert_allclose(np.linalg.norm(largest, axis=1), axes.mahalanobis(vectors))


def henze_zirkler_statistic(values: np.ndarray) -> float:
    """The statistic from its definition: Henze and Zirkler 1990, equation 2.1 with the smoothing of section 3."""
    n, d = values.shape
    centred = values - values.mean(axis=0)
    products = centred @ np.linalg.inv(centred.T @ centred / n) @ centred.T
    own = np.diagonal(products)
    between = own[:, None] + own - 2 * products
    b2 = (n * (2 * d + 1) / 4) ** (2 / (d + 4)) / 2
    first = np.exp(-b2 / 2 * between).sum() / n
    second = 2 * (1 + b2) ** (-d / 2) * np.exp(-b2 / (2 * (1 + b2)) * own).sum()
    return float(first - second + n * (1 + 2 * b2) ** (-d / 2))


@pytest.mark.slow
@pytest.mark.parametrize("dimension", [2, 3, 6])
def test_the_henze_zirkler_test_accepts_a_normal_law_and_rejects_a_lognormal_one(dimension: int) -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(size=(400, dimension)) @ rng.normal(size=(dimension, dimension)) + 3
    accepted, rejected = henze_zirkler(values), henze_zirkler(np.exp(values / values.std(axis=0) / 2))
    assert accepted.count == 400
    assert accepted.p_value > 0.05 > 1e-6 > rejected.p_value
    assert accepted.statistic == pytest.approx(henze_zirkler_statistic(values))
    assert rejected.statistic > accepted.statistic


def test_the_henze_zirkler_test_rejects_one_normal_law_in_twenty() -> None:
    rng = np.random.default_rng(8)
    p = [henze_zirkler(rng.normal(size=(100, 2))).p_value for _ in range(400)]
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.035)


def test_components_normal_one_by_one_but_not_together_are_rejected() -> None:
    x, y = np.random.default_rng(9).normal(size=(2, 500))
    values = np.column_stack([x, np.sign(x) * np.abs(y)])
    assert (shape(values).shapiro_p > 0.01).all()
    assert henze_zirkler(values).p_value < 1e-4


def test_too_few_vectors_for_a_henze_zirkler_test_are_refused() -> None:
    values = np.random.default_rng(10).normal(size=(8, 3))
    assert henze_zirkler(values).count == 8
    with pytest.raises(InputError, match=r"^A Henze-Zirkler test in 3 dimensions needs more than 7 vectors\.$"):
        henze_zirkler(values[:7])


@pytest.mark.parametrize("second", [lambda x: x, lambda x: -2 * x + 1, np.ones_like])
def test_directions_that_repeat_each_other_are_refused(second: object) -> None:
    x, y = np.random.default_rng(11).normal(size=(2, 100))
    values = np.column_stack([x, y, second(x)])  # type: ignore[operator]
    with pytest.raises(InputError, match=r"^The covariance of the chosen directions is singular; choose others for"):
        henze_zirkler(values)


def test_a_single_direction_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"^A Henze-Zirkler test is one of several directions .*choose at least two\.$"
    ):
        henze_zirkler(np.random.default_rng(12).normal(size=(100, 1)))


def test_a_subsample_is_sorted_without_repetition_and_the_same_each_time() -> None:
    rows = subsample(30_000)
    assert len(rows) == TESTED
    assert (np.diff(rows) > 0).all()
    assert (rows.min() >= 0, rows.max() < 30_000) == (True, True)
    np.testing.assert_array_equal(rows, subsample(30_000))
    assert not np.array_equal(rows, subsample(30_000, seed=1))
    assert stats.kstest(subsample(30_000, 2000) / 30_000, "uniform").pvalue > 0.01


@pytest.mark.parametrize("count", [1, 499, 500])
def test_a_subsample_of_few_rows_is_all_of_them(count: int) -> None:
    np.testing.assert_array_equal(subsample(count), np.arange(count))
