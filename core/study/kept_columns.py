"""What is known of each vector of a large study, in columns that are read where they lie: bits, and numbers.

They are derived from the rows, as the index of names is, and lie beside the summary in plain arrays that are opened
memory-mapped: so what has an attribute is counted over all vectors without reading the table of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.storage import appending, whole_folder
from core.study.columns import Column, Kind
from core.study.description import ROWS, Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of
from core.study.row_table import RowTable

__all__ = ["KeptColumns", "errors_of", "find_columns", "having", "is_so", "keep_columns", "numbers_of", "values_in"]

FOLDER, FILE = "columns", "columns.npz"

SCHEMA = 1

SO, KNOWN, ERROR = "so", "known", "reconstruction_error"

Bits: TypeAlias = npt.NDArray[np.uint8]
Mask: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class KeptColumns:
    """Columns of a study's n rows.

    Attributes
    ----------
    so, known : uint8 arrays (m, ⌈n / 8⌉)
        Of each of :func:`values_in`, bits: of which vectors it is so, and of which that is known.
    numbers : dict of arrays (n,)
        By the names of their columns; NaN where a number is not known.
    """

    so: Bits
    known: Bits
    numbers: dict[str, npt.NDArray[np.floating]]


def values_in(columns: tuple[Column, ...]) -> list[tuple[Column, str | bool]]:
    """Return what can be so of a vector: each column of yes or no with True, each category with its name."""
    kinds = {Kind.BOOL: (True,), Kind.NUMBER: ()}
    return [(column, value) for column in columns for value in kinds.get(column.kind, column.categories)]


def is_so(rows: pd.DataFrame | RowTable, column: Column) -> Iterator[tuple[Mask, Mask]]:
    """Yield, of each value of a column in the order of :func:`values_in`, where it is so and where that is known."""
    if column.kind is Kind.NUMBER:
        return
    values = rows[column.name]
    if column.kind is Kind.BOOL:
        so = values.astype("boolean")
        yield so.fillna(False).to_numpy(bool), so.notna().to_numpy()
        return
    codes = pd.Categorical(values, categories=list(column.categories)).codes
    for number in range(len(column.categories)):
        yield codes == number, codes >= 0


def having(study: Study, name: str, value: str | bool) -> tuple[Mask, Mask]:
    """Return which vectors have a value of an attribute, and of which it is known, (n,) each."""
    if (kept := find_columns(study)) is None:
        values = study.rows[name]
        return np.asarray(values.eq(value).fillna(False), np.bool_), values.notna().to_numpy(bool)
    place = values_in(study.columns).index((study.column(name), True if value is False else value))
    so, known = (np.unpackbits(one[place], count=len(study)).view(np.bool_) for one in (kept.so, kept.known))
    return (known & ~so if value is False else so), known


def errors_of(study: Study) -> npt.NDArray[np.floating]:
    """Return the reconstruction error of each vector, (n,); NaN where it is not known."""
    if (kept := find_columns(study)) is not None and ERROR in kept.numbers:
        return kept.numbers[ERROR]
    return np.asarray(study.rows[ERROR].to_numpy(np.float64))


def numbers_of(study: Study, name: str) -> npt.NDArray[np.floating]:
    """Return an attribute that is a number of each vector, (n,); NaN where it is not known."""
    if (kept := find_columns(study)) is not None:
        return kept.numbers[name]
    return np.asarray(study.rows[name].to_numpy(np.float64, na_value=np.nan))


def find_columns(study: Study) -> KeptColumns | None:
    """Return what was kept of a study's rows, with the study or in the cache; None without it, as of a small study."""
    if not isinstance(study.rows, RowTable):
        return None
    shape = len(study), len(values_in(study.columns)), tuple(_numbers_in(study))
    for folder in places_of(study, FOLDER):
        stamp = (folder / FILE).stat().st_mtime_ns if (folder / FILE).exists() else 0
        if stamp and (found := _open(folder, _key(study), stamp, shape)) is not None:
            return found
    return None


def keep_columns(study: Study, report: Listener | None = None) -> None:
    """Keep what a large study's rows say of its vectors, with it or else in the cache; nothing where it cannot be.

    What is there and sound stays; ``report`` is told how far it is.
    """
    folder, table = place_of(study, FOLDER), study.rows
    if folder is None or not isinstance(table, RowTable) or find_columns(study) is not None:
        return
    with suppress(OSError, InputError):  # the rows are read without it, only later
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder, replace=True) as partial:
            _write(partial, study, table, report)
            sampled = {path.stem: np.array(sampled_sha256(path)) for path in sorted(partial.glob("*.npy"))}
            keep_derived(partial / FILE, _key(study), sampled)


def _write(folder: Path, study: Study, table: RowTable, report: Listener | None) -> None:
    """Write the bits of all columns, which lie in memory until every group of rows was read, then the numbers."""
    columns = study.columns
    names = [column.name for column in columns if column.kind is not Kind.NUMBER]
    bits = np.zeros((2, len(values_in(columns)), -(-len(study) // 8)), np.uint8)
    for part in table.batches(names) if names else ():
        first = int(part.index[0])
        for number, (so, known) in enumerate(pair for column in columns for pair in is_so(part, column)):
            _put(bits[0][number], first, so & known)
            _put(bits[1][number], first, known)
        if report:
            report(Progress("keeping columns", first + len(part), len(study), "vectors"))
    for name, packed in zip((SO, KNOWN), bits, strict=True):
        np.save(folder / f"{name}.npy", packed)
    for number, name in enumerate(_numbers_in(study)):
        with appending(folder / f"{number}.npy", np.float32 if name == ERROR else np.float64, ()) as append:
            for part in table.batches([name]):
                append(part[name].to_numpy(np.float64, na_value=np.nan))


def _put(bits: Bits, first: int, so: Mask) -> None:
    """Set the bits of neighbouring rows, of which the first may lie within a byte that has others."""
    before = first % 8
    packed = np.packbits(np.concatenate([np.zeros(before, np.bool_), so]))
    bits[first // 8 : first // 8 + len(packed)] |= packed


def _numbers_in(study: Study) -> list[str]:
    return [ERROR, *(column.name for column in study.columns if column.kind is Kind.NUMBER)]


def _key(study: Study) -> str:
    return f"{study.digests[ROWS]} {SCHEMA}"


@lru_cache(4)
def _open(folder: Path, key: str, stamp: int, shape: tuple[int, int, tuple[str, ...]]) -> KeptColumns | None:  # noqa: ARG001
    """Return the columns in a folder, of so many rows, values and numbers; None where a file is not what was written.

    What was opened stays so until its file is another, which the ``stamp`` says.
    """
    sampled, (count, values, names) = load_derived(folder / FILE, key), shape
    if sampled is None:
        return None
    try:
        arrays = {name: np.load(folder / f"{name}.npy", "r", allow_pickle=False) for name in sampled}
        sound = all(sampled_sha256(folder / f"{name}.npy") == one.item() for name, one in sampled.items())
        numbers = {name: arrays[str(number)] for number, name in enumerate(names)}
        found = KeptColumns(arrays[SO], arrays[KNOWN], numbers)
    except DAMAGE:
        return None
    sound &= found.so.shape == found.known.shape == (values, -(-count // 8))
    sound &= found.so.dtype == found.known.dtype == np.uint8
    return found if sound and all(one.shape == (count,) for one in numbers.values()) else None
