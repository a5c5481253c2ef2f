"""The scoreboard on disk: a long table, one row per entry and seed; and its means over the seeds.

A table may have come from anywhere. What is no table is refused; a row that cannot be understood is left out, and stays
in the file as it is.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from core.errors import InputError
from core.former import row_parameters
from core.locks import locked
from core.scores.entries import entry_of
from core.scores.registry import measures
from core.storage import whole_file

__all__ = [
    "BLANK",
    "FILE",
    "KEYS",
    "NOTE",
    "RULES",
    "TODAYS",
    "RowName",
    "at_one_count",
    "blank_columns",
    "left_out",
    "read_scores",
    "remove_rows",
    "summary",
    "write_cells",
]

FILE = "scores.csv"
"""The scoreboard in a study's folder."""

KEYS = ("strategy", "parameters", "count", "seed")
"""Columns that name a row of the long table."""

NOTE = "note"
"""Column that says why a row has no scores."""

BLANK, SEPARATOR = "blank", "; "
"""Column that names the columns which stay empty in a row, since its scores were asked for and have no value there; and
what stands between them. A cell that is empty and not named was not asked for yet.
"""

RULES, TODAYS = "rules", "2"
"""Column that says by which rules a row was scored: which vectors were learned from, and which they were held against.

Rows of other rules, or of none, are not to be compared with today's: they are left out, and give way when they are
scored anew.
"""

MAX_NUMBER = 1_000_000
"""Largest count and seed that a row may have."""

SHOWN = 60
"""Characters of a wrong value that a message repeats."""

TOLD = 5
"""Rows that are left out of which a reader is told."""


RowName = tuple[str, str, int, int]
"""What stands in `KEYS`: the key of the strategy, its parameters, the vectors of the sample, the seed."""


class _File(NamedTuple):
    """The text of a table: its columns, its lines, where each row that can be understood stands, what is left out.

    The last are the rows that were scored by other rules.
    """

    columns: list[str]
    lines: list[dict[str, str]]
    places: dict[RowName, int]
    left_out: list[str]
    outdated: dict[RowName, int]


def read_scores(path: Path) -> pd.DataFrame:
    """Return the long table of a CSV file; an empty one where there is none.

    Strategies and parameters are written as they are today; rows that :func:`left_out` tells of are not there.

    Raises
    ------
    InputError
        If the file is no such table, or holds words or infinity where numbers belong.
    """
    file = _read(path)
    if not file.columns:
        return pd.DataFrame(columns=list(KEYS))
    places = sorted(file.places.items(), key=lambda item: item[1])
    table = pd.DataFrame([name for name, _ in places], columns=list(KEYS)).astype({"count": "int64", "seed": "int64"})
    columns: dict[str, list[float] | list[str]] = {NOTE: [file.lines[place].get(NOTE, "") for _, place in places]}
    numbers = measures()
    for column in file.columns:
        if column in numbers:
            columns[column] = [_number(file.lines[place][column], path, place) for _, place in places]
        elif column not in (*KEYS, NOTE, RULES):
            columns[column] = [file.lines[place][column] for _, place in places]
    return pd.concat([table, pd.DataFrame(columns, index=table.index)], axis=1)


def left_out(path: Path) -> list[str]:
    """Return why rows of a CSV file are not among those of :func:`read_scores`, a sentence each; of many, the first."""
    sentences = _read(path).left_out
    more = len(sentences) - TOLD
    return [*sentences[:TOLD], f"{more} more rows of {path.name} are left out."] if more > 0 else sentences


def write_cells(path: Path, name: RowName, cells: Mapping[str, float | str], anew: bool = False) -> None:
    """Write some cells of a row, which is added where there is none; all else stays as it stands in the file.

    Parameters
    ----------
    path : Path
    name : RowName
    cells : mapping
        By column; of a score that has no value, NaN.
    anew : bool
        Empty the row's other scores.

    Raises
    ------
    InputError
        If the file cannot be read or written.
    """
    with locked(path):  # one at a time reads the table and writes it with a row more
        columns, lines, places, _, outdated = _read(path)
        columns = columns or [*KEYS, RULES, NOTE, BLANK, *measures()]
        columns += [column for column in (RULES, NOTE, *cells) if column not in columns]
        if name in places:
            line = lines[places[name]]
        else:
            line = dict.fromkeys(columns, "")
            lines[(place := outdated.get(name, len(lines))) : place + 1] = [line]
        if anew:
            line |= dict.fromkeys({BLANK, *measures()} & set(columns), "")
        line |= {key: str(value) for key, value in zip(KEYS, name, strict=True)} | {RULES: TODAYS}
        line |= {column: _text(value) for column, value in cells.items()}
        asked = {*blank_columns(line.get(BLANK) or ""), *cells}
        if blank := SEPARATOR.join(column for column in measures() if column in asked and not line.get(column)):
            columns += [] if BLANK in columns else [BLANK]
        if BLANK in columns:
            line[BLANK] = blank
        _write(path, columns, lines)


def blank_columns(text: str) -> list[str]:
    """Return the columns that a row's cell of :data:`BLANK` names."""
    return text.split(SEPARATOR) if text else []


def remove_rows(path: Path, key: str, parameters: str) -> None:
    """Remove the rows of a strategy with these parameters, of any count and seed; all else stays as it stands.

    Raises
    ------
    InputError
        If the file cannot be read or written.
    """
    with locked(path):
        file = _read(path)
        gone = {place for name, place in file.places.items() if name[:2] == (key, parameters)}
        if gone:
            _write(path, file.columns, [line for place, line in enumerate(file.lines) if place not in gone])


def _write(path: Path, columns: list[str], lines: list[dict[str, str]]) -> None:
    with whole_file(path) as partial, partial.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def at_one_count(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the largest samples: scores of different counts are not to be compared."""
    largest: pd.DataFrame = table[table["count"] == table["count"].max()]
    return largest


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation over the seeds, one row per entry in the order of the table.

    The seeds are independent draws; the deviation is that of a sample of them (n - 1). ``faces_low`` and ``faces_high``
    are means of the intervals of each seed.
    """
    scores = [measure for measure in measures() if measure in table]
    grouped = table.groupby(["strategy", "parameters", "count"], sort=False)[scores]
    spread = grouped.std(ddof=1).add_suffix("_deviation")
    return pd.concat([grouped.mean(), spread], axis=1).reset_index()


def _read(path: Path) -> _File:
    """Return the text of a table, nothing of it where there is no file; raise `InputError` if it is no table."""
    if not path.exists():
        return _File([], [], {}, [], {})
    try:
        rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline=""), strict=True))
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table of scores ({error}); choose another file.") from None
    columns = rows[0] if rows else []
    if not set(KEYS) <= set(columns) or len(set(columns)) < len(columns):
        raise InputError(f"{path} is no table of scores; choose another file.")
    rows = [row for row in rows[1:] if row]
    for place, row in enumerate(rows, 1):
        if len(row) != len(columns):
            raise InputError(f"{path} has {len(row)} cells for {len(columns)} columns in row {place}; mend it.")
    lines = [dict(zip(columns, row, strict=True)) for row in rows]
    places: dict[RowName, int] = {}
    unknown, outdated = [], {}
    for place, line in enumerate(lines):
        try:
            name = _name(line, path, place)
        except _UnknownRowError as error:
            unknown.append(f"Row {place + 1} of {path.name} is left out: {error}")
            continue
        if line.get(RULES, "") != TODAYS:
            unknown.append(f"Row {place + 1} of {path.name} is left out: It was scored by other rules; score it anew.")
            outdated[name] = place
            continue
        if name in places:
            unknown.append(f"Row {places[name] + 1} of {path.name} is left out: Row {place + 1} has the same name.")
        places[name] = place
    return _File(columns, lines, places, unknown, outdated)


class _UnknownRowError(Exception):
    """A row names what there is not."""


def _name(line: Mapping[str, str], path: Path, place: int) -> RowName:
    """Return the name of a row as it is written today; raise `InputError` where a number is none."""
    count, seed = (_number(line[key], path, place) for key in ("count", "seed"))
    if not (2 <= count <= MAX_NUMBER and count.is_integer() and 0 <= seed <= MAX_NUMBER and seed.is_integer()):
        raise _UnknownRowError(f"No sample has {_short(line['count'])} vectors and the seed {_short(line['seed'])}.")
    try:
        entry = entry_of(line["strategy"], row_parameters(line["strategy"], line["parameters"]))
    except InputError as error:
        raise _UnknownRowError(str(error) if len(str(error)) <= 4 * SHOWN else f"{str(error)[: 4 * SHOWN]}….") from None
    return entry.key, entry.text, int(count), int(seed)


def _number(text: str, path: Path, place: int) -> float:
    """Return the number in a cell, NaN where it is empty."""
    try:
        number = float(text) if text else math.nan
    except ValueError:
        number = math.inf
    if math.isinf(number):
        raise InputError(
            f"{path} has {_short(text)} where a number belongs, in row {place + 1}; mend it, or choose another file."
        )
    return number


def _text(value: float | str) -> str:
    """Return a cell: every digit of a number, nothing for NaN."""
    if isinstance(value, str):
        return value
    return "" if math.isnan(value) else repr(float(value))


def _short(text: str) -> str:
    return repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")
