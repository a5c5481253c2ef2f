"""The liar test of a study: which judges catch which liar, and whether real vectors pass them all."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.scores.board import COUNT, Scorer
from core.scores.catching import DRAWS, caught, deviations, judges_of, labels_of, left_out, nearest_miss
from core.scores.entries import RECONSTRUCTIONS
from core.scores.excess import BASE, with_excesses
from core.scores.liars import Liar, Stock, liars_of
from core.scores.rows import KEYS, RULES, TODAYS, summary
from core.scores.score import Score
from core.scores.table import verdicts_of
from core.storage import whole_file
from core.strategies import Recipe

__all__ = ["COLUMNS", "FILE", "REAL", "liar_table", "most_vectors", "read_liars", "write_liars"]

FILE = "liars.csv"
"""The liar test in a study's folder, beside the scoreboard."""

REAL = "real"
"""Key of the row of unseen real vectors."""

COLUMNS = ("liar", "title", "count", "samples", "caught", "judges", "strongest", "deviations", "verdict")
"""Of the table: key and title; vectors of a sample, samples, how many of them were caught; which judges caught one,
which of them most clearly and by how many deviations of real samples; and the verdict on it."""

WHOLE = ("count", "samples", "caught")
NUMBERS = (*WHOLE, "deviations")

SEPARATOR = "; "
"""Between judges; their labels have commas."""

UNITS = 5
"""Samples of N(μ, Σ), whose distance is the unit of an excess."""

LONGEST, MOST = 2000, 1_000_000
"""Characters of a text in a file, at most, and its largest whole number."""


def most_vectors(scorer: Scorer) -> int:
    """Return how many vectors a sample may have, so that samples of real vectors are not nearly the same ones."""
    return len(scorer.unseen) // 2


def liar_table(
    scorer: Scorer, count: int = COUNT, seed: int = 0, report: Listener | None = None, draws: int = DRAWS
) -> pd.DataFrame:
    """Return which judges catch which liar.

    Parameters
    ----------
    scorer : Scorer
    count : int
        Vectors of a sample.
    seed : int
        Of all draws.
    report : callable, optional
        Told how many samples are judged, and what comes next.
    draws : int
        Samples of unseen real vectors, which say what is usual.

    Returns
    -------
    DataFrame
        The columns :data:`COLUMNS`; first the row of real vectors, of which each sample is held against the others,
        then one for each liar that the study can have. Mirrored copies, and all others, are looked for among mirrored
        pictures, too, where strategies learn from such.

    Raises
    ------
    InputError
        If samples have more vectors than half of the unseen ones, or there are fewer than five of real vectors.
    """
    most = most_vectors(scorer)
    if not 2 <= count <= most:
        raise InputError(
            f"The liar test of the study {scorer.study.name} takes samples of 2 to {most:,} vectors, half of the "
            f"unseen ones, not {count:,}."
        )
    stock, judges = Stock.of(scorer), judges_of(scorer, count)
    liars, scores = liars_of(stock), list(dict.fromkeys(judges.values()))
    units = [score for score in scores if score.distance]
    wanted: list[tuple[Recipe, int, Callable[[], npt.NDArray[np.floating]], Sequence[Score]]] = [
        (RECONSTRUCTIONS, number, partial(scorer.real, count, draws * seed + number), scores) for number in range(draws)
    ]
    if units:
        normal = partial(stock.normal.sample, count, _stream(seed, BASE.key))
        wanted += [(BASE, number, normal, units) for number in range(UNITS)]
    wanted += [
        (Recipe(liar.key), 0, partial(liar.draw, stock, count, _stream(seed, liar.key)), scores) for liar in liars
    ]
    found = []
    for done, (recipe, number, draw, asked) in enumerate(wanted):
        if report:
            report(Progress("judging", done, len(wanted), "samples", recipe.key))
        cells = scorer.judge(draw(), asked, scorer.with_mirrored)
        found.append(dict(zip(KEYS, (recipe.key, recipe.text, count, number), strict=True)) | cells)
    if report:
        report(Progress("judging", len(wanted), len(wanted), "samples"))
    return _table(pd.DataFrame(found), liars, judges)


def _stream(seed: int, key: str) -> np.random.Generator:
    """Return a generator of its own for each liar, so that adding one leaves the others alone."""
    return np.random.default_rng((seed, zlib.crc32(key.encode())))


def _table(samples: pd.DataFrame, liars: Sequence[Liar], judges: Mapping[str, Score]) -> pd.DataFrame:
    """Return the liar test from the judged samples, a row for each."""
    rows = with_excesses(summary(samples), samples)
    verdicts = dict(zip(rows["strategy"], verdicts_of(rows), strict=True))
    by_key = samples.set_index("strategy")
    floor = by_key.loc[[RECONSTRUCTIONS.key], list(judges)].reset_index(drop=True)
    lines = [
        _line(REAL, "Unseen real vectors", left_out(floor), nearest_miss(floor), verdicts[RECONSTRUCTIONS.key], judges)
    ]
    for liar in liars:
        values = pd.Series(by_key.loc[liar.key, list(judges)].to_dict(), dtype=float)
        by = deviations(values, floor)
        lines.append(_line(liar.key, liar.title, [caught(values, floor)], by, verdicts[liar.key], judges))
    table = pd.DataFrame(lines, columns=list(COLUMNS))
    table["count"] = int(samples["count"].iloc[0])
    return table


def _line(
    key: str, title: str, found: Sequence[pd.Series], by: pd.Series, verdict: str, judges: Mapping[str, Score]
) -> dict[str, object]:
    """Return a row of the table: who caught each of its samples, and by how many deviations each judge sees one."""
    columns = list(dict.fromkeys(column for one in found for column in one.index))
    by = by.dropna()
    strongest = str(by.idxmax()) if len(by) else ""
    return {
        "liar": key,
        "title": title,
        "samples": len(found),
        "caught": sum(len(one) > 0 for one in found),
        "judges": SEPARATOR.join(labels_of(judges, columns)),
        "strongest": SEPARATOR.join(labels_of(judges, [strongest])) if strongest else "",
        "deviations": float(by[strongest]) if strongest else math.nan,
        "verdict": verdict,
    }


def write_liars(path: Path, table: pd.DataFrame) -> None:
    """Write a liar test to a CSV file, with the rules that it was judged by."""
    with whole_file(path) as partial_file:
        table.assign(**{RULES: TODAYS}).to_csv(partial_file, index=False, lineterminator="\n")


def read_liars(path: Path) -> pd.DataFrame | None:
    """Return the liar test of a CSV file; None where it was judged by other rules, which say nothing of today's judges.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    try:
        return _read(path)
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(
            f"{path} cannot be read as a liar test ({said}); make it anew with the command liars."
        ) from None


def _read(path: Path) -> pd.DataFrame | None:
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if not {*COLUMNS, RULES} <= set(table) or table.empty:
        raise ValueError("it lacks columns or rows")
    if (table[RULES] != TODAYS).any():
        return None
    texts = table[[column for column in COLUMNS if column not in NUMBERS]]
    numbers = table[list(NUMBERS)].replace("", "nan").astype(float)
    wholes = numbers[list(WHOLE)]
    if (wholes.abs() > MOST).to_numpy().any() or (wholes != wholes.round()).to_numpy().any():
        raise ValueError("a number of vectors or samples is none")
    if max(len(text) for text in texts.to_numpy().ravel()) > LONGEST:
        raise ValueError("a text is too long")
    return pd.concat([texts, numbers], axis=1).astype(dict.fromkeys(WHOLE, "int64"))[list(COLUMNS)]
