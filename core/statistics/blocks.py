"""Vectors in blocks of rows: checked once, then worked on side by side."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from core.errors import InputError

__all__ = ["check_vectors", "map_blocks"]

BLOCK = 2048
"""Rows per block: small enough for the caches, large enough for the matrix products."""

T = TypeVar("T")


def check_vectors(vectors: npt.ArrayLike, dimension: int | None = None) -> npt.NDArray[np.floating]:
    """Return vectors as an array (n, d) of floats, without copying where they are that already.

    Raises
    ------
    InputError
        If the shape or the type is another, or there is no vector. Whether the numbers are finite is checked where
        they are read, block by block.
    """
    try:
        array = np.asarray(vectors)
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
    return array


def map_blocks(work: Callable[[npt.NDArray[np.float64]], T], vectors: npt.NDArray[np.floating]) -> Iterator[T]:
    """Yield ``work(block)`` for blocks of rows as float64, in order, on all cores; memory does not grow with n.

    Raises
    ------
    InputError
        If a block holds NaN or infinity.
    """

    def run(start: int) -> T:
        block = vectors[start : start + BLOCK].astype(np.float64)
        if not np.isfinite(block).all():
            raise InputError("The vectors hold NaN or infinity; make or export them anew.")
        return work(block)

    workers = os.cpu_count() or 1
    starts = range(0, len(vectors), BLOCK)
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as pool:
        for first in range(0, len(starts), 4 * workers):
            yield from pool.map(run, starts[first : first + 4 * workers])
