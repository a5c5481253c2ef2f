"""The scoreboard in words: what its rows are held against, and which spaces tell something."""

from __future__ import annotations

import pandas as pd

from core.captions.scoreboard import about_compared_rows, about_the_board
from core.scores.entries import RECONSTRUCTIONS
from core.scores.rows import KEYS
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
    assert "The goal is the row of real vectors that no strategy has seen" in text
    assert "Blind here" not in text
    assert "attributes and expressions 1.00, attributes and textures 1.00 and expressions and textures 1.00." in text
    assert text.startswith("**Shell** comes nearest to unseen real vectors of all that do not copy. ")


def test_the_board_names_the_spaces_that_tell_nothing() -> None:
    table = long_table(textures=1.0)
    text = about_the_board(board(table, "Cells"), table)
    assert "Blind here, since N(μ, Σ) is hardly farther than real vectors: the features of textures." in text
    assert "attributes and expressions 1.00." in text
    assert "and textures" not in text


def test_a_board_without_images_names_no_best_and_says_what_the_goal_is() -> None:
    table = long_table()
    table = table.drop(columns=[column for column in table if column.startswith(("distance_", "kernel_"))])
    assert about_the_board(board(table, "Cells"), table).startswith("The goal is the row of real vectors")


def test_rows_are_compared_beside_unseen_real_vectors() -> None:
    assert about_compared_rows(["Cube 1"], floor=True).startswith("Every score of Cube 1 beside the floor, unseen real")
    assert "floor" not in about_compared_rows(["Cube 1"], floor=False)
