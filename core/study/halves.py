"""Which half of a study an image belongs to: the one that strategies are fitted on, or the one that judges them."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError

__all__ = ["halves"]

GOLDEN = np.uint64(2654435769)
"""2³² divided by the golden ratio: the factor of Fibonacci hashing (Knuth 1998, volume 3, section 6.4)."""


def halves(images: pd.Series[str]) -> npt.NDArray[np.bool_]:
    """Return which images belong to half A, by a hash of their names; the others are half B.

    The highest bit of the name's CRC-32 times the golden ratio. A single bit of the CRC alone is a parity of the
    digits, which follows the numbers of CelebA's files. An image stays in its half whatever the order or selection.

    Parameters
    ----------
    images : Series of str (n,)
        Names of the images.

    Returns
    -------
    bool array (n,)

    Raises
    ------
    InputError
        If a name is no text.
    """
    names = list(images)
    if not all(isinstance(name, str) for name in names):
        raise InputError("Every image needs a name; without it nobody knows which half it belongs to.")
    checksums = np.fromiter((zlib.crc32(name.encode()) for name in names), np.uint64, len(names))
    return np.asarray((checksums * GOLDEN >> np.uint64(31)) & np.uint64(1), np.bool_)
