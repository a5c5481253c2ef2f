"""The scoreboard in pictures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.captions.scoreboard import about_the_board
from core.figures import scoreboard, theme
from core.scores import registry
from core.scores.entries import RECONSTRUCTIONS
from core.scores.rows import KEYS
from core.scores.table import board


@pytest.fixture
def table() -> pd.DataFrame:
    """Return a long table of two seeds."""
    rng = np.random.default_rng(0)
    names = [
        (RECONSTRUCTIONS.key, ""),
        ("data", ""),
        ("cube", "scale=1"),
        ("ellipsoid", "components=60,k=3,cut=axes"),
        ("ellipsoid", "components=5,k=3,cut=axes"),
        ("neighbours", "k=5"),
        ("mvn", ""),
    ]
    rows = [(key, parameters, 2000, seed) for key, parameters in names for seed in (0, 1)]
    table = pd.DataFrame(rows, columns=list(KEYS)).assign(note="")
    measures = list(registry.measures())
    table[measures] = rng.random((len(rows), len(measures)))
    for column in [measure for measure in measures if measure.startswith(("distance_", "kernel_"))]:
        table[column] = table["strategy"].map({RECONSTRUCTIONS.key: 1.0, "mvn": 2.0}).fillna(1.5) + 0.01 * table["seed"]
    table["faces"] = 0.9
    table["diversity"] = table["in_bulk"] = 1.0
    table["median_mahalanobis"] = 15.0
    table["copied"] = np.where(table["strategy"] == "neighbours", 0.9, 0.1)
    table["frechet_ratio"] = table["strategy"].map(
        {RECONSTRUCTIONS.key: 1.0, "data": 1.0, "cube": 3.0, "ellipsoid": 2.0, "neighbours": 1.1, "mvn": 1.5}
    )
    return table


def score(key: str) -> object:
    return next(s for s in registry.SCORES if s.key == key)


def test_two_scores_are_scattered_with_references_in_celebas_colour(table: pd.DataFrame) -> None:
    rows = board(table, "CelebA")
    chart = scoreboard.scores_scattered(rows, score("density"), score("c2st"))
    celeba, strategies = chart.data
    assert list(celeba.text) == ["Unseen CelebA", "CelebA"]
    assert len(strategies.text) == 5
    assert (celeba.marker.color, strategies.marker.color) == (theme.DATA, theme.SAMPLE)
    np.testing.assert_allclose(strategies.x, rows["density"][2:])
    np.testing.assert_allclose(strategies.error_y.array, rows["c2st_deviation"][2:])
    assert (chart.layout.xaxis.title.text, chart.layout.yaxis.title.text) == ("Density", "C2ST")


def test_chosen_rows_are_bars_in_a_panel_per_score(table: pd.DataFrame) -> None:
    rows = board(table, "CelebA").iloc[[2, 6]]
    chart = scoreboard.rows_compared(rows, registry.SCORES)
    assert len(chart.data) == 2 * len(registry.SCORES)
    assert [a.text for a in chart.layout.annotations] == [s.label for s in registry.SCORES]
    assert [bar.showlegend for bar in chart.data[:2]] == [True, True]
    assert not any(bar.showlegend for bar in chart.data[2:])
    assert chart.data[1].y[0] == pytest.approx(rows.iloc[1][registry.SCORES[0].key])


def test_faces_and_diversity_are_drawn_against_the_axes_in_their_order(table: pd.DataFrame) -> None:
    rows = board(table, "CelebA")
    ellipsoids = rows[rows["strategy"] == "ellipsoid"].assign(axes=[60, 5])
    chart = scoreboard.axes_needed(ellipsoids, rows.iloc[0])
    assert [list(trace.x) for trace in chart.data] == [[5, 60], [5, 60]]
    assert len(chart.layout.shapes) == 2
    blank = rows.iloc[0].copy()
    blank[["faces", "diversity"]] = np.nan
    assert len(scoreboard.axes_needed(ellipsoids, blank).layout.shapes) == 0


def test_the_caption_names_the_best_and_the_best_that_does_not_copy(table: pd.DataFrame) -> None:
    text = about_the_board(board(table, "CelebA"), table)
    assert "Means over 2 seeds of 2,000 vectors each" in text
    assert "of all Neighbours 5, at 1.10; of those that do not copy Multivariate normal, at 1.50" in text
    without = table[table["strategy"] != "neighbours"]
    assert "of all Multivariate normal, at 1.50; of those that" in about_the_board(board(without, "CelebA"), without)


def test_the_caption_of_a_board_without_images_names_no_best(table: pd.DataFrame) -> None:
    blank = table.assign(frechet_ratio=np.nan)
    assert "photographs" not in about_the_board(board(blank, "CelebA"), blank)


def test_the_attributes_that_differ_most_are_shown_first() -> None:
    celeba = pd.Series({"Male": 0.4, "Eyeglasses": 0.1, "Wearing_Hat": 0.05, "Smiling": 0.5})
    sample = pd.Series({"Male": 0.41, "Eyeglasses": 0.0, "Wearing_Hat": 0.0, "Smiling": 0.8})
    chart = scoreboard.shares_compared(sample, celeba, "Cube", count=3)
    mine, theirs = chart.data
    assert list(mine.y) == ["Wearing Hat", "Eyeglasses", "Smiling"]  # drawn from below
    assert list(mine.x) == [0.0, 0.0, 0.8]
    assert list(theirs.x) == [0.05, 0.1, 0.5]
    assert (mine.marker.color, theirs.marker.color) == (theme.SAMPLE, theme.DATA)
