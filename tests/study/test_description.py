"""A study on disk: what it holds, and every way in which it can be damaged."""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy

from core.errors import InputError
from core.sources.celeba import CELEBA_ATTRIBUTES
from core.storage import sha256
from core.study.description import DESCRIPTION, LATENTS, ROW_COLUMNS, ROWS, WEIGHTS, Study, open_study

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tiny_study: Study, tmp_path: Path) -> Path:
    """Return a copy of the tiny study that a test may damage."""
    return Path(shutil.copytree(tiny_study.folder, tmp_path / "study"))


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a study's description."""
    description = json.loads((folder / DESCRIPTION).read_text())
    change(description)
    (folder / DESCRIPTION).write_text(json.dumps(description))


def sign(folder: Path) -> None:
    """Write the digests of the files as they are, as someone would who altered them on purpose."""
    edit(folder, lambda d: d.update(files={name: sha256(folder / name) for name in d["files"]}))


def refusal(folder: Path) -> str:
    """Return the sentence with which a study is refused; it names a path and is one line."""
    with pytest.raises(InputError) as caught:
        open_study(folder)
    message = str(caught.value)
    assert str(folder) in message
    assert "\n" not in message
    assert message.endswith(".")
    return message


# What a study holds


def test_an_opened_study_knows_its_images_its_vectors_and_how_it_came_about(tiny_study: Study) -> None:
    assert len(tiny_study) == len(tiny_study.rows) == 300
    assert tiny_study.dimension == tiny_study.config.latent_size == 16
    assert tiny_study.attributes == CELEBA_ATTRIBUTES
    assert tuple(tiny_study.rows.columns) == (*ROW_COLUMNS, *CELEBA_ATTRIBUTES)
    assert tiny_study.rows["image"].is_unique
    assert tiny_study.name == tiny_study.folder.name == "tiny"
    assert tiny_study.source.count == sum(tiny_study.source.partitions.values()) == 300
    assert (tiny_study.source.kind, tiny_study.source.crop, tiny_study.source.image_size) == ("zip", 148, 32)
    assert [e.epoch for e in tiny_study.training.history] == list(range(1, 13))
    assert set(tiny_study.training.versions) == {"python", "keras", "tensorflow", "numpy"}


def test_the_latent_vectors_are_mapped_from_the_disk_and_cannot_be_changed(tiny_study: Study) -> None:
    assert isinstance(tiny_study.latents, np.memmap)
    assert tiny_study.latents.dtype == np.float16
    with pytest.raises(ValueError, match="read-only"):
        tiny_study.latents[0, 0] = 0


def test_a_study_is_readable_without_this_program(tiny_study: Study) -> None:
    description = json.loads((tiny_study.folder / DESCRIPTION).read_text(), parse_constant=pytest.fail)
    assert description["schema"] == 1
    assert np.load(tiny_study.folder / LATENTS, allow_pickle=False).shape == (300, 16)
    assert len(pd.read_parquet(tiny_study.folder / ROWS)) == 300
    weights = safetensors.numpy.load_file(tiny_study.folder / WEIGHTS)
    assert {w.dtype for w in weights.values()} == {np.dtype(np.float16)}
    assert {p.name for p in tiny_study.folder.iterdir()} >= {DESCRIPTION, LATENTS, ROWS, WEIGHTS}


def test_the_number_of_weights_is_that_of_the_network(tiny_study: Study) -> None:
    encoder = 4 * 4 * (3 * 8 + 8 * 16) + (8 + 16) + (8 * 8 * 16 + 1) * 16
    decoder = (16 + 1) * (8 * 8 * 16) + 4 * 4 * (16 * 8 + 8 * 3) + (8 + 3)
    assert tiny_study.weight_count == encoder + decoder


def test_a_copy_elsewhere_has_the_same_fingerprint_and_any_change_another(tiny_study: Study, folder: Path) -> None:
    assert open_study(folder).fingerprint == tiny_study.fingerprint
    edit(folder, lambda d: d.update(name="other"))
    renamed = open_study(folder)
    assert renamed.name == "other"
    latents = np.load(folder / LATENTS)
    latents[0, 0] += 1
    np.save(folder / LATENTS, latents)
    sign(folder)
    fingerprints = {tiny_study.fingerprint, renamed.fingerprint, open_study(folder).fingerprint}
    assert len(fingerprints) == 3


def test_a_study_opens_by_a_relative_path(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert open_study("study").folder == folder


def test_a_study_caught_between_the_renames_of_a_replacement_opens(folder: Path) -> None:
    folder.rename(folder.with_name(".study.replaced"))
    assert len(open_study(folder)) == 300


def test_a_study_survives_a_kill_while_another_takes_its_place(tiny_study: Study, folder: Path) -> None:
    code = """
import os, shutil, signal, sys
from pathlib import Path
from core.storage import whole_folder
with whole_folder(sys.argv[1], replace=True) as partial:
    for name in ("latents.npy", "rows.parquet"):
        shutil.copy(Path(sys.argv[1]) / name, partial)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert open_study(folder).fingerprint == tiny_study.fingerprint


def test_opening_a_study_loads_neither_tensorflow_nor_the_dashboard(tiny_study: Study) -> None:
    code = "import sys, core.study.description, core.study.building; core.study.description.open_study(sys.argv[1])\n"
    code += "print(*sorted({'tensorflow', 'keras', 'streamlit', 'plotly'} & set(sys.modules)))"
    command = [sys.executable, "-c", code, str(tiny_study.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("\n", "")


def test_the_bundled_study_is_whole_and_holds_no_photograph(bundled: Study) -> None:
    assert len(bundled) >= 1000
    assert bundled.attributes == CELEBA_ATTRIBUTES
    assert bundled.latents.shape == (len(bundled), bundled.config.latent_size)
    assert {p.suffix for p in bundled.folder.rglob("*") if p.is_file()} <= {
        ".json", ".safetensors", ".npy", ".parquet", ".npz", ".csv"
    }  # fmt: skip


# Damaged studies


@pytest.mark.parametrize("name", [WEIGHTS, LATENTS, ROWS])
def test_a_missing_an_altered_and_a_swapped_file_are_refused_by_name(folder: Path, name: str) -> None:
    file = folder / name
    data = file.read_bytes()
    file.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    assert f"{file} was altered or belongs to another study" in refusal(folder)
    file.write_bytes((folder / DESCRIPTION).read_bytes())
    assert f"{file} was altered or belongs to another study" in refusal(folder)
    file.unlink()
    assert refusal(folder) == f"{file} is missing; restore it from the study's source."


def test_what_is_no_study_is_refused(tmp_path: Path, folder: Path) -> None:
    assert "is not a folder; give the folder of a study, such as studies/celeba" in refusal(tmp_path / "none")
    assert "is not a folder" in refusal(folder / ROWS)
    assert "study.json is missing, so" in refusal(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "\x00", '{"schema": 1', '{"schema": 1}}'])
def test_a_description_that_is_no_json_is_refused(folder: Path, text: str) -> None:
    (folder / DESCRIPTION).write_text(text)
    assert refusal(folder).startswith(f"{folder / DESCRIPTION} cannot be read (")


def test_a_description_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / DESCRIPTION).write_bytes(b"\xff\xfe{}")
    assert "cannot be read (" in refusal(folder)


@pytest.mark.parametrize("text", ['{"schema": 2}', "{}", "[]", "null", '"1"', '{"schema": "1"}'])
def test_another_schema_version_is_refused_not_guessed_at(folder: Path, text: str) -> None:
    (folder / DESCRIPTION).write_text(text)
    message = refusal(folder)
    assert "has schema version" in message
    assert "this program reads version 1; use the version of zpoints that wrote it, or make the study anew" in message


@pytest.mark.parametrize("files", [None, [], {}, {WEIGHTS: "0"}, {"../../etc/passwd": "0", LATENTS: "0", ROWS: "0"}])
def test_a_description_that_lists_other_files_is_refused(folder: Path, files: object) -> None:
    edit(folder, lambda d: d.update(files=files))
    assert "does not list the study's three files; restore it from its source" in refusal(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("name"),
        lambda d: d.pop("source"),
        lambda d: d["source"].pop("crop"),
        lambda d: d["source"].update(colour="red"),
        lambda d: d.update(source=[1, 2]),
        lambda d: d.update(training=None),
        lambda d: d["training"].pop("history"),
        lambda d: d["training"]["history"][0].pop("loss"),
        lambda d: d["training"].update(history=5),
        lambda d: d.update(autoencoder=None),
        lambda d: d.update(autoencoder=[]),
    ],
)
def test_an_incomplete_description_is_refused(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    edit(folder, change)
    message = refusal(folder)
    assert message.startswith(f"{folder / DESCRIPTION} is incomplete (")
    assert message.endswith("; restore it from its source.")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda d: d["autoencoder"].update(depth=3), "The configuration names depth, which this version does not know"),
        (lambda d: d["autoencoder"].update(latent_size="16"), "latent_size must be a whole number from 2 to 4096"),
        (lambda d: d["autoencoder"].update(filters=7), r"The configuration cannot be read \("),
        (lambda d: d["training"]["config"].update(optimiser="sgd"), "The configuration names optimiser"),
        (lambda d: d["training"]["config"].update(epochs=0), "epochs must be a whole number from 1"),
    ],
)
def test_a_configuration_that_is_unknown_or_impossible_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    edit(folder, change)
    message = refusal(folder)
    assert message.startswith(f"{folder / DESCRIPTION}: ")
    assert re.search(complaint, message)


def test_vectors_that_are_not_finite_are_refused_by_row(folder: Path) -> None:
    latents = np.load(folder / LATENTS)
    for value in (np.nan, np.inf):
        latents[123, 4] = value
        np.save(folder / LATENTS, latents)
        sign(folder)
        assert refusal(folder) == f"{folder / LATENTS} holds NaN or infinity in row 123; make the study anew."


@pytest.mark.parametrize(
    "latents",
    [
        np.zeros((300, 16), np.float32),
        np.zeros((300, 17), np.float16),
        np.zeros((300,), np.float16),
        np.zeros((0, 16), np.float16),
    ],
)
def test_vectors_of_another_type_or_shape_are_refused(folder: Path, latents: np.ndarray) -> None:
    np.save(folder / LATENTS, latents)
    sign(folder)
    assert f"{latents.dtype} of shape {latents.shape}, not float16 of shape (n, 16)" in refusal(folder)


@pytest.mark.parametrize("kind", ["pickle", "zip", "empty", "text", "cut"])
def test_a_file_of_vectors_that_is_no_plain_array_is_refused(folder: Path, kind: str) -> None:
    file = folder / LATENTS
    if kind == "pickle":
        np.save(file, np.array([{"never": "unpickled"}], object))
    elif kind == "zip":
        with file.open("wb") as stream:
            np.savez(stream, latents=np.zeros((300, 16), np.float16))
    else:
        file.write_bytes({"empty": b"", "text": b"1 2 3", "cut": file.read_bytes()[:500]}[kind])
    sign(folder)
    assert f"{file} cannot be read as an array (" in refusal(folder)


def test_rows_that_are_no_table_or_of_other_vectors_are_refused(folder: Path) -> None:
    rows = pd.read_parquet(folder / ROWS)
    for other in (rows.iloc[:-1], rows.drop(columns="partition"), rows[["partition", *rows.columns.drop("partition")]]):
        other.to_parquet(folder / ROWS, index=False)
        sign(folder)
        assert "rows.parquet does not describe the 300 vectors of the study; restore it" in refusal(folder)
    for damaged in (b"", b"PAR1", b"image,partition\n"):
        (folder / ROWS).write_bytes(damaged)
        sign(folder)
        assert "rows.parquet cannot be read as a table (" in refusal(folder)


def test_weights_that_do_not_fit_the_configuration_are_refused(folder: Path) -> None:
    edit(folder, lambda d: d["autoencoder"].update(filters=[8, 32]))
    study = open_study(folder)
    with pytest.raises(InputError, match=r"weights\.safetensors: The weights do not fit .* Restore the file or the"):
        study.load_autoencoder()
