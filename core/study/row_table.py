"""The rows of a large study: columns and rows are read where they are asked for, never all of them at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.study.rows import GROUP, ROW_COLUMNS, is_kept, open_rows, read_columns

__all__ = ["RowTable", "any_of", "first_rows", "pick_rows"]

KEPT = 6
"""Columns that stay in memory, those that were asked for last."""


class RowTable:
    """What is known of each vector of a large study, as far as a page asks a data frame for it.

    ``table[name]`` reads one column, ``table[[…]]`` some, :meth:`take` some rows; each is checked as it is read.

    Parameters
    ----------
    path : Path
        Of a parquet file.
    count : int
        Rows that it must have.

    Raises
    ------
    InputError
        If the file is no table of that many rows; of a column that holds what it must not, when that is read.
    """

    def __init__(self, path: Path, count: int) -> None:
        self.path, self._count = path, count
        schema, self._groups = open_rows(path, count)
        further = [field.name for field in schema if field.name not in (*ROW_COLUMNS, GROUP) and is_kept(field.type)]
        self.columns = [*ROW_COLUMNS, *([GROUP] if GROUP in schema.names else []), *further]
        self._stored = set(schema.names)
        self._bools = {field.name for field in schema if pa.types.is_boolean(field.type)}
        self._read = lru_cache(KEPT)(self._column)

    def __len__(self) -> int:
        return self._count

    def __contains__(self, name: object) -> bool:
        return name in self.columns

    def __getitem__(self, name: str | Sequence[str]) -> Any:
        if isinstance(name, str):
            if name not in self:
                raise KeyError(name)
            return self._read(name)
        return pd.DataFrame({one: self[one] for one in name})

    @property
    def index(self) -> pd.RangeIndex:
        """Numbers of the rows."""
        return pd.RangeIndex(self._count)

    def is_bool(self, name: str) -> bool:
        """Return whether a column is one of yes or no, without reading it."""
        return name in self._bools

    def is_stored(self, name: str) -> bool:
        """Return whether the file has a column; those that every table has are made where it has not."""
        return name in self._stored

    def take(self, rows: npt.NDArray[np.intp], columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return some rows, in their order and with their numbers as index; groups of rows without any are not read."""
        wanted, names = np.asarray(rows, np.intp), list(self.columns if columns is None else columns)
        if not names or not len(wanted):
            return pd.DataFrame(index=wanted, columns=names)
        group = np.searchsorted(self._groups, wanted, "right") - 1
        parts = []
        for number in np.unique(group):
            inside = wanted[group == number]
            frame = read_columns(self.path, names, self._count, (int(number), int(self._groups[number])))
            parts.append(frame.iloc[inside - self._groups[number]].set_axis(inside))
        found = pd.concat(parts)
        picked: pd.DataFrame = found[~found.index.duplicated()].loc[wanted]
        return picked

    def batches(self, columns: Sequence[str]) -> Iterator[pd.DataFrame]:
        """Yield all rows of some columns, as far as they are there, part by part and numbered as in the study."""
        names = [name for name in columns if name in self]
        for number, first in enumerate(self._groups):
            frame = read_columns(self.path, names, self._count, (number, int(first)))
            yield frame.set_axis(np.arange(first, first + len(frame)))

    def _column(self, name: str) -> pd.Series:
        return read_columns(self.path, [name], self._count)[name]


def pick_rows(rows: pd.DataFrame | RowTable, which: npt.NDArray[np.intp], columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns of some rows, by number, in their order and numbered from 0."""
    few = rows.take(which, columns) if isinstance(rows, RowTable) else rows[list(columns)].iloc[which]
    return few.reset_index(drop=True)


def any_of(rows: pd.DataFrame | RowTable, name: str, holds: Callable[[pd.Series], pd.Series]) -> bool:
    """Return whether something holds of any value of a column; a large table is read until it does."""
    if not isinstance(rows, RowTable):
        return bool(holds(rows[name]).any())
    return rows.is_stored(name) and any(bool(holds(part[name]).any()) for part in rows.batches([name]))


def first_rows(rows: pd.DataFrame | RowTable, name: str) -> pd.Series:
    """Return a column, or the first part of it where the table is large."""
    return next(rows.batches([name]))[name] if isinstance(rows, RowTable) else rows[name]
