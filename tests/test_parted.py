"""Rows in several arrays, or scattered over one, read as if they were an array."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.parted import Chosen, Parted, Rows
from core.statistics import describe
from core.statistics.blocks import check_vectors

WHOLE = np.random.default_rng(0).normal(size=(23, 4)).astype(np.float32)
PARTED = Parted([WHOLE[:5], WHOLE[5:6], WHOLE[6:20], WHOLE[20:]])
ORDER = np.random.default_rng(1).permutation(40)[:23] - 17
SCATTERED = np.zeros((60, 4), np.float32)
SCATTERED[ORDER + 20] = WHOLE
CHOSEN = Chosen(Parted([SCATTERED[:9], SCATTERED[9:]]), ORDER + 20)

both = pytest.mark.parametrize("rows", [PARTED, CHOSEN], ids=["parted", "chosen"])

SLICES = st.builds(slice, *[st.none() | st.integers(-30, 30)] * 2, st.sampled_from([None, 1, 2, 5, -1, -3]))
ROWS = st.lists(st.integers(-23, 22), max_size=40).map(lambda rows: np.array(rows, np.intp))


@both
def test_shape_type_and_size_are_those_of_the_whole(rows: Rows) -> None:
    assert (rows.shape, rows.dtype, rows.size, rows.itemsize, rows.nbytes) == (
        (WHOLE.shape, WHOLE.dtype, WHOLE.size, WHOLE.itemsize, WHOLE.nbytes)
    )
    assert len(rows) == len(WHOLE)
    np.testing.assert_array_equal(rows, WHOLE)
    np.testing.assert_array_equal(rows.T, WHOLE.T)
    np.testing.assert_array_equal(list(rows), list(WHOLE))
    assert rows.astype(np.float64).dtype == np.float64


@both
@given(SLICES | ROWS | st.integers(-23, 22))
def test_rows_are_those_of_the_whole(rows: Rows, key: object) -> None:
    np.testing.assert_array_equal(rows[key], WHOLE[key])
    np.testing.assert_array_equal(rows[key, 1], WHOLE[key, 1])
    np.testing.assert_array_equal(rows[key, 1:3], WHOLE[key, 1:3])


@both
@given(st.lists(st.booleans(), min_size=23, max_size=23), ROWS)
def test_masks_and_pairs_choose_as_they_do_of_the_whole(rows: Rows, mask: list[bool], numbers: np.ndarray) -> None:
    chosen = np.array(mask)
    np.testing.assert_array_equal(rows[chosen], WHOLE[chosen])
    columns = np.arange(len(numbers)) % 4
    np.testing.assert_array_equal(rows[numbers, columns], WHOLE[numbers, columns])
    square = numbers[:, None].repeat(4, axis=1)
    np.testing.assert_array_equal(rows[square, np.arange(4)], WHOLE[square, np.arange(4)])
    np.testing.assert_array_equal(rows[square], WHOLE[square])


def test_a_slice_within_one_part_is_a_view_and_one_across_two_is_not() -> None:
    assert np.shares_memory(PARTED[7:12], WHOLE)
    assert not np.shares_memory(PARTED[3:12], WHOLE)


@pytest.mark.parametrize("key", [23, -24, np.array([0, 23]), np.ones(22, np.bool_)])
@both
def test_what_lies_outside_is_refused(rows: Rows, key: object) -> None:
    with pytest.raises(IndexError):
        rows[key]


@both
def test_statistics_are_those_of_the_whole_and_nothing_is_copied_to_check_it(rows: Rows) -> None:
    assert check_vectors(rows) is rows
    np.testing.assert_array_equal(describe(rows).moments.covariance, describe(WHOLE).moments.covariance)
    with pytest.raises(ValueError, match="without being copied"):
        np.asarray(rows, copy=False)
