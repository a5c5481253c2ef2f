"""Tables as they stand in a report: their first rows, numbers in four digits."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

__all__ = ["LOOKED_AT", "PRINTED", "tabled"]

PRINTED, LOOKED_AT = 60, 12
"""Rows of a table that is a picture of its own, and of one behind a figure; the CSV files have all."""

MOST_COLUMNS = 24

LOW, MANY = 4, 8
"""A table of that many rows at most and more columns is turned over: so its names fit."""


def tabled(frame: pd.DataFrame, rows: int) -> dict[str, Any]:
    """Return head, first rows and what is said of how many there are."""
    shown = frame.iloc[:rows, :MOST_COLUMNS]
    if len(frame) <= LOW and frame.shape[1] > MANY:
        lines = [[name, *map(_cell, shown[name])] for name in shown.columns]
        return {"head": [("", "text"), *[("", "")] * len(shown)], "rows": lines, "said": f"{len(frame):,} rows"}
    kinds = ["" if pd.api.types.is_numeric_dtype(shown[name]) else "text" for name in shown.columns]
    size = f"{len(frame):,} rows" if len(frame) <= rows else f"the first {rows} of {len(frame):,} rows"
    more = "" if frame.shape[1] <= MOST_COLUMNS else f", the first {MOST_COLUMNS} of {frame.shape[1]} columns"
    return {
        "head": [(str(name), kind) for name, kind in zip(shown.columns, kinds, strict=True)],
        "rows": [[_cell(value) for value in row] for row in shown.itertuples(index=False, name=None)],
        "said": size + more,
    }


def _cell(value: object) -> str:
    """Return a cell as it is read: four digits of a number, a dash where there is none."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return "–"
    return f"{value:.4g}" if isinstance(value, float | np.floating) else str(value)
