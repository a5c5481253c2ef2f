"""Vectors in a folder of parts: one array of rows that stays on the disk, or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.parted import Parted
from core.sources.parts import MAX_PARTS
from core.sources.picks import picks
from core.sources.vectors import open_vectors

VALUES = np.random.default_rng(0).normal(size=(12, 5)).astype(np.float32)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "vectors"
    place.mkdir()
    for number, part in enumerate(np.split(VALUES, [4, 9])):
        np.save(place / f"part-{number:05}.npy", part)
    return place


def test_parts_are_one_array_that_stays_on_the_disk(folder: Path) -> None:
    (folder / ".used").touch()
    found = open_vectors(folder)
    np.testing.assert_array_equal(found.array, VALUES)
    assert found.describe() == "12 vectors of 5 components in float32 (from 3 parts), numbered"
    whole: object = found.array
    assert isinstance(whole, Parted)
    assert all(isinstance(part, np.memmap) for part in whole.parts)


def test_a_list_of_what_can_be_picked_names_the_folder_alone(folder: Path) -> None:
    np.save(folder.parent / "other.npy", VALUES)
    assert picks(folder.parent) == ["other.npy", "vectors"]


def save(name: str, values: np.ndarray) -> Callable[[Path], object]:
    return lambda folder: np.save(folder / name, values)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: (f / "part-00001.npy").unlink(), "part-00001.npy is missing: the parts go on with part-00002.npy"),
        (lambda f: (f / "part-00000.npy").unlink(), "part-00000.npy is missing: the parts go on with part-00001.npy"),
        (save("part-2.npy", VALUES), "is there twice, under another name"),
        (save("labels.npy", VALUES), "labels.npy is no part of the vectors"),
        (lambda f: (f / "readme.txt").write_text("x"), "readme.txt is no part of the vectors"),
        (save("part-00003.npy", VALUES[0]), r"part-00003.npy has the shape \(5,\), not \(n, d\)"),
        (save("part-00003.npy", VALUES[:0]), r"has the shape \(0, 5\)"),
        (save("part-00003.npy", VALUES[:, :4]), "vectors of 4 components, part-00000.npy of 5"),
        (save("part-00003.npy", VALUES.astype(np.float16)), "holds float16, part-00000.npy float32"),
        (save("part-00003.npy", VALUES.astype(">f4")), "holds >f4; parts hold"),
        (save("part-00003.npy", np.arange(10).reshape(2, 5)), "holds <i8; parts hold"),
        (lambda f: (f / "part-00003.npy").write_bytes(b"no array"), "part-00003.npy cannot be read as an array"),
        (lambda f: (f / "part-00003.npy").mkdir(), "part-00003.npy is no file"),
    ],
)
def test_what_is_no_row_of_parts_is_refused_in_one_sentence(
    folder: Path, spoil: Callable[[Path], object], sentence: str
) -> None:
    spoil(folder)
    with pytest.raises(InputError, match=sentence) as refused:
        open_vectors(folder)
    assert str(refused.value).endswith(".")
    assert "\n" not in str(refused.value)


def test_more_parts_than_can_be_listed_are_refused(folder: Path) -> None:
    for number in range(3, MAX_PARTS + 1):
        (folder / f"part-{number:05}.npy").touch()
    with pytest.raises(InputError, match=r"holds 1,001 parts, at most 1,000 can be read"):
        open_vectors(folder)


def test_parts_have_no_key(folder: Path) -> None:
    with pytest.raises(InputError, match="leave 'z' out as its key"):
        open_vectors(folder, "z")
