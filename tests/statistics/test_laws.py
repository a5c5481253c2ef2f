"""Closed forms of the normal law equal what simulated vectors do, in one dimension and in thousands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from core.figures.bulk import ellipsoid
from core.figures.planes import ellipse
from core.statistics import (
    Moments,
    PairCut,
    covariance_factor,
    ellipse_distance,
    ellipse_share,
    kept_by_components,
    midpoint_radius,
    normal_radius,
    principal_axes,
)

COUNT = 100_000

DIMENSIONS = (1, 2, 256, 4096)


def planted(count: int, covariance: np.ndarray, mean: np.ndarray, seed: int = 0) -> np.ndarray:
    """Vectors of a normal law."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, len(mean))) @ np.linalg.cholesky(covariance).T + mean


def random_covariance(dimension: int, seed: int = 0) -> np.ndarray:
    mixing = np.random.default_rng(seed).normal(size=(dimension, dimension))
    return mixing @ mixing.T + 0.1 * np.eye(dimension)


def squared_distances(vectors: np.ndarray, covariance: np.ndarray, mean: np.ndarray) -> np.ndarray:
    return np.einsum("ij,ji->i", vectors - mean, np.linalg.solve(covariance, (vectors - mean).T))


def within_noise(share: float, expected: float, count: int = COUNT) -> bool:
    """Whether a simulated share is as near to the expected one as four standard errors."""
    return abs(share - expected) <= 4 * np.sqrt(expected * (1 - expected) / count)


def rejected(k: float, dimension: int, count: int, seed: int = 0) -> np.ndarray:
    """Standard normal vectors with each pair of coordinates within k, by rejection; a single one by itself."""
    draws = np.random.default_rng(seed).normal(size=(count, dimension))
    squares = np.square(draws)
    pairs = squares[:, :, None] + squares[:, None, :]
    pairs[:, np.arange(dimension), np.arange(dimension)] = squares
    return draws[(pairs <= k**2).all(axis=(1, 2))]


@pytest.fixture(scope="module")
def two_largest() -> np.ndarray:
    """The two largest absolute coordinates of standard normal vectors in 256 dimensions, the smaller one first."""
    rng = np.random.default_rng(0)
    blocks = [np.abs(rng.standard_normal((2000, 256), np.float32)) for _ in range(COUNT // 2000)]
    return np.concatenate([np.partition(block, -2, axis=1)[:, -2:] for block in blocks]).astype(np.float64)


@pytest.mark.parametrize("distance", [0.7, 1.5, 3.0])
@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_a_normal_law_cut_at_a_distance_has_a_covariance_smaller_by_the_factor(distance: float, dimension: int) -> None:
    covariance, mean = random_covariance(dimension), np.arange(dimension) * 3.0
    vectors = planted(400_000 if distance < 1 else COUNT, covariance, mean)
    inside = vectors[squared_distances(vectors, covariance, mean) <= distance**2]
    found = np.cov(inside, rowvar=False).reshape(dimension, dimension)
    expected = covariance * stats.chi2.cdf(distance**2, dimension + 2) / stats.chi2.cdf(distance**2, dimension)
    white = np.linalg.inv(np.linalg.cholesky(expected))
    np.testing.assert_allclose(white @ found @ white.T, np.eye(dimension), atol=6 / np.sqrt(len(inside)))
    np.testing.assert_allclose(covariance_factor(distance, dimension) * covariance, expected, rtol=1e-9)


@settings(deadline=None)
@given(st.floats(-100, 100), st.integers(1, 4096))
def test_the_covariance_factor_is_the_ratio_of_shares_where_they_are_numbers_and_a_share_everywhere(
    exponent: float, dimension: int
) -> None:
    distance = 10.0**exponent
    factor = covariance_factor(distance, dimension)
    assert 0 < factor <= 1
    outer, inner = stats.chi2.cdf(distance**2, [dimension + 2, dimension])
    if outer > 1e-290:
        assert factor == pytest.approx(outer / inner, rel=1e-8)


@settings(deadline=None)
@given(st.floats(0.2, 3), st.integers(1, 4096))
def test_the_covariance_factor_grows_with_the_distance_and_falls_with_the_dimension(scale: float, n: int) -> None:
    distance = scale * np.sqrt(n)
    factor, rounding = covariance_factor(distance, n), 1 + 1e-12
    assert covariance_factor(0.9 * distance, n) <= factor * rounding
    assert covariance_factor(distance, n + 1) <= factor * rounding


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_tiny_ball_is_filled_evenly(dimension: int) -> None:
    assert covariance_factor(1e-9, dimension) == pytest.approx(1e-18 / (dimension + 2), rel=1e-12)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_a_cut_far_outside_takes_nothing_away(dimension: int) -> None:
    assert covariance_factor(1e9, dimension) == 1


@given(st.floats(0, 1 - 1e-9))
def test_share_and_distance_of_ellipses_are_inverse(share: float) -> None:
    assert ellipse_share(ellipse_distance(share)) == pytest.approx(share, rel=1e-12)


@given(st.floats(0, 6))
def test_the_share_of_an_ellipse_is_that_of_the_chi_square_law(distance: float) -> None:
    assert ellipse_share(distance) == pytest.approx(stats.chi2.cdf(distance**2, 2), rel=1e-9)


@pytest.mark.parametrize("share", [0.1, 0.393, 0.5, 0.865, 0.9])
def test_ellipses_hold_their_share_of_a_correlated_normal_and_so_does_the_polygon_that_is_drawn(share: float) -> None:
    covariance, mean = np.array([[4.0, 1.7], [1.7, 1.0]]), np.array([5.0, -2.0])
    vectors, distance = planted(COUNT, covariance, mean), float(ellipse_distance(share))
    inside = squared_distances(vectors, covariance, mean) <= distance**2
    assert inside.mean() == pytest.approx(share, abs=0.01)
    corners = ellipse(mean, covariance, distance)
    np.testing.assert_allclose(squared_distances(corners, covariance, mean), distance**2)
    np.testing.assert_allclose(corners[0], corners[-1])
    edges = np.diff(corners, axis=0)
    outward = np.stack([edges[:, 1], -edges[:, 0]]) * np.sign(np.linalg.det([corners[0] - mean, corners[1] - mean]))
    drawn = ((vectors @ outward) <= np.einsum("ij,ji->i", corners[:-1], outward)).all(axis=1)
    assert drawn.mean() == pytest.approx(share, abs=0.01)
    assert (drawn != inside).mean() < 0.002


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_ellipsoids_in_three_dimensions_as_they_are_drawn_hold_the_share_of_the_chi_law(level: int) -> None:
    vectors = planted(COUNT, random_covariance(3, seed=1), np.array([1.0, -4.0, 9.0]))
    moments, expected = Moments.of(vectors), stats.chi(3).cdf(level)
    distances = principal_axes(moments).mahalanobis(vectors)
    assert (distances <= level).mean() == pytest.approx(expected, abs=0.01)
    lines = ellipsoid(moments.mean, moments.covariance, level)
    lines = lines[~np.isnan(lines[:, 0])]
    np.testing.assert_allclose(squared_distances(lines, moments.covariance, moments.mean), level**2)
    inside = squared_distances(vectors, moments.covariance, moments.mean) <= level**2
    assert inside.mean() == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("k", [0.5, 1.5, 3.0])
@pytest.mark.parametrize("dimension", [1, 2, 7])
def test_the_share_kept_by_a_cut_of_each_component_is_the_simulated_one(k: float, dimension: int) -> None:
    draws = np.random.default_rng(1).normal(size=(COUNT, dimension))
    assert within_noise(float((np.abs(draws) <= k).all(axis=1).mean()), kept_by_components(k, dimension))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_share_kept_by_a_cut_of_each_component_is_scipys_share_to_the_power_of_the_dimension(
    dimension: int,
) -> None:
    assert kept_by_components(4, dimension) == pytest.approx((2 * stats.norm.cdf(4) - 1) ** dimension, rel=1e-11)
    assert kept_by_components(0, dimension) == 0


@pytest.mark.parametrize("k", [3.0, 3.5, 4.0])
def test_in_256_dimensions_cuts_of_components_and_of_pairs_keep_the_simulated_shares(
    k: float, two_largest: np.ndarray
) -> None:
    assert within_noise(float((two_largest[:, 1] <= k).mean()), kept_by_components(k, 256))
    assert within_noise(float((np.hypot(*two_largest.T) <= k).mean()), PairCut(k, 256).kept)


def test_in_256_dimensions_a_cut_of_all_pairs_at_three_sigma_keeps_next_to_nothing() -> None:
    assert PairCut(4, 256).kept == pytest.approx(0.4335, abs=5e-5)
    assert PairCut(3, 256).kept == pytest.approx(0.00027, abs=5e-6)


@pytest.mark.parametrize("k", [0.8, 2.0, 3.5])
@pytest.mark.parametrize("dimension", [1, 2, 3, 8])
def test_the_share_kept_by_a_cut_of_each_pair_is_the_simulated_one(k: float, dimension: int) -> None:
    count = COUNT if dimension < 8 else 40_000
    assert within_noise(len(rejected(k, dimension, count)) / count, PairCut(k, dimension).kept, count)


@settings(deadline=None)
@given(st.floats(0.1, 8))
def test_one_coordinate_is_cut_at_k_and_a_single_pair_at_its_ellipse(k: float) -> None:
    assert PairCut(k, 1).kept == pytest.approx(kept_by_components(k, 1), rel=1e-7)
    assert PairCut(k, 1).moments()[0] == pytest.approx(covariance_factor(k, 1), rel=1e-6)
    assert PairCut(k, 2).kept == pytest.approx(float(ellipse_share(k)), rel=1e-5)
    assert PairCut(k, 2).moments()[0] == pytest.approx(covariance_factor(k, 2), rel=1e-5)


@settings(deadline=None)
@given(st.floats(0.5, 6), st.integers(2, 300))
def test_a_cut_of_pairs_keeps_less_than_one_of_components_and_more_than_one_of_the_distance(k: float, n: int) -> None:
    kept = PairCut(k, n).kept
    assert stats.chi2.cdf(k**2, n) * (1 - 1e-4) <= kept <= kept_by_components(k, n)
    assert kept_by_components(k / np.sqrt(2), n) <= kept


@settings(deadline=None, max_examples=25)
@given(st.floats(0.3, 0.999), st.integers(1, 1000))
def test_the_cut_that_keeps_a_share_keeps_it(share: float, dimension: int) -> None:
    assert PairCut.keeping(share, dimension).kept == pytest.approx(share, rel=1e-5)


@settings(deadline=None, max_examples=25)
@given(st.floats(2, 5), st.integers(2, 300))
def test_the_cut_that_keeps_what_a_cut_keeps_is_that_cut(k: float, dimension: int) -> None:
    share = PairCut(k, dimension).kept
    assert PairCut.keeping(share, dimension).k == pytest.approx(k, abs=1e-4)


def test_shares_of_nearly_nothing_and_of_all_are_kept_by_the_narrowest_and_the_widest_cut() -> None:
    assert PairCut.keeping(1e-9, 2).k == 0.01
    assert PairCut.keeping(1.0, 2).k == 12.0


@pytest.mark.parametrize("k", [0.1, 6.0])
@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_very_narrow_and_very_wide_cuts_stay_finite_in_any_dimension(k: float, dimension: int) -> None:
    cut = PairCut(k, dimension)
    assert -20_000 < cut.log_kept <= 0
    assert 0 <= cut.kept <= 1
    second, fourth, mixed = cut.moments()
    assert 0 < second <= min(1, k**2)
    assert second**2 < fourth <= min(3, k**4)
    assert 0 <= mixed < min(1, k**4)
    values = cut.draw(50, np.random.default_rng(0))
    assert values.shape == (50, dimension)
    assert np.isfinite(values).all()
    assert np.abs(values).max() <= k


def test_a_cut_that_keeps_less_than_the_smallest_number_has_a_logarithm() -> None:
    cut = PairCut(0.1, 4096)
    assert cut.kept == 0
    assert 4096 * np.log(2 * stats.norm.cdf(0.1) - 1) > cut.log_kept > 4096 * np.log(2 * stats.norm.cdf(0.07) - 1)


@pytest.mark.parametrize("k", [0.5, 2.0, 4.0])
@pytest.mark.parametrize("dimension", [1, 2, 5, 256])
def test_drawn_vectors_never_leave_the_region(k: float, dimension: int) -> None:
    values = np.abs(PairCut(k, dimension).draw(4000, np.random.default_rng(2)))
    two = np.sort(values, axis=1)[:, -2:]
    assert np.linalg.norm(two, axis=1).max() <= k * (1 + 1e-12)


@pytest.mark.parametrize(("k", "dimension"), [(1.0, 1), (1.5, 2), (1.5, 4), (3.0, 4)])
def test_drawn_vectors_follow_the_law_of_rejection_sampling(k: float, dimension: int) -> None:
    expected = rejected(k, dimension, 60_000)
    drawn = PairCut(k, dimension).draw(20_000, np.random.default_rng(3))
    for measure in (lambda v: v[:, 0], lambda v: v[:, -1], lambda v: np.abs(v).max(axis=1), lambda v: v.min(axis=1)):
        assert stats.ks_2samp(measure(drawn), measure(expected)).pvalue > 0.001


@pytest.mark.parametrize(("k", "dimension"), [(0.5, 1), (1.0, 2), (2.0, 5), (3.0, 256), (4.0, 256)])
def test_drawn_vectors_have_the_moments_of_the_law(k: float, dimension: int) -> None:
    cut = PairCut(k, dimension)
    count = 4000 if dimension > 100 else 60_000
    values = cut.draw(count, np.random.default_rng(4))
    squares = np.square(values)
    total = squares.sum(axis=1)
    pairs = (np.square(total) - np.square(squares).sum(axis=1)) / max(1, dimension * (dimension - 1))
    second, fourth, mixed = cut.moments()
    for means, expected in ((squares.mean(axis=1), second), (np.square(squares).mean(axis=1), fourth), (pairs, mixed)):
        assert means.mean() == pytest.approx(expected, abs=4.5 * means.std() / np.sqrt(count) + 1e-9)
    assert np.abs(values.mean(axis=0)).max() < 5 * np.sqrt(second / count)


def test_the_same_generator_draws_the_same_vectors() -> None:
    one, other = (PairCut(3, 20).draw(30, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_the_midpoint_of_two_normal_vectors_lies_on_the_shell_that_is_smaller_by_the_root_of_two() -> None:
    rng = np.random.default_rng(6)
    one, other = rng.normal(size=(2, 4000, 256))
    radius = np.linalg.norm((one + other) / 2, axis=1).mean()
    assert radius == pytest.approx(midpoint_radius(np.linalg.norm(one, axis=1).mean()), rel=0.003)
    assert radius == pytest.approx(midpoint_radius(normal_radius(256)[0]), rel=0.003)
