"""What an owner changes of a study: its name, its title, and whether it is there."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.strategies import make_strategy
from core.study import open_study
from core.study.changing import check_name, delete_study, rename_study, retitle_study
from core.study.describing import describe_study
from core.study.fits import fit_strategy, is_kept
from core.study.writing import write_vectors

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study of 60 vectors with a fit."""
    folder = tmp_path_factory.mktemp("changing") / "made"
    study = write_vectors(np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32), folder, title="Cells")
    fit_strategy(study, describe_study(study), make_strategy("mixture", {"components": 2}))
    return folder


@pytest.fixture
def own(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "own")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_new_name_moves_all_files_and_keeps_fits_and_fingerprint(own: Path) -> None:
    before, study = contents(own), open_study(own)
    moved = rename_study(own, "Meine Zellen")
    assert moved == own.with_name("Meine Zellen")
    assert contents(moved) == before
    assert [p.name for p in own.parent.iterdir()] == ["Meine Zellen"]
    assert open_study(moved).fingerprint == study.fingerprint
    assert is_kept(open_study(moved), make_strategy("mixture", {"components": 2}))


def test_the_same_name_again_changes_nothing(own: Path) -> None:
    assert rename_study(own, "own") == own
    assert open_study(own).title == "Cells"


def test_a_new_title_keeps_fits_and_fingerprint_and_every_other_file(own: Path) -> None:
    before, study = contents(own), open_study(own)
    retitle_study(own, "  Zellen ☀ <b>  ")
    after = contents(own)
    changed = open_study(own)
    assert (changed.title, changed.fingerprint) == ("Zellen ☀ ‹b›", study.fingerprint)  # read, and no markup
    assert is_kept(changed, make_strategy("mixture", {"components": 2}))
    assert describe_study(changed).title == "Zellen ☀ ‹b›"
    assert {name for name in before if before[name] != after[name]} == {"study.json"}
    assert before.keys() == after.keys()


def test_a_study_of_schema_1_can_be_called_otherwise(own: Path) -> None:
    path = own / "study.json"
    described = json.loads(path.read_text())
    for facts in described["files"].values():
        facts["size"] = facts["sampled"] = None
    path.write_text(json.dumps(described | {"title": None}))
    retitle_study(own, "Cells again")
    assert open_study(own).title == "Cells again"


def test_deleting_leaves_nothing(own: Path) -> None:
    delete_study(own)
    assert list(own.parent.iterdir()) == []


def test_what_a_study_once_replaced_does_not_come_back(own: Path) -> None:
    aside = shutil.copytree(own, own.with_name(".own.replaced"))  # as a kill leaves it
    delete_study(own)
    assert not aside.exists()
    with pytest.raises(InputError, match="is not a folder"):
        open_study(own)


def test_a_damaged_study_can_be_deleted(own: Path) -> None:
    (own / "study.json").write_text("{")
    delete_study(own)
    assert not own.exists()


@pytest.mark.parametrize(
    "name",
    ["", " ", " a", "a ", ".a", "-a", "../a", "a/b", "a\\b", "a\nb", "a\x1b[31m", "a\u202eb", "é" * 76, "\ud800"],
)
def test_a_name_that_is_none_is_refused(own: Path, name: str) -> None:
    with pytest.raises(InputError, match="name of a study"):
        rename_study(own, name)
    assert own.is_dir()


def test_letters_of_all_languages_make_a_name() -> None:
    assert [check_name(name) for name in ("Zellen", "我的细胞", "a.b-c_d (2)")] == ["Zellen", "我的细胞", "a.b-c_d (2)"]


def test_a_name_that_is_taken_is_refused_even_by_an_empty_folder(own: Path) -> None:
    own.with_name("other").mkdir()
    with pytest.raises(InputError, match="other exists already"):
        rename_study(own, "other")
    assert open_study(own).title == "Cells"


@pytest.mark.parametrize("title", ["", "  ", "a\nb", "a\u202eb", "x" * 201])
def test_a_title_that_cannot_be_printed_is_refused(own: Path, title: str) -> None:
    before = contents(own)
    with pytest.raises(InputError, match="give another title"):
        retitle_study(own, title)
    assert contents(own) == before


@pytest.mark.parametrize("why", ["shipped", "link", "public", "read-only"])
def test_what_is_not_the_users_own_stays_as_it_is(own: Path, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    match = "so it stays as it is"
    if why == "shipped":
        described = json.loads((own / "study.json").read_text())
        (own / "study.json").write_text(json.dumps(described | {"shipped": True}))
        match = "comes with the program"
    elif why == "link":
        link = own.with_name("link")
        link.symlink_to(own)
        own = link
    elif why == "public":
        monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
        match = "open to the public"
    else:
        monkeypatch.setattr(os, "access", lambda *_: False)  # root may write anywhere
    before = contents(own)
    for change in (lambda: rename_study(own, "b"), lambda: retitle_study(own, "b"), lambda: delete_study(own)):
        with pytest.raises(InputError, match=match):
            change()
    assert contents(own) == before


def test_a_folder_that_is_no_study_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "1.jpg").write_text("mine")
    with pytest.raises(InputError, match="photos is no study"):
        delete_study(tmp_path / "photos")
    assert (tmp_path / "photos" / "1.jpg").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("patch", "stays"),
    [("os.rename = die", True), ("shutil.rmtree = lambda path, **_: path.name.endswith('.replaced') or die()", False)],
    ids=["before it is renamed", "before its files are removed"],
)
def test_a_kill_while_deleting_leaves_the_study_whole_or_absent(own: Path, patch: str, stays: bool) -> None:
    code = f"""
import os, pathlib, shutil, signal, sys
from core.study.changing import delete_study
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
{patch}
delete_study(pathlib.Path(sys.argv[1]))
"""
    done = subprocess.run([sys.executable, "-c", code, own], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    assert own.exists() == stays
    if stays:
        assert open_study(own).title == "Cells"
    write_vectors(np.ones((3, 2), np.float32), own.with_name("next"))  # who writes next sweeps up
    assert [p.name for p in own.parent.iterdir() if "partial" in p.name] == []
