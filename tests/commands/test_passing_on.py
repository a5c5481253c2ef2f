"""Studies in a list, out as one file, and in again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.settings import studies_folder
from core.study import open_study
from core.study.writing import write_vectors


@pytest.fixture
def own() -> Path:
    folder = studies_folder() / "mine"
    write_vectors(np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32), folder, title="My cells")
    return folder


def test_the_list_names_bundled_studies_those_of_the_user_and_what_is_damaged(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "study.json").write_text("{")
    assert main(["studies", str(other)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("other: damaged. ")
    assert lines[1].startswith("celeba: CelebA, 30,000 × 256, convolutional, 44.")
    assert lines[-1].startswith("mine: My cells, 30 × 4, none, 0.0 MB, in ")


def test_a_study_goes_out_by_name_and_comes_in_again(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, back = tmp_path / "mine.zip", tmp_path / "back"
    assert main(["export", "--study", "mine", "--out", str(out), "--bare"]) == 0
    assert main(["import", str(out), "--study", str(back), "--title", "Again"]) == 0
    assert "an exported study, My cells: 30 vectors of 4 components" in capsys.readouterr().out
    assert open_study(back).title == "Again"
    assert open_study(back).fingerprint == open_study(own).fingerprint


def test_a_file_that_is_there_and_a_study_that_is_not_are_refused_in_one_line(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.zip").touch()
    assert main(["export", "--study", str(own), "--out", str(tmp_path / "a.zip")]) == 2
    assert main(["export", "--study", "nowhere", "--out", str(tmp_path / "b.zip")]) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert "a.zip exists already" in first
    assert second.startswith("zpoints: There is no study 'nowhere'; give the folder of one, or one of celeba")
