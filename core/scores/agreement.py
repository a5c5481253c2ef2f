"""Whether spaces of features agree on the order of the strategies."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import scipy

from core.scores.entries import REFERENCES
from core.scores.excess import excess_scores
from core.scores.score import Score
from core.scores.table import floor_row, is_copy

__all__ = ["agreement", "best_by_space", "space_of"]

FEWEST = 3
"""Rows whose order two spaces can agree on."""


def agreement(rows: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Return Kendall's τ of the excesses of each pair of spaces, over the strategies that have both."""
    drawn, found = _drawn(rows), []
    for one, other in combinations(excess_scores(), 2):
        both = drawn[drawn[one.key].notna() & drawn[other.key].notna()]
        if len(both) >= FEWEST:
            tau = scipy.stats.kendalltau(both[one.key], both[other.key]).statistic
            found.append((space_of(one), space_of(other), float(tau)))
    return found


def best_by_space(rows: pd.DataFrame) -> dict[str, str]:
    """Return the strategy with the smallest excess of those that do not copy, by the name of the space."""
    floor, drawn = floor_row(rows), _drawn(rows)
    own = drawn[[not is_copy(row, floor) for _, row in drawn.iterrows()]]
    known = [score for score in excess_scores() if own[score.key].notna().any()]
    names = own["name"].to_numpy()
    return {space_of(s): str(names[int(np.nanargmin(own[s.key].to_numpy(float)))]) for s in known}


def _drawn(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[~rows["strategy"].isin(REFERENCES)]


def space_of(score: Score) -> str:
    """Return the name of the space of an excess, as it stands in a sentence."""
    return score.label.partition(", ")[2]
