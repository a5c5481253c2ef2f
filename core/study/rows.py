"""``rows.parquet``: what is known of each vector, checked column by column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import InputError
from core.sources.dataset import PARTITIONS
from core.sources.distant import Place
from core.study.schema import FORBIDDEN, in_one_line

__all__ = [
    "GROUP",
    "PICTURE",
    "ROW_COLUMNS",
    "check_rows",
    "is_kept",
    "open_rows",
    "read_columns",
    "read_rows",
]

ROW_COLUMNS = ("image", "partition", "reconstruction_error")
"""Columns of the rows before the attributes; where a file lacks one, it is filled with what stands for unknown."""

GROUP = "group"
"""Column that names what several vectors have in common: a person, a donor, a video."""

PICTURE = "picture"
"""Column with the path of each vector's picture, within the place that ``study.json`` names."""

IMAGE, PARTITION, ERROR = ROW_COLUMNS

LONGEST_NAME, LONGEST_TITLE, MOST_COLUMNS = 4096, 200, 10_000
"""Characters of the name of an image or group, and of a column; number of columns."""

LARGEST_ERROR = 1e30
"""Of a reconstruction; means of larger ones would not fit into float32."""

DAMAGE = (OSError, ValueError, MemoryError, pa.ArrowException)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""


def read_rows(path: Path, count: int) -> pd.DataFrame:
    """Read the rows of a study's vectors.

    Returns
    -------
    DataFrame of ``count`` rows
        ``image`` (its number where a row has no name), ``partition`` ("" where unknown), ``reconstruction_error``
        (NaN where unknown), ``group`` where the file has one, then all columns of numbers, text and nullable bool.
        Other columns are left out.

    Raises
    ------
    InputError
        If the file is no table of that many rows, or a column is of another type or holds what it must not.
    """
    with _damage_of(path):
        return _frame(path, _read(path, count))


def open_rows(path: Path, count: int) -> tuple[pa.Schema, npt.NDArray[np.intp]]:
    """Return the schema of the rows, and the first row of each group of rows; nothing of the columns is read.

    Raises
    ------
    InputError
        If the file is no table of that many rows, or its columns are too many or cannot be named.
    """
    with _damage_of(path), pq.ParquetFile(path) as file:
        _require_count(path, file.metadata.num_rows, count)
        _require_names(path, file.schema_arrow.names)
        sizes = [file.metadata.row_group(i).num_rows for i in range(file.metadata.num_row_groups)]
        return file.schema_arrow, np.append(0, np.cumsum(sizes)[:-1]).astype(np.intp)


def read_columns(path: Path, names: Sequence[str], count: int, part: tuple[int, int] | None = None) -> pd.DataFrame:
    """Read some columns of the rows, of all or of one group of rows, which is given by its number and its first row.

    As :func:`read_rows` returns them; those that every table has are made where the file lacks them.
    """
    with _damage_of(path), pq.ParquetFile(path) as file:
        there = [name for name in names if name in file.schema_arrow.names]
        table = file.read(columns=there) if part is None else file.read_row_group(part[0], columns=there)
        rows = count if part is None else file.metadata.row_group(part[0]).num_rows
        if not there:
            table = pa.table({"": pa.nulls(rows)})
        if len(table) != rows:
            raise InputError(f"{path} does not hold the {count:,} rows that it counts; restore it from its source.")
        table.validate(full=True)
        return _frame(path, table, part[1] if part else 0)[list(names)]


def is_kept(kind: pa.DataType) -> bool:
    """Return whether a column of a type is kept: bool, numbers and text, or categories of them."""
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_boolean(plain)) or _is_number(plain) or _is_text(plain)


@contextmanager
def _damage_of(path: Path) -> Iterator[None]:
    """Say in one sentence that a file cannot be read, whatever the damage raises."""
    try:
        yield
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(
            f"{path} cannot be read as a table ({in_one_line(error)}); restore it from the study's source."
        ) from None


def _frame(path: Path, table: pa.Table, first: int = 0) -> pd.DataFrame:
    """Return the checked columns of a table whose first row has a number."""
    whole = pa.table(_known_columns(path, table, first) | _further_columns(path, table))
    rows: pd.DataFrame = whole.to_pandas(types_mapper={pa.bool_(): pd.BooleanDtype()}.get)
    return rows


def check_rows(rows: pd.DataFrame, origin: Place) -> None:
    """Raise `InputError` if rows that are to be written could not be read again; the sentence names their origin."""
    try:
        table = pa.Table.from_pandas(rows, preserve_index=False)
        _require_names(origin, table.column_names)
        _known_columns(origin, table)
        _further_columns(origin, table)
    except InputError:
        raise
    except DAMAGE as error:
        raise InputError(f"{origin} has names that cannot be kept ({in_one_line(error)}); give others.") from None


def _read(path: Path, count: int) -> pa.Table:
    with pq.ParquetFile(path) as file:
        _require_count(path, file.metadata.num_rows, count)
        _require_names(path, file.schema_arrow.names)
        table = file.read()
    table.validate(full=True)
    if len(table) != count:
        raise InputError(f"{path} does not hold the {count:,} rows that it counts; restore it from its source.")
    return table


def _require_count(path: Path, found: int, count: int) -> None:
    if found != count:
        raise InputError(
            f"{path} has {found:,} rows for the {count:,} vectors of the study; restore it from its source."
        )


def _require_names(path: Place, names: list[str]) -> None:
    if len(names) > MOST_COLUMNS or len(set(names)) < len(names):
        raise InputError(
            f"{path} has {len(names):,} columns, {MOST_COLUMNS:,} are the most, and each needs a name of its own."
        )
    _require_printable(path, pa.array(names, pa.large_string()), "the name of a column", LONGEST_TITLE)


def _known_columns(path: Place, table: pa.Table, first: int = 0) -> dict[str, pa.ChunkedArray | pa.Array]:
    numbers = pa.array(np.arange(first, first + len(table))).cast(pa.large_string())
    image, partition = _text(path, table, IMAGE), _text(path, table, PARTITION)
    columns = {
        IMAGE: numbers if image is None else pc.if_else(pc.equal(pc.fill_null(image, ""), ""), numbers, image),
        PARTITION: pa.repeat(pa.scalar("", pa.large_string()), len(table))
        if partition is None
        else pc.fill_null(partition, ""),
        ERROR: _errors(path, table),
    }
    known = pa.array(("", *PARTITIONS), pa.large_string())
    strange = pc.filter(columns[PARTITION], pc.invert(pc.is_in(columns[PARTITION], known)))
    if len(strange):
        raise InputError(
            f"{path} has the partition {strange[0].as_py()[:40]!r}; known are {', '.join(PARTITIONS)} and none."
        )
    group = _text(path, table, GROUP)
    return columns if group is None else {**columns, GROUP: group}


def _further_columns(path: Place, table: pa.Table) -> dict[str, pa.ChunkedArray]:
    """Return the columns of bool, numbers and text; nested ones, dates and the like are for nobody here."""
    columns = {}
    for name in table.column_names:
        column = _plain(table[name])
        if name in (*ROW_COLUMNS, GROUP):
            continue
        if _is_text(column.type):
            _require_printable(path, column, f"the column {name}", LONGEST_NAME)
        if is_kept(column.type):
            columns[name] = column
    return columns


def _text(path: Place, table: pa.Table, name: str) -> pa.ChunkedArray | None:
    """Return a column of text or whole numbers as text; None where there is no such column."""
    if name not in table.column_names:
        return None
    column = _plain(table[name])
    if not (_is_text(column.type) or (name == GROUP and pa.types.is_integer(column.type))):
        raise InputError(f"{path} has {column.type} in the column {name}, not text; restore it from its source.")
    text = column.cast(pa.large_string())
    _require_printable(path, text, f"the column {name}", LONGEST_NAME)
    return text


def _errors(path: Place, table: pa.Table) -> pa.ChunkedArray | pa.Array:
    if ERROR not in table.column_names:
        return pa.array(np.full(len(table), np.nan, np.float32))
    column = table[ERROR]
    if not pa.types.is_floating(column.type):
        raise InputError(f"{path} has {column.type} in the column {ERROR}, not numbers; restore it from its source.")
    with np.errstate(invalid="ignore"):  # of a signalling NaN
        errors = column.to_numpy().astype(np.float64)
    if (wrong := (errors < 0) | (errors > LARGEST_ERROR)).any():
        raise InputError(
            f"{path} has {errors[wrong][0]:g} as {ERROR} of row {int(np.argmax(wrong))}; "
            f"errors are numbers from 0 to {LARGEST_ERROR:g}, or NaN where unknown."
        )
    return pa.array(errors.astype(np.float32))


def _require_printable(path: Place, text: pa.ChunkedArray | pa.Array, what: str, longest: int) -> None:
    wrong = pc.fill_null(pc.match_substring_regex(text, f"[{FORBIDDEN}]"), False)
    if bad := pc.filter(text, wrong):
        raise InputError(
            f"{path} has a control character in {what}: {bad[0].as_py()[:80]!r}; give names that can be printed."
        )
    if (length := pc.max(pc.utf8_length(text)).as_py() or 0) > longest:
        raise InputError(f"{path} has {length:,} characters in {what}; {longest:,} are the most.")


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of categories as what its categories are."""
    return column.cast(column.type.value_type) if pa.types.is_dictionary(column.type) else column


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))
