"""Rows that lie elsewhere, in several arrays or scattered over one, read as if they were an array of their own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Chosen", "Parted", "Rows", "parts_of"]

Array = npt.NDArray[Any]

BLOCK = 65_536
"""Rows that are read at once where all of them are."""


class Rows(ABC):
    """An array (n, d) of which nothing is copied but what is asked for.

    It is indexed by rows, and by columns besides, as an array is. numpy takes it for an array where it has to be one
    whole, which reads all of it.
    """

    ndim = 2
    shape: tuple[int, int]
    dtype: np.dtype[Any]

    def __len__(self) -> int:
        return self.shape[0]

    @property
    def size(self) -> int:
        """Number of numbers."""
        return self.shape[0] * self.shape[1]

    @property
    def itemsize(self) -> int:
        """Bytes of a number."""
        return self.dtype.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all numbers."""
        return self.size * self.itemsize

    @property
    def T(self) -> Array:  # noqa: N802
        """All numbers, read, with one component per row."""
        return np.asarray(self).T

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("Rows that lie elsewhere cannot become one array without being copied.")
        whole = np.empty(self.shape, self.dtype if dtype is None else dtype)
        for start in range(0, len(self), BLOCK):
            whole[start : start + BLOCK] = self[start : start + BLOCK]
        return whole

    def astype(self, dtype: npt.DTypeLike, **options: Any) -> Array:
        """Return all numbers, read, in another type."""
        return np.asarray(self).astype(dtype, **options)

    def __iter__(self) -> Iterator[Array]:
        for start in range(0, len(self), BLOCK):
            yield from self[start : start + BLOCK]

    def __getitem__(self, key: Any) -> Any:
        rows, columns = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if isinstance(rows, slice):
            start, stop, step = rows.indices(len(self))
            return self._slice(start, stop, columns) if step == 1 else self._take(np.arange(start, stop, step), columns)
        rows = np.asarray(rows)
        if rows.dtype == np.bool_:
            if rows.shape != (len(self),):
                raise IndexError(f"There are {len(self)} rows, and a mask of the shape {rows.shape}.")
            return self._where(rows, columns)
        if rows.size and (rows.max() >= len(self) or rows.min() < -len(self)):
            raise IndexError(f"There are {len(self)} rows.")
        return self._take(np.where(rows < 0, rows + len(self), rows).astype(np.intp), columns)

    @abstractmethod
    def _slice(self, start: int, stop: int, columns: tuple[Any, ...]) -> Any:
        """Return neighbouring rows."""

    @abstractmethod
    def _where(self, chosen: npt.NDArray[np.bool_], columns: tuple[Any, ...]) -> Any:
        """Return the rows of a mask (n,)."""

    @abstractmethod
    def _take(self, rows: npt.NDArray[np.intp], columns: tuple[Any, ...]) -> Any:
        """Return rows by their numbers, which are in range."""


class Chosen(Rows):
    """Some rows of an array (m, d), by their numbers (n,), in that order."""

    def __init__(self, vectors: Any, rows: npt.NDArray[np.intp]) -> None:
        self.vectors, self.rows = vectors, rows
        self.shape, self.dtype = (len(rows), int(vectors.shape[1])), vectors.dtype

    def _slice(self, start: int, stop: int, columns: tuple[Any, ...]) -> Any:
        return self._take(np.arange(start, max(start, stop)), columns)

    def _where(self, chosen: npt.NDArray[np.bool_], columns: tuple[Any, ...]) -> Any:
        return self._take(np.flatnonzero(chosen), columns)

    def _take(self, rows: npt.NDArray[np.intp], columns: tuple[Any, ...]) -> Any:
        return self.vectors[(self.rows[rows], *columns)]


class Parted(Rows):
    """Rows that lie in several arrays (n_i, d), one after the other, all of one type; a slice within one is a view."""

    def __init__(self, parts: Sequence[Array]) -> None:
        self.parts = tuple(parts)
        self.starts = np.concatenate([[0], np.cumsum([len(part) for part in self.parts])]).astype(np.intp)
        self.shape, self.dtype = (int(self.starts[-1]), int(self.parts[0].shape[1])), self.parts[0].dtype

    def _slice(self, start: int, stop: int, columns: tuple[Any, ...]) -> Array:
        touched = [
            part[(slice(max(start - first, 0), max(stop - first, 0)), *columns)]
            for first, last, part in zip(self.starts[:-1], self.starts[1:], self.parts, strict=True)
            if first < stop and last > start
        ]
        return touched[0] if len(touched) == 1 else np.concatenate(touched or [self.parts[0][(slice(0, 0), *columns)]])

    def _where(self, chosen: npt.NDArray[np.bool_], columns: tuple[Any, ...]) -> Array:
        pieces = np.split(chosen, self.starts[1:-1])
        return np.concatenate([part[(mask, *columns)] for part, mask in zip(self.parts, pieces, strict=True)])

    def _take(self, rows: npt.NDArray[np.intp], columns: tuple[Any, ...]) -> Any:
        place = np.searchsorted(self.starts, rows, "right") - 1
        if not rows.ndim:
            return self.parts[int(place)][(int(rows - self.starts[place]), *columns)]
        wide = np.broadcast_arrays(rows, *columns) if _are_numbers(columns) else None
        if wide is not None:  # pairs of a row and a column
            rows, *others = wide
            place = np.searchsorted(self.starts, rows, "right") - 1
            found = np.empty(rows.shape, self.dtype)
            for number in np.unique(place):
                here = place == number
                inside = (rows[here] - self.starts[number], *(one[here] for one in others))
                found[here] = self.parts[number][inside]
            return found
        sample = self.parts[0][(slice(0, 0), *columns)]
        found = np.empty((*rows.shape, *sample.shape[1:]), self.dtype)
        for number in np.unique(place):
            here = place == number
            found[here] = self.parts[number][(rows[here] - self.starts[number], *columns)]
        return found


def parts_of(vectors: object) -> tuple[Array, ...] | None:
    """Return the arrays that vectors lie in, one after the other, where these are several; None of a plain array."""
    return vectors.parts if isinstance(vectors, Parted) else None


def _are_numbers(columns: tuple[Any, ...]) -> bool:
    return bool(columns) and all(isinstance(one, np.ndarray | int | np.integer) for one in columns)
