"""The scoreboard in words: what its rows are held against, and which spaces tell something."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from core.captions.scoreboard import about_compared_rows, about_the_board, see_the_board, see_two_scores
from core.exhibits.scoreboard import the_order
from core.figures.theme import DATA, NEUTRAL, SAMPLE
from core.scores import registry
from core.scores.entries import RECONSTRUCTIONS
from core.scores.rows import KEYS
from core.scores.score import Score
from core.scores.table import board

DISTANCES = {(RECONSTRUCTIONS.key, ""): 1.0, ("mvn", ""): 2.0, ("cube", "scale=1"): 5.0, ("shell", ""): 1.5}


def long_table(**blind: float) -> pd.DataFrame:
    """Return two seeds of samples with the same distances in all spaces, but for those of N(μ, Σ) that are given."""
    rows = [(*name, 2000, seed) for name in DISTANCES for seed in (0, 1)]
    table = pd.DataFrame(rows, columns=list(KEYS)).assign(note="", copied=0.1)
    for space in ("attributes", "expressions", "textures"):
        values = table["strategy"].map({key: value for (key, _), value in DISTANCES.items()}) + 0.01 * table["seed"]
        values[table["strategy"] == "mvn"] = blind.get(space, 2.0) + 0.01 * table["seed"]
        table[f"distance_{space}"] = table[f"kernel_{space}"] = values
    return table


def test_the_board_says_what_is_learned_from_and_what_is_the_floor() -> None:
    table = long_table()
    text = about_the_board(board(table, "Cells"), table)
    assert "learn from one half of the study and are held against a part of the other" in text
    assert "Blind here" not in text
    assert "attributes and expressions 1.00, attributes and textures 1.00 and expressions and textures 1.00." in text
    assert see_the_board(board(table, "Cells")).startswith("Each line is a way to draw vectors at one setting")


def test_the_best_and_the_worst_strategy_are_named_first() -> None:
    rows = board(long_table(), "Cells")
    exhibit = the_order(rows)
    assert exhibit is not None
    assert exhibit.plain.startswith(
        "**Shell** wins: of all that do not copy, its pictures come nearest to those of real vectors, at 0.50. "
        "**Cube 1** comes last, at 4.00. Each bar is how much farther"
    )
    assert "near-copies" not in exhibit.plain
    assert list(exhibit.picture.data[0].y) == ["Unseen Cells", "Shell", "Multivariate normal", "Cube 1"]
    rows.loc[rows["strategy"] == "cube", "verdict"] = "near-copies"
    grey = the_order(rows)
    assert grey is not None
    assert grey.plain.endswith(" Grey are near-copies of the data: Cube 1.")
    assert list(grey.picture.data[0].marker.color) == [DATA, SAMPLE, SAMPLE, NEUTRAL]


def test_the_board_names_the_spaces_that_tell_nothing() -> None:
    table = long_table(textures=1.0)
    text = about_the_board(board(table, "Cells"), table)
    assert "Blind here, since N(μ, Σ) is hardly farther than real vectors: the features of textures." in text
    assert "attributes and expressions 1.00." in text
    assert "and textures" not in text


def test_a_board_without_images_names_no_best_and_says_what_the_goal_is() -> None:
    table = long_table()
    table = table.drop(columns=[column for column in table if column.startswith(("distance_", "kernel_"))])
    assert see_the_board(board(table, "Cells")).startswith("Each line is a way to draw vectors")
    assert the_order(board(table, "Cells")) is None


def test_rows_are_compared_beside_unseen_real_vectors() -> None:
    assert about_compared_rows(["Cube 1"], floor=True).startswith("Every score of Cube 1 beside the floor, unseen real")
    assert "floor" not in about_compared_rows(["Cube 1"], floor=False)


@pytest.mark.parametrize("score", registry.SCORES, ids=lambda score: score.key)
def test_each_score_is_told_in_words_that_need_no_statistics(score: Score) -> None:
    text = score.in_words
    assert text.startswith(f"*{score.label}* is ")
    assert text.endswith(f"; {score.good}, but blind to {score.blind}." if score.blind else f"; {score.good}.")
    assert not re.search(r"[σμΣχ√]|Mahalanobis|Wasserstein|Fréchet|Pearson|AUC|embedding|density estimate", score.plain)


def test_two_scores_are_told_one_after_the_other_and_the_corner_of_real_vectors_is_named() -> None:
    rows = board(long_table(), "Cells")
    across, up = registry.SCORES[:2]  # faces are not known of these
    assert see_two_scores(rows, across, up) == f"{across.in_words} {up.in_words}"
    copied = next(score for score in registry.SCORES if score.key == "copied")
    goal = " Good is near the blue point *Unseen Cells*"
    rows["copied"] = 0.1 * np.arange(len(rows))
    assert see_two_scores(rows, up, copied).endswith(f"{goal}, here in the lower left corner.")
    rows["copied"] = -rows["copied"]
    assert see_two_scores(rows, up, copied).endswith(f"{goal}, here in the upper left corner.")
    rows["copied"] = 0.1
    assert see_two_scores(rows, up, copied).endswith(f"{goal}.")


def test_each_line_of_real_vectors_is_explained_where_it_stands() -> None:
    rows = board(long_table(), "Cells")
    assert "*Unseen Cells* (real vectors that no strategy has seen) is the goal. No column" in see_the_board(rows)
    known = pd.concat([rows, rows.iloc[:1].assign(strategy="data", name="Cells")])
    assert "is the goal and *Cells* is the data themselves, exact copies" in see_the_board(known)
    assert "is the goal" not in see_the_board(rows[rows["strategy"] != RECONSTRUCTIONS.key])
