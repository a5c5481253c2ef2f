"""The scoreboard as it is shown: means over the seeds with a name and a verdict, shaded from the floor to the worst."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from core.scores import registry
from core.scores.entries import ENTRIES, HELD_OUT, OWN, RECONSTRUCTIONS, REFERENCES, entry_of
from core.scores.excess import excess_scores, with_excesses
from core.scores.rows import summary
from core.scores.score import Best, Score
from core.scores.verdicts import copies, reason, verdict
from core.strategies import Data, Recipe

__all__ = [
    "board",
    "cells",
    "first_excess",
    "floor_row",
    "is_copy",
    "nearest_to_photographs",
    "one_each",
    "ranked",
    "reasons_of",
    "shades",
    "verdicts_of",
]

FLOOR = RECONSTRUCTIONS.key
"""Key of the row of unseen real vectors, whose scores are the noise floor."""


def board(table: pd.DataFrame, title: str) -> pd.DataFrame:
    """Return one row per strategy and parameter set: name, verdict, mean and standard deviation of each score.

    Parameters
    ----------
    table : DataFrame
        Long table, a row per seed, with samples of one size. Scores that it lacks are NaN. Rows come in the order of
        the ladder, those that are not of it last.
    """
    rows = with_excesses(summary(table), table)
    ladder = {(entry.key, entry.text): place for place, entry in enumerate(ENTRIES)}
    places = [ladder.get(name, len(ladder)) for name in rows[["strategy", "parameters"]].itertuples(index=False)]
    rows = rows.iloc[np.argsort(places, kind="stable")].reset_index(drop=True)
    for score in registry.SCORES:
        for column in (score.key, f"{score.key}_deviation"):
            if column not in rows:
                rows[column] = np.nan
    names = [
        _name(key, parameters, title) for key, parameters in zip(rows["strategy"], rows["parameters"], strict=True)
    ]
    rows.insert(0, "name", names)
    rows.insert(1, "verdict", verdicts_of(rows))
    return rows


def verdicts_of(rows: pd.DataFrame) -> list[str]:
    """Return what rows with mean scores and excesses amount to, held against the floor row among them."""
    floor = _scores(floor_row(rows))
    return [verdict(_scores(row), floor) for _, row in rows.iterrows()]


def reasons_of(rows: pd.DataFrame) -> list[str]:
    """Return what decided the verdict on each of those rows, in a few plain words."""
    floor = _scores(floor_row(rows))
    return [reason(_scores(row), floor) for _, row in rows.iterrows()]


def floor_row(rows: pd.DataFrame) -> pd.Series:
    """Return the row of unseen real vectors; empty if it was not scored."""
    return _row(rows, FLOOR)


def shades(rows: pd.DataFrame) -> pd.DataFrame:
    """Return per row and score how far it lies from the floor row to the worst of its column; NaN stays."""
    floor = floor_row(rows)
    columns = {}
    for score in registry.SCORES:
        values = rows[score.key].astype(float)
        base = float(floor.get(score.key, np.nan)) if len(floor) else np.nan
        distance = (values - (base if np.isfinite(base) else values.median())).abs()
        worst = distance.max()
        columns[score.key] = distance / worst if worst > 0 else distance
    return pd.DataFrame(columns, index=rows.index)


def first_excess(rows: pd.DataFrame) -> Score | None:
    """Return the first excess that tells unseen real vectors from others; None where none was measured."""
    known = [score for score in excess_scores() if rows[score.key].notna().any()]
    return known[0] if known else None


def one_each(rows: pd.DataFrame, score: Score, winners: Collection[str]) -> pd.DataFrame:
    """Return unseen real vectors and one row of each strategy, as its tab opens if it was scored so, the best first.

    Of a strategy that was not, the best row in the score; of samplers that somebody brought, each; and the ``winners``,
    by name.
    """
    ordered = ranked(rows[rows[score.key].notna() & (~rows["strategy"].isin(REFERENCES))], score)
    names = list(zip(ordered["strategy"], ordered["parameters"], strict=True))
    usual = [key == OWN or text == Recipe.of(key).text for key, text in names]
    wanted = list(ordered["name"].isin(winners))
    opened = {key for (key, _), so in zip(names, usual, strict=True) if so}
    chosen: list[bool] = []
    seen: set[str] = set()
    for (key, _), so, won in zip(names, usual, wanted, strict=True):
        chosen.append(so or won or (key not in opened and key not in seen))
        seen.add(key)
    return pd.concat([rows[rows["strategy"] == FLOOR], ordered[chosen]])


def ranked(rows: pd.DataFrame, score: Score) -> pd.DataFrame:
    """Return the rows with the best in a score first, those that it does not know last; the index stays."""
    values = rows[score.key].astype(float)
    if score.best is Best.LOWER:
        missed = values
    elif score.best is Best.HIGHER:
        missed = -values
    else:
        perfect = floor_row(rows).get(score.key, np.nan) if score.best is Best.FLOOR else score.best
        missed = (values - float(perfect)).abs()
    return rows.loc[missed.sort_values(kind="stable").index]


def is_copy(row: pd.Series, floor: pd.Series) -> bool:
    """Return whether a row of the board, beside the floor row, holds near-copies."""
    return copies(_scores(row), _scores(floor))


def nearest_to_photographs(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the strategies with the smallest Fréchet distance: of all, without copies, and with clear faces.

    Returns
    -------
    dict of str to Series
        Rows of the board by what was asked of them; what no strategy fulfils is left out.
    """
    ranked = rows[~rows["strategy"].isin(REFERENCES) & rows["frechet_ratio"].notna()]
    ranked = ranked.sort_values("frechet_ratio", kind="stable")
    own = pd.Series([not is_copy(row, floor_row(rows)) for _, row in ranked.iterrows()], ranked.index, dtype=bool)
    groups = {
        "of all": ranked,
        "of those that do not copy": ranked[own],
        "of those whose verdict is faces": ranked[ranked["verdict"] == "faces"],
    }
    return {words: group.iloc[0] for words, group in groups.items() if len(group)}


def cells(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the scores as they are read: mean ± standard deviation over the seeds, or with a 95 % interval.

    A score that is not known is an empty text; a deviation that is not known, with one seed, is left out.
    """
    columns = {score.key: [_cell(row, score) for _, row in rows.iterrows()] for score in registry.SCORES}
    return pd.DataFrame(columns, index=rows.index)


def _cell(row: pd.Series, score: Score) -> str:
    def shown(key: str) -> str:
        if key not in row or not np.isfinite(row[key]):
            return ""
        return f"{round(float(row[key]), score.digits) + 0.0:.{score.digits}f}"  # no minus before a zero

    text = shown(score.key)
    low, high = (shown(f"{score.key}_{end}") for end in ("low", "high"))
    if text and low and high:
        return f"{text} ({low}–{high})"
    deviation = shown(f"{score.key}_deviation")
    return f"{text} ± {deviation}" if text and deviation else text


def _row(rows: pd.DataFrame, key: str) -> pd.Series:
    found = rows[rows["strategy"] == key]
    return found.iloc[0] if len(found) else pd.Series(dtype=object)


def _scores(row: pd.Series) -> dict[str, float]:
    keys = [score.key for score in registry.SCORES] + [f"{score.key}_kernel" for score in excess_scores()]
    return {key: float(row[key]) for key in keys if key in row}


def _name(key: str, parameters: str, title: str) -> str:
    """Return a strategy's title with the values of its first parameter and of those that are not as usual.

    Where no parameter shapes what is learned, the first is told only where it is not as usual, either.
    """
    if key == Data.key:
        return title
    if key == RECONSTRUCTIONS.key:
        return f"Unseen {title}"
    if key == HELD_OUT.key:
        return f"Held-out {title}"
    if key == OWN:
        return parameters.partition("=")[2]
    usual, shaping = Recipe.of(key).text.split(","), Recipe.of(key).fitted_text
    shown = []
    for place, pair in enumerate(filter(None, parameters.split(","))):
        name, _, value = pair.partition("=")
        if pair in usual and (place or not shaping):
            continue
        number = value.replace(".", "").isdigit()
        text = f"{float(value):.3g}" if number else value
        shown.append(f"{name}={text}" if place and number else text)
    return f"{entry_of(key, parameters).strategy.title} {', '.join(shown)}".strip()
