"""Which columns of a table are the components of vectors, and which one names its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_integer_dtype, is_string_dtype

from core.errors import InputError

__all__ = ["UNNAMED", "has_components", "take_components", "take_names"]

NAMES = ("image", "name", "image_id", "id", "filename", "file", "path", "index")
"""Columns that name the rows of a table, the likeliest first, in any case."""

UNNAMED = re.compile(r"(Unnamed: 0|__index_level_0__|)")
"""What the column of a table's index is called that has no name of its own."""

NUMBERED = re.compile(r"(.*?)(\d{1,5})")
"""The name of a column that is one of several: ``z_0``, ``latent12``, ``7``."""

FAMILIES = ("latent", "latents", "vector", "z", "mu", "mean", "embedding", "dim", "component", "pc")
"""Beginnings of numbered columns that are taken for components though there is but one."""


def take_names(table: pd.DataFrame) -> tuple[npt.NDArray[np.str_] | None, pd.DataFrame]:
    """Return the names of a table's rows, None where no column holds any, and the table without them.

    Names are a column that is called so, that of a table's index, or the first one of a table without a header if it
    is text. A row whose name is missing has the name "".
    """
    called = {str(name).lower(): name for name in reversed(table.columns)}
    key = next((called[name] for name in NAMES if name in called and not is_float_dtype(table[called[name]])), None)
    first: object = table.columns[0]
    if key is None and UNNAMED.fullmatch(str(first)) and not is_float_dtype(table.iloc[:, 0]):
        key = table.columns[0]
    if key is None and not isinstance(first, str) and is_string_dtype(table.iloc[:, 0]):
        key = table.columns[0]
    if key is None:
        return None, table
    names = table[key]
    return names.astype("str").where(names.notna(), "").to_numpy(np.str_), table.drop(columns=key)


def has_components(table: pd.DataFrame) -> bool:
    """Return whether columns of a table say that they are components: lists, or numbers that are numbered."""
    return any(_holds_lists(table[name]) for name in table.columns) or bool(_numbered(table))


def take_components(
    path: Path, table: pd.DataFrame, key: str | None = None
) -> tuple[npt.NDArray[np.generic], pd.DataFrame, str]:
    """Return the components (n, d) in a table, the table without them, and which columns they were.

    Parameters
    ----------
    path : Path
        For messages.
    table : DataFrame of n rows
        Columns of a table without a header are called by their number.
    key : str, optional
        A column of lists, the beginning of numbered columns, or columns parted by commas.

    Raises
    ------
    InputError
        If no column holds numbers, there is no such key, or lists have different lengths.
    """
    chosen = _asked(path, table, key) if key is not None else _guessed(path, table)
    if len(chosen) == 1 and _holds_lists(table[chosen[0]]):
        array = _stacked(path, chosen[0], table[chosen[0]])
    else:
        array = table[chosen].to_numpy()
        if array.dtype == object:  # columns of numbers that may be missing
            array = table[chosen].to_numpy(np.float64, na_value=np.nan)
    taken = f"{chosen[0]} … {chosen[-1]}" if len(chosen) > 3 else ", ".join(map(str, chosen))
    rest = table.drop(columns=chosen)
    rest.columns = [name if isinstance(name, str) else f"column {name + 1}" for name in rest.columns]
    taken = f"column{'s' * (len(chosen) > 1)} {taken}" if isinstance(chosen[0], str) else ""
    return array, rest, taken


def _asked(path: Path, table: pd.DataFrame, key: str) -> list[str]:
    families = _families(table)
    if key in families:
        return families[key]
    names = [key] if key in table else [name.strip() for name in key.split(",")]
    known = [name for name in names if name in table and (_is_number(table[name]) or _holds_lists(table[name]))]
    if known != names:
        numbered = [f"{stem}…" for stem in families if stem]
        there = [*numbered, *(str(name) for name in table.columns if _holds_lists(table[name]))]
        hint = f"; there is {', '.join(there[:5])}" if there else ""
        raise InputError(f"{path} has no columns of numbers that {key!r} names{hint}.")
    return names


def _guessed(path: Path, table: pd.DataFrame) -> list[str]:
    if lists := [name for name in table.columns if _holds_lists(table[name])]:
        return [next((name for name in lists if str(name).lower() in FAMILIES), lists[0])]
    if numbered := _numbered(table):
        return max(numbered, key=len)
    components = [name for name in table.columns if is_float_dtype(table[name])]
    if not components:  # whole numbers are components where there is nothing else
        components = [name for name in table.columns if _is_number(table[name])]
    if not components:
        raise InputError(f"{path} has no column of decimal numbers, which components of vectors are.")
    return components


def _numbered(table: pd.DataFrame) -> list[list[str]]:
    """Return the families of columns that are taken for components."""
    return [
        names
        for stem, names in _families(table).items()
        if (len(names) > 1 or stem.rstrip("_-. ").lower() in FAMILIES) and any(map(is_float_dtype, table[names].dtypes))
    ]


def _families(table: pd.DataFrame) -> dict[str, list[str]]:
    """Return the columns of numbers that are numbered from 0 or 1 without a gap, by what their names begin with."""
    found: dict[str, dict[int, str]] = {}
    for name in table.columns:
        match = NUMBERED.fullmatch(name) if isinstance(name, str) else None
        if match and _is_number(table[name]):
            found.setdefault(match[1], {})[int(match[2])] = name
    return {
        stem: [members[number] for number in sorted(members)]
        for stem, members in found.items()
        if min(members) in (0, 1) and max(members) - min(members) == len(members) - 1
    }


def _is_number(column: pd.Series) -> bool:
    kind = column.dtype
    return bool((is_float_dtype(kind) or is_integer_dtype(kind)) and not is_bool_dtype(kind))


def _holds_lists(column: pd.Series) -> bool:
    return isinstance(column.iloc[0], (np.ndarray, list))


def _stacked(path: Path, name: str, column: Iterable[object]) -> npt.NDArray[np.generic]:
    try:
        return np.stack([np.asarray(row, np.float64) for row in column])
    except (TypeError, ValueError):
        raise InputError(f"{path} has lists of different lengths or no numbers in {name!r}; export it anew.") from None
