"""What lies in folders and zips, and what is passed over."""

from __future__ import annotations

import os
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from core.sources.images import open_images
from core.sources.members import folder_members, zip_members

Faces = dict[str, bytes]


def test_the_second_file_of_one_name_in_a_zip_is_reported(tmp_path: Path, faces: Faces) -> None:
    first, second = list(faces.values())[:2]
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of two members of one name
        for data in (first, second):
            archive.writestr("1.jpg", data)
    found = zip_members(tmp_path / "z.zip")
    assert [(s.name, s.reason) for s in found.skipped] == [("1.jpg", "a second file of this name")]
    assert found.readers["1.jpg"]() == first


def test_names_that_differ_in_their_case_alone_are_two(tmp_path: Path, faces: Faces) -> None:
    for name, data in zip(("a.jpg", "A.jpg"), faces.values(), strict=False):
        (tmp_path / name).write_bytes(data)
    assert open_images(tmp_path).names == ("A.jpg", "a.jpg")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (b"\xff\xfe.jpg", "its name is no UTF-8"),
        (b"new\nline.jpg", "its name holds control characters"),
        (b"\x1b[31mred.jpg", "its name holds control characters"),
    ],
)
def test_a_name_that_is_no_text_is_passed_over(tmp_path: Path, faces: Faces, name: bytes, reason: str) -> None:
    data = next(iter(faces.values()))
    (tmp_path / "sound.jpg").write_bytes(data)
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(data)
    found = folder_members(tmp_path)
    assert list(found.readers) == ["sound.jpg"]
    assert [s.reason for s in found.skipped] == [reason]
    assert found.skipped[0].name.isascii()
    assert found.skipped[0].name.isprintable()


def test_control_characters_in_a_zip_are_passed_over(tmp_path: Path, faces: Faces) -> None:
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for name, data in zip(("sound.jpg", "\x07bell.jpg"), faces.values(), strict=False):
            archive.writestr(name, data)
    found = zip_members(tmp_path / "z.zip")
    assert list(found.readers) == ["sound.jpg"]
    assert [s.name for s in found.skipped] == [r"\x07bell.jpg"]


def test_links_that_lead_out_and_pipes_are_passed_over(tmp_path: Path, faces: Faces) -> None:
    data = next(iter(faces.values()))
    (tmp_path / "outside.jpg").write_bytes(data)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "own.jpg").write_bytes(data)
    (folder / "link.jpg").symlink_to("own.jpg")
    (folder / "out.jpg").symlink_to(tmp_path / "outside.jpg")
    (folder / "nowhere.jpg").symlink_to("nothing")
    (folder / "circle.jpg").symlink_to("circle.jpg")
    os.mkfifo(folder / "pipe.jpg")
    found = folder_members(folder)
    assert sorted(found.readers) == ["link.jpg", "own.jpg"]
    assert {s.name: s.reason for s in found.skipped} == {
        "out.jpg": "a link that leads out of the folder",
        "nowhere.jpg": "a link that leads nowhere",
        "circle.jpg": "a link that leads nowhere",
        "pipe.jpg": "not a regular file",
    }


def test_a_pipe_that_takes_a_files_place_does_not_block(tmp_path: Path, faces: Faces) -> None:
    (tmp_path / "a.jpg").write_bytes(next(iter(faces.values())))
    source = open_images(tmp_path)
    (tmp_path / "a.jpg").unlink()
    os.mkfifo(tmp_path / "a.jpg")
    (batch,) = source.batches(source.names, 8)
    assert [s.reason for s in batch.skipped] == ["it is no regular file"]
    assert batch.pixels.shape == np.empty((0, 8, 8, 3)).shape
