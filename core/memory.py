"""What the C library does with memory that is not needed any more."""

from __future__ import annotations

import ctypes
from functools import cache

__all__ = ["return_freed_memory", "reuse_freed_memory"]

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""Names of glibc's options, ``man 3 mallopt``."""

LARGE = 2**20
"""Bytes from which memory is asked of the system, and given back to it as soon as it is free."""

LARGEST = 2**25
"""The highest value that glibc takes for that; by itself it comes to it as arrays are freed, keeping twice as much."""

HEAPS = 2
"""Heaps that threads share, where glibc gives eight for each core."""


@cache
def return_freed_memory() -> bool:
    """Let arrays that are not needed any more leave the process at once; return whether that can be asked for.

    By default glibc keeps them in up to eight heaps for each core, one for each thread that a page or a block of work
    runs in: an hour of pages then holds twice what they need. Other C libraries do as they do.
    """
    return _set({M_ARENA_MAX: HEAPS, M_MMAP_THRESHOLD: LARGE})


@cache
def reuse_freed_memory() -> bool:
    """Let the next array take the memory of the last, as glibc does by default; return whether that can be asked for.

    Dask starts its workers with ``MALLOC_TRIM_THRESHOLD_``, after which glibc asks the system for each array of 128 KiB
    and more and gives it back at once: the system then clears new pages for all that is computed, which took a third of
    the processors' time while images were encoded.
    """
    return _set({M_MMAP_THRESHOLD: LARGEST, M_TRIM_THRESHOLD: 2 * LARGEST})


def _set(options: dict[int, int]) -> bool:
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; Windows, where None names no library
        return False
    return all(mallopt(option, value) for option, value in options.items())
