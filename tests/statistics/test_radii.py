"""Radii follow the laws of the series: cubes and normals fill thin shells."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from core.statistics import (
    cube_radius,
    deviation,
    matched_half_width,
    normal_density,
    normal_radius,
    normal_radius_density,
    normal_radius_quantile,
    normal_radius_share,
    radii,
)
from core.statistics.blocks import BLOCK

N = 256
SERIES = [(1.0, 9.23, 0.26), (1.5, 13.85, 0.39), (2.0, 18.46, 0.52), (5.0, 46.15, 1.28)]
"""Half-width b, mean radius and its standard deviation in 256 dimensions, from post V."""


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_radii_are_euclidean_lengths_in_the_order_of_the_vectors(dtype: type, tmp_path: Path) -> None:
    array = np.random.default_rng(0).normal(size=(2 * BLOCK + 3, 9)).astype(dtype)
    np.save(tmp_path / "latents.npy", array)
    expected = np.linalg.norm(array.astype(np.float64), axis=1)
    np.testing.assert_allclose(radii(array), expected, rtol=1e-13)
    np.testing.assert_allclose(radii(np.load(tmp_path / "latents.npy", mmap_mode="r")), expected, rtol=1e-13)


def test_the_radius_of_the_origin_is_zero_and_large_halves_do_not_overflow() -> None:
    np.testing.assert_allclose(radii(np.array([[0, 0], [60_000, 60_000]], np.float16)), [0, 59_968 * 2**0.5], rtol=1e-3)


@pytest.mark.parametrize(("half_width", "mean", "deviation"), SERIES)
def test_a_cube_has_the_radii_of_the_series_by_formula(half_width: float, mean: float, deviation: float) -> None:
    assert cube_radius(half_width, N) == pytest.approx((mean, deviation), abs=0.005 * half_width)


@pytest.mark.parametrize(("half_width", "mean", "deviation"), SERIES)
def test_a_cube_has_the_radii_of_the_series_by_sampling(half_width: float, mean: float, deviation: float) -> None:
    drawn = radii(np.random.default_rng(3).uniform(-half_width, half_width, (20_000, N)))
    assert drawn.mean() == pytest.approx(mean, abs=0.01 * half_width)
    assert drawn.std() == pytest.approx(deviation, abs=0.01 * half_width)
    assert cube_radius(half_width, N) == pytest.approx((drawn.mean(), drawn.std()), abs=0.006 * half_width)


def test_the_width_of_a_cubes_shell_does_not_depend_on_the_dimension() -> None:
    rng = np.random.default_rng(0)
    for dimension in (20, 200, 2000):
        assert radii(rng.uniform(-1, 1, (4000, dimension))).std() == pytest.approx(1 / math.sqrt(15), rel=0.04)
        assert cube_radius(1, dimension)[1] == pytest.approx(1 / math.sqrt(15))


@given(st.floats(1e-3, 1e3), st.integers(2, 4096))
def test_the_matched_cube_has_the_mean_radius_it_was_matched_to(mean_radius: float, dimension: int) -> None:
    half_width = matched_half_width(mean_radius, dimension)
    assert cube_radius(half_width, dimension)[0] == pytest.approx(mean_radius, rel=0.11 / dimension)


def test_the_authors_cubes_are_two_thirds_one_four_thirds_and_ten_thirds_of_the_matched_one() -> None:
    matched = matched_half_width(cube_radius(1.5, N)[0], N)
    assert matched == pytest.approx(1.5, rel=1e-3)
    assert [b / matched for b, *_ in SERIES] == pytest.approx([2 / 3, 1, 4 / 3, 10 / 3], rel=1e-3)


def test_the_mean_radius_of_celeba_in_the_first_autoencoder_gives_its_matched_cube() -> None:
    assert matched_half_width(13.19, N) == pytest.approx(1.43, abs=0.005)


def test_a_standard_normal_has_the_radii_of_the_series() -> None:
    assert normal_radius(N) == pytest.approx((15.98, 0.71), abs=0.005)
    drawn = radii(np.random.default_rng(1).normal(size=(20_000, N)))
    assert (drawn.mean(), drawn.std()) == pytest.approx((15.98, 0.71), abs=0.015)


def test_the_radius_of_one_normal_number_is_half_normal() -> None:
    assert normal_radius(1) == pytest.approx((math.sqrt(2 / math.pi), math.sqrt(1 - 2 / math.pi)))


@pytest.mark.parametrize("dimension", [1, 2, N])
def test_the_density_of_the_radius_is_that_of_the_chi_distribution(dimension: int) -> None:
    x = np.linspace(0, 25, 101)
    np.testing.assert_allclose(normal_radius_density(x, dimension), stats.chi.pdf(x, dimension), rtol=1e-9, atol=1e-300)


@given(st.integers(1, 2000), st.floats(0, 1))
def test_shares_and_quantiles_of_the_radius_are_those_of_the_chi_distribution(dimension: int, share: float) -> None:
    law = stats.chi(dimension)
    quantile = float(normal_radius_quantile(share, dimension))
    assert quantile == pytest.approx(float(law.ppf(share)), rel=1e-9)
    if share < 1:
        assert float(normal_radius_share(quantile, dimension)) == pytest.approx(float(law.cdf(quantile)), abs=1e-12)


@given(st.floats(-50, 50), st.floats(1e-3, 100), st.floats(-5, 5))
def test_the_density_of_a_normal_number_is_that_of_scipy(mean: float, width: float, deviations: float) -> None:
    values = np.array([mean + deviations * width])
    np.testing.assert_allclose(normal_density(values, mean, width), stats.norm.pdf(values, mean, width), rtol=1e-9)
    assert np.isnan(normal_density(values, mean, 0)).all()


def test_the_midpoint_of_two_normal_vectors_leaves_the_shell() -> None:
    rng = np.random.default_rng(2)
    one, other = rng.normal(size=(2, 20_000, N))
    ratio = radii((one + other) / 2).mean() / radii(one).mean()
    assert ratio == pytest.approx(1 / math.sqrt(2), rel=2e-3)


def test_the_deviation_is_that_of_the_law_and_not_of_the_sample() -> None:
    pairs = np.random.default_rng(5).normal(size=(20_000, 2))
    assert np.mean([deviation(pair) ** 2 for pair in pairs]) == pytest.approx(1, abs=0.03)
    assert math.isnan(deviation([3.0]))
