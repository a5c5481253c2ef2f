"""A study whose vectors lie in several files: the same as one whose vectors lie in one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.errors import InputError
from core.space.inspection import inspect_vector
from core.strategies import STRATEGIES, Effort, stream
from core.study import Study, open_study
from core.study.archive import export_study, install_export
from core.study.describing import describe_study
from core.study.description import verify_study
from core.study.fits import fit_strategy
from core.study.looking import look
from core.study.offers import look_at
from core.study.shelf import entry
from core.study.writing import write_vectors

COUNT, DIMENSION = 300, 6


def values() -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(COUNT, DIMENSION)) @ rng.normal(size=(DIMENSION, DIMENSION))).astype(np.float32)


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    folder = tmp_path / "parts"
    folder.mkdir()
    for number, part in enumerate(np.split(values(), [10, 130])):
        np.save(folder / f"part-{number:05}.npy", part)
    return folder


@pytest.fixture
def study(parts: Path) -> Study:
    assert main(["import", str(parts), "--study", str(parts.parent / "study")]) == 0
    return open_study(parts.parent / "study")


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_an_import_keeps_the_parts(study: Study) -> None:
    assert files_of(study.folder) == {
        "study.json",
        "rows.parquet",
        *(f"latents/part-{number:05}.npy" for number in range(3)),
    }
    assert json.loads((study.folder / "study.json").read_text())["vectors"]["parts"] == [10, 120, 170]
    assert study.latents.dtype == np.float16
    assert study.rounding is not None
    np.testing.assert_array_equal(study.latents, values().astype(np.float16))
    verify_study(study)
    listed = entry(study.folder)
    assert (listed.count, listed.dimension, listed.problem) == (COUNT, DIMENSION, "")


def test_statistics_strategies_and_neighbours_are_those_of_one_file(study: Study, tmp_path: Path) -> None:
    one = write_vectors(values(), tmp_path / "one")
    assert one.vectors_digest != study.vectors_digest
    known, other = describe_study(study), describe_study(one)
    np.testing.assert_array_equal(known.distances, other.distances)
    for strategy in STRATEGIES:
        if strategy.effort is not Effort.TRAINING and not strategy.needs_posteriors:
            drawn = [
                fit_strategy(s, d, strategy()).sample(20, stream(0, strategy()))
                for s, d in ((study, known), (one, other))
            ]
            np.testing.assert_array_equal(*drawn, err_msg=strategy.key)
    found, expected = (inspect_vector(s, d, values()[17]).neighbours for s, d in ((study, known), (one, other)))
    assert found.equals(expected)


def test_a_part_of_it_is_a_study_too(study: Study) -> None:
    chosen = np.arange(COUNT) % 3 == 0
    np.testing.assert_array_equal(study.with_only(chosen, "a").latents, values()[chosen].astype(np.float16))


def test_an_export_takes_the_parts_along(study: Study, tmp_path: Path) -> None:
    export_study(study.folder, tmp_path / "study.zip")
    again = install_export(tmp_path / "study.zip", tmp_path / "again")
    assert again.fingerprint == study.fingerprint
    np.testing.assert_array_equal(again.latents, study.latents)


def test_the_door_takes_the_folder(parts: Path) -> None:
    offer = look_at([parts])
    assert (offer.kind, offer.said) == (
        "vectors",
        ("300 vectors of 6 components in float32 (from 3 parts), numbered.",),
    )
    assert len(look([parts]).rows) == COUNT


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda f: (f / "part-00001.npy").unlink(), "part-00001.npy is missing"),
        (lambda f: shutil.copyfile(f / "part-00000.npy", f / "part-00003.npy"), "as vectors.count"),
        (lambda f: (f / "part-00001.npy").write_bytes(b"x"), "part-00001.npy was altered"),
        (lambda f: np.save(f / "part-00001.npy", np.ones((120, 5), np.float16)), "part-00001.npy was altered"),
    ],
)
def test_a_damaged_part_is_named(study: Study, spoil: Callable[[Path], object], sentence: str) -> None:
    spoil(study.folder / "latents")
    with pytest.raises(InputError, match=sentence):
        open_study(study.folder)
    assert entry(study.folder).problem or sentence == "as vectors.count"


def test_vectors_that_are_not_finite_are_named_by_their_row_in_all(parts: Path, tmp_path: Path) -> None:
    spoiled = np.load(parts / "part-00001.npy")
    spoiled[5, 2] = np.nan
    np.save(parts / "part-00001.npy", spoiled)
    with pytest.raises(InputError, match="Vector 15 holds NaN"):
        write_vectors(look([parts]).vectors.array, tmp_path / "study")  # type: ignore[union-attr]
