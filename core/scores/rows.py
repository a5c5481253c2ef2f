"""The scoreboard on disk: a long table, one row per entry and seed; and its means over the seeds."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd

from core.errors import InputError
from core.former import strategy_key

__all__ = ["FILE", "KEYS", "MEASURES", "NOTE", "at_one_count", "read_scores", "summary"]

FILE = "scores.csv"
"""The scoreboard in a study's folder."""

KEYS = ("strategy", "parameters", "count", "seed")
"""Columns that name a row of the long table."""

NOTE = "note"
"""Column that says why a row has no scores."""

MEASURES = (
    "radius_overlap",
    "marginal_distance",
    "correlation_error",
    "in_bulk",
    "median_mahalanobis",
    "sliced_wasserstein",
    "density",
    "coverage",
    "c2st",
    "copied",
    "faces",
    "faces_low",
    "faces_high",
    "cycle_error",
    "frechet",
    "frechet_ratio",
    "diversity",
    "attribute_gap",
)
"""All scores, vectors first; a score that cannot be had is empty."""


def read_scores(path: Path) -> pd.DataFrame:
    """Return the long table of a CSV file; an empty one where there is none.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    if not path.exists():
        return pd.DataFrame(columns=list(KEYS))
    try:
        table = pd.read_csv(io.BytesIO(path.read_bytes()), dtype={"parameters": "str", NOTE: "str"})
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read as a table of scores ({error}); choose another file.") from None
    if tuple(table.columns[: len(KEYS)]) != KEYS:
        raise InputError(f"{path} is no table of scores; choose another file.")
    try:
        table[["count", "seed"]] = table[["count", "seed"]].astype("int64")
        known = [measure for measure in MEASURES if measure in table]
        table[known] = table[known].astype(float)
    except (TypeError, ValueError):
        raise InputError(f"{path} has words where numbers belong; mend it, or choose another file.") from None
    if NOTE not in table:
        table[NOTE] = ""
    table["strategy"] = table["strategy"].map(strategy_key)
    return table.fillna({"parameters": "", NOTE: ""})


def at_one_count(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the largest samples: scores of different counts are not to be compared."""
    largest: pd.DataFrame = table[table["count"] == table["count"].max()]
    return largest


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Return mean and standard deviation over the seeds, one row per entry in the order of the table.

    ``faces_low`` and ``faces_high`` are means of the intervals of each seed.
    """
    scores = [measure for measure in MEASURES if measure in table]
    grouped = table.groupby(["strategy", "parameters", "count"], sort=False)[scores]
    spread = grouped.std(ddof=1).add_suffix("_deviation")
    return pd.concat([grouped.mean(), spread], axis=1).reset_index()
