"""When a network begins to copy: one row for each look, nothing done twice, and a table that is what it says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.errors import InputError
from core.progress import Progress
from core.scores import memorising
from core.scores.memorising import COLUMNS, FEWEST, begins_to_copy, look_at_memorising, read_memorising
from core.study import Study, open_study, verify_study
from core.study.sets import sets_of
from core.study.writing import write_vectors

ROW = {"vectors": 100, "total": 9, "steps": 3, "loss": 1.0, "held_out": 1.0, "copied": 0.1, "usual": 0.1, "nearer": 0.5}


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Study:
    vectors = np.random.default_rng(0).normal(size=(700, 3))
    return write_vectors(vectors, tmp_path_factory.mktemp("memorising") / "cells")


@pytest.mark.slow
def test_each_number_of_vectors_has_its_looks_and_what_is_there_is_not_done_again(
    cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memorising, "DRAWN", 40)
    monkeypatch.setenv("ZPOINTS_CACHE", str(tmp_path / "cache"))
    path, told = tmp_path / "memorising.csv", list[Progress]()
    everything = int(sets_of(cells.rows).fitted.sum())
    table = look_at_memorising(cells, path, (FEWEST, FEWEST - 1, 10_000), 4, told.append)
    assert list(table["vectors"].unique()) == [FEWEST, everything]
    assert table.groupby("vectors")["steps"].agg(list).tolist() == [[1, 2, 3, 4]] * 2
    assert told[-1].total == 4
    assert table["copied"].between(0, 1).all()
    assert table["nearer"].between(0.2, 0.8).all()
    assert table.groupby("vectors")["held_out"].first().iloc[-1] == pytest.approx(1, abs=0.2)  # nearly N(μ, Σ) still
    pd.testing.assert_frame_equal(read_memorising(path), table, check_dtype=False, rtol=1e-12)
    assert not list((tmp_path / "cache").rglob("*.training"))
    monkeypatch.setattr(memorising, "_train", lambda *_: pytest.fail("trained in vain"))
    pd.testing.assert_frame_equal(look_at_memorising(cells, path, (FEWEST,), 4), table, check_dtype=False, rtol=1e-12)


@pytest.mark.slow
def test_the_command_says_when_copies_begin_and_keeps_the_table_with_the_study(
    cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(memorising, "DRAWN", 40)
    monkeypatch.setenv("ZPOINTS_CACHE", str(tmp_path / "cache"))
    folder = shutil.copytree(cells.folder, tmp_path / "mine")
    assert main(["memorising", "--study", str(folder), "--vectors", "--steps", "2"]) == 0
    first, second = capsys.readouterr().out.splitlines()[-2:]
    everything = int(sets_of(cells.rows).fitted.sum())
    assert first.startswith(f"{everything} vectors: held-out loss smallest, ")
    assert first.endswith("; no copies in 2 steps")
    assert second == f"{folder / 'memorising.csv'}: 2 rows"
    verify_study(open_study(folder))
    read_memorising(folder / "memorising.csv")


def test_of_more_vectors_than_a_part_of_a_training_takes_no_others_are_read(
    cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memorising, "BATCH", 110)
    monkeypatch.setattr(memorising, "JUDGES", 9)
    given = []
    monkeypatch.setattr(memorising, "_train", lambda *arrays: given.append([len(one) for one in arrays[:3]]))
    look_at_memorising(cells, tmp_path / "table.csv", (FEWEST,), 300)
    assert sets_of(cells.rows).fitted.sum() > 110
    assert [sizes[:2] for sizes in given] == [[FEWEST, 9], [110, 9]]


@pytest.mark.parametrize("steps", ["0", "1000001"])
def test_a_number_of_steps_out_of_range_is_refused_before_the_work(
    cells: Study, steps: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["memorising", "--study", str(cells.folder), "--steps", steps]) == 2
    assert re.fullmatch(r"zpoints: A training has from 1 to 1,000,000 steps, not [\d,]+\.\n", capsys.readouterr().err)


def test_trainings_have_parts_of_one_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memorising, "EPOCHS", 10)
    assert memorising._ends(3).tolist() == [1, 2, 3]
    assert memorising._ends(25).tolist() == list(range(2, 25, 2))


def test_copies_begin_where_there_are_clearly_more_than_among_unseen_vectors() -> None:
    table = pd.DataFrame({"steps": [1, 2, 3, 4], "copied": [0.0, 0.1, 0.2, 0.1], "usual": 0.08})
    assert begins_to_copy(table) == 3
    assert begins_to_copy(table[:2]) is None


def test_too_few_vectors_are_refused(tmp_path: Path) -> None:
    few = write_vectors(np.random.default_rng(0).normal(size=(FEWEST, 3)), tmp_path / "few")
    with pytest.raises(InputError, match=r"^The study few has \d+ vectors to learn from; 100 are needed\.$"):
        look_at_memorising(few, tmp_path / "memorising.csv")


@pytest.mark.parametrize(
    "damage",
    [b"", b"\xff\xfe", b"vectors,steps\n1,2\n", f"{','.join(COLUMNS)}\n".encode(), b'"']
    + [
        pd.DataFrame([ROW | {column: value}]).to_csv(index=False).encode()
        for column, value in (("loss", "many"), ("copied", np.nan), ("steps", np.inf))
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "memorising.csv"
    path.write_bytes(damage)
    with pytest.raises(InputError, match=r"^[^\n]+ cannot be read \([^\n]+\.$"):
        read_memorising(path)
