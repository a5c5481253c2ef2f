"""``score --vectors``: anyone's sampler on the scoreboard of a study."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.scores.rows import read_scores
from core.study import Study


@pytest.fixture
def folder(tiny_study: Study, tmp_path: Path) -> Path:
    """Return a copy of the tiny study, without a scoreboard."""
    return shutil.copytree(tiny_study.folder, tmp_path / "mine", ignore=shutil.ignore_patterns("scores.csv"))


def test_vectors_of_two_samplers_become_rows_and_the_same_again(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(["sample", "--study", str(folder), "--strategy", "mvn", "--count", "45", "--out", str(tmp_path / "a.npz")])
        == 0
    )
    np.save(tmp_path / "b.npy", np.random.default_rng(0).standard_normal((9, 16)))
    command = [
        "score",
        "--study",
        str(folder),
        "--vectors",
        f"a={tmp_path}/a.npz",
        f"b={tmp_path}/b.npy",
        "--count",
        "20",
    ]
    assert main(command) == 0
    first = read_scores(folder / "scores.csv")
    names = first[["strategy", "parameters", "count", "seed"]].to_numpy().tolist()
    assert names == [["own", "name=a", 20, 0], ["own", "name=a", 20, 1], ["own", "name=b", 9, 0]]
    assert main(command) == 0
    assert read_scores(folder / "scores.csv").equals(first)
    capsys.readouterr()
    assert main(["score", "--study", str(folder), "--rows", "cube", "--count", "20", "--seeds", "1"]) == 0
    assert len(read_scores(folder / "scores.csv")) == 4
    assert main([*command[:4], f"b={tmp_path}/b.npy", "--count", "20"]) == 0
    assert "b: samples of 9 vectors are not to be compared with the 20 of other rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--vectors", "b.npy"], "NAME=FILE"),
        (["--vectors", "b="], "NAME=FILE"),
        (["--vectors", "a b=b.npy"], "is named with"),
        (["--vectors", "b=nothing.npy"], "does not exist"),
        (["--vectors", "b=b.npy", "b=b.npy"], "twice"),
        (["--vectors", "b=b.npy"], "have 16"),
        (["--vectors", "b=b.npy", "--rows", "cube"], "give one of them"),
        (["--rows", "own,name=b"], "bring them again"),
    ],
)
def test_what_cannot_be_judged_is_refused_in_one_line_and_nothing_is_written(
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("b.npy", np.zeros((30, 15)))
    assert main(["score", "--study", str(folder), *options]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1
    assert not (folder / "scores.csv").exists()
