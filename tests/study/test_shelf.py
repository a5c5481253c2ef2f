"""Studies in a list: found, named, and described without opening them."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.settings import bundled_folder, studies_folder
from core.study import Study
from core.study.shelf import entry, find_study, studies, study_folders
from core.study.writing import write_vectors


@pytest.fixture
def own() -> Path:
    """Return the folder of a study of the user's own: 30 vectors of 4 components."""
    folder = studies_folder() / "mine"
    write_vectors(np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32), folder, title="My cells")
    return folder


def test_those_named_come_first_then_the_bundled_then_the_users_own(own: Path, tiny_study: Study) -> None:
    folders = study_folders([tiny_study.folder])
    assert next(iter(folders)) == "tiny"
    assert list(folders)[-1] == "mine"
    assert folders["mine"] == own
    assert folders["celeba"].parent == bundled_folder()


def test_a_study_named_twice_or_through_a_link_is_listed_once(own: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(own)
    folders = study_folders([link, own, own])
    assert [name for name, folder in folders.items() if folder.resolve() == own] == ["link"]


def test_two_studies_of_one_name_get_different_ones(own: Path, tmp_path: Path) -> None:
    other = shutil.copytree(own, tmp_path / "mine")
    folders = study_folders([other])
    assert folders["mine"] == other
    assert folders["mine (2)"] == own


def test_a_name_that_would_control_a_terminal_is_written_with_escapes(own: Path) -> None:
    own.rename(own.with_name("a\x1b[31m\n"))
    own.with_name(os.fsdecode(b"\xff")).mkdir()
    (own.with_name(os.fsdecode(b"\xff")) / "study.json").touch()
    assert [name for name in study_folders() if "\\" in name] == [r"a\x1b[31m\n", r"\udcff"]


def test_what_is_said_of_a_study_is_what_opening_it_says(tiny_study: Study) -> None:
    found = entry(tiny_study.folder)
    assert (found.title, found.count, found.dimension) == (tiny_study.title, len(tiny_study), tiny_study.dimension)
    assert (found.kind, found.shipped, found.owned, found.problem) == ("convolutional", False, True, "")
    assert found.size == sum(path.stat().st_size for path in tiny_study.folder.rglob("*") if path.is_file())


def test_the_users_own_study_is_listed_with_its_title_and_a_shipped_one_as_not_owned(own: Path) -> None:
    found = {known.name: known for known in studies()}
    assert (found["mine"].title, found["mine"].kind, found["mine"].owned) == ("My cells", "none", True)
    assert found["celeba"].shipped
    assert not found["celeba"].owned


def test_nothing_is_owned_on_a_public_server_or_behind_a_link(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = tmp_path / "link"
    link.symlink_to(own)
    assert not entry(link).owned
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    assert not entry(own).owned


@pytest.mark.parametrize("file", ["study.json", "latents.npy", "rows.parquet"])
@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_a_damaged_study_is_listed_with_a_sentence_that_names_the_file(own: Path, file: str, damage: str) -> None:
    path = own / file
    data = path.read_bytes()
    path.unlink()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    found = entry(own)
    assert str(path) in found.problem
    assert found.problem.endswith(".")
    assert (found.title, found.count) == ("mine", 0)


@pytest.mark.parametrize("rows", ["whole", "cut"])
def test_a_study_without_a_title_is_called_as_opening_it_calls_it(own: Path, rows: str) -> None:
    path = own / "study.json"
    described = json.loads(path.read_text())
    described["title"] = None
    for facts in described["files"].values():
        facts["size"] = facts["sampled"] = None
    path.write_text(json.dumps(described))
    if rows == "cut":
        (own / "rows.parquet").write_bytes((own / "rows.parquet").read_bytes()[:40])
        assert "rows.parquet cannot be read as a table" in entry(own).problem
    else:
        assert entry(own).title == "mine"


def test_a_study_is_found_by_name_or_path_and_missed_with_a_sentence(own: Path, tmp_path: Path) -> None:
    assert find_study("mine") == own
    assert find_study(own) == own
    assert find_study(tmp_path) == tmp_path
    with pytest.raises(InputError, match="There is no study 'nowhere'; give the folder of one, or one of celeba"):
        find_study("nowhere")
