"""Images in the column of a parquet file, as sets of them are passed on: one row for each, its bytes in one cell.

The column holds bytes, or records of bytes and a path as Hugging Face's data sets have them. Rows are read in the
groups that the file is written in, and each cell is unpacked once, however often it is repeated.
"""

from __future__ import annotations

import json
import threading
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from core.errors import InputError
from core.sources.dataset import RESERVED
from core.sources.members import MAX_BYTES, Members, Skipped
from core.sources.names import CLASS, shown, unreadable

__all__ = ["image_column", "is_parquet", "parquet_members"]

MAGIC = b"PAR1"

MAX_GROUP = 512 * 2**20
"""Bytes of images in one group of rows, at most: so many are in memory at a time."""

MAX_COLUMN = 2**28
"""Bytes of a column of names or labels, at most, each cell counted."""

MOST_ROWS = 10**7

PATH = "path of the image"
"""Stands for the paths in the records of images while columns are read."""

TYPES = {pa.bool_(): pd.BooleanDtype()}

LIKELY = ("image", "img", "picture", "photo", "bytes", "data", "content")
"""Columns of bytes that hold images, the likeliest first."""

NAMES = ("image", "name", "image_id", "id", "filename", "file_name", "file", "path")
"""Columns of text that name the rows, the likeliest first."""

DAMAGE = (OSError, ValueError, LookupError, TypeError, OverflowError, MemoryError, pa.ArrowException)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""


def is_parquet(path: Path) -> bool:
    """Return whether a file is a parquet file, from its first bytes."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def image_column(path: Path) -> str | None:
    """Return the column of a parquet file that holds images, as a path of names; None where there is none.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    try:
        with pq.ParquetFile(path) as file:
            return _image_column(file)
    except DAMAGE as error:
        raise _unsound(path, error) from None


def parquet_members(path: Path) -> Members:
    """Return the images in a parquet file, in the order of its rows.

    Columns of bool, numbers and text beside the images are what is known of them; the column ``label`` of Hugging
    Face's sets, whose numbers stand for names, becomes the class.

    Raises
    ------
    InputError
        If the file is damaged, has no column of images, or its groups of rows are too large to be read.
    """
    column = image_column(path)
    if column is None:
        raise InputError(f"{path} has no column of images, which are bytes; export it anew.")
    try:
        _require_small_groups(path)
        names, known = _names_and_columns(path, column)
        cells = _Cells(path, column)
    except InputError:
        raise
    except DAMAGE as error:
        raise _unsound(path, error) from None
    readers, skipped, kept = {}, [], []
    for row, name in enumerate(names):
        if reason := unreadable(name):
            skipped.append(Skipped(shown(name), reason))
        elif name in readers:
            skipped.append(Skipped(name, "a second row of this name"))
        else:
            readers[name] = partial(cells.read, row)
            kept.append(row)
    known = known.iloc[kept].set_axis(pd.Index(list(readers), dtype="str"))
    return Members(path, "parquet", readers, tuple(skipped), known, ordered=True)


class _Cells:
    """The cells of one column, a group of rows in memory at a time."""

    def __init__(self, path: Path, column: str) -> None:
        self._file = pq.ParquetFile(path, read_dictionary=[column])
        self._column = column
        groups = range(self._file.metadata.num_row_groups)
        self._counts = [self._file.metadata.row_group(group).num_rows for group in groups]
        self._ends = np.cumsum(self._counts)
        self._lock = threading.Lock()
        self._open: tuple[int, pa.ChunkedArray] | None = None

    def read(self, row: int) -> bytes:
        """Return the bytes of a row; raise `OSError` with the reason where they cannot be had."""
        group = int(np.searchsorted(self._ends, row, side="right"))
        with self._lock:
            if self._open is None or self._open[0] != group:
                self._open = None
                self._open = (group, self._group(group))
            cell = self._open[1][row - (int(self._ends[group - 1]) if group else 0)]
        data: bytes | None = cell.as_py()
        if data is None:
            raise OSError("the cell is empty")
        if len(data) > MAX_BYTES:
            raise OSError("the file is too large for an image")
        return data

    def _group(self, group: int) -> pa.ChunkedArray:
        try:
            table = self._file.read_row_group(group, columns=[self._column])
        except DAMAGE as error:
            raise OSError(f"its group of rows is damaged ({' '.join(str(error).split())[:160]})") from None
        cells = table.column(0)
        if len(cells) != self._counts[group]:
            raise OSError(f"its group of rows is damaged ({len(cells):,} rows in place of {self._counts[group]:,})")
        return pc.struct_field(cells, 0) if pa.types.is_struct(cells.type) else cells


def _is_bytes(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _image_column(file: pq.ParquetFile) -> str | None:
    schema = file.schema_arrow
    records = [
        field.name for field in schema if pa.types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0
    ]
    records = [name for name in records if _is_bytes(schema.field(name).type.field("bytes").type)]
    flat = [field.name for field in schema if _is_bytes(field.type)]
    likely = [*(n for n in LIKELY if n in records), *records, *(n for n in LIKELY if n in flat), *flat]
    return None if not likely else f"{likely[0]}.bytes" if likely[0] in records else likely[0]


def _names_and_columns(path: Path, column: str) -> tuple[list[str], pd.DataFrame]:
    """Return a name for each row, and the columns of bool, numbers and text beside the images."""
    with pq.ParquetFile(path) as file:
        schema, facts = file.schema_arrow, file.metadata
    record = column.removesuffix(".bytes")
    columns = [f.name for f in schema if f.name not in (record, *RESERVED - {*NAMES, "group"}) and _is_plain(f.type)]
    texts = [name for name in columns if _is_text(schema.field(name).type)]
    paths = [f"{record}.path"] if record != column and schema.field(record).type.get_field_index("path") >= 0 else []
    parts = []
    with pq.ParquetFile(path, read_dictionary=[*texts, *paths]) as file:
        for group in range(facts.num_row_groups):
            table = file.read_row_group(group, columns=[*columns, *paths])
            parts.append({name: _unfolded(path, table[name]) for name in columns})
            if paths:
                parts[-1][PATH] = _unfolded(path, pc.struct_field(table[record], 0))
    if not parts or not parts[0]:
        return _numbers(facts.num_rows), pd.DataFrame(index=range(facts.num_rows))
    frame = pa.concat_tables([pa.table(part) for part in parts]).to_pandas(types_mapper=TYPES.get)
    named = frame.pop(PATH) if paths else None
    for name in (n for n in NAMES if n in texts):
        text = frame.pop(name) if named is None or not named.notna().all() else frame[name]
        named = text if named is None or not named.notna().all() else named
    for name, values in _meanings(schema).items():
        if name in frame:
            codes = frame.pop(name)
            frame[CLASS if name == "label" else name] = codes.map(dict(enumerate(values))).astype("str")
    if named is None or not named.notna().all() or not named.is_unique:
        return _numbers(facts.num_rows), frame
    return [str(name) for name in named], frame


def _numbers(count: int) -> list[str]:
    """Return names for rows that have none, whose order by name is their own."""
    digits = len(str(max(0, count - 1)))
    return [f"{row:0{digits}}" for row in range(count)]


def _unfolded(path: Path, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column of a group of rows with each cell on its own; refuse long texts that would fill the memory."""
    if not pa.types.is_dictionary(column.type):
        return column
    longest = max((pc.max(pc.binary_length(chunk.dictionary)).as_py() or 0 for chunk in column.chunks), default=0)
    if longest * len(column) > MAX_COLUMN:
        raise InputError(f"{path} has names or labels of {longest:,} bytes; leave that column out.")
    return column.cast(pa.large_string())


def _meanings(schema: pa.Schema) -> dict[str, list[str]]:
    """Return what the numbers in columns stand for, as Hugging Face's sets note it beside the schema."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return {name: list(map(str, kind["names"])) for name, kind in features.items() if "names" in kind}
    except (LookupError, TypeError, ValueError, AttributeError):
        return {}


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_plain(kind: pa.DataType) -> bool:
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return bool(number or pa.types.is_boolean(kind) or _is_text(kind))


def _require_small_groups(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        groups = [file.metadata.row_group(g) for g in range(file.metadata.num_row_groups)]
        largest = max(
            (group.total_byte_size for group in groups), default=0
        )  # asking a damaged column ends the process
        if largest > MAX_GROUP or file.metadata.num_rows > MOST_ROWS:
            raise InputError(
                f"{path} has {file.metadata.num_rows:,} rows in groups of up to {largest / 2**20:,.0f} MiB of images; "
                "write fewer rows, or groups of a hundred."
            )


def _unsound(path: Path, error: BaseException) -> InputError:
    said = " ".join(str(error).split())[:160].rstrip(".")
    return InputError(f"{path} cannot be read as a table of images ({said}); export it anew.")
