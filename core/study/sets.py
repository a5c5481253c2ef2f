"""Which half of a study a vector belongs to: the one that strategies are fitted on, or the one that judges them."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.study.rows import GROUP

__all__ = ["halves"]

GOLDEN = np.uint64(2654435769)
"""2³² divided by the golden ratio: the factor of Fibonacci hashing (Knuth 1998, volume 3, section 6.4)."""


def halves(rows: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Return which rows belong to half A, by a hash of their groups; the others are half B.

    A row without a group is one of its own, named after its image, so that a group lies in one half whole: two
    pictures of a person, or twice the same vector, are never on both sides. The hash is the highest bit of the name's
    CRC-32 times the golden ratio; a single bit of the CRC alone is a parity of the digits, which follows the numbers
    of the files. A row stays in its half whatever the order or selection.

    Parameters
    ----------
    rows : DataFrame of n rows
        With the column ``image`` and, where vectors belong together, ``group``.

    Returns
    -------
    bool array (n,)

    Raises
    ------
    InputError
        If a name is no text.
    """
    named = rows["image"]
    if GROUP in rows:
        named = rows[GROUP].where(rows[GROUP].notna(), named)
    names = list(named)
    if not all(isinstance(name, str) for name in names):
        raise InputError("Every image needs a name; without it nobody knows which half it belongs to.")
    checksums = np.fromiter((zlib.crc32(name.encode()) for name in names), np.uint64, len(names))
    return np.asarray((checksums * GOLDEN >> np.uint64(31)) & np.uint64(1), np.bool_)
