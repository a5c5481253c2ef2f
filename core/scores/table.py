"""The scoreboard as it is shown: means over the seeds with a name and a verdict, shaded from the floor to the worst."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.scores.definitions import SCORES
from core.scores.entries import RECONSTRUCTIONS, entry_of
from core.scores.rows import summary
from core.scores.verdicts import verdict
from core.strategies import make_strategy

__all__ = ["board", "floor_row", "shades"]

FLOOR = "celeba"
"""Key of the row whose scores are the noise floor."""

TITLES = {RECONSTRUCTIONS: "Reconstructions", FLOOR: "CelebA"}
"""Names of the reference rows."""


def board(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row per strategy and parameter set: name, verdict, mean and standard deviation of each score.

    Parameters
    ----------
    table : DataFrame
        Long table, a row per seed. Scores that it lacks are NaN.
    """
    rows = summary(table)
    for score in SCORES:
        for column in (score.key, f"{score.key}_deviation"):
            if column not in rows:
                rows[column] = np.nan
    names = [_name(key, parameters) for key, parameters in zip(rows["strategy"], rows["parameters"], strict=True)]
    rows.insert(0, "name", names)
    floor, decoder = floor_row(rows), _row(rows, RECONSTRUCTIONS)
    verdicts = [verdict(_scores(row), _scores(floor), _scores(decoder)) for _, row in rows.iterrows()]
    rows.insert(1, "verdict", verdicts)
    return rows


def floor_row(rows: pd.DataFrame) -> pd.Series:
    """Return the row of real vectors against real vectors; empty if it was not scored."""
    return _row(rows, FLOOR)


def shades(rows: pd.DataFrame) -> pd.DataFrame:
    """Return per row and score how far it lies from the row ``celeba`` to the worst of its column; NaN stays."""
    floor = floor_row(rows)
    columns = {}
    for score in SCORES:
        values = rows[score.key].astype(float)
        base = float(floor.get(score.key, np.nan)) if len(floor) else np.nan
        distance = (values - (base if np.isfinite(base) else values.median())).abs()
        worst = distance.max()
        columns[score.key] = distance / worst if worst > 0 else distance
    return pd.DataFrame(columns, index=rows.index)


def _row(rows: pd.DataFrame, key: str) -> pd.Series:
    found = rows[rows["strategy"] == key]
    return found.iloc[0] if len(found) else pd.Series(dtype=object)


def _scores(row: pd.Series) -> dict[str, float]:
    return {score.key: float(row[score.key]) for score in SCORES if score.key in row}


def _name(key: str, parameters: str) -> str:
    """Return a strategy's title with the values of its first parameter and of those that are not as usual."""
    if key in TITLES:
        return TITLES[key]
    usual = make_strategy(key).describe_parameters().split(",")
    values = [
        pair.partition("=")[2]
        for place, pair in enumerate(parameters.split(","))
        if pair and (place == 0 or pair not in usual)
    ]
    shown = [f"{float(value):.3g}" if value.replace(".", "").isdigit() else value for value in values]
    return f"{entry_of(key, parameters).make().title} {', '.join(shown)}".strip()
