"""The scoreboard in pictures with their words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.exhibits import scoreboard
from core.figures.faces import wall
from core.plain import as_text
from core.scores import registry
from core.scores.liar_table import COLUMNS
from core.scores.table import board
from tests.helpers.scenes import assert_whole


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Return a long table of the floor, the data, two ellipsoids and a cube, two seeds each."""
    names = [
        ("reconstructions", ""),
        ("data", ""),
        ("cube", "scale=1"),
        ("ellipsoid", "components=20,k=3,cut=axes"),
        ("ellipsoid", "components=60,k=3,cut=axes"),
    ]
    rng = np.random.default_rng(0)
    rows = [
        {"strategy": key, "parameters": text, "count": 100, "seed": seed}
        | {measure: rng.uniform() for measure in registry.measures()}
        for key, text in names
        for seed in (0, 1)
    ]
    return pd.DataFrame(rows)


def test_the_scoreboard_is_shown_whole(table: pd.DataFrame) -> None:
    rows = board(table, "Cells")
    across, up = registry.SCORES[:2]
    chosen = scoreboard.compared(rows, [2])
    for exhibit in (
        scoreboard.the_board("plate7", rows, table, table),
        scoreboard.two_scores(rows, across, up, "Cells"),
        chosen,
        scoreboard.copies("Cube 1", wall(np.zeros((4, 4, 4, 3), np.uint8), 2), np.ones(2), "Cells"),
        scoreboard.shares("Cube 1", pd.Series({"Round": 0.1}), pd.Series({"Round": 0.4}), "Cells"),
    ):
        assert_whole(exhibit)
    assert {trace.name for trace in chosen.picture.data} == {"Unseen Cells", "Cube 1"}
    assert "Cube 1 beside the floor" in chosen.caption


def test_the_floor_is_not_compared_with_itself(table: pd.DataFrame) -> None:
    rows = board(table, "Cells")
    chosen = scoreboard.compared(rows, [0])
    assert {trace.name for trace in chosen.picture.data} == {"Unseen Cells"}
    assert "floor" not in chosen.caption


def test_axes_are_counted_where_ellipsoids_of_several_sizes_were_scored(table: pd.DataFrame) -> None:
    shown = scoreboard.axes(board(table, "Cells"))
    assert shown is not None
    assert_whole(shown)
    assert list(shown.picture.data[0].x) == [20, 60]
    assert scoreboard.axes(board(table[table["strategy"] != "ellipsoid"], "Cells")) is None
    assert scoreboard.axes(board(table[table["strategy"] != "reconstructions"], "Cells")) is None


def test_the_liar_test_says_who_was_caught_by_whom_and_whether_real_vectors_pass() -> None:
    table = pd.DataFrame(
        [
            ("real", "Unseen real vectors", 400, 20, 1, "C2ST", "C2ST", 4.2, "faces"),
            ("copies", "Exact copies", 400, 1, 1, "Nearer; Copied", "Nearer", 57.31, "near-copies"),
            ("wide", "Too wide [a](b) normal", 400, 1, 0, "", "Faces", 3.0, "some faces"),
        ],
        columns=list(COLUMNS),
    )
    exhibit = scoreboard.liars("plate7", table)
    assert_whole(exhibit)
    assert list(exhibit.picture["Caught"]) == ["1 of 20", "1 of 1", "0 of 1"]
    assert list(exhibit.picture["Most clearly by"]) == ["C2ST", "Nearer", "none; nearest to it: Faces"]
    assert exhibit.picture["Deviations"][1] == 57.3
    assert "19 pass all judges" in exhibit.caption
    assert f"Not caught: {as_text('Too wide [a](b) normal')}." in exhibit.caption
    assert "[a]" not in exhibit.caption
    caught = scoreboard.liars("plate7", table.iloc[:2])
    assert "All of them are caught." in caught.caption
