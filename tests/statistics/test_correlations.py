"""Correlated components are found where they were planted, and chance is what simulated chance is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core.statistics import (
    Moments,
    cluster_order,
    off_diagonal,
    pair_coefficients,
    random_correlation_density,
    strongest_pairs,
)


def blocks(sizes: tuple[int, ...], seed: int = 0, count: int = 800) -> tuple[np.ndarray, np.ndarray]:
    """Vectors whose components share one factor within each block, in random order and signs; and their blocks."""
    rng = np.random.default_rng(seed)
    member = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    factors, signs = rng.normal(size=(count, len(sizes))), rng.choice([-1.0, 1.0], len(member))
    return factors[:, member] * signs + 0.7 * rng.normal(size=(count, len(member))), member


def symmetric(dimension: int, seed: int) -> np.ndarray:
    """A Pearson matrix of a few random vectors."""
    return Moments.of(np.random.default_rng(seed).normal(size=(12, dimension))).correlations


@pytest.mark.parametrize("seed", range(4))
def test_blocks_of_correlated_components_end_up_side_by_side_whatever_their_signs(seed: int) -> None:
    vectors, member = blocks((3, 10, 6, 14, 2), seed)
    order = cluster_order(Moments.of(vectors).correlations)
    np.testing.assert_array_equal(np.sort(order), np.arange(len(member)))
    assert np.count_nonzero(np.diff(member[order])) == 4


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_the_order_holds_each_component_once(dimension: int, seed: int) -> None:
    np.testing.assert_array_equal(np.sort(cluster_order(symmetric(dimension, seed))), np.arange(dimension))


@pytest.mark.parametrize("dimension", [1, 2])
def test_one_or_two_components_keep_their_order(dimension: int) -> None:
    np.testing.assert_array_equal(cluster_order(symmetric(dimension, 0)), np.arange(dimension))


def test_constant_components_do_not_part_a_block() -> None:
    vectors, member = blocks((5, 5))
    vectors = np.insert(vectors, [0, 4, 8], 2.5, axis=1)
    member = np.insert(member, [0, 4, 8], 9)
    order = cluster_order(Moments.of(vectors).correlations)
    np.testing.assert_array_equal(np.sort(order), np.arange(13))
    for block in (0, 1):
        assert np.ptp(np.flatnonzero(member[order] == block)) == 4


def test_components_that_are_all_constant_have_an_order() -> None:
    order = cluster_order(Moments.of(np.ones((10, 6))).correlations)
    np.testing.assert_array_equal(np.sort(order), np.arange(6))


def test_the_entries_beside_the_diagonal_are_each_pair_once() -> None:
    matrix = symmetric(7, 1)
    expected = [matrix[i, j] for i in range(7) for j in range(i + 1, 7)]
    np.testing.assert_array_equal(off_diagonal(matrix), expected)
    assert off_diagonal(np.ones((1, 1))).shape == (0,)


def test_the_strongest_pairs_are_the_planted_ones_in_order_of_strength() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(3000, 20))
    for i, j, weight in ((3, 17, -3.0), (12, 5, 1.5), (8, 9, 0.8)):
        vectors[:, j] += weight * vectors[:, i]
    np.testing.assert_array_equal(strongest_pairs(Moments.of(vectors).correlations, 3), [[3, 17], [5, 12], [8, 9]])


@settings(deadline=None, max_examples=40)
@given(st.integers(2, 12), st.integers(0, 2**32 - 1), st.integers(1, 80))
def test_no_pair_left_out_is_stronger_than_a_pair_that_is_named(dimension: int, seed: int, count: int) -> None:
    matrix = symmetric(dimension, seed)
    pairs = strongest_pairs(matrix, count)
    assert pairs.shape == (min(count, dimension * (dimension - 1) // 2), 2)
    assert (pairs[:, 0] < pairs[:, 1]).all()
    strengths = np.sort(np.abs(off_diagonal(matrix)))[::-1]
    np.testing.assert_array_equal(np.abs(matrix[tuple(pairs.T)]), strengths[: len(pairs)])


def test_a_single_component_has_no_pairs() -> None:
    assert strongest_pairs(np.ones((1, 1)), 5).shape == (0, 2)


@pytest.mark.parametrize("count", [3, 4, 5, 30, 1000, 30_000])
def test_the_density_of_chance_correlations_integrates_to_one(count: int) -> None:
    edge = min(1.0, 12 / np.sqrt(count))
    total, _ = integrate.quad(lambda r: float(random_correlation_density(r, count)), -edge, edge)
    assert total == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("count", [4, 10, 200])
def test_the_density_of_chance_correlations_is_that_of_simulated_pairs(count: int) -> None:
    x, y = np.random.default_rng(count).normal(size=(2, 6000, count))
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    simulated = (x * y).sum(axis=1) / np.sqrt(np.square(x).sum(axis=1) * np.square(y).sum(axis=1))
    grid = np.linspace(-1, 1, 4001)
    share = integrate.cumulative_trapezoid(random_correlation_density(grid, count), grid, initial=0)
    assert stats.kstest(simulated, lambda r: np.interp(r, grid, share)).pvalue > 0.01


@pytest.mark.parametrize("count", [5, 50, 5000])
def test_the_density_of_chance_correlations_is_that_of_students_t(count: int) -> None:
    r = np.linspace(-0.9, 0.9, 19)
    t = r * np.sqrt((count - 2) / (1 - r**2))
    expected = stats.t.pdf(t, count - 2) * np.sqrt(count - 2) * (1 - r**2) ** -1.5
    np.testing.assert_allclose(random_correlation_density(r, count), expected, rtol=1e-7, atol=1e-300)


@pytest.mark.parametrize("monotone", [np.positive, np.exp, np.negative])
def test_the_coefficients_of_a_pair_are_scipys(monotone: np.ufunc) -> None:
    x, noise = np.random.default_rng(4).normal(size=(2, 500))
    pair = np.column_stack([x, monotone(x + noise)])
    pearson, spearman = pair_coefficients(pair)
    assert pearson == pytest.approx(stats.pearsonr(*pair.T).statistic)
    assert spearman == pytest.approx(stats.spearmanr(*pair.T).statistic)


def test_ties_share_their_rank() -> None:
    pair = np.random.default_rng(5).integers(0, 4, (200, 2)).astype(float)
    pair[:, 1] += pair[:, 0]
    assert pair_coefficients(pair)[1] == pytest.approx(stats.spearmanr(*pair.T).statistic)


@pytest.mark.parametrize("constant", [0, 1])
def test_a_constant_correlates_with_nothing(constant: int) -> None:
    pair = np.random.default_rng(6).normal(size=(50, 2))
    pair[:, constant] = 0.1
    assert pair_coefficients(pair) == (0.0, 0.0)
