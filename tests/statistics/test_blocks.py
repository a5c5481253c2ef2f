"""Vectors are checked once where they enter, and worked on in blocks of rows."""

from __future__ import annotations

import os
import threading
import time

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from core.errors import InputError
from core.statistics.blocks import BLOCK, check_vectors, map_blocks

CORES = os.cpu_count() or 1


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_float_vectors_enter_without_a_copy(dtype: type[np.floating]) -> None:
    array = np.ones((4, 3), dtype)
    assert check_vectors(array) is array


def test_whole_numbers_enter_as_floats() -> None:
    checked = check_vectors([[1, 2], [3, -4]])
    assert checked.dtype == np.float64
    assert checked.tolist() == [[1.0, 2.0], [3.0, -4.0]]


@pytest.mark.parametrize("shape", [(), (5,), (0, 5), (5, 0), (2, 3, 4)])
def test_another_shape_than_a_table_of_vectors_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"^Vectors must have the shape \(n, d\).*\.$"):
        check_vectors(np.zeros(shape))


@pytest.mark.parametrize("values", [[["a", "b"]], [[True, False]], [[1 + 2j, 0]], np.array([[None, 1]], object)])
def test_what_is_no_number_is_refused(values: object) -> None:
    with pytest.raises(InputError, match=r"^Vectors must hold numbers, not .*\.$"):
        check_vectors(values)


def test_rows_of_different_length_are_refused() -> None:
    with pytest.raises(InputError, match=r"^Vectors must have the shape \(n, d\).*\.$"):
        check_vectors([[1.0, 2.0], [3.0]])


def test_another_dimension_than_expected_is_refused() -> None:
    with pytest.raises(InputError, match=r"^The vectors have 3 components, 4 are expected\.$"):
        check_vectors(np.zeros((2, 3)), 4)


@pytest.mark.parametrize("count", [1, BLOCK - 1, BLOCK, BLOCK + 1, (9 * CORES + 2) * BLOCK + 7])
def test_every_row_comes_once_and_in_order(count: int) -> None:
    rows = np.arange(count, dtype=np.float32)[:, None]
    blocks = list(map_blocks(lambda block: block[:, 0], rows))
    assert [len(b) for b in blocks[:-1]] == [BLOCK] * (len(blocks) - 1)
    np.testing.assert_array_equal(np.concatenate(blocks), rows[:, 0])


def test_results_stay_in_order_when_an_early_block_takes_longest() -> None:
    rows = np.repeat(np.arange(6.0), BLOCK)[:, None]

    def work(block: np.ndarray) -> float:
        time.sleep(0.05 if block[0, 0] == 0 else 0)
        return float(block[0, 0])

    assert list(map_blocks(work, rows)) == [0, 1, 2, 3, 4, 5]


def test_work_may_overwrite_its_block_and_the_input_stays() -> None:
    rows = np.ones((10, 2))

    def work(block: np.ndarray) -> None:
        block *= 7

    assert list(map_blocks(work, rows)) == [None]
    assert (rows == 1).all()


def test_only_a_few_blocks_are_in_flight_however_long_the_input() -> None:
    started = []
    rows = np.broadcast_to(np.float16(1), (500 * BLOCK, 1))
    results = map_blocks(lambda block: started.append(len(block)), rows)
    next(results)
    time.sleep(0.1)
    assert 1 <= len(started) <= 4 * CORES
    results.close()


def test_blocks_run_side_by_side_each_on_one_thread_of_the_algebra_library() -> None:
    before = blas_threads()
    results = list(map_blocks(lambda _: (blas_threads(), threading.get_ident()), np.ones((4 * BLOCK, 2))))
    assert all(set(limits) == {1} for limits, _ in results)
    assert threading.get_ident() not in {thread for _, thread in results}
    assert blas_threads() == before


def test_overlapping_work_of_several_sessions_leaves_the_algebra_library_as_it_was() -> None:
    before = blas_threads()
    one, other = (map_blocks(lambda _: blas_threads(), np.ones((3 * BLOCK, 1))) for _ in range(2))
    assert set(next(one)) == set(next(other)) == {1}
    one.close()
    assert all(set(limits) == {1} for limits in other)
    assert blas_threads() == before


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [0, BLOCK, 3 * BLOCK - 1])
def test_numbers_that_are_not_finite_are_refused_wherever_they_stand(value: float, row: int) -> None:
    rows = np.zeros((3 * BLOCK, 2), np.float16)
    rows[row, 1] = value
    with pytest.raises(InputError, match=r"^The vectors hold NaN or infinity; make or export them anew\.$"):
        list(map_blocks(len, rows))


def test_an_error_in_the_work_reaches_the_caller() -> None:
    def work(block: np.ndarray) -> None:
        raise ZeroDivisionError("one block failed")

    with pytest.raises(ZeroDivisionError, match="one block failed"):
        list(map_blocks(work, np.ones((3, 1))))
