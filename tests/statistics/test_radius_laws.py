"""The laws of the radius are those of closed forms, of Imhof's integral and of drawn vectors."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from core.statistics import (
    Coordinates,
    RadiusLaw,
    elliptical_radius,
    independent_radius,
    mixed_radius,
    observed_radius,
)

widths = st.lists(st.floats(1e-3, 10), min_size=1, max_size=8).map(np.array)
cuts = st.sampled_from([math.inf, None, 0.5, 2.0, 3.0])


def within(law: RadiusLaw) -> np.ndarray:
    return np.linspace(law.grid[0], law.grid[-1], 501)


def imhof(centres: np.ndarray, spreads: np.ndarray, radius: float) -> float:
    """Return P(|x| <= r) by Imhof's integral."""
    variances, shifts = spreads**2, (centres / spreads) ** 2

    def integrand(u: float) -> float:
        ratios = variances * u
        phase = (np.arctan(ratios) + shifts * ratios / (1 + ratios**2)).sum() / 2 - radius**2 * u / 2
        size = np.prod((1 + ratios**2) ** 0.25) * np.exp((shifts * ratios**2 / (1 + ratios**2)).sum() / 2)
        return float(np.sin(phase) / (u * size))

    return 0.5 - integrate.quad(integrand, 0, 60 / variances.mean(), limit=2000)[0] / math.pi


@pytest.mark.parametrize("dimension", [1, 2, 3, 4, 5, 16, 256, 4096])
def test_the_radius_of_a_standard_normal_follows_chi(dimension: int) -> None:
    law, chi = independent_radius(Coordinates(np.zeros(dimension), np.ones(dimension))), stats.chi(dimension)
    grid = within(law)
    np.testing.assert_allclose(law.cdf(grid), chi.cdf(grid), atol=1e-5)
    np.testing.assert_allclose(law.density(grid) / chi.pdf(grid).max(), chi.pdf(grid) / chi.pdf(grid).max(), atol=1e-3)
    assert (law.mean, law.deviation) == pytest.approx((chi.mean(), chi.std()), rel=1e-4)


@pytest.mark.parametrize("dimension", [1, 2, 3, 7, 256])
@pytest.mark.parametrize("offset", [0.1, 3.0, 40.0])
def test_the_square_of_an_off_centre_normal_follows_a_noncentral_chi_square(dimension: int, offset: float) -> None:
    centres = np.full(dimension, offset / math.sqrt(dimension))
    law = independent_radius(Coordinates(centres, np.ones(dimension)))
    grid = within(law)
    np.testing.assert_allclose(law.cdf(grid), stats.ncx2(dimension, offset**2).cdf(grid**2), atol=1e-4)


@pytest.mark.parametrize("decay", [0.0, 1.0, 4.0])
def test_unequal_widths_follow_imhofs_integral(decay: float) -> None:
    spreads = np.exp(-decay * np.arange(12) / 11)
    centres = np.linspace(-1, 1, 12)
    law = independent_radius(Coordinates(centres, spreads))
    for radius in law.mean + law.deviation * np.array([-2, -1, 0, 1, 2]):
        assert law.cdf(radius) == pytest.approx(imhof(centres, spreads, radius), abs=1e-3)


@pytest.mark.parametrize("share", [1e-8, 1e-5, 1e-3])
def test_one_wide_axis_among_many_narrow_ones_is_half_normal(share: float) -> None:
    law = independent_radius(Coordinates(np.zeros(64), np.append(1.0, np.full(63, share))))
    far = np.linspace(0.2, 4, 50)
    np.testing.assert_allclose(law.cdf(far), stats.halfnorm.cdf(far), atol=1e-3)


def test_uniform_vectors_in_a_square_fill_a_disc_and_its_corners() -> None:
    law = independent_radius(Coordinates(np.zeros(2), np.ones(2), None))
    inside = np.linspace(0, 1, 50)
    np.testing.assert_allclose(law.cdf(inside), math.pi * inside**2 / 4, atol=1e-5)
    assert law.cdf(math.sqrt(2)) == pytest.approx(1)


@pytest.mark.parametrize("cut", [math.inf, None, 0.5, 2.0])
@pytest.mark.parametrize("dimension", [2, 3, 4, 30])
def test_drawn_radii_follow_the_law(cut: float | None, dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    centres, spreads = rng.normal(size=dimension), np.geomspace(1, 1e-3, dimension)
    shape = (20_000, dimension)
    y = rng.uniform(-1, 1, shape) if cut is None else stats.truncnorm(-cut, cut).rvs(shape, random_state=rng)
    law = independent_radius(Coordinates(centres, spreads, cut), 0.5)
    drawn = np.sqrt(0.25 + np.square(centres + spreads * y).sum(axis=1))
    assert stats.kstest(drawn, law.cdf).statistic < 1.95 / math.sqrt(20_000)


@settings(max_examples=30, deadline=None)
@given(widths, cuts, st.floats(-3, 3), st.floats(0.01, 100))
def test_a_law_is_a_law(spreads: np.ndarray, cut: float | None, offset: float, scale: float) -> None:
    coordinates = Coordinates(np.full(len(spreads), offset), spreads, cut)
    law = independent_radius(coordinates)
    assert (np.diff(law.shares) >= 0).all()
    assert (law.shares[0], law.shares[-1]) == (0, 1)
    assert np.trapezoid(law.density(law.grid), law.grid) == pytest.approx(1, abs=1e-2)
    assert law.mean**2 + law.deviation**2 == pytest.approx(coordinates.square_moments()[0], rel=1e-3)
    scaled = independent_radius(Coordinates(scale * coordinates.centres, scale * spreads, cut))
    grid = within(law)
    np.testing.assert_allclose(scaled.cdf(scale * grid), law.cdf(grid), atol=1e-3)


def test_vectors_of_one_length_have_a_constant_radius() -> None:
    law = independent_radius(Coordinates(np.array([3.0, 4.0]), np.zeros(2)))
    assert (law.mean, law.deviation) == (5.0, 0.0)
    np.testing.assert_array_equal(law.cdf([4.9, 5.0, 5.1]), [0, 1, 1])
    np.testing.assert_array_equal(law.density(np.array([4.9, 5.0])), 0)
    assert mixed_radius([0.5, 0.5], [law, law]).mean == 5


def test_a_mixture_has_the_shares_of_its_parts() -> None:
    parts = [independent_radius(Coordinates(np.full(16, c), np.ones(16))) for c in (0.0, 3.0)]
    law = mixed_radius([0.3, 0.7], parts)
    assert law.cdf(8.0) == pytest.approx(0.3 * parts[0].cdf(8.0) + 0.7 * parts[1].cdf(8.0), abs=1e-4)
    assert law.mean == pytest.approx(0.3 * parts[0].mean + 0.7 * parts[1].mean, rel=1e-4)


def test_chi_distances_make_an_elliptical_law_normal() -> None:
    centre, spreads = np.linspace(-1, 1, 24), np.geomspace(2, 0.2, 24)
    distances = stats.chi(24).ppf((np.arange(5000) + 0.5) / 5000)
    law, normal = elliptical_radius(centre, spreads, distances), independent_radius(Coordinates(centre, spreads))
    grid = within(law)
    np.testing.assert_allclose(law.cdf(grid), normal.cdf(grid), atol=4e-3)


def test_distances_of_zero_leave_the_centre() -> None:
    assert elliptical_radius(np.array([3.0, 4.0]), np.ones(2), np.zeros(9)).mean == pytest.approx(5)


def test_observed_normal_columns_have_nearly_the_law_of_normal_ones() -> None:
    values = stats.norm.ppf((np.arange(4000) + 0.5) / 4000)[:, None] * np.linspace(0.5, 2, 32) + 1
    law = observed_radius(values)
    normal = independent_radius(Coordinates(np.ones(32), np.linspace(0.5, 2, 32)))
    assert law is not None
    grid = within(normal)
    np.testing.assert_allclose(law.cdf(grid), normal.cdf(grid), atol=1e-3)


def test_one_observed_column_of_two_values_has_no_density() -> None:
    assert observed_radius(np.array([[1.0], [2.0]])) is None
