"""Vectors are rounded to float16 only where that costs next to nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.study.precision import BLOCK, HARMLESS, keep_vectors, rounding_loss

RNG = np.random.default_rng(0)


def test_the_loss_is_the_root_mean_square_of_the_rounding_in_units_of_sigma() -> None:
    vectors = RNG.normal(5, (1, 0.01), (3 * BLOCK // 2, 2))
    step = 2.0**-8  # of float16 between 4 and 8
    expected = step / np.sqrt(12) / np.array([1, 0.01])
    assert (np.abs(rounding_loss(vectors) / expected - 1) < (0.3, 0.05)).all()  # some of the wide one lie below 4
    exact = vectors - vectors.astype(np.float16)
    np.testing.assert_allclose(rounding_loss(vectors), np.sqrt((exact**2).mean(0)) / vectors.std(0), rtol=1e-9)


def test_whatever_float16_holds_exactly_costs_nothing() -> None:
    assert rounding_loss(RNG.integers(-9, 9, (50, 3)) / 8).tolist() == [0, 0, 0]
    assert rounding_loss(np.full((9, 1), 0.5)).tolist() == [0]


def test_a_constant_that_is_rounded_and_a_number_too_large_cost_without_bound() -> None:
    vectors = np.stack([np.full(9, 0.1), np.linspace(0, 1e5, 9)], axis=1)
    assert rounding_loss(vectors).tolist() == [np.inf, np.inf]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_centred_vectors_become_float16_and_the_cost_is_told(tmp_path: Path, dtype: type[np.floating]) -> None:
    vectors = RNG.normal(size=(BLOCK + 9, 3)).astype(dtype)
    loss = keep_vectors(vectors, tmp_path / "v.npy")
    kept = np.load(tmp_path / "v.npy")
    assert kept.dtype == np.float16
    assert loss is not None
    assert 1e-4 < loss < HARMLESS
    np.testing.assert_allclose(kept, vectors, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_component_far_off_centre_keeps_the_precision_of_all(tmp_path: Path, dtype: type[np.floating]) -> None:
    vectors = RNG.normal(size=(99, 3)).astype(dtype) + np.array([0, 0, 100], dtype)
    assert keep_vectors(vectors, tmp_path / "v.npy") is None
    kept = np.load(tmp_path / "v.npy")
    assert kept.dtype == dtype
    np.testing.assert_array_equal(kept, vectors)


def test_float16_stays_as_it_came(tmp_path: Path) -> None:
    vectors = (RNG.normal(size=(99, 3)) + 100).astype(np.float16)
    assert keep_vectors(vectors, tmp_path / "v.npy") is None
    np.testing.assert_array_equal(np.load(tmp_path / "v.npy"), vectors)


@pytest.mark.parametrize("value", [np.nan, np.inf, -1e7])
def test_a_number_that_is_none_or_far_too_large_is_refused_by_row(tmp_path: Path, value: float) -> None:
    vectors = np.ones((9, 3))
    vectors[4, 1] = value
    with pytest.raises(InputError, match=r"^Vector 4 holds NaN, infinity or a number beyond a million; mend it"):
        keep_vectors(vectors, tmp_path / "v.npy")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("bits", "dtype"), [(0x7F800001, np.uint32), (0x7C01, np.uint16)])
def test_a_signalling_nan_is_refused_as_any_other(tmp_path: Path, bits: int, dtype: type[np.unsignedinteger]) -> None:
    vectors = np.full((9, 3), bits, dtype).view(np.float32 if dtype is np.uint32 else np.float16)
    with pytest.raises(InputError, match=r"^Vector 0 holds NaN"):
        keep_vectors(vectors, tmp_path / "v.npy")


@pytest.mark.parametrize("vectors", [np.ones(3), np.ones((0, 3)), np.ones((3, 0)), np.ones((3, 3), int)])
def test_what_are_no_vectors_is_refused(tmp_path: Path, vectors: np.ndarray) -> None:
    with pytest.raises(InputError, match=r"not float16, float32 or float64 of shape \(n, d\)"):
        keep_vectors(vectors, tmp_path / "v.npy")
