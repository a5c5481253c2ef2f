"""What the C library does with memory that is not needed any more."""

from __future__ import annotations

import ctypes
from functools import cache

__all__ = ["return_freed_memory"]

M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
"""Names of glibc's options, ``man 3 mallopt``."""

LARGE = 2**20
"""Bytes from which memory is asked of the system, and given back to it as soon as it is free."""

HEAPS = 2
"""Heaps that threads share, where glibc gives eight for each core."""


@cache
def return_freed_memory() -> bool:
    """Let arrays that are not needed any more leave the process at once; return whether that can be asked for.

    By default glibc keeps them in up to eight heaps for each core, one for each thread that a page or a block of work
    runs in: an hour of pages then holds twice what they need. Other C libraries do as they do.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # not glibc; Windows, where None names no library
        return False
    return bool(mallopt(M_ARENA_MAX, HEAPS) and mallopt(M_MMAP_THRESHOLD, LARGE))
