"""Tables of a user: CSV and parquet files, read without trusting them."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import InputError

__all__ = ["SUFFIXES", "read_table"]

SUFFIXES = frozenset({".csv", ".tsv", ".parquet"})
"""Of files that hold tables."""

MAX_BYTES = 4 * 2**30
"""Of a table, at most; an array of vectors belongs into a .npy file, which is read in blocks."""

HEAD = 65_536
"""Characters of a text file that its separator is found in."""

DAMAGE = (OSError, ValueError, LookupError, TypeError, OverflowError, MemoryError, pa.ArrowException, csv.Error)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""


def read_table(path: str | Path) -> pd.DataFrame:
    """Return the columns of a CSV or parquet file, in the types that the file gives them.

    An index with names comes first, as a column. Columns of a CSV file whose first line holds numbers and no names are
    called by their number, from 0.

    Raises
    ------
    InputError
        If the file is missing, is no table, is too large, names a column twice, or has no row.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"{path} does not exist or is no file; give a CSV or parquet file.")
    if kind not in SUFFIXES:
        raise InputError(f"{path} is no table that this program reads; give a file in {', '.join(sorted(SUFFIXES))}.")
    try:
        size = _unpacked_size(path) if kind == ".parquet" else path.stat().st_size
        table = None if size > MAX_BYTES else _read_parquet(path) if kind == ".parquet" else _read_text(path)
    except DAMAGE as error:
        raise InputError(f"{path} cannot be read as a table ({_shortened(error)}); export it anew.") from None
    if table is None:
        raise InputError(f"{path} is a table of more than {MAX_BYTES / 2**30:.0f} GiB; give a part of it.")
    if not len(table) or not len(table.columns):
        raise InputError(f"{path} has no row; export it anew.")
    return table


def _unpacked_size(path: Path) -> int:
    with pq.ParquetFile(path) as file:
        groups = range(file.metadata.num_row_groups)
        return sum(file.metadata.row_group(group).total_byte_size for group in groups)


def _read_parquet(path: Path) -> pd.DataFrame:
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        if len(set(names)) < len(names):
            raise ValueError("two columns have the same name")
        table: pd.DataFrame = file.read().to_pandas()
        plain = isinstance(table.index, pd.RangeIndex)
        return table if plain else table.reset_index(names=[*map(str, _index_names(table))])


def _index_names(table: pd.DataFrame) -> list[object]:
    """Return names for the columns that an index becomes, none of them taken."""
    return [
        name if name is not None and name not in table else f"__index_level_{level}__"
        for level, name in enumerate(table.index.names)
    ]


def _read_text(path: Path) -> pd.DataFrame:
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = file.read(HEAD).splitlines()
    if "\0" in "".join(lines):
        raise ValueError("it is no text")
    separator = _separator(lines)
    names = next(csv.reader(lines[:1], delimiter=separator), [])
    if len(set(names)) < len(names) and _is_header(names):
        raise ValueError("two columns have the same name")
    return pd.read_csv(path, sep=separator, encoding="utf-8-sig", header=0 if _is_header(names) else None)


def _is_header(fields: list[str]) -> bool:
    """Return whether the first line of a table names its columns: fewer than half of it are numbers, or it counts."""
    counted = [field for field in fields if field]
    if counted in ([str(i + start) for i in range(len(counted))] for start in (0, 1)):
        return len(counted) > 1
    return sum(map(_reads_as_number, fields)) < len(fields) / 2


def _reads_as_number(field: str) -> bool:
    try:
        float(field)
    except ValueError:
        return False
    return True


def _separator(lines: list[str]) -> str:
    """Return what parts the columns of the first line: the most frequent of comma, semicolon and tabulator."""
    first = lines[0] if lines else ""
    return max(",;\t", key=first.count)


def _shortened(error: BaseException) -> str:
    return " ".join(str(error).split())[:160].rstrip(".")
