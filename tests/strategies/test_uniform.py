"""Uniform vectors: a cube misses the bulk in a thin shell, intervals miss its correlations."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.statistics import Description, cube_radius, describe, radii
from core.strategies import Cube, Interval, stream

N = 256


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """An off-centre, strongly correlated normal bulk in 32 dimensions."""
    rng = np.random.default_rng(8)
    mixing = rng.normal(size=(32, 4)) @ rng.normal(size=(4, 32)) / 4 + np.diag(rng.uniform(0.3, 1.5, 32))
    return rng.normal(size=(6000, 32)) @ mixing.T + 2 * rng.normal(size=32)


@pytest.fixture(scope="module")
def description(latents: np.ndarray) -> Description:
    return describe(latents)


@pytest.fixture(scope="module")
def sphere() -> np.ndarray:
    """A standard normal bulk of 256 dimensions."""
    return np.random.default_rng(9).normal(size=(2000, N))


@pytest.mark.parametrize(("scale", "author"), [(2 / 3, 1.0), (1.0, 1.5), (4 / 3, 2.0), (10 / 3, 5.0)])
def test_the_presets_have_the_authors_radii_in_units_of_the_data(
    sphere: np.ndarray, scale: float, author: float
) -> None:
    cube = Cube(scale).fit(sphere)
    drawn = radii(cube.sample(4000, stream(0, cube)))
    assert drawn.mean() / radii(sphere).mean() == pytest.approx(scale, rel=3e-3)
    mean, deviation = cube_radius(author, N)
    to_author = 1.5 / cube.matched_half_width_
    assert drawn.mean() * to_author == pytest.approx(mean, rel=3e-3)
    assert drawn.std() * to_author == pytest.approx(deviation, rel=0.05)


def test_the_cube_of_scale_one_has_the_mean_radius_of_the_data_and_nothing_else(
    latents: np.ndarray, description: Description
) -> None:
    cube = Cube().fit(latents, description)
    drawn = cube.sample(20_000, stream(0, cube))
    assert radii(drawn).mean() == pytest.approx(description.mean_radius, rel=5e-3)
    assert radii(drawn).std() < 0.5 * description.radii.std()
    assert np.abs(drawn.mean(axis=0)).max() < 0.05 * cube.half_width_
    distances = description.axes.mahalanobis(drawn)
    assert distances.min() > np.quantile(description.distances, 0.999)


def test_each_component_of_a_cube_is_uniform_up_to_its_half_width(latents: np.ndarray) -> None:
    cube = Cube(1.5).fit(latents)
    assert cube.half_width_ == pytest.approx(1.5 * cube.matched_half_width_)
    assert cube.label() == f"Cube, b = {cube.half_width_:.2f}"
    drawn = cube.sample(5000, stream(1, cube))
    assert np.abs(drawn).max() <= np.float32(cube.half_width_)
    law = stats.uniform(-cube.half_width_, 2 * cube.half_width_)
    assert max(stats.kstest(column, law.cdf).statistic for column in drawn.T) < 0.035


@pytest.mark.parametrize("k", [0.5, 1.0, 2.0, 3.0])
def test_an_interval_about_the_mean_reaches_k_widths_to_both_sides(
    latents: np.ndarray, description: Description, k: float
) -> None:
    interval = Interval(k).fit(latents, description)
    drawn = interval.sample(20_000, stream(0, interval))
    mean, widths = latents.mean(axis=0), latents.std(axis=0, ddof=1)
    deviations = (drawn - mean) / widths
    assert np.abs(deviations).max() <= k + 1e-5
    np.testing.assert_allclose(deviations.min(axis=0), -k, rtol=2e-3)
    np.testing.assert_allclose(deviations.max(axis=0), k, rtol=2e-3)
    np.testing.assert_allclose(deviations.std(axis=0), k / np.sqrt(3), rtol=0.02)


def test_an_interval_of_root_three_widths_keeps_means_and_widths_and_loses_exactly_the_correlations(
    latents: np.ndarray, description: Description
) -> None:
    interval = Interval(np.sqrt(3)).fit(latents, description)
    count = 40_000
    drawn = interval.sample(count, stream(0, interval))
    described = describe(drawn, description).moments
    moments = description.moments
    assert np.abs((described.mean - moments.mean) / moments.widths).max() < 5 / np.sqrt(count)
    np.testing.assert_allclose(described.widths, moments.widths, rtol=0.02)
    beside = ~np.eye(32, dtype=bool)
    assert np.abs(moments.correlations[beside]).max() > 0.8
    assert np.abs(described.correlations[beside]).max() < 5 / np.sqrt(count)


def test_an_interval_about_the_origin_just_covers_the_one_about_the_mean_and_misses_the_centre(
    latents: np.ndarray, description: Description
) -> None:
    about_mean, about_origin = (Interval(1.0, centre).fit(latents, description) for centre in ("mean", "origin"))
    reach = np.abs(latents.mean(axis=0)) + latents.std(axis=0, ddof=1)
    np.testing.assert_allclose(about_origin.half_widths_, reach)
    drawn = about_origin.sample(20_000, stream(0, about_origin))
    np.testing.assert_allclose(np.abs(drawn).max(axis=0), reach, rtol=2e-3)
    assert np.abs(drawn.mean(axis=0) / reach).max() < 0.03
    inside = about_mean.sample(20_000, stream(0, about_mean))
    assert (np.abs(inside) <= reach * (1 + 1e-6)).all()
    distance = [np.median(description.axes.mahalanobis(x)) for x in (inside, drawn)]
    assert distance[1] > 1.5 * distance[0]


def test_an_interval_is_headed_by_what_it_is_about(latents: np.ndarray) -> None:
    assert Interval(1.5).fit(latents).label() == "Interval, μ ± 1.5 σ"
    assert Interval(2, "origin").fit(latents).label() == "Interval, 0 ± (|μ| + 2 σ)"


def test_a_constant_component_stays_constant_in_its_interval(latents: np.ndarray) -> None:
    partly = latents.copy()
    partly[:, 5] = -0.7
    interval = Interval(3.0).fit(partly)
    np.testing.assert_array_equal(interval.sample(100, stream(0, interval))[:, 5], np.float32(-0.7))
