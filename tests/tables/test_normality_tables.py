"""Normality in numbers: shapes, what cuts keep, distances and their quantiles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.statistics import Description, describe, find_core, largest_coordinates, shape
from core.study import Study
from core.tables import cut_table, distance_table, quantile_table, shape_table
from tests.helpers.odd_vectors import ODD, sample_of


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Draws of a normal law in five dimensions."""
    return np.random.default_rng(7).normal(size=(20_000, 5)) * [5, 4, 3, 2, 2] + 3


@pytest.fixture(scope="module")
def normal(vectors: np.ndarray) -> Description:
    return describe(vectors)


def test_shapes_are_those_of_scipy_with_one_prefix_per_set(latents: np.ndarray) -> None:
    table = shape_table("component", 0, [("", shape(latents)), ("core", shape(latents[:100]))])
    names = ["skewness", "excess_kurtosis", "count", "shapiro_w", "shapiro_p", "shapiro_count"]
    assert list(table.columns) == ["component", *names, *(f"core_{name}" for name in names)]
    assert list(table["component"]) == list(range(16))
    for prefix, values in (("", latents), ("core_", latents[:100])):
        np.testing.assert_allclose(table[f"{prefix}skewness"], stats.skew(values), atol=1e-9)
        np.testing.assert_allclose(table[f"{prefix}excess_kurtosis"], stats.kurtosis(values), atol=1e-9)
        tests = [stats.shapiro(column) for column in values.T]
        np.testing.assert_allclose(table[f"{prefix}shapiro_w"], [t.statistic for t in tests])
        np.testing.assert_allclose(table[f"{prefix}shapiro_p"], [t.pvalue for t in tests])
        assert set(table[f"{prefix}count"]) == set(table[f"{prefix}shapiro_count"]) == {len(values)}


def test_axes_are_counted_from_one(latents: np.ndarray) -> None:
    assert list(shape_table("axis", 1, [("", shape(latents))])["axis"]) == list(range(1, 17))


def test_cuts_keep_of_a_normal_what_they_keep_of_its_draws(vectors: np.ndarray, normal: Description) -> None:
    table = cut_table(normal, largest_coordinates(vectors, normal.axes))
    assert list(table["k"]) == [2, 2.5, 3, 3.5, 4, 4.5, 5, 6]
    np.testing.assert_allclose(table["axes_normal"], (2 * stats.norm.cdf(table["k"]) - 1) ** 5)
    np.testing.assert_allclose(table["axes_data"], table["axes_normal"], atol=0.02)
    np.testing.assert_allclose(table["pairs_data"], table["pairs_normal"], atol=0.02)
    white = np.abs(np.linalg.solve(np.linalg.cholesky(normal.moments.covariance), (vectors - vectors.mean(axis=0)).T))
    two = np.sort(white, axis=0)[-2:]
    assert table["pairs_data"][0] == pytest.approx((np.linalg.norm(two, axis=0) <= 2).mean(), abs=0.02)


def test_distances_of_a_normal_are_chi_distributed(normal: Description) -> None:
    table = distance_table(normal)
    assert list(table["share"]) == [0.01, 0.05, 0.25, 0.5, 0.8, 0.95, 0.9973]
    np.testing.assert_allclose(stats.chi.cdf(table["normal"], 5), table["share"])
    np.testing.assert_allclose(table["data"], table["normal"], rtol=0.06)
    inside = [(normal.distances <= d).mean() for d in table["data"]]
    np.testing.assert_allclose(inside, table["share"], atol=1e-3)


def test_squared_distances_stand_at_whole_percents_with_their_laws(vectors: np.ndarray, normal: Description) -> None:
    sample = sample_of(normal, vectors, "mvn", 5000).description.distances
    table = quantile_table(normal, find_core(vectors, normal, 0.6), sample)
    np.testing.assert_allclose(table["probability"] * 100, np.arange(1, 100))
    np.testing.assert_allclose(stats.chi2.cdf(table["chi_squared"], 5), table["probability"])
    for column in ("data", "sample"):
        np.testing.assert_allclose(table[column][5:95], table["chi_squared"][5:95], rtol=0.1)
    np.testing.assert_allclose(stats.chi2.cdf(table["chi_squared_core"], 5), 0.6 * table["probability"])
    np.testing.assert_allclose(table["core"][5:95], table["chi_squared_core"][5:95], rtol=0.1)


def test_the_whole_of_the_vectors_is_its_own_core(tiny_study: Study, description: Description) -> None:
    table = quantile_table(description, find_core(tiny_study.latents, description, 1.0), description.distances)
    pd.testing.assert_series_equal(table["core"], table["data"], check_names=False)
    pd.testing.assert_series_equal(table["chi_squared_core"], table["chi_squared"], check_names=False)


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("share", [1.0, 0.5])
def test_the_normality_of_every_odd_study_has_tables(kind: str, share: float) -> None:
    vectors = ODD[kind]
    described = describe(vectors)
    sample = sample_of(described, vectors, count=1).description.distances
    for table in (
        cut_table(described, largest_coordinates(vectors, described.axes)),
        distance_table(described),
        quantile_table(described, find_core(vectors, described, share), sample),
        shape_table("axis", 1, [("", shape(vectors, described.axes))]).filter(regex="skewness|kurtosis|count"),
    ):
        assert np.isfinite(table.to_numpy(float)).all()
