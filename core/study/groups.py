"""Which vectors are the same: twice the same image must not judge itself."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.study.rows import GROUP
from core.study.vectors import BLOCK, Vectors

__all__ = ["first_of_equals", "with_groups"]

SALT = 0x6E75
"""Seed of the multipliers that rows are hashed with; any other finds the same equals."""


def first_of_equals(vectors: Vectors) -> npt.NDArray[np.intp]:
    """Return for each vector the first row that holds the same one: its own where there is none before it.

    Vectors are hashed in blocks, by a sum of their bits times random odd numbers modulo 2⁶⁴; those whose hashes are
    equal are compared.

    Parameters
    ----------
    vectors : float array (n, d)
        May be memory-mapped.
    """
    bits = np.dtype(f"u{vectors.itemsize}")
    factors = np.random.default_rng(SALT).integers(0, 2**63, vectors.shape[1], np.uint64) * np.uint64(2) + np.uint64(1)
    hashes = np.empty(len(vectors), np.uint64)
    for start in range(0, len(vectors), BLOCK):
        block = np.ascontiguousarray(vectors[start : start + BLOCK]) + vectors.dtype.type(0)  # -0 becomes 0
        hashes[start : start + BLOCK] = (block.view(bits) * factors).sum(axis=1)
    _, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
    owner = first[inverse]
    repeated = np.flatnonzero(owner != np.arange(len(vectors)))
    for start in range(0, len(repeated), BLOCK):
        rows = repeated[start : start + BLOCK]
        same = (vectors[rows] == vectors[owner[rows]]).all(axis=1)
        owner[rows[~same]] = rows[~same]
    return owner


def with_groups(rows: pd.DataFrame, vectors: Vectors) -> pd.DataFrame:
    """Return rows with a group for vectors that occur more than once, named after the first image of theirs by name.

    Rows that have groups keep them, and rows whose vectors are all different get none.
    """
    if GROUP in rows:
        return rows
    owner = first_of_equals(vectors)
    counts = np.bincount(owner, minlength=len(owner))
    shared = counts[owner] > 1
    if not shared.any():
        return rows
    names = rows["image"].where(shared, None).astype("str")
    names[shared] = rows["image"][shared].groupby(owner[shared]).transform("min")
    grouped = rows.copy()
    grouped.insert(rows.columns.tolist().index("image") + 1, GROUP, names)
    return grouped
