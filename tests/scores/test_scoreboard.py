"""Rows, verdicts and shades of the scoreboard."""

from __future__ import annotations

import csv
import math
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.scores import THRESHOLDS, Need, Score, registry, verdict
from core.scores.entries import ENTRIES, HELD_OUT, RECONSTRUCTIONS, entry_of
from core.scores.results import results
from core.scores.rows import (
    KEYS,
    RULES,
    TODAYS,
    at_one_count,
    blank_columns,
    left_out,
    read_scores,
    summary,
    write_cells,
)
from core.scores.score import Best
from core.scores.table import board, cells, floor_row, nearest_to_photographs, one_each, ranked, shades
from core.scores.verdicts import reason as reason_for
from core.strategies import STRATEGIES
from tests.helpers.jobs import until

ROOT = Path(__file__).parents[2]

WRITE = """
import sys
from pathlib import Path
from core.scores.rows import write_cells
path = Path(sys.argv[1])
for seed in range(2000):
    write_cells(path, ("data", "", 40, seed), {"faces": 0.5})
    if path.with_name("enough").exists():
        break
"""


def long_table(**columns: list[float]) -> pd.DataFrame:
    """Return two seeds each of unseen real vectors, copies of what was learned, a cube and neighbours."""
    names = [(RECONSTRUCTIONS.key, ""), ("data", ""), ("cube", "scale=1"), ("neighbours", "k=5")]
    rows = [(key, parameters, 2000, seed) for key, parameters in names for seed in (0, 1)]
    table = pd.DataFrame(rows, columns=list(KEYS)).assign(note="")
    for name, values in columns.items():
        table[name] = values
    return table


def to_file(table: pd.DataFrame, path: Path) -> None:
    """Write a table as it is written when it is scored today."""
    table.assign(**{RULES: TODAYS}).to_csv(path, index=False)


def test_every_strategy_has_a_row_and_so_have_the_four_cubes() -> None:
    keys = {entry.key for entry in ENTRIES}
    assert keys == {s.key for s in STRATEGIES} | {RECONSTRUCTIONS.key, HELD_OUT.key}
    assert [e.key for e in ENTRIES[:3]] == [RECONSTRUCTIONS.key, HELD_OUT.key, "data"]
    assert len({(entry.key, entry.text) for entry in ENTRIES}) == len(ENTRIES)
    cubes = [entry.make().scale for entry in ENTRIES if entry.key == "cube"]
    assert cubes == pytest.approx([2 / 3, 1, 4 / 3, 10 / 3], rel=1e-5)  # as tables write them
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
    to_file(table, tmp_path / "scores.csv")
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
        ({"faces": 0.9, "excess_textures": 1.29, "excess_attributes": math.nan}, "faces"),
        ({"faces": 0.9, "excess_textures": 1.3, "excess_attributes": 0.1}, "unlike the data"),
        ({"faces": 0.5, "excess_textures_kernel": 1.4}, "unlike the data"),
        ({"faces": 0.9, "copied": 0.9, "excess_textures": 1.4, "excess_attributes": 0.9}, "near-copies"),
        ({"faces": 0.9, "copied": 0.9, "excess_textures": 1.4, "excess_attributes": 1.1}, "unlike the data"),
        ({"faces": 1.0, "diversity": 0.4, "in_bulk": 0.1}, "distorted faces"),
    ],
)
def test_a_verdict_follows_the_stated_thresholds(scores: dict[str, float], word: str) -> None:
    assert verdict(scores, {"copied": 0.1, "median_mahalanobis": 15.0, "faces": 0.95}) == word
    assert word in THRESHOLDS


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        ({"faces": 0.009}, "0.9% show a face"),
        ({"faces": 0.95, "in_bulk": 0.1}, "10% lie where the data do"),
        ({"faces": 1.0, "diversity": 0.4}, "0.40 × as different as real ones"),
        ({"faces": 0.95, "median_mahalanobis": 7.5}, "0.50 × as far out as real ones"),
        ({"faces": 0.95, "copied": 0.9}, "90% of them, of real ones 10%"),
        ({"faces": 0.9, "excess_textures": 1.2, "excess_expressions_kernel": 1.45}, "1.45 in expressions, limit 1.3"),
        ({"faces": 0.5}, "50% show a face, of real ones 95%"),
        ({"faces": 0.9}, "passes every test"),
        ({}, ""),
    ],
)
def test_a_verdict_has_its_reason(scores: dict[str, float], why: str) -> None:
    floor = {"copied": 0.1, "median_mahalanobis": 15.0, "faces": 0.95}
    assert reason_for(scores, floor) == why
    assert bool(verdict(scores, floor)) == bool(why)


def test_of_each_strategy_the_row_of_its_tab_or_else_the_best_is_held_against_the_others() -> None:
    score = next(one for one in registry.SCORES if one.key == "excess_attributes")
    values = {
        (RECONSTRUCTIONS.key, ""): 0.0,
        ("data", ""): 0.0,
        ("cube", "scale=0.5"): 2.0,
        ("cube", "scale=1"): 3.0,
        ("mixture", "components=3"): 0.6,
        ("mixture", "components=4"): 0.5,
        ("own", "name=a"): 0.2,
        ("own", "name=b"): 4.0,
        ("mvn", ""): np.nan,
    }
    rows = pd.DataFrame(list(values), columns=["strategy", "parameters"]).assign(**{score.key: list(values.values())})
    rows["name"] = (rows["strategy"] + " " + rows["parameters"]).str.strip()
    usual = [RECONSTRUCTIONS.key, "own name=a", "mixture components=4", "cube scale=1", "own name=b"]
    assert list(one_each(rows, score, ())["name"]) == usual
    assert set(one_each(rows, score, {"cube scale=0.5"})["name"]) == {*usual, "cube scale=0.5"}


def test_which_way_is_good_stands_above_each_column() -> None:
    headings = {score.key: score.heading for score in registry.SCORES}
    assert headings["faces"] == "Faces (as real is best)"
    assert headings["excess_textures"] == "Excess, textures (0 is best)"
    assert headings["attribute_gap"] == "Attribute gap (low is good)"
    assert headings["log_likelihood"] == "Log-likelihood (high is good)"


def test_the_board_names_its_rows_and_has_every_score_even_those_that_were_not_measured() -> None:
    faces, copied = [0.95, 0.95, 0.9, 0.9, 0.0, 0.0, 0.95, 0.95], [0.1, 0.1, 1, 1, 0.1, 0.1, 0.9, 0.9]
    rows = board(long_table(faces=faces, copied=copied), "my cells")
    assert list(rows["name"]) == ["Unseen my cells", "my cells", "Cube 1", "Neighbours 5"]
    assert list(rows["verdict"]) == ["faces", "near-copies", "noise", "near-copies"]
    for score in registry.SCORES:
        assert score.key in rows
        assert f"{score.key}_deviation" in rows


def test_a_name_says_what_is_not_as_usual() -> None:
    ellipsoid = ("ellipsoid", "components=5,k=3,cut=axes")
    rows = [("interval", "k=1,centre=origin"), ("interval", "k=2,centre=mean"), ellipsoid]
    table = pd.DataFrame([(*row, 2000, 0) for row in rows], columns=list(KEYS)).assign(note="", faces=1.0)
    assert list(board(table, "my cells")["name"]) == ["Interval 2", "Interval 1, origin", "Ellipsoid 5"]


def test_shades_run_from_the_floor_to_the_worst() -> None:
    rows = board(long_table(c2st=[0.5, 0.5, np.nan, np.nan, 1.0, 1.0, 0.6, 0.6]), "my cells")
    assert floor_row(rows)["c2st"] == 0.5
    shade = shades(rows)["c2st"]
    assert math.isnan(shade[1])
    assert list(shade[[0, 2, 3]]) == pytest.approx([0.0, 1.0, 0.2])


@pytest.mark.parametrize(
    ("best", "order"),
    [(Best.HIGHER, [1, 2, 0, 3]), (Best.LOWER, [0, 2, 1, 3]), (Best.FLOOR, [2, 1, 0, 3]), (0.7, [2, 1, 0, 3])],
)
def test_the_best_in_a_score_come_first_and_the_unknown_last(best: Best | float, order: list[int]) -> None:
    score = replace(registry.SCORES[0], best=best)
    strategies = ["cube", "mvn", RECONSTRUCTIONS.key, "shell"]
    rows = pd.DataFrame({"strategy": strategies, score.key: [0.1, 0.9, 0.6, np.nan]})
    assert list(ranked(rows, score).index) == order


def test_without_the_floor_shades_start_at_the_middle() -> None:
    table = long_table(c2st=[0.5, 0.5, np.nan, np.nan, 1.0, 1.0, 0.6, 0.6])
    rows = board(table[table["strategy"] != RECONSTRUCTIONS.key], "my cells")
    assert shades(rows)["c2st"].max() == 1.0
    assert not len(floor_row(rows))


def test_every_score_says_what_it_means_and_what_it_is_blind_to() -> None:
    assert len({s.key for s in registry.SCORES}) == len({s.label for s in registry.SCORES}) == len(registry.SCORES)
    for score in registry.SCORES:
        assert score.meaning.endswith(".")
        assert score.fixed in score.help
        assert score.help.startswith(score.about)
        assert score.help.endswith(".")
        assert "CelebA" not in score.help
        assert ("Blind to" in score.help) == bool(score.blind)


def test_a_board_is_in_the_order_of_the_ladder_whatever_order_was_scored() -> None:
    table = long_table(faces=[0.9, 0.9, 0.8, 0.8, 0.0, 0.1, 0.7, 0.7])
    mixed = table.iloc[[6, 4, 0, 2, 7, 5, 1, 3]]
    pd.testing.assert_frame_equal(board(mixed, "my cells"), board(table, "my cells"))
    unknown = pd.concat([table.assign(parameters=table["parameters"].replace("scale=1", "scale=1.7")), table[4:6]])
    assert list(board(unknown, "my cells")["name"])[-2:] == ["Neighbours 5", "Cube 1.7"]


def test_cells_show_the_deviation_over_the_seeds_and_the_interval_of_the_faces() -> None:
    table = long_table(
        faces=[0.9, 0.9, 0.8, 0.8, 0.0, 0.1, 0.7, 0.7],
        faces_low=[0.88] * 8,
        faces_high=[0.92] * 8,
        c2st=[np.nan, np.nan, 0.5, 0.54, 1, 1, 0.8, np.nan],
    )
    shown = cells(board(table, "my cells"))
    assert shown.loc[0, "faces"] == "0.900 (0.880–0.920)"
    assert list(shown["c2st"]) == ["", "0.52 ± 0.03", "1.00 ± 0.00", "0.80"]
    assert (shown["coverage"] == "").all()


def test_nearest_to_the_photographs_is_told_of_all_of_originals_and_of_faces() -> None:
    table = long_table(
        faces=[0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.9, 0.9],
        frechet_ratio=[1, 1, 1, 1, 1.2, 1.2, 1.1, 1.1],
        copied=[0.1, 0.1, 1, 1, 0.14, 0.14, 0.9, 0.9],
    )
    best = nearest_to_photographs(board(table, "my cells"))
    assert {words: row["name"] for words, row in best.items()} == {
        "of all": "Neighbours 5",
        "of those that do not copy": "Cube 1",
    }
    table.loc[table["strategy"] == "cube", "faces"] = 0.88
    assert nearest_to_photographs(board(table, "my cells"))["of those whose verdict is faces"]["name"] == "Cube 1"
    assert nearest_to_photographs(board(table.assign(frechet_ratio=np.nan), "my cells")) == {}


@pytest.mark.parametrize("wrong", ["faces,ugly", "count,many", "faces,inf", "c2st,1e999", "seed,=1+1", "faces,"])
def test_words_where_numbers_belong_are_refused_with_a_sentence(tmp_path: Path, wrong: str) -> None:
    column, value = wrong.split(",")
    table = long_table(faces=[0.5] * 8, c2st=[0.5] * 8).astype(object)
    table.loc[3, column] = value
    to_file(table, tmp_path / "scores.csv")
    if value:
        sentence = rf"{value!r} where a number belongs, in row 4; mend it, or choose another file."
        with pytest.raises(InputError, match=rf"{re.escape(sentence)}$"):
            read_scores(tmp_path / "scores.csv")
    else:
        assert list(read_scores(tmp_path / "scores.csv")["faces"].isna()) == [False] * 3 + [True] + [False] * 4


STRANGE = [
    (",,2000,0", "There is no strategy ''; choose one of "),
    ("magic,,2000,0", "There is no strategy 'magic'; choose one of "),
    ("mvn,wings=2,2000,0", "mvn has no parameter 'wings'; it takes none."),
    ("cube,scale=99,2000,0", "scale must be from 0.05 to 5, not 99."),
    ("cube,scale,2000,0", "scale must be a number, not ''."),
    ("reconstructions,k=1,2000,0", "reconstructions takes no parameters."),
    ("mvn,,-5,0", "No sample has '-5' vectors and the seed '0'."),
    ("mvn,,2000,-1", "No sample has '2000' vectors and the seed '-1'."),
    ("mvn,,2000.5,0", "No sample has '2000.5' vectors and the seed '0'."),
    ("mvn,,,0", "No sample has '' vectors and the seed '0'."),
    ("mvn,,1e300,0", "No sample has '1e300' vectors and the seed '0'."),
    (f"mvn,,{'9' * 400},0", "'" + "9" * 400),
    (f"{'m' * 100_000},,2000,0", "There is no strategy 'mmm"),
]


@pytest.mark.parametrize(("row", "reason"), STRANGE, ids=[row[:20] for row, _ in STRANGE])
def test_a_row_that_cannot_be_understood_is_left_out_with_a_sentence(tmp_path: Path, row: str, reason: str) -> None:
    path = tmp_path / "scores.csv"
    path.write_text(f"strategy,parameters,count,seed,rules,faces\ncube,scale=1,2000,0,2,0.5\n{row},2,0.25\n")
    if "9" * 400 in row:  # no number of float64
        with pytest.raises(InputError, match=r"where a number belongs, in row 2; mend it, or choose another file\.$"):
            read_scores(path)
        return
    assert list(board(read_scores(path), "my cells")["name"]) == ["Cube 1"]
    (said,) = left_out(path)
    assert said.startswith(f"Row 2 of scores.csv is left out: {reason}")
    assert said.endswith(".")
    assert len(said) < 300
    before = path.read_text()
    write_cells(path, ("mvn", "", 2000, 1), {"faces": 0.75})
    assert (
        path.read_text()
        == before.replace("faces\n", "faces,note\n", 1).replace("5\n", "5,\n") + "mvn,,2000,1,2,0.75,\n"
    )


@pytest.mark.slow
def test_two_that_write_into_one_table_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    with subprocess.Popen([sys.executable, "-c", WRITE, str(path)], cwd=ROOT) as other:
        until(path.exists)
        for seed in range(50):
            write_cells(path, ("mvn", "", 40, seed), {"faces": 0.5})
        assert other.poll() is None
        (tmp_path / "enough").touch()
    assert other.returncode == 0
    written = read_scores(path).groupby("strategy")["seed"].agg(list)
    assert sorted(written["mvn"]) == list(range(50))
    assert written["data"] == list(range(len(written["data"])))


def test_of_many_rows_left_out_only_the_first_are_told(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("strategy,parameters,count,seed\n" + "magic,,2000,0\n" * 1000)
    assert len(left_out(path)) == 6
    assert left_out(path)[-1] == "995 more rows of scores.csv are left out."
    assert read_scores(path).empty


def test_of_rows_with_one_name_the_last_counts_and_is_the_one_that_is_written(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("strategy,parameters,count,seed,rules,faces\nceleba,,2000,0,2,0.1\ndata,,2000,0,2,0.2\n")
    assert list(read_scores(path)["faces"]) == [0.2]
    assert left_out(path) == ["Row 1 of scores.csv is left out: Row 2 has the same name."]
    write_cells(path, ("data", "", 2000, 0), {"faces": 0.3})
    assert list(read_scores(path)["faces"]) == [0.3]


def test_parameters_are_read_as_they_are_written_today(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    rows = ["interval,k=2,2000.0,0,2", "cube,scale=1.00,2000,3,2", "celeba,,2000,0,2"]
    path.write_text("\n".join(["strategy,parameters,count,seed,rules", *rows, ""]))
    table = read_scores(path)
    names = [("interval", "k=2,centre=mean", 2000, 0), ("cube", "scale=1", 2000, 3), ("data", "", 2000, 0)]
    assert list(table[list(KEYS)].itertuples(index=False, name=None)) == names
    assert table[["count", "seed"]].dtypes.eq("int64").all()


@pytest.mark.parametrize(
    "content",
    [b"strategy,parameters,count,seed\nmvn,\n", b'strategy,parameters,count,seed\n"mvn', b"strategy,strategy\n"],
)
def test_a_table_of_ragged_lines_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "scores.csv"
    path.write_bytes(content)
    for read in (read_scores, left_out):
        with pytest.raises(InputError, match=r"^[^\n]*scores\.csv [^\n]*\.$"):
            read(path)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=4))
def test_whatever_stands_in_a_table_a_board_or_one_sentence_comes_of_it(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "scores.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([[*KEYS, "faces", RULES], *([*row, TODAYS] for row in rows)])
    try:
        table = read_scores(path)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017
    else:
        assert len(board(table, "my cells")) == len(table.drop_duplicates(["strategy", "parameters", "count"]))


def test_a_row_is_written_beside_the_others_which_stay_as_they_are_to_the_last_digit(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    row = 'interval,"k=1,centre=mean",2000,0,2,,0.10000000000000001,"=1,1"'
    path.write_text(f"strategy,parameters,count,seed,rules,note,faces,remark\n{row}\n")
    write_cells(path, ("mvn", "", 2000, 0), {"faces": 1 / 3, "c2st": np.float64(0.1), "density": np.nan})
    lines = path.read_text().splitlines()
    assert lines[0] == "strategy,parameters,count,seed,rules,note,faces,remark,c2st,density,blank"
    assert lines[1] == f"{row},,,"
    assert lines[2] == "mvn,,2000,0,2,,0.3333333333333333,,0.1,,density"
    write_cells(path, ("mvn", "", 2000, 0), {"density": 0.5, "note": "why"}, anew=True)
    assert path.read_text().splitlines()[2] == "mvn,,2000,0,2,why,,,,0.5,"


TOY = Score(
    key="sparsity",
    label="Sparsity",
    needs=Need.VECTORS,
    compute=lambda sample: float((sample.vectors == 0).mean()),
    plain="how far out it lies",
    meaning="Share of the components that are 0.",
    best=0.25,
    fixed="the fit",
    blind="everything else",
    digits=1,
    beside=("sparsity_low",),
    most=100,
)


def test_a_score_that_is_added_to_the_list_is_everywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "SCORES", (TOY, *registry.SCORES))
    assert registry.measures()[:2] == ("sparsity", "sparsity_low")
    then = registry.measures()[2]
    path = tmp_path / "scores.csv"
    for seed, value in enumerate((0.2, 0.4)):
        write_cells(path, ("cube", "scale=1", 2000, seed), {"sparsity": value, "sparsity_low": 0.1})
    assert path.read_text().startswith(f"strategy,parameters,count,seed,rules,note,blank,sparsity,sparsity_low,{then},")
    rows = board(read_scores(path), "my cells")
    assert list(rows["sparsity"]) == pytest.approx([0.3])
    assert list(cells(rows)["sparsity"]) == ["0.3 ± 0.1"]
    assert "sparsity" in shades(rows)
    text = results('{{ definitions }} {{ sparsity("cube") }}', {"plain": read_scores(path)}, {"plain": "my cells"})
    assert text.startswith(f"* **Sparsity**: {TOY.help}\n")
    assert text.endswith(" 0.3")
    assert TOY.help == (
        "Share of the components that are 0. 0.25 is perfect. Looks at 100 vectors at most. Blind to everything else. "
        "Its deviation is that over the samples; the same for all of them: the fit."
    )


def test_a_table_without_notes_and_with_remarks_is_read(tmp_path: Path) -> None:
    to_file(long_table(faces=[0.5] * 8).drop(columns="note").assign(remark="mine"), tmp_path / "scores.csv")
    table = read_scores(tmp_path / "scores.csv")
    assert (table["note"] == "").all()
    assert board(table, "my cells")["faces"].notna().all()


OTHER_RULES = "was scored by other rules; score it anew."


@pytest.mark.parametrize("rules", ["", "1", "3", "2.0"])
def test_rows_of_other_rules_are_left_out_and_give_way_when_they_are_scored_anew(tmp_path: Path, rules: str) -> None:
    path = tmp_path / "scores.csv"
    rows = [f"mvn,,2000,0,{rules},0.1,mine", "cube,scale=1,2000,0,2,0.2,", f"shell,,2000,0,{rules},0.3,"]
    path.write_text("\n".join(["strategy,parameters,count,seed,rules,faces,remark", *rows, ""]))
    assert list(read_scores(path)["strategy"]) == ["cube"]
    assert left_out(path) == [f"Row {place} of scores.csv is left out: It {OTHER_RULES}" for place in (1, 3)]
    write_cells(path, ("mvn", "", 2000, 0), {"c2st": 0.5})
    lines = path.read_text().splitlines()
    assert lines[1:] == ["mvn,,2000,0,2,,,,0.5", f"{rows[1]},,", f"{rows[2]},,"]  # in its place, with nothing of before
    table = read_scores(path).set_index("strategy")
    assert list(table.index) == ["mvn", "cube"]
    assert math.isnan(table.loc["mvn", "faces"])
    assert left_out(path) == [f"Row 3 of scores.csv is left out: It {OTHER_RULES}"]


def test_a_table_without_rules_is_one_of_other_rules_and_gets_a_column_for_them(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("strategy,parameters,count,seed,faces\nmvn,,2000,0,0.1\ndata,,2000,0,0.9\n")
    assert read_scores(path).empty
    assert len(left_out(path)) == 2
    write_cells(path, ("data", "", 2000, 0), {"faces": 0.8})
    assert path.read_text().splitlines() == [
        "strategy,parameters,count,seed,faces,rules,note",
        "mvn,,2000,0,0.1,,",
        "data,,2000,0,0.8,2,",
    ]


def test_what_has_no_value_is_named_until_it_has_one(tmp_path: Path) -> None:
    path, name = tmp_path / "scores.csv", ("mvn", "", 2000, 0)

    def blank() -> list[str]:
        return blank_columns(read_scores(path)["blank"].iloc[0])

    write_cells(path, name, {"c2st": math.nan, "faces": 0.5, "note": ""})
    assert blank() == ["c2st"]
    write_cells(path, name, {"coverage": math.nan})
    assert blank() == ["coverage", "c2st"]
    write_cells(path, name, {"c2st": 0.5})
    assert blank() == ["coverage"]
    write_cells(path, name, {"faces": 0.4}, anew=True)
    assert blank() == []


def test_a_row_of_todays_rules_is_not_taken_for_one_of_others_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    path.write_text("strategy,parameters,count,seed,rules,faces\nmvn,,2000,0,2,0.5\nmvn,,2000,0,1,0.1\n")
    assert list(read_scores(path)["faces"]) == [0.5]
    write_cells(path, ("mvn", "", 2000, 0), {"faces": 0.6})
    assert list(read_scores(path)["faces"]) == [0.6]
    assert RULES not in read_scores(path)


def test_only_the_largest_samples_are_compared() -> None:
    table = long_table(faces=[0.5] * 8)
    mixed = pd.concat([table.assign(count=60), table])
    pd.testing.assert_frame_equal(at_one_count(mixed), table)
