"""Spaces of features agree where they order the strategies alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.captions.scoreboard import about_spaces
from core.scores import registry
from core.scores.agreement import agreement, best_by_space
from core.scores.entries import RECONSTRUCTIONS
from core.scores.excess import excess_scores

KEYS = [score.key for score in excess_scores()]
NAMES = ["attributes", "expressions", "textures"]

NOTHING = pd.DataFrame({"strategy": [], "parameters": [], "count": []})


def rows_of(*columns: list[float], copied: list[float] | None = None) -> pd.DataFrame:
    """Return rows of a board: real vectors, the data, and strategies with these excesses in the three spaces."""
    count = len(columns[0])
    rows = pd.DataFrame({"strategy": [RECONSTRUCTIONS.key, "data", *(f"s{i}" for i in range(count))]})
    rows["name"] = ["Unseen cells", "cells", *(f"S {i}" for i in range(count))]
    for score in registry.SCORES:
        rows[score.key] = np.nan
    for key, values in zip(KEYS, columns, strict=True):
        rows[key] = [0.0, -9.0, *values]
    rows["copied"] = [0.1, 1.0, *(copied or [0.1] * count)]
    return rows


def test_spaces_that_order_alike_have_one_and_the_other_way_round_minus_one() -> None:
    order = [0.1, 0.5, 0.7, 1.0]
    found = agreement(rows_of(order, [10 * value for value in order], order[::-1]))
    assert found == [
        ("attributes", "expressions", pytest.approx(1)),
        ("attributes", "textures", pytest.approx(-1)),
        ("expressions", "textures", pytest.approx(-1)),
    ]


@given(st.permutations(range(6)))
def test_agreement_counts_the_pairs_that_are_ordered_alike(order: list[int]) -> None:
    """τ is the difference of the shares of pairs that are and that are not; the reference rows do not count."""
    pairs = [(order[j] > order[i]) - (order[j] < order[i]) for i in range(6) for j in range(i + 1, 6)]
    found = agreement(rows_of([float(i) for i in range(6)], [float(i) for i in order], [0.0, *[np.nan] * 5]))
    assert found == [("attributes", "expressions", pytest.approx(np.mean(pairs)))]


def test_two_strategies_have_no_order_to_agree_on() -> None:
    assert agreement(rows_of([1.0, 2.0], [1.0, 2.0], [1.0, 2.0])) == []
    missing = rows_of([1.0, 2.0, 3.0, np.nan], [1.0, 2.0, np.nan, 3.0], [np.nan] * 4)
    assert agreement(missing) == []


def test_the_best_of_each_space_is_one_that_does_not_copy() -> None:
    rows = rows_of([0.1, 0.5, 0.7], [0.1, 0.9, 0.7], [np.nan] * 3, copied=[0.9, 0.1, 0.12])
    assert best_by_space(rows) == {"attributes": "S 1", "expressions": "S 2"}
    assert best_by_space(rows_of([0.1], [0.1], [0.1], copied=[0.9])) == {}


def test_the_caption_says_whether_the_spaces_agree() -> None:
    order = [0.1, 0.5, 0.7]
    text = about_spaces(rows_of(order, order, order), NOTHING)
    assert "attributes and expressions 1.00" in text
    assert "They disagree" not in text
    text = about_spaces(rows_of(order, order, order[::-1]), NOTHING)
    assert "by attributes S 0, by expressions S 0 and by textures S 2." in text
    assert "They disagree" in text
    assert about_spaces(rows_of([0.1], [0.1], [0.1]), NOTHING) == ""
