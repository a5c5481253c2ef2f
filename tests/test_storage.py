"""Files and folders that are whole or absent, whatever happens while they are written."""

import errno
import hashlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.storage import (
    appending,
    output_file,
    output_folder,
    recover,
    sha256,
    whole_file,
    whole_folder,
    writing,
)

ROOT = Path(__file__).parents[1]


def write(target: Path, text: str, replace: bool = False) -> None:
    with whole_folder(target, replace) as partial:
        (partial / "a.txt").write_text(text)
        (partial / "sub").mkdir()
        (partial / "sub/b.txt").write_text(text)


def write_and_fail(target: Path, replace: bool = False) -> None:
    with whole_folder(target, replace) as partial:
        (partial / "a.txt").write_text("new")
        raise RuntimeError


def write_file(target: Path, text: str, failing: bool = False) -> None:
    with whole_file(target) as partial:
        partial.write_text(text)
        if failing:
            raise RuntimeError


def content(folder: Path) -> dict[str, str]:
    """Return every file below a folder with its text, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run a program with the names that the tests below need, in a process of its own."""
    prelude = "import os, resource, signal, sys; from pathlib import Path; from core.storage import *; "
    prelude += "die = lambda *_: os.kill(os.getpid(), signal.SIGKILL); target = Path(sys.argv[1])\n"
    command = [sys.executable, "-c", prelude + code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


# Folders


def test_a_folder_appears_whole_with_what_was_written_and_readable_for_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "study"
    write(target, "one")
    assert content(tmp_path) == {"new/study/a.txt": "one", "new/study/sub/b.txt": "one"}
    assert target.stat().st_mode & 0o777 == 0o755


def test_a_folder_is_absent_until_its_block_ends(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "study") as partial:
        (partial / "a.txt").write_text("one")
        assert not (tmp_path / "study").exists()


def test_a_failure_leaves_no_trace_of_a_folder(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        write_and_fail(tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_refused_and_stays(tmp_path: Path) -> None:
    write(tmp_path / "study", "old")
    with pytest.raises(InputError, match=r"study exists already; choose another folder, or add --replace"):
        write(tmp_path / "study", "new")
    assert content(tmp_path) == {"study/a.txt": "old", "study/sub/b.txt": "old"}


def test_a_replacement_leaves_only_the_new_folder(tmp_path: Path) -> None:
    for text in ("old", "new", "newer"):
        write(tmp_path / "study", text, replace=True)
    assert content(tmp_path) == {"study/a.txt": "newer", "study/sub/b.txt": "newer"}


def test_the_old_folder_survives_a_failing_replacement(tmp_path: Path) -> None:
    write(tmp_path / "study", "old")
    with pytest.raises(RuntimeError):
        write_and_fail(tmp_path / "study", replace=True)
    assert content(tmp_path) == {"study/a.txt": "old", "study/sub/b.txt": "old"}


def test_a_kill_in_mid_write_leaves_the_old_folder(tmp_path: Path) -> None:
    write(tmp_path / "study", "old")
    done = run("with whole_folder(target, True) as p: (p / 'a.txt').write_text('new'); die()", tmp_path / "study")
    assert done.returncode == -signal.SIGKILL
    assert content(tmp_path / "study") == {"a.txt": "old", "sub/b.txt": "old"}
    write(tmp_path / "study", "new", replace=True)
    assert content(tmp_path / "study") == {"a.txt": "new", "sub/b.txt": "new"}


def test_a_kill_between_the_two_renames_of_a_replacement_is_mended(tmp_path: Path) -> None:
    target = tmp_path / "study"
    write(target, "old")
    code = """
rename = Path.rename
def first_rename_then_die(path, to):
    rename(path, to)
    die()
Path.rename = first_rename_then_die
with whole_folder(target, True) as p: (p / 'a.txt').write_text('new')
"""
    assert run(code, target).returncode == -signal.SIGKILL
    assert not target.exists()
    recover(target)
    assert content(target) == {"a.txt": "old", "sub/b.txt": "old"}
    recover(target)
    assert content(target) == {"a.txt": "old", "sub/b.txt": "old"}


def test_a_kill_after_both_renames_leaves_the_new_folder_and_the_next_replacement_works(tmp_path: Path) -> None:
    target = tmp_path / "study"
    write(target, "old")
    code = """
import shutil
real = shutil.rmtree
shutil.rmtree = lambda path, *_, **__: die() if Path(path).exists() else None
with whole_folder(target, True) as p: (p / 'a.txt').write_text('new')
"""
    assert run(code, target).returncode == -signal.SIGKILL
    recover(target)
    assert content(target) == {"a.txt": "new"}
    write(target, "newer", replace=True)
    assert content(tmp_path) == {"study/a.txt": "newer", "study/sub/b.txt": "newer"}


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"study cannot be written \(Not a directory\); choose another place"):
        write(tmp_path / "file" / "study", "new")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be written \(File name too long\); choose another place"):
        write(tmp_path / ("x" * 240), "new")


# Files


def test_a_file_appears_whole_and_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    for text in ("old", "new"):
        write_file(tmp_path / "a.npz", text)
    with whole_file(tmp_path / "a.npz") as partial:
        assert partial.suffix == ".npz"  # numpy would add it otherwise
        partial.write_text("new")
    assert content(tmp_path) == {"a.npz": "new"}


def test_the_old_file_survives_a_failure(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_text("old")
    with pytest.raises(RuntimeError):
        write_file(tmp_path / "a.npz", "new", failing=True)
    assert content(tmp_path) == {"a.npz": "old"}


def test_a_file_in_no_folder_or_in_the_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cannot be written \(No such file or directory\); choose another place"):
        write_file(tmp_path / "none" / "a.npz", "new")
    with pytest.raises(InputError, match=r"is a folder, not a file; choose another place"):
        write_file(tmp_path, "new")
    assert content(tmp_path) == {}
    assert list(tmp_path.parent.glob(f".{tmp_path.name}.*")) == []


# Places that are no place for an output


@pytest.fixture
def places(tmp_path: Path) -> Iterator[dict[str, Path]]:
    """Return a pipe, a socket, a folder, a file, and links to a file, to nothing and to themselves."""
    found = {name: tmp_path / name for name in ("pipe", "socket", "folder", "file", "link", "dangling", "loop", "way")}
    os.mkfifo(found["pipe"])
    found["folder"].mkdir()
    found["file"].write_text("old")
    found["link"].symlink_to("folder/behind")
    (found["folder"] / "behind").write_text("old")
    found["dangling"].symlink_to("folder/to come")
    found["loop"].symlink_to("loop")
    found["way"].symlink_to("folder")
    with socket.socket(socket.AF_UNIX) as server:
        before = Path.cwd()
        os.chdir(tmp_path)  # the name of a socket must be short
        server.bind("socket")
        os.chdir(before)
        yield found


@pytest.mark.parametrize(("place", "what"), [("pipe", "a pipe"), ("socket", "a socket"), ("folder", "a folder")])
def test_a_pipe_a_socket_or_a_folder_is_not_taken_for_a_file(places: dict[str, Path], place: str, what: str) -> None:
    mode = places[place].lstat().st_mode
    for write in (lambda: write_file(places[place], "new"), lambda: output_file(places[place], replace=True)):
        with pytest.raises(InputError, match=rf"/{place} is {what}, not a file; choose another place\.$"):
            write()
    assert places[place].lstat().st_mode == mode


@pytest.mark.parametrize(("place", "what"), [("pipe", "a pipe"), ("file", "a file"), ("link", "a file")])
def test_a_pipe_or_a_file_is_not_taken_for_a_folder(places: dict[str, Path], place: str, what: str) -> None:
    with pytest.raises(InputError, match=rf"/{place} is {what}, not a folder; choose another place\.$"):
        write(places[place], "new", replace=True)
    with pytest.raises(InputError, match=rf"/{place} is {what}, not a folder; choose another place\.$"):
        output_folder(places[place], replace=True)


def test_the_file_or_folder_behind_a_link_is_written_and_the_link_stays(places: dict[str, Path]) -> None:
    write_file(places["link"], "new")
    write_file(places["dangling"], "new")
    assert content(places["folder"]) == {"behind": "new", "to come": "new"}
    write(places["way"], "newer", replace=True)
    assert content(places["folder"]) == {"a.txt": "newer", "sub/b.txt": "newer"}
    assert all(places[name].is_symlink() for name in ("link", "dangling", "way"))


def test_a_link_that_leads_nowhere_but_to_itself_is_refused(places: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"loop cannot be written \(Too many levels of symbolic links\)"):
        write_file(places["loop"], "new")


def test_a_file_that_is_there_is_replaced_on_request_alone(places: dict[str, Path]) -> None:
    with pytest.raises(InputError, match=r"file exists already; choose another file, or add --replace to take its"):
        output_file(places["file"])
    assert output_file(places["file"], replace=True) == places["file"]
    assert output_file(places["link"], replace=True) == places["folder"] / "behind"
    assert output_file(places["dangling"]) == places["folder"] / "to come"


def test_a_study_is_not_written_into_but_for_the_file_that_the_work_owns(tmp_path: Path) -> None:
    study = tmp_path / "study"
    (study / "fits").mkdir(parents=True)
    (study / "study.json").write_text("{}")
    (tmp_path / "link").symlink_to("study/latents.npy")
    for target in (study / "latents.npy", study / "scores.csv", study / "fits" / "a.npz", tmp_path / "link"):
        with pytest.raises(InputError, match=r"lies in the study .*/study, whose files are its own; choose another"):
            output_file(target, replace=True)
    with pytest.raises(InputError, match=r"lies in the study"):
        output_folder(study / "fits", replace=True)
    with pytest.raises(InputError, match=r"lies in the study"):
        output_file(study / "fits" / "scores.csv", owned="scores.csv")
    assert output_file(study / "scores.csv", owned="scores.csv") == study / "scores.csv"
    assert output_folder(study, replace=True) == study


# What kills leave


def test_what_a_kill_leaves_is_swept_by_the_next_writer_of_the_folder(tmp_path: Path) -> None:
    for code in (
        "with whole_file(target / 'a.npz') as p: p.write_text('new'); die()",
        "with whole_folder(target / 'study') as p: (p / 'a.txt').write_text('new'); die()",
    ):
        assert run(code, tmp_path).returncode == -signal.SIGKILL
        assert len(list(tmp_path.glob(".*.partial-*"))) == 1
    (tmp_path / ".other.replaced").mkdir()
    (tmp_path / ".gone.replaced").mkdir()
    (tmp_path / "other").mkdir()
    write_file(tmp_path / "b.npz", "mine")
    assert {p.name for p in tmp_path.iterdir()} == {"b.npz", "other", ".gone.replaced"}


def test_what_a_living_writer_works_on_is_not_swept(tmp_path: Path) -> None:
    with whole_file(tmp_path / "a.npz") as file, whole_folder(tmp_path / "study") as folder:
        file.write_text("mine")
        (folder / "a.txt").write_text("mine")
        other = run("with whole_file(target) as p: p.write_text('other')", tmp_path / "b.npz")
        assert (other.returncode, other.stderr) == (0, "")
    assert content(tmp_path) == {"a.npz": "mine", "study/a.txt": "mine", "b.npz": "other"}


# The disk


def test_a_full_disk_is_one_sentence_and_leaves_the_old_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "study", "old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"^The disk is full, .*study was not written; free some space and repeat\.$"):
        write(tmp_path / "study", "new", replace=True)
    with pytest.raises(InputError, match=r"^The disk is full, .*a\.npz was not written"):
        write_file(tmp_path / "a.npz", "new")
    assert content(tmp_path) == {"study/a.txt": "old", "study/sub/b.txt": "old"}


@pytest.mark.parametrize("writer", ["appending(p / 'a.npy', 'u1', (1000,))", "whole_file(p / 'a.npy')"])
def test_a_file_that_the_system_lets_grow_no_further_is_refused_and_leaves_nothing(tmp_path: Path, writer: str) -> None:
    code = f"""
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
from core.errors import InputError
import numpy as np
try:
    with whole_folder(target) as p, {writer} as out:
        for _ in range(100):
            out(np.ones((10, 1000), np.uint8)) if callable(out) else out.write_bytes(bytes(100_000))
except InputError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
"""
    done = run(code, tmp_path / "study")
    assert (done.returncode, done.stderr) == (0, "")
    assert "cannot be written (File too large); choose another place." in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_errors_that_are_not_the_disks_pass_through(tmp_path: Path) -> None:
    with pytest.raises(BrokenPipeError), writing(tmp_path):
        raise BrokenPipeError(errno.EPIPE, "the reader of the progress is gone")


# Arrays and digests


@pytest.mark.parametrize("sizes", [[], [0], [3], [4, 0, 250, 1]])
def test_blocks_appended_to_an_array_file_are_read_back_as_one_array(tmp_path: Path, sizes: list[int]) -> None:
    rng = np.random.default_rng(0)
    blocks = [rng.normal(size=(n, 2, 5)).astype(np.float16) for n in sizes]
    with appending(tmp_path / "a.npy", np.float16, (2, 5)) as append:
        for block in blocks:
            append(block)
    array = np.load(tmp_path / "a.npy", mmap_mode="r", allow_pickle=False)
    assert array.dtype == np.float16
    np.testing.assert_array_equal(array, np.concatenate([np.empty((0, 2, 5), np.float16), *blocks]))


def test_the_digest_is_that_of_the_standard(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")
    assert sha256(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    (tmp_path / "large").write_bytes(bytes(3_000_000))
    assert sha256(tmp_path / "large") == hashlib.sha256(bytes(3_000_000)).hexdigest()
