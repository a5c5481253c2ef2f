"""Which set of a study a vector belongs to: to learn from, to choose by, to be held against, or never seen."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.parted import Chosen
from core.statistics import EXACT
from core.study.row_table import RowTable
from core.study.rows import GROUP

__all__ = ["Sets", "halves", "held_out", "rows_of", "sets_of", "tenth"]

Mask = npt.NDArray[np.bool_]

GOLDEN = np.uint64(2654435769)
"""2³² divided by the golden ratio: the factor of Fibonacci hashing (Knuth 1998, volume 3, section 6.4)."""

SALT = b"zpoints sets"
"""Sets the parts of the halves apart from the halves, and from whatever else follows a name."""

TENTH = 0.1

PARTITION, VALIDATION = "partition", "validation"
"""Column of the partitions, and that of images that no autoencoder is trained on."""


@dataclass(frozen=True, eq=False)
class Sets:
    """Four sets, each a bool array (n,), that share no group and have each vector once.

    Attributes
    ----------
    fitted : bool array (n,)
        Half A but for a tenth: what strategies learn from on a scoreboard.
    tuning : bool array (n,)
        That tenth: decides when a training stops, and whatever else is chosen.
    reference : bool array (n,)
        B₁, one half of half B: what samples are held against.
    unseen : bool array (n,)
        B₂, the other: real vectors that are judged as a sample is, and so say what is perfect.
    """

    fitted: Mask
    tuning: Mask
    reference: Mask
    unseen: Mask


def sets_of(rows: pd.DataFrame | RowTable) -> Sets:
    """Return the sets of the rows of a study; :func:`halves` says of what, and what is refused."""
    a, shares = _of_parts(rows, lambda names: np.stack([_first_half(names), _shares(names)]))
    a = a.astype(np.bool_)
    last, second = shares < TENTH, shares < 0.5
    return Sets(a & ~last, a & last, ~a & second, ~a & ~second)


def rows_of(vectors: Any, chosen: Mask | npt.NDArray[np.intp]) -> Any:
    """Return some rows of vectors (n, d), by a mask (n,) or by numbers; of many, without copying them.

    Of more than `EXACT` vectors they are read where they are asked for (see :class:`core.parted.Chosen`).
    """
    if len(vectors) <= EXACT:
        return vectors[chosen]
    return Chosen(vectors, np.arange(len(vectors))[chosen])


def halves(rows: pd.DataFrame | RowTable) -> Mask:
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
    return np.asarray(_of_parts(rows, _first_half), np.bool_)


def tenth(rows: pd.DataFrame | RowTable) -> Mask:
    """Return which rows, of either half, are never learned from where a strategy chooses something by them, (n,)."""
    return np.asarray(_of_parts(rows, _shares) < TENTH)


def held_out(rows: pd.DataFrame | RowTable, sets: Sets | None = None) -> Mask:
    """Return which rows no autoencoder of the program was trained on and no sample is held against, (n,).

    Those of the partition ``validation``, without B₁. Where a list of partitions parts people, their
    people are others, too. The ``sets`` of the rows are not told again where they are at hand.
    """
    parts = rows.batches([PARTITION]) if isinstance(rows, RowTable) else [rows]
    unseen = np.concatenate([np.asarray(part[PARTITION].eq(VALIDATION), np.bool_) for part in parts])
    return np.asarray(unseen & ~(sets_of(rows) if sets is None else sets).reference)


def _first_half(names: Sequence[str]) -> Mask:
    checksums = np.fromiter((zlib.crc32(name.encode()) for name in names), np.uint64, len(names))
    return np.asarray((checksums * GOLDEN >> np.uint64(31)) & np.uint64(1), np.bool_)


def _shares(names: Sequence[str]) -> npt.NDArray[np.float64]:
    """Return a number from 0 to 1 for each name, the same for the same, that has nothing to do with the halves."""
    hashes = (hashlib.blake2b(name.encode(), digest_size=8, salt=SALT).digest() for name in names)
    return np.fromiter((int.from_bytes(part, "big") for part in hashes), np.uint64, len(names)) / 2.0**64


def _of_parts(rows: pd.DataFrame | RowTable, numbers: Callable[[list[str]], npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return numbers (…, n) of what each row is known by; the names of a large table are in memory part by part."""
    parts = rows.batches(["image", GROUP]) if isinstance(rows, RowTable) else [rows]
    return np.concatenate([numbers(_names(part)) for part in parts], axis=-1)


def _names(rows: pd.DataFrame) -> list[str]:
    """Return what each row is known by: its group, or else its image."""
    named = rows["image"]
    if GROUP in rows:
        named = rows[GROUP].where(rows[GROUP].notna(), named)
    names = list(named)
    if not all(isinstance(name, str) for name in names):
        raise InputError("Every image needs a name; without it nobody knows which half it belongs to.")
    return names
