"""Which vectors belong together: those of one person, or the same image twice, must not judge themselves."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_float_dtype

from core.errors import InputError
from core.study.rows import GROUP
from core.study.vectors import BLOCK, Vectors

__all__ = ["NO_GROUP", "declare_group", "first_of_equals", "likely_group", "with_groups"]

LIKELY = (GROUP, "person", "donor", "patient", "subject", "video")
"""Columns of a table that say which vectors belong together, the likeliest first, in any case."""

NO_GROUP = "none"
"""Says that no column does."""

SALT = 0x6E75
"""Seed of the multipliers that rows are hashed with; any other finds the same equals."""


def likely_group(rows: pd.DataFrame) -> str | None:
    """Return the likeliest column of :data:`LIKELY`, None where there is none."""
    called = {str(name).lower(): str(name) for name in reversed(rows.columns)}
    return next((called[name] for name in LIKELY if name in called), None)


def declare_group(rows: pd.DataFrame, column: str | None = None) -> tuple[pd.DataFrame, str]:
    """Return rows whose groups are the values of a column, and what is to be said of it, empty without groups.

    Parameters
    ----------
    rows : DataFrame of n rows
    column : str, optional
        Its name, or :data:`NO_GROUP`. By default one of :data:`LIKELY` where there is any.

    Raises
    ------
    InputError
        If there is no such column, or it holds numbers that are not whole.
    """
    if column == NO_GROUP:
        return rows.drop(columns=GROUP, errors="ignore"), ""
    if column is not None and column not in rows:
        there = ", ".join(map(str, rows.columns[:10])) or "no column"
        raise InputError(f"The group {column!r} is no column of the table; there is {there}.")
    column = column or likely_group(rows)
    if column is None:
        return rows, ""
    values = rows[column]
    if is_float_dtype(values):  # whole numbers, some of them missing
        if not (values.dropna() % 1 == 0).all():
            raise InputError(f"The group {column!r} holds numbers that are not whole; name a column of groups.")
        values = values.astype("Int64")
    rows = rows.assign(**{GROUP: values.astype("str").where(values.notna(), None)})
    return rows, f"{values.nunique():,} groups by {column}, each of which stays in one half"


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
