"""Vectors in blocks of rows: checked once, then worked on side by side."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import ThreadpoolController

from core.errors import InputError
from core.parted import Rows

__all__ = [
    "BLOCK",
    "SPAN",
    "blocks_of",
    "check_vectors",
    "map_blocks",
    "map_ranges",
    "map_spans",
    "single_threaded_algebra",
]

BLOCK = 2048
"""Rows per block: small enough for the caches, large enough for the matrix products."""

SPAN = 131_072
"""Rows that one thread, or one worker of a cluster, works on block by block: sums are merged in this order wherever."""

T = TypeVar("T")


class _SingleThreadedAlgebra:
    """Holds the algebra library to one thread while anyone is inside; the last one to leave lifts the limit.

    The library has one limit per process. Two sessions that set it on their own would restore each other's.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._limits: list[Any] = []
        self._users = 0
        self._libraries = ThreadpoolController()
        self._modules = 0

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._look_for_libraries()
                self._limits.append(self._libraries.limit(limits=1, user_api="blas"))
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._limits.pop().restore_original_limits()

    def _look_for_libraries(self) -> None:
        """Look again where a module was loaded since, which may have brought one: each look takes 20 ms."""
        if self._modules != len(sys.modules):
            self._libraries, self._modules = ThreadpoolController(), len(sys.modules)


single_threaded_algebra = _SingleThreadedAlgebra()
"""For work that has threads of its own, and for small matrices, where threads wait longer than they work."""


def check_vectors(vectors: npt.ArrayLike, dimension: int | None = None) -> npt.NDArray[np.floating]:
    """Return vectors as an array (n, d) of floats, without copying where they are that already.

    Raises
    ------
    InputError
        If the shape or the type is another, or there is no vector. Whether the numbers are finite is checked where
        they are read, block by block.
    """
    try:
        array: Any = vectors if isinstance(vectors, Rows) else np.asarray(vectors)
    except ValueError:
        raise InputError("Vectors must have the shape (n, d), with rows of one length.") from None
    if array.ndim != 2 or not len(array) or not array.shape[1]:
        raise InputError(f"Vectors must have the shape (n, d) with n and d at least 1, not {array.shape}.")
    if not np.issubdtype(array.dtype, np.floating):
        if not np.issubdtype(array.dtype, np.integer):
            raise InputError(f"Vectors must hold numbers, not {array.dtype}.")
        array = array.astype(np.float64)
    if dimension is not None and array.shape[1] != dimension:
        raise InputError(f"The vectors have {array.shape[1]} components, {dimension} are expected.")
    return array  # type: ignore[no-any-return]


def blocks_of(vectors: npt.NDArray[np.floating], size: int = BLOCK) -> Iterator[npt.NDArray[np.float64]]:
    """Yield blocks of rows as float64, in order.

    Raises
    ------
    InputError
        If a block holds NaN or infinity.
    """
    for start in range(0, len(vectors), size):
        block = vectors[start : start + size].astype(np.float64)
        if not np.isfinite(block).all():
            raise InputError("The vectors hold NaN or infinity; make or export them anew.")
        yield block


def map_blocks(
    work: Callable[[npt.NDArray[np.float64]], T], vectors: npt.NDArray[np.floating], size: int = BLOCK
) -> Iterator[T]:
    """Yield ``work(block)`` for blocks of rows as float64, in order, on all cores; memory does not grow with n.

    Raises
    ------
    InputError
        If a block holds NaN or infinity.
    """

    def run(start: int) -> T:
        return work(next(blocks_of(vectors[start : start + size], size)))

    return _side_by_side(run, range(0, len(vectors), size), 4)


def map_spans(work: Callable[[npt.NDArray[np.floating]], T], vectors: npt.NDArray[np.floating]) -> Iterator[T]:
    """Yield ``work(rows)`` for spans of `SPAN` rows as they are, in order, on all cores."""
    return map_ranges(lambda start, stop: work(vectors[start:stop]), len(vectors), SPAN)


def map_ranges(work: Callable[[int, int], T], count: int, size: int) -> Iterator[T]:
    """Yield ``work(start, stop)`` for ranges of at most ``size`` of so many rows, in order, on all cores."""
    return _side_by_side(lambda start: work(start, min(start + size, count)), range(0, count, size), 2)


def _side_by_side(run: Callable[[int], T], starts: range, ahead_of_each: int) -> Iterator[T]:
    workers = os.cpu_count() or 1
    ahead: deque[Future[T]] = deque()
    with single_threaded_algebra, ThreadPoolExecutor(workers) as pool:
        for start in starts:
            if len(ahead) == ahead_of_each * workers:
                yield ahead.popleft().result()
            ahead.append(pool.submit(run, start))
        while ahead:
            yield ahead.popleft().result()
