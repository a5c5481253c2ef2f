"""Files from the browser: kept in bounds, and removed when no job needs them."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from core.errors import InputError
from core.jobs import forget
from core.jobs import uploads as module
from core.jobs.files import Report, write_report
from core.jobs.uploads import discard_uploads, keep_uploads, tidy_uploads, uploads_folder
from tests.helpers.jobs import made


def sent(*names: str, size: int = 3) -> Path:
    return keep_uploads((name, io.BytesIO(bytes(size))) for name in names)


def ordered(folder: Path, state: str) -> str:
    """Return a job that reads an upload."""
    job = made(arguments=("train", "--images", str(folder / "a.zip")))
    write_report(job, Report(place=1, state=state, begun=1.0, ended=2.0))  # type: ignore[arg-type]
    return job.name


def test_files_that_are_sent_together_lie_in_one_folder_beside_the_jobs() -> None:
    folder = sent("encoder.onnx", "decoder.onnx")
    assert folder.parent == uploads_folder()
    assert sorted(path.name for path in folder.iterdir()) == ["decoder.onnx", "encoder.onnx"]
    assert (folder / "encoder.onnx").read_bytes() == bytes(3)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.zip", "passwd.zip"),
        ("C:\\faces\\a.zip", "a.zip"),
        (".hidden.npy", "hidden.npy"),
        ("-rf.npy", "rf.npy"),
        ("a\nb\x1b[0m<b>.npy", "a_b__0m_b_.npy"),
        ("Gesichter für alle (2).zip", "Gesichter für alle (2).zip"),
        ("x" * 300 + ".zip", "x" * 147 + ".zip"),
        ("..", "file"),
    ],
)
def test_names_are_made_harmless(name: str, kept: str) -> None:
    assert [path.name for path in sent(name).iterdir()] == [kept]


def test_two_files_of_one_name_are_refused_and_nothing_stays() -> None:
    with pytest.raises(InputError, match=r"a\.zip is sent twice"):
        sent("x/a.zip", "y/a.zip")
    assert list(uploads_folder().iterdir()) == []


def test_files_are_bounded_one_by_one_and_all_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_MAX_UPLOAD_MB", "1")
    with pytest.raises(InputError, match=r"a\.zip has more than 1 MB \(ZPOINTS_MAX_UPLOAD_MB\)"):
        sent("a.zip", size=10**6 + 1)
    sent("a.zip", "b.zip", size=9 * 10**5)
    with pytest.raises(InputError, match=r"There is no room for c\.zip; forget jobs"):
        sent("c.zip", size=9 * 10**5)
    assert len(list(uploads_folder().iterdir())) == 1


def test_a_public_server_takes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    with pytest.raises(InputError, match="takes no files"):
        sent("a.zip")


@pytest.mark.parametrize(("state", "stays"), [("failed", True), ("stopped", True), ("done", False)])
def test_what_a_job_may_still_read_stays_and_what_it_has_read_goes(state: str, stays: bool) -> None:
    folder = sent("a.zip")
    ordered(folder, state)
    tidy_uploads()
    assert folder.exists() == stays


def test_what_was_sent_goes_with_the_job_that_is_forgotten() -> None:
    folder = sent("a.zip")
    job = ordered(folder, "failed")
    tidy_uploads()
    forget(job)
    assert not folder.exists()


def test_what_no_job_was_ordered_for_goes_at_once_or_after_a_day() -> None:
    first, second, third = sent("a.zip"), sent("b.zip"), sent("c.zip")
    discard_uploads(first)
    old = time.time() - module.FORGOTTEN - 1
    os.utime(second, (old, old))
    tidy_uploads()
    assert [folder.exists() for folder in (first, second, third)] == [False, False, True]


def test_nothing_else_is_discarded(tmp_path: Path) -> None:
    folder = sent("a.zip")
    ordered(folder, "failed")
    for other in (folder, tmp_path):
        discard_uploads(other)
        assert other.exists()
