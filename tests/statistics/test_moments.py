"""Moments equal numpy's and scipy's, whatever the split, the order and the type of the vectors."""

from __future__ import annotations

from dataclasses import fields
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats
from sklearn.covariance import LedoitWolf

from core.errors import InputError
from core.statistics import Moments
from core.statistics.blocks import BLOCK

ORDER = {"scatter": 2, "third": 3, "fourth": 4, "radial_third": 3, "radial_fourth": 4}
"""Power of the deviations in each sum."""


@st.composite
def vectors(draw: st.DrawFn, types: tuple[type, ...] = (np.float16, np.float32, np.float64)) -> np.ndarray:
    """Any few vectors of any float type, near the origin or far from it, wide or narrow."""
    shape = draw(st.tuples(st.integers(1, 40), st.integers(1, 5)))
    values = draw(arrays(np.float64, shape, elements=st.floats(-4, 4, width=16, allow_subnormal=False)))
    scale, shift = draw(st.sampled_from((1e-2, 1.0, 1e3))), draw(st.sampled_from((0.0, 0.1, -50.0, 1e3)))
    return (values * scale + shift).astype(draw(st.sampled_from(types)))


def direct(array: np.ndarray) -> dict[str, np.ndarray]:
    """All sums from their definitions, in extended precision."""
    wide = array.astype(np.longdouble)
    deviations = wide - wide.mean(axis=0)
    radial = np.square(deviations).sum(axis=1)
    return {
        "count": np.asarray(len(array)),
        "mean": wide.mean(axis=0),
        "scatter": deviations.T @ deviations,
        "third": (deviations**3).sum(axis=0),
        "fourth": (deviations**4).sum(axis=0),
        "radial_third": radial @ deviations,
        "radial_fourth": np.square(radial).sum(),
        "minimum": wide.min(axis=0),
        "maximum": wide.max(axis=0),
    }


def assert_moments(moments: Moments, array: np.ndarray) -> None:
    """Compare with the definitions, as closely as float64 can know deviations of numbers of this size."""
    size = float(np.abs(array).max())
    spread = float(np.ptp(array.astype(np.float64), axis=0).max()) * array.shape[1] ** 0.5
    for name, expected in direct(array).items():
        order = ORDER.get(name, 1)
        allowed = 1e-13 * len(array) * (spread + size) * spread ** (order - 1) if order > 1 else 1e-13 * size
        actual = np.asarray(getattr(moments, name), np.longdouble)
        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=allowed, err_msg=name)


def assert_same(one: Moments, other: Moments, rtol: float = 0.0) -> None:
    for field in fields(Moments):
        a, b = getattr(one, field.name), getattr(other, field.name)
        np.testing.assert_allclose(a, b, rtol=rtol, err_msg=field.name)


@pytest.fixture(scope="module")
def skewed() -> np.ndarray:
    """Correlated, skewed, off-centre vectors over several blocks, the last one short."""
    rng = np.random.default_rng(1)
    return rng.gamma(2.0, size=(3 * BLOCK + 77, 12)) @ rng.normal(size=(12, 12)) + rng.normal(size=12) * 5


def test_moments_equal_those_of_numpy_and_scipy(skewed: np.ndarray) -> None:
    moments = Moments.of(skewed)
    assert moments.count == len(skewed)
    np.testing.assert_allclose(moments.mean, skewed.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(moments.covariance, np.cov(skewed, rowvar=False), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(moments.variances, skewed.var(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(moments.widths, skewed.std(axis=0, ddof=1), rtol=1e-12)
    np.testing.assert_allclose(moments.correlations, np.corrcoef(skewed, rowvar=False), rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(moments.skewness, stats.skew(skewed), rtol=1e-10)
    np.testing.assert_allclose(moments.excess_kurtosis, stats.kurtosis(skewed), rtol=1e-9)
    np.testing.assert_array_equal(moments.minimum, skewed.min(axis=0))
    np.testing.assert_array_equal(moments.maximum, skewed.max(axis=0))


@settings(deadline=None)
@given(vectors())
def test_sums_equal_their_definitions(array: np.ndarray) -> None:
    assert_moments(Moments.of(array), array)


@settings(deadline=None)
@given(vectors(), st.data())
def test_merging_the_parts_of_any_split_gives_the_whole(array: np.ndarray, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(array) - 1)), max_size=6)))
    parts = [part for part in np.split(array, cuts) if len(part)]
    parts = [parts[i] for i in data.draw(st.permutations(range(len(parts))))]
    assert_moments(reduce(Moments.merge, map(Moments.of, parts)), array)


@settings(deadline=None)
@given(vectors(), st.randoms(use_true_random=False))
def test_the_order_of_the_vectors_does_not_matter(array: np.ndarray, random: object) -> None:
    order = list(range(len(array)))
    random.shuffle(order)  # type: ignore[attr-defined]
    assert_moments(Moments.of(array[order]), array)


@settings(deadline=None)
@given(
    vectors(types=(np.float16,)),
    st.sampled_from([-1000.0, -3.0, 0.5, 8.0, 1024.0]),
    st.sampled_from([-(2.0**10), 0.0, 0.5, 2.0**7]),
)
def test_shape_does_not_depend_on_unit_and_origin(array: np.ndarray, scale: float, shift: float) -> None:
    exact = array.astype(np.float64)
    one, other = Moments.of(exact), Moments.of(exact * scale + shift)
    np.testing.assert_allclose(other.mean, one.mean * scale + shift, rtol=1e-9, atol=1e-9 * abs(scale))
    narrow = one.widths < 1e-6 * (np.abs(one.mean) + abs(shift / scale))
    assert np.array_equal(other.widths == 0, one.widths == 0)
    np.testing.assert_allclose(other.widths, one.widths * abs(scale), rtol=1e-8)
    np.testing.assert_allclose(other.skewness[~narrow], np.sign(scale) * one.skewness[~narrow], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(other.excess_kurtosis[~narrow], one.excess_kurtosis[~narrow], rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(other.shrinkage, one.shrinkage, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(("count", "dimension"), [(2, 3), (20, 50), (300, 50), (5000, 30), (40, 256)])
def test_the_shrinkage_is_that_of_scikit_learn(count: int, dimension: int) -> None:
    rng = np.random.default_rng((count, dimension))
    array = rng.standard_t(5, (count, dimension)) @ rng.normal(size=(dimension, dimension)) + 3
    estimate = LedoitWolf().fit(array)
    moments = Moments.of(array)
    assert moments.shrinkage == pytest.approx(estimate.shrinkage_, rel=1e-8)


def test_shrinkage_vanishes_as_the_vectors_become_many() -> None:
    rng = np.random.default_rng(0)
    array = rng.normal(size=(20_000, 8)) * np.arange(1, 9)
    few, many = Moments.of(array[:50]).shrinkage, Moments.of(array).shrinkage
    assert many < 0.002 < few < 1


def test_equal_directions_shrink_to_the_sphere_that_they_are() -> None:
    assert Moments.of(np.concatenate([np.eye(3), -np.eye(3)])).shrinkage == 1.0


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("value", [0.0, 0.1, -1234.5])
def test_a_constant_component_has_no_width_no_shape_and_no_correlation(dtype: type, value: float) -> None:
    rng = np.random.default_rng(0)
    array = rng.normal(size=(2 * BLOCK + 5, 3)).astype(dtype)
    array[:, 1] = value
    moments = Moments.of(array)
    assert moments.widths[1] == 0
    assert (moments.widths[[0, 2]] > 0.9).all()
    assert moments.mean[1] == dtype(value)
    assert moments.skewness[1] == moments.excess_kurtosis[1] == 0
    np.testing.assert_array_equal(moments.correlations[1], [0, 1, 0])
    np.testing.assert_array_equal(moments.correlations[:, 1], [0, 1, 0])


def test_a_single_vector_is_its_own_mean_without_width() -> None:
    moments = Moments.of([[1.5, -2.0, 0.1]])
    assert moments.count == 1
    np.testing.assert_array_equal(moments.mean, [1.5, -2.0, 0.1])
    np.testing.assert_array_equal(moments.minimum, moments.maximum)
    np.testing.assert_array_equal(moments.covariance, np.zeros((3, 3)))
    np.testing.assert_array_equal(moments.correlations, np.eye(3))
    np.testing.assert_array_equal(moments.skewness, np.zeros(3))
    np.testing.assert_array_equal(moments.excess_kurtosis, np.zeros(3))
    assert moments.shrinkage == 1.0


def test_fewer_vectors_than_components_span_a_covariance_of_lower_rank() -> None:
    array = np.random.default_rng(2).normal(size=(10, 40))
    moments = Moments.of(array)
    assert np.linalg.matrix_rank(moments.covariance) == 9
    assert np.linalg.eigvalsh(moments.covariance).min() > -1e-12
    assert 0 < moments.shrinkage <= 1


def test_correlations_are_symmetric_with_ones_on_the_diagonal_and_at_most_one_beside_it() -> None:
    rng = np.random.default_rng(3)
    one = rng.normal(size=(500, 1))
    matrix = Moments.of(np.hstack([one, -3 * one, one + 1e-9, rng.normal(size=(500, 1))])).correlations
    np.testing.assert_array_equal(matrix, matrix.T)
    np.testing.assert_array_equal(np.diagonal(matrix), np.ones(4))
    assert np.abs(matrix).max() <= 1
    assert matrix[0, 1] == pytest.approx(-1)
    assert abs(matrix[0, 3]) < 0.2


def test_moments_of_transformed_blocks_are_those_of_the_transformed_vectors(skewed: np.ndarray) -> None:
    turn = np.random.default_rng(4).normal(size=(12, 3))
    assert_same(Moments.of(skewed, lambda block: (block - 2) @ turn), Moments.of((skewed - 2) @ turn), rtol=1e-9)
    np.testing.assert_allclose(Moments.of(skewed, np.abs).mean, np.abs(skewed).mean(axis=0), rtol=1e-12)


def test_a_transform_works_in_double_precision_whatever_the_vectors_are() -> None:
    half = np.random.default_rng(5).normal(size=(300, 2)).astype(np.float16)
    moments = Moments.of(half, lambda block: block * 1e-9)
    np.testing.assert_allclose(moments.widths, half.astype(np.float64).std(axis=0, ddof=1) * 1e-9, rtol=1e-12)


def test_a_memory_mapped_file_gives_what_its_array_gives(skewed: np.ndarray, tmp_path: Path) -> None:
    array = skewed.astype(np.float16)
    np.save(tmp_path / "latents.npy", array)
    mapped = np.load(tmp_path / "latents.npy", mmap_mode="r")
    assert_same(Moments.of(mapped), Moments.of(array), rtol=1e-13)


def test_half_precision_is_widened_before_it_is_summed() -> None:
    array = np.full((4 * BLOCK, 2), 60_000, np.float16)
    array[::2, 1] = -60_000
    moments = Moments.of(array)
    np.testing.assert_array_equal(moments.mean, [float(np.float16(60_000)), 0])
    assert moments.widths[1] == pytest.approx(float(np.float16(60_000)), rel=1e-3)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_number_that_is_not_finite_is_refused_with_a_sentence(value: float) -> None:
    array = np.zeros((BLOCK + 1, 2), np.float32)
    array[-1, 0] = value
    with pytest.raises(InputError, match=r"^The vectors hold NaN or infinity; make or export them anew\.$"):
        Moments.of(array)
