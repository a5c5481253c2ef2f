"""What is known of vectors, in numbers: of all, of one, and of those that a sample is near to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import EXACT
from core.study import Study
from core.study.columns import Column, Kind
from core.study.description import ROWS
from core.study.kept import find_kept, keep
from core.study.row_table import RowTable, pick_rows

__all__ = ["attribute_table", "attributes_of", "hardest_attributes", "known_table", "likeness_table"]


FILE = "attributes.npz"
"""Where the table of a large study is kept."""

TITLES = ("attribute", "value", "share", "mean", "standard_deviation", "reconstruction_error")


def attributes_of(study: Study) -> pd.DataFrame:
    """Return the :func:`attribute_table` of a study; of more than `EXACT` vectors it is kept: it reads all rows."""
    if len(study) <= EXACT:
        return attribute_table(study.rows, study.columns)
    key = f"{study.vectors_digest} {study.digests[ROWS]}"
    if (arrays := find_kept(study, FILE, key)) is None:
        table = attribute_table(study.rows, study.columns)
        words = {name: table[name].to_numpy(np.str_) for name in TITLES[:2]}
        arrays = words | {name: table[name].to_numpy(float) for name in TITLES[2:]}
        keep(study, FILE, key, arrays)
    return pd.DataFrame({name: arrays[name].tolist() for name in TITLES})


def attribute_table(rows: pd.DataFrame | RowTable, columns: Sequence[Column]) -> pd.DataFrame:
    """Return what each attribute is like, and the mean reconstruction error of the images that have it.

    One row per attribute of yes or no, per category, and per number: its share of the images, or the number's mean and
    standard deviation.
    """
    errors, lines = rows["reconstruction_error"], []
    for column in columns:
        if column.kind is Kind.NUMBER:
            values = rows[column.name].astype(float)
            lines.append((column.name, "", np.nan, values.mean(), values.std(), np.nan))
        for value, having in _parts(rows, column):
            share, error = _share(rows, column, having), errors[having].mean()
            lines.append((column.name, value, share, np.nan, np.nan, error))
    return pd.DataFrame(lines, columns=list(TITLES))


def hardest_attributes(table: pd.DataFrame, columns: Sequence[Column], count: int = 3) -> str:
    """Return what has the largest mean reconstruction errors in an attribute table as words, empty without any."""
    table = table.dropna(subset="reconstruction_error")
    table = table.sort_values("reconstruction_error", ascending=False)[:count]
    labels = {column.name: column.label.lower() for column in columns}
    names = [f"{labels[name]} {value}".strip() for name, value in zip(table["attribute"], table["value"], strict=True)]
    return ", ".join(f"{name} {error:.4f}" for name, error in zip(names, table["reconstruction_error"], strict=True))


def known_table(rows: pd.DataFrame, row: int) -> pd.DataFrame:
    """Return all that is known of one vector, as texts, a line for each column."""
    known = [(name, rows[name].loc[row]) for name in rows.columns]
    told = [(name, _told(value)) for name, value in known if not pd.isna(value) and value != ""]
    return pd.DataFrame(told, columns=["column", "value"])


def likeness_table(
    rows: pd.DataFrame | RowTable, columns: Sequence[Column], nearest: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Return what the nearest vectors to those of a sample are like, beside all vectors.

    Parameters
    ----------
    rows : DataFrame of n rows
    columns : sequence of Column
    nearest : int array (m,)
        Row of the nearest vector to each of the sample.
    """
    lines = []
    near = pick_rows(rows, nearest, [column.name for column in columns])
    for column in columns:
        if column.kind is Kind.NUMBER:
            found, usual = (float(part[column.name].astype(float).mean()) for part in (near, rows))
            lines.append((column.name, "mean", found, usual))
        for value, having in _parts(rows, column):
            shares = _share(near, column, having[nearest]), _share(rows, column, having)
            lines.append((column.name, value or "yes", *shares))
    return pd.DataFrame(lines, columns=["attribute", "value", "sample", "data"])


def _parts(rows: pd.DataFrame | RowTable, column: Column) -> Iterator[tuple[str, npt.NDArray[np.bool_]]]:
    """Yield the values of an attribute with which rows have it: of yes or no only yes, and of a number none."""
    if column.kind is Kind.BOOL:
        yield "", rows[column.name].fillna(False).to_numpy(bool)
    for category in column.categories:
        yield category, (rows[column.name] == category).fillna(False).to_numpy(bool)


def _share(rows: pd.DataFrame | RowTable, column: Column, having: npt.NDArray[np.bool_]) -> float:
    """Return the share of those that have a value among those of which it is known."""
    known = rows[column.name].notna().to_numpy()
    return float(having[known].mean()) if known.any() else np.nan


def _told(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)
