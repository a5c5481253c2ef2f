"""Rows that lie in several arrays, such as memory-mapped files, read as if they lay in one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Parted"]

Array = npt.NDArray[Any]


class Parted:
    """An array (n, d) whose rows lie in several arrays, one after the other; nothing is copied but what is asked for.

    It is indexed by rows, and by columns besides, as an array is; a slice within one part is a view of it. numpy takes
    it for an array where it has to be one whole, which reads all of it.

    Parameters
    ----------
    parts : sequence of arrays (n_i, d)
        All of one type and width.
    """

    ndim = 2

    def __init__(self, parts: Sequence[Array]) -> None:
        self.parts = tuple(parts)
        self.starts = np.concatenate([[0], np.cumsum([len(part) for part in self.parts])]).astype(np.intp)
        self.shape = (int(self.starts[-1]), int(self.parts[0].shape[1]))
        self.dtype: np.dtype[Any] = self.parts[0].dtype

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

    def __array__(self, dtype: npt.DTypeLike = None, copy: bool | None = None) -> Array:
        if copy is False:
            raise ValueError("Rows in several parts cannot become one array without being copied.")
        return np.concatenate(self.parts, dtype=dtype, casting="unsafe") if dtype else np.concatenate(self.parts)

    def astype(self, dtype: npt.DTypeLike, **options: Any) -> Array:
        """Return all numbers, read, in another type."""
        return np.asarray(self).astype(dtype, **options)

    def __iter__(self) -> Iterator[Array]:
        for part in self.parts:
            yield from part

    def __getitem__(self, key: Any) -> Any:
        rows, columns = (key[0], key[1:]) if isinstance(key, tuple) else (key, ())
        if isinstance(rows, slice):
            return self._slice(rows, columns)
        rows = np.asarray(rows)
        if rows.dtype == np.bool_:
            return self._where(rows, columns)
        return self._take(rows, columns)

    def _slice(self, rows: slice, columns: tuple[Any, ...]) -> Array:
        start, stop, step = rows.indices(len(self))
        if step != 1:
            return self._take(np.arange(start, stop, step), columns)
        touched = [
            part[(slice(max(start - first, 0), max(stop - first, 0)), *columns)]
            for first, last, part in zip(self.starts[:-1], self.starts[1:], self.parts, strict=True)
            if first < stop and last > start
        ]
        return touched[0] if len(touched) == 1 else np.concatenate(touched or [self.parts[0][(slice(0, 0), *columns)]])

    def _where(self, chosen: npt.NDArray[np.bool_], columns: tuple[Any, ...]) -> Array:
        if chosen.shape != (len(self),):
            raise IndexError(f"There are {len(self)} rows, and a mask of the shape {chosen.shape}.")
        pieces = np.split(chosen, self.starts[1:-1])
        return np.concatenate([part[(mask, *columns)] for part, mask in zip(self.parts, pieces, strict=True)])

    def _take(self, rows: npt.NDArray[np.intp], columns: tuple[Any, ...]) -> Any:
        if len(rows.ravel()) and (rows.max() >= len(self) or rows.min() < -len(self)):
            raise IndexError(f"There are {len(self)} rows.")
        rows = np.where(rows < 0, rows + len(self), rows).astype(np.intp)
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


def _are_numbers(columns: tuple[Any, ...]) -> bool:
    return bool(columns) and all(isinstance(one, np.ndarray | int | np.integer) for one in columns)
