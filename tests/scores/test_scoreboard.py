"""Rows, verdicts and shades of the scoreboard."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.scores import SCORES, THRESHOLDS, verdict
from core.scores.entries import ENTRIES, RECONSTRUCTIONS, entry_of
from core.scores.rows import KEYS, at_one_count, read_scores, summary
from core.scores.table import board, cells, floor_row, nearest_to_photographs, shades
from core.strategies import STRATEGIES


def long_table(**columns: list[float]) -> pd.DataFrame:
    """Return two seeds each of the reconstructions, real vectors, a cube and neighbours."""
    names = [(RECONSTRUCTIONS.key, ""), ("data", ""), ("cube", "scale=1"), ("neighbours", "k=5")]
    rows = [(key, parameters, 2000, seed) for key, parameters in names for seed in (0, 1)]
    table = pd.DataFrame(rows, columns=list(KEYS)).assign(note="")
    for name, values in columns.items():
        table[name] = values
    return table


def test_every_strategy_has_a_row_and_so_have_the_four_cubes() -> None:
    keys = {entry.key for entry in ENTRIES}
    assert keys == {s.key for s in STRATEGIES} | {RECONSTRUCTIONS.key}
    assert [e.key for e in ENTRIES[:2]] == [RECONSTRUCTIONS.key, "data"]
    assert len({(entry.key, entry.text) for entry in ENTRIES}) == len(ENTRIES)
    cubes = [entry.make().scale for entry in ENTRIES if entry.key == "cube"]
    assert cubes == pytest.approx([2 / 3, 1, 4 / 3, 10 / 3])
    intervals = [entry.make() for entry in ENTRIES if entry.key == "interval"]
    assert [i.k for i in intervals if i.centre == "mean"] == [1.0, 1.5, 2.0, 3.0]


@pytest.mark.parametrize("entry", ENTRIES[1:], ids=lambda e: f"{e.key}-{e.text}")
def test_an_entry_is_found_again_from_what_stands_in_its_row(entry: object) -> None:
    again = entry_of(entry.key, entry.text)
    assert again == entry


@pytest.mark.parametrize(("key", "parameters"), [("magic", ""), ("cube", "size=3"), ("cube", "scale=99")])
def test_a_row_of_no_strategy_is_refused_with_a_sentence(key: str, parameters: str) -> None:
    with pytest.raises(InputError, match=r"^[^\n]+\.$"):
        entry_of(key, parameters)


def test_scores_survive_the_file_to_the_last_digit(tmp_path: Path) -> None:
    table = long_table(faces=list(np.random.default_rng(0).random(8)))
    table.to_csv(tmp_path / "scores.csv", index=False)
    pd.testing.assert_frame_equal(read_scores(tmp_path / "scores.csv"), table, check_dtype=False)


def test_without_a_file_there_are_no_rows(tmp_path: Path) -> None:
    table = read_scores(tmp_path / "nothing.csv")
    assert table.empty
    assert tuple(table.columns) == KEYS


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00rubbish", b"a,b\n1,2\n"])
def test_a_file_that_is_no_table_of_scores_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"scores\.csv .*choose another file\.$"):
        read_scores(path)


def test_the_summary_has_means_and_deviations_over_the_seeds() -> None:
    rows = summary(long_table(faces=[0.9, 1.0, 0.8, 0.9, 0.0, 0.1, 0.7, 0.9]))
    assert list(rows["strategy"]) == [RECONSTRUCTIONS.key, "data", "cube", "neighbours"]
    assert list(rows["faces"]) == pytest.approx([0.95, 0.85, 0.05, 0.8])
    assert list(rows["faces_deviation"]) == pytest.approx([0.1 / math.sqrt(2)] * 3 + [0.2 / math.sqrt(2)])


@pytest.mark.parametrize(
    ("scores", "word"),
    [
        ({"faces": 0.01, "diversity": 1.0, "copied": 0.0}, "noise"),
        ({"faces": 1.0, "diversity": 0.4, "copied": 0.0}, "mean face"),
        ({"faces": 0.95, "diversity": 0.95, "copied": 0.9}, "near-copies"),
        ({"faces": 0.95, "diversity": 0.8, "in_bulk": 0.1, "median_mahalanobis": 65.0}, "distorted faces"),
        ({"faces": 0.95, "diversity": 0.8, "copied": 0.9, "median_mahalanobis": 7.0}, "smooth faces"),
        ({"faces": 0.95, "diversity": 0.8, "copied": 0.9, "median_mahalanobis": 11.0}, "near-copies"),
        ({"faces": 0.9, "diversity": 0.95, "copied": 0.1}, "faces"),
        ({"faces": 0.5, "diversity": 0.95, "copied": 0.1}, "some faces"),
        ({"faces": math.nan, "diversity": 0.95}, ""),
        ({}, ""),
        ({"faces": 0.9}, "faces"),
        ({"faces": 0.9, "diversity": math.nan, "copied": math.nan}, "faces"),
    ],
)
def test_a_verdict_follows_the_stated_thresholds(scores: dict[str, float], word: str) -> None:
    assert verdict(scores, {"copied": 0.1, "median_mahalanobis": 15.0}, {"faces": 0.95}) == word
    assert word in THRESHOLDS


def test_the_board_names_its_rows_and_has_every_score_even_those_that_were_not_measured() -> None:
    faces, copied = [0.95, 0.95, 0.9, 0.9, 0.0, 0.0, 0.95, 0.95], [np.nan, np.nan, *[0.1] * 4, 0.9, 0.9]
    rows = board(long_table(faces=faces, copied=copied))
    assert list(rows["name"]) == ["Reconstructions", "CelebA", "Cube 1", "Neighbours 5"]
    assert list(rows["verdict"]) == ["faces", "faces", "noise", "near-copies"]
    for score in SCORES:
        assert score.key in rows
        assert f"{score.key}_deviation" in rows


def test_a_name_says_what_is_not_as_usual() -> None:
    ellipsoid = ("ellipsoid", "components=5,k=3,cut=axes")
    rows = [("interval", "k=1,centre=origin"), ("interval", "k=2,centre=mean"), ellipsoid]
    table = pd.DataFrame([(*row, 2000, 0) for row in rows], columns=list(KEYS)).assign(note="", faces=1.0)
    assert list(board(table)["name"]) == ["Interval 2", "Interval 1, origin", "Ellipsoid 5"]


def test_shades_run_from_the_floor_to_the_worst() -> None:
    rows = board(long_table(c2st=[np.nan, np.nan, 0.5, 0.5, 1.0, 1.0, 0.6, 0.6]))
    assert floor_row(rows)["c2st"] == 0.5
    shade = shades(rows)["c2st"]
    assert math.isnan(shade[0])
    assert list(shade[1:]) == pytest.approx([0.0, 1.0, 0.2])


def test_without_the_floor_shades_start_at_the_middle() -> None:
    table = long_table(c2st=[np.nan, np.nan, 0.5, 0.5, 1.0, 1.0, 0.6, 0.6])
    rows = board(table[table["strategy"] != "data"])
    assert shades(rows)["c2st"].max() == 1.0
    assert not len(floor_row(rows))


def test_every_score_says_what_it_means_and_what_it_is_blind_to() -> None:
    assert len({s.key for s in SCORES}) == len({s.label for s in SCORES}) == len(SCORES)
    for score in SCORES:
        assert score.meaning.endswith(".")
        assert score.help.endswith(".")
        assert ("Blind to" in score.help) == bool(score.blind)


def test_a_board_is_in_the_order_of_the_ladder_whatever_order_was_scored() -> None:
    table = long_table(faces=[0.9, 0.9, 0.8, 0.8, 0.0, 0.1, 0.7, 0.7])
    mixed = table.iloc[[6, 4, 0, 2, 7, 5, 1, 3]]
    pd.testing.assert_frame_equal(board(mixed), board(table))
    unknown = pd.concat([table.assign(parameters=table["parameters"].replace("scale=1", "scale=1.7")), table[4:6]])
    assert list(board(unknown)["name"])[-2:] == ["Neighbours 5", "Cube 1.7"]


def test_cells_show_the_deviation_over_the_seeds_and_the_interval_of_the_faces() -> None:
    table = long_table(
        faces=[0.9, 0.9, 0.8, 0.8, 0.0, 0.1, 0.7, 0.7],
        faces_low=[0.88] * 8,
        faces_high=[0.92] * 8,
        c2st=[np.nan, np.nan, 0.5, 0.54, 1, 1, 0.8, np.nan],
    )
    shown = cells(board(table))
    assert shown.loc[0, "faces"] == "0.900 (0.880–0.920)"
    assert list(shown["c2st"]) == ["", "0.52 ± 0.03", "1.00 ± 0.00", "0.80"]
    assert (shown["coverage"] == "").all()


def test_nearest_to_the_photographs_is_told_of_all_of_originals_and_of_faces() -> None:
    table = long_table(
        faces=[0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.9, 0.9],
        frechet_ratio=[1, 1, 1, 1, 1.2, 1.2, 1.1, 1.1],
        copied=[np.nan, np.nan, 0.1, 0.1, 0.14, 0.14, 0.9, 0.9],
    )
    best = nearest_to_photographs(board(table))
    assert {words: row["name"] for words, row in best.items()} == {
        "of all": "Neighbours 5",
        "of those that do not copy": "Cube 1",
    }
    table.loc[table["strategy"] == "cube", "faces"] = 0.88
    assert nearest_to_photographs(board(table))["of those whose verdict is faces"]["name"] == "Cube 1"
    assert nearest_to_photographs(board(table.assign(frechet_ratio=np.nan))) == {}


@pytest.mark.parametrize("wrong", ["faces,ugly", "count,many", "seed,"])
def test_words_where_numbers_belong_are_refused_with_a_sentence(tmp_path: Path, wrong: str) -> None:
    column, value = wrong.split(",")
    table = long_table(faces=[0.5] * 8).astype({column: object})
    table.loc[3, column] = value
    table.to_csv(tmp_path / "scores.csv", index=False)
    with pytest.raises(InputError, match=r"has words where numbers belong; mend it, or choose another file\.$"):
        read_scores(tmp_path / "scores.csv")


def test_a_table_without_notes_and_with_remarks_is_read(tmp_path: Path) -> None:
    long_table(faces=[0.5] * 8).drop(columns="note").assign(remark="mine").to_csv(tmp_path / "scores.csv", index=False)
    table = read_scores(tmp_path / "scores.csv")
    assert (table["note"] == "").all()
    assert board(table)["faces"].notna().all()


def test_only_the_largest_samples_are_compared() -> None:
    table = long_table(faces=[0.5] * 8)
    mixed = pd.concat([table.assign(count=60), table])
    pd.testing.assert_frame_equal(at_one_count(mixed), table)
