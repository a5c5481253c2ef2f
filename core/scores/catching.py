r"""Whether judges catch a sample: one of them finds it where no sample of real vectors lies.

A judge's value x is outside where

.. math:: |x - m| > a_n s, \qquad a_n = t_{n - 1, \alpha / 2} \sqrt{1 + 1 / n}

with mean m and deviation s of n samples of unseen real vectors: the bound of a further one (the prediction interval of
a normal law, as of Hahn and Meeker 1991). The chance α is that of four deviations of 20 samples, 0.001. With fewer
samples, whose m and s are less certain, the bound is farther out. With 26 judges, a real sample is caught with a chance
of 0.025 at most, if their values are normal (Bonferroni); so 19 of 20 real samples pass.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import scipy

from core.errors import InputError
from core.scores.board import Scorer
from core.scores.entries import RECONSTRUCTIONS
from core.scores.needs import Need
from core.scores.score import Score

__all__ = [
    "DEVIATIONS",
    "DRAWS",
    "FEWEST",
    "allowance",
    "caught",
    "deviations",
    "judges_of",
    "labels_of",
    "left_out",
    "nearest_miss",
]

DEVIATIONS, DRAWS = 4.0, 20
"""Deviations of so many samples of real vectors, beyond which a sample is none of them."""

FEWEST = 5
"""Samples of real vectors below which their deviation is a guess."""

ROUNDING = 1e-9
"""Deviation, as a share of the mean, that is nothing but rounding; a judge that says always the same tells nothing."""


def allowance(draws: int) -> float:
    """Return how many deviations of so many samples a further one may lie from their mean.

    Raises
    ------
    InputError
        If there are fewer than five.
    """
    if draws < FEWEST:
        raise InputError(f"At least {FEWEST} samples of real vectors say what is usual, not {draws}.")
    wider, usual = math.sqrt(1 + 1 / draws), math.sqrt(1 + 1 / DRAWS)
    chance = scipy.stats.t.sf(DEVIATIONS / usual, DRAWS - 1)
    return float(wider * scipy.stats.t.isf(chance, draws - 1))


def deviations(values: pd.Series, floor: pd.DataFrame) -> pd.Series:
    """Return how many deviations of real samples each judge's value lies from their mean.

    Parameters
    ----------
    values : Series
        Of a sample, by judge.
    floor : DataFrame
        Of n samples of real vectors, a column for each judge.

    Returns
    -------
    Series
        NaN where a judge does not know the sample, or says of all real samples the same.
    """
    mean, spread = floor.mean(), floor.std(ddof=1)
    known = spread > ROUNDING * mean.abs().clip(lower=ROUNDING)
    return ((values[floor.columns] - mean).abs() / spread).where(known)


def caught(values: pd.Series, floor: pd.DataFrame) -> pd.Series:
    """Return the judges that catch a sample, the strongest first, by how many deviations; see :func:`deviations`."""
    found = deviations(values, floor)
    return found[found > allowance(len(floor))].sort_values(ascending=False)


def left_out(floor: pd.DataFrame) -> list[pd.Series]:
    """Return which judges catch each real sample, held against all others."""
    return [caught(floor.iloc[row], floor.drop(index=floor.index[row])) for row in range(len(floor))]


def nearest_miss(floor: pd.DataFrame) -> pd.Series:
    """Return how far out each judge puts the real sample that lies farthest from all others, in their deviations."""
    rows = [deviations(floor.iloc[row], floor.drop(index=floor.index[row])) for row in range(len(floor))]
    return pd.DataFrame(rows).max()


def judges_of(scorer: Scorer, count: int) -> dict[str, Score]:
    """Return the columns that catch a sample of so many vectors, each with its score: those that need no law.

    Of a score with several columns, the first says what the others say; an excess has both of its distances.
    """
    scores = [score for score in scorer.judges.scores(RECONSTRUCTIONS, count) if score.needs is not Need.LAW]
    return {column: score for score in scores for column in (score.columns if score.distance else score.columns[:1])}


def labels_of(judges: Mapping[str, Score], columns: Sequence[str]) -> list[str]:
    """Return columns as they are read; of an excess, which of its distances."""
    return [_label(column, judges[column]) for column in columns]


def _label(column: str, score: Score) -> str:
    if not score.distance:
        return score.label
    kind = "Fréchet distance" if column == score.distance else "Kernel distance"
    return score.label.replace("Excess", kind)
