"""What is known of each vector besides its name: columns of yes or no, of categories, of numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from core.plain import as_text
from core.study.row_table import RowTable
from core.study.rows import GROUP, PICTURE, ROW_COLUMNS

__all__ = ["MOST_CATEGORIES", "Column", "Kind", "columns_of"]

MOST_CATEGORIES = 20
"""Values of a column of text, at most, that are categories; more of them are names."""


class Kind(StrEnum):
    """What the values of a column are."""

    BOOL = "bool"
    CATEGORY = "category"
    NUMBER = "number"


@dataclass(frozen=True)
class Column:
    """A column of attributes.

    Attributes
    ----------
    name : str
        In the table.
    kind : Kind
    categories : tuple of str
        The values of a category, the most frequent first; empty for the other kinds.
    """

    name: str
    kind: Kind
    categories: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Name for readers: without underscores, and no markup to anything that draws it."""
        return as_text(self.name.replace("_", " "))


def columns_of(rows: pd.DataFrame | RowTable) -> tuple[Column, ...]:
    """Return the attributes in the rows of a study, in their order.

    A column of text with more than :data:`MOST_CATEGORIES` values, or with one alone, is none, and so is a number that
    is nowhere known.
    """
    return tuple(_columns(rows))


def _columns(rows: pd.DataFrame | RowTable) -> Iterator[Column]:
    for name in rows.columns:
        if name in (*ROW_COLUMNS, GROUP, PICTURE):
            continue
        if isinstance(rows, RowTable) and rows.is_bool(name):
            yield Column(name, Kind.BOOL)
            continue
        values = rows[name]
        if is_bool_dtype(values):
            yield Column(name, Kind.BOOL)
        elif is_numeric_dtype(values):
            if values.notna().any():
                yield Column(name, Kind.NUMBER)
        elif len(values.iloc[: 50 * MOST_CATEGORIES].unique()) <= MOST_CATEGORIES + 1:  # names are soon seen to be many
            categories = tuple(str(value) for value in values.value_counts().index)
            if 1 < len(categories) <= MOST_CATEGORIES:
                yield Column(name, Kind.CATEGORY, categories)
