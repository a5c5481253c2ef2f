"""A study on disk: what it holds, and every way in which it can be damaged."""

import json
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
from core.progress import Progress
from core.sources.celeba import CELEBA_ATTRIBUTES
from core.study.description import DESCRIPTION, LATENTS, ROW_COLUMNS, ROWS, WEIGHTS, Study, open_study, verify_study
from core.study.files import PIECE, PIECES
from core.study.writing import write_vectors
from tests.described import edit, recount, sign

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(tiny_study: Study, tmp_path: Path) -> Path:
    """Return a copy of the tiny study that a test may damage."""
    return Path(shutil.copytree(tiny_study.folder, tmp_path / "study"))


def as_schema_1(folder: Path) -> None:
    """Describe a study as the first version did."""
    edit(folder, lambda d: d.update(schema=1, name="forgotten", files={n: f["sha256"] for n, f in d["files"].items()}))
    edit(folder, lambda d: [d.pop(field) for field in ("title", "shipped", "vectors", "pictures", "summary")])
    edit(folder, lambda d: d["autoencoder"].pop("kind"))


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
    assert (tiny_study.source.kind, tiny_study.source.crop, tiny_study.source.image_size) == ("zip", 148, (32, 32))
    assert [e.epoch for e in tiny_study.training.history] == list(range(1, 13))
    assert set(tiny_study.training.versions) == {"python", "keras", "tensorflow", "numpy"}


def test_the_latent_vectors_are_mapped_from_the_disk_and_cannot_be_changed(tiny_study: Study) -> None:
    assert isinstance(tiny_study.latents, np.memmap)
    assert tiny_study.latents.dtype == np.float16
    with pytest.raises(ValueError, match="read-only"):
        tiny_study.latents[0, 0] = 0


def test_a_study_is_readable_without_this_program(tiny_study: Study) -> None:
    description = json.loads((tiny_study.folder / DESCRIPTION).read_text(), parse_constant=pytest.fail)
    assert description["schema"] == 2
    assert np.load(tiny_study.folder / LATENTS, allow_pickle=False).shape == (300, 16)
    assert len(pd.read_parquet(tiny_study.folder / ROWS)) == 300
    weights = safetensors.numpy.load_file(tiny_study.folder / WEIGHTS)
    assert {w.dtype for w in weights.values()} == {np.dtype(np.float16)}
    assert {p.name for p in tiny_study.folder.iterdir()} >= {DESCRIPTION, LATENTS, ROWS, WEIGHTS}


def test_the_number_of_weights_is_that_of_the_network(tiny_study: Study) -> None:
    encoder = 4 * 4 * (3 * 8 + 8 * 16) + (8 + 16) + (8 * 8 * 16 + 1) * 16
    decoder = (16 + 1) * (8 * 8 * 16) + 4 * 4 * (16 * 8 + 8 * 3) + (8 + 3)
    assert tiny_study.weight_count == encoder + decoder


def test_a_study_keeps_its_fingerprint_under_another_name_title_and_training(tiny_study: Study, folder: Path) -> None:
    assert open_study(folder).fingerprint == tiny_study.fingerprint
    edit(folder, lambda d: d.update(title="other", shipped=True, training=None))
    moved = folder.rename(folder.with_name("elsewhere"))
    renamed = open_study(moved)
    assert (renamed.name, renamed.title, renamed.shipped) == ("elsewhere", "other", True)
    assert renamed.fingerprint == tiny_study.fingerprint
    assert renamed.digests == tiny_study.digests


def test_another_vector_weight_row_or_activation_is_another_fingerprint(tiny_study: Study, folder: Path) -> None:
    seen = {tiny_study.fingerprint}
    latents = np.load(folder / LATENTS)
    latents[0, 0] += 1
    np.save(folder / LATENTS, latents)
    sign(folder)
    seen.add(open_study(folder).fingerprint)
    weights = safetensors.numpy.load_file(folder / WEIGHTS)
    weights["encoder/latent/bias"][0] += 1
    safetensors.numpy.save_file(weights, folder / WEIGHTS)
    sign(folder)
    seen.add(open_study(folder).fingerprint)
    pd.read_parquet(folder / ROWS).assign(partition="").to_parquet(folder / ROWS)
    sign(folder)
    seen.add(open_study(folder).fingerprint)
    edit(folder, lambda d: d["autoencoder"].update(activation="elu"))
    seen.add(open_study(folder).fingerprint)
    assert len(seen) == 5


@pytest.mark.parametrize(("attributes", "crop", "title"), [(True, 0, "CelebA"), (False, 148, "CelebA"),
                                                           (False, 0, "study")])  # fmt: skip
def test_a_study_of_schema_1_is_called_after_its_data_where_it_tells_them(
    tiny_study: Study, folder: Path, attributes: bool, crop: int, title: str
) -> None:
    if not attributes:
        pd.read_parquet(folder / ROWS)[list(ROW_COLUMNS)].to_parquet(folder / ROWS)
        sign(folder)
    as_schema_1(folder)
    edit(folder, lambda d: d["source"].update(crop=crop))
    study = open_study(folder)
    assert (study.name, study.title, study.shipped) == ("study", title, False)
    assert study.digests[LATENTS] == tiny_study.digests[LATENTS]
    assert (study.config, study.training) == (tiny_study.config, tiny_study.training)
    np.testing.assert_array_equal(study.latents, tiny_study.latents)


def test_files_of_schema_1_are_compared_whole(folder: Path) -> None:
    as_schema_1(folder)
    data = bytearray((folder / LATENTS).read_bytes())
    data[200] ^= 1
    (folder / LATENTS).write_bytes(data)
    assert f"{folder / LATENTS} was altered" in refusal(folder)


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
    assert "is not a folder; give the folder of a study." in refusal(tmp_path / "none")
    assert "is not a folder" in refusal(folder / ROWS)
    assert "study.json is missing, so" in refusal(tmp_path)


DEEP = '{"schema": 2, "summary": ' + "[" * 10**6


@pytest.mark.parametrize("text", ["", "{", "\x00", '{"schema": 2', '{"schema": 2}}', DEEP])
def test_a_description_that_is_no_json_is_refused(folder: Path, text: str) -> None:
    (folder / DESCRIPTION).write_text(text)
    assert refusal(folder).startswith(f"{folder / DESCRIPTION} cannot be read (")


@pytest.mark.parametrize("text", ["[" * 100_000, "[]", "null", '"1"', '{"schema": "1"}', '{"schema": true}'])
def test_a_description_that_is_no_object_with_a_version_is_refused(folder: Path, text: str) -> None:
    (folder / DESCRIPTION).write_text(text)
    assert refusal(folder).startswith(f"{folder / DESCRIPTION} has a wrong value: Expected ")


def test_a_description_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / DESCRIPTION).write_bytes(b"\xff\xfe{}")
    assert "cannot be read (" in refusal(folder)


@pytest.mark.parametrize("text", ['{"schema": 3}', '{"schema": 0}', '{"schema": null}', "{}"])
def test_another_schema_version_is_refused_not_guessed_at(folder: Path, text: str) -> None:
    (folder / DESCRIPTION).write_text(text)
    message = refusal(folder)
    assert "has schema version" in message
    assert (
        "this program reads versions 1 and 2; use the version of zpoints that wrote it, or make the study anew"
        in message
    )


def changed(*path: str | int, value: object) -> Callable[[dict[str, Any]], object]:
    """Return a change of one field of a description."""

    def change(description: dict[str, Any]) -> None:
        part: Any = description
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value

    return change


def without(*path: str) -> Callable[[dict[str, Any]], object]:
    """Return the removal of one field of a description."""

    def change(description: dict[str, Any]) -> None:
        part: Any = description
        for step in path[:-1]:
            part = part[step]
        del part[path[-1]]

    return change


ODD_VALUES = ("x", -1, 1.5, 10**30, [], {}, True, "\x1b[2J")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (without("files"), "missing required field `files`"),
        (without("autoencoder"), "missing required field `autoencoder`"),
        (without("source", "crop"), "missing required field `crop` - at `$.source`"),
        (without("training", "history"), "missing required field `history` - at `$.training`"),
        (changed("source", value=[1, 2]), "Expected `object | null`, got `array` - at `$.source`"),
        (changed("source", "colour", value="red"), "unknown field `colour` - at `$.source`"),
        (changed("title", value=5), "at `$.title`"),
        (changed("title", value="\u202eevil"), "at `$.title`"),
        (changed("title", value="a" * 201), "at `$.title`"),
        (changed("training", "seconds", value="a"), "Expected `float`, got `str` - at `$.training.seconds`"),
        (changed("training", "seconds", value=-1), "at `$.training.seconds`"),
        (changed("training", "history", value=5), "at `$.training.history`"),
        (changed("training", "history", 0, value=5), "at `$.training.history[0]`"),
        (changed("training", "history", 0, "loss", value=None), "at `$.training.history[0].loss`"),
        (changed("training", "history", 0, "loss", value=1e300), "at `$.training.history[0].loss`"),
        (changed("training", "versions", value={"numpy": 2}), "at `$.training.versions[...]`"),
        (changed("training", value="none"), "at `$.training`"),
        (changed("vectors", "parts", value="a.npy"), "at `$.vectors.parts`"),
        (changed("vectors", "parts", value=[0]), "at `$.vectors.parts[0]`"),
        (changed("vectors", "parts", value=[]), "at `$.vectors.parts`"),
        (changed("summary", value={}), "at `$.summary`"),
        (changed("files", value=None), "at `$.files`"),
        (changed("files", LATENTS, value="0"), "at `$.files[...]`"),
        (changed("files", LATENTS, "sha256", value="../x"), "at `$.files[...].sha256`"),
        *[(changed("source", "crop", value=value), "at `$.source.crop`") for value in ODD_VALUES],
        *[(changed("source", "partitions", "train", value=v), "at `$.source.partitions[...]`") for v in ODD_VALUES],
    ],
)
def test_a_field_that_is_missing_unknown_or_out_of_range_is_refused_by_name(
    folder: Path, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    edit(folder, change)
    message = refusal(folder)
    assert message.startswith(f"{folder / DESCRIPTION} has a wrong value: ")
    assert message.endswith("; restore it from its source.")
    assert complaint in message


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity", "9" * 5000])
def test_a_number_that_no_float_can_hold_is_refused(folder: Path, number: str) -> None:
    for field in ("seconds", "learning_rate"):
        text = (folder / DESCRIPTION).read_text()
        value = json.loads(text)["training"][field] if field == "seconds" else 0.004
        assert f'"{field}": {value}' in text
        (folder / DESCRIPTION).write_text(text.replace(f'"{field}": {value}', f'"{field}": {number}', 1))
        refusal(folder)
        (folder / DESCRIPTION).write_text(text)


def test_a_description_too_large_for_one_is_refused(folder: Path) -> None:
    with (folder / DESCRIPTION).open("a") as file:
        file.write(" " * 2**23)
    assert "is larger than 8,388,608 bytes" in refusal(folder)


@pytest.mark.parametrize("names", [[], [LATENTS], [LATENTS, ROWS], [WEIGHTS, LATENTS, ROWS, "../../etc/passwd"]])
def test_a_description_that_lists_other_files_is_refused(folder: Path, names: list[str]) -> None:
    facts = {"sha256": "0" * 64, "size": 0, "sampled": None}
    edit(folder, lambda d: d.update(files=dict.fromkeys(names, facts)))
    assert "does not list the study's files, as it should; restore it from its source" in refusal(folder)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (changed("autoencoder", "depth", value=3), "The configuration names depth, which this version does not know"),
        (changed("autoencoder", "latent_size", value="16"), "latent_size must be a whole number from 1 to 4,096"),
        (changed("autoencoder", "latent_size", value=10**24), "latent_size must be a whole number from 1 to 4,096"),
        (changed("autoencoder", "filters", value=7), "The configuration cannot be read ("),
        (changed("autoencoder", "batch_normalisation", value=1), "batch_normalisation must be one of True, False"),
        (changed("autoencoder", "kind", value="torch"), "The kind of autoencoder 'torch' is not known; this one reads"),
        (changed("autoencoder", "kind", value="magic"), "The kind of autoencoder 'magic' is not known"),
        (changed("autoencoder", "kind", value=["none"]), "is not known; this one reads convolutional, "),
        (without("autoencoder", "kind"), "The kind of autoencoder 'None' is not known"),
        (changed("training", "config", "optimiser", value="sgd"), "The configuration names optimiser"),
        (changed("training", "config", "epochs", value=0), "epochs must be a whole number from 1"),
        (changed("training", "config", "loss", value=[[]]), "loss must be one of"),
    ],
)
def test_a_configuration_that_is_unknown_or_impossible_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object], complaint: str
) -> None:
    edit(folder, change)
    message = refusal(folder)
    assert message.startswith(f"{folder / DESCRIPTION}: ")
    assert complaint in message


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (changed("vectors", "count", value=299), "299 as vectors.count, latents.npy has 300"),
        (changed("vectors", "dimension", value=17), "17 as vectors.dimension, latents.npy has 16"),
        (changed("vectors", "precision", value="float32"), "float32 as vectors.precision, latents.npy has float16"),
        (changed("autoencoder", "latent_size", value=17), "17 as autoencoder.latent_size, latents.npy has 16"),
        (changed("source", "count", value=301), "301 as source.count, latents.npy has 300"),
    ],
)
def test_a_description_that_contradicts_the_vectors_is_refused(
    folder: Path, change: Callable[[dict[str, Any]], object], field: str
) -> None:
    edit(folder, change)
    assert f"{folder / DESCRIPTION} has {field}; restore both" in refusal(folder)


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
        np.zeros((300, 16), np.int8),
        np.zeros((300, 16), ">f2"),
        np.zeros((300,), np.float16),
        np.zeros((0, 16), np.float16),
        np.zeros((300, 4, 4), np.float32),
        np.asfortranarray(np.zeros((300, 16), np.float16)),
        np.zeros((300, 16), [("x", "<f2")]),
        np.array([{"never": "unpickled"}], object),
    ],
)
def test_vectors_of_another_type_or_shape_are_refused(folder: Path, latents: np.ndarray) -> None:
    np.save(folder / LATENTS, latents)
    sign(folder)
    message = refusal(folder)
    assert f"of shape {latents.shape}, not float16, float32 or float64 of shape (n, d) row by row" in message


@pytest.mark.parametrize("kind", ["zip", "empty", "text", "cut", "long", "header"])
def test_a_file_of_vectors_that_is_no_plain_array_is_refused(folder: Path, kind: str) -> None:
    file = folder / LATENTS
    data = file.read_bytes()
    if kind == "zip":
        with file.open("wb") as stream:
            np.savez(stream, latents=np.zeros((300, 16), np.float16))
    else:
        damaged = {"empty": b"", "text": b"1 2 3", "cut": data[:500], "long": data + b"00"}
        file.write_bytes(damaged.get(kind, data.replace(b"'shape': (", b"'shape': +(")))
    sign(folder)
    assert f"{file} cannot be read as an array (" in refusal(folder)


def test_weights_that_do_not_fit_the_configuration_are_refused(folder: Path) -> None:
    edit(folder, lambda d: d["autoencoder"].update(filters=[8, 32]))
    study = open_study(folder)
    with pytest.raises(InputError, match=r"weights\.safetensors: The weights do not fit .* Restore the file or the"):
        study.load_autoencoder()


def test_altered_weights_are_refused_before_they_are_used(folder: Path) -> None:
    study = open_study(folder)
    data = bytearray((folder / WEIGHTS).read_bytes())
    data[-1] ^= 1
    (folder / WEIGHTS).write_bytes(data)
    with pytest.raises(InputError, match=r"weights\.safetensors was altered"):
        study.load_autoencoder()


@pytest.mark.parametrize("damage", [b"", b"<html>", b"\x00\x00\x00\x00\x00\x00\x00\x10{}"])
def test_a_file_that_holds_no_weights_is_refused(folder: Path, damage: bytes) -> None:
    (folder / WEIGHTS).write_bytes(damage)
    sign(folder)
    assert f"{folder / WEIGHTS} cannot be read as weights (" in refusal(folder)


# Large studies


@pytest.fixture
def large(tmp_path: Path) -> Study:
    """Return a study whose vectors do not fit into the pieces that are looked at on opening."""
    vectors = np.random.default_rng(0).normal(size=(40_000, 64)).astype(np.float16)
    assert vectors.nbytes > 4 * PIECES * PIECE
    return write_vectors(vectors, tmp_path / "large")


def flip(path: Path, offset: int) -> None:
    """Change one bit of a file in place."""
    with path.open("r+b") as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 1]))


def test_a_whole_study_is_verified_and_every_file_is_reported(large: Study) -> None:
    seen: list[Progress] = []
    verify_study(large, seen.append)
    assert seen == [Progress("verifying", 1, 2, "files"), Progress("verifying", 2, 2, "files")]


def test_an_altered_byte_between_the_pieces_is_found_by_verifying(large: Study) -> None:
    path = large.folder / LATENTS
    flip(path, PIECE + 1001)
    study = open_study(large.folder)
    with pytest.raises(InputError, match=r"latents\.npy was altered or belongs to another study"):
        verify_study(study)


@pytest.mark.parametrize("offset", [1001, -1])
def test_an_altered_byte_within_the_pieces_is_found_on_opening(large: Study, offset: int) -> None:
    path = large.folder / LATENTS
    flip(path, offset % path.stat().st_size)
    assert "latents.npy was altered" in refusal(large.folder)


def test_a_number_between_the_pieces_that_is_not_finite_is_found_by_verifying(large: Study) -> None:
    latents = np.load(large.folder / LATENTS)
    latents[700, 5] = np.nan
    np.save(large.folder / LATENTS, latents)
    sign(large.folder)
    study = open_study(large.folder)
    with pytest.raises(InputError, match=r"latents\.npy holds NaN or infinity in row 700; make the study anew"):
        verify_study(study)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="the kernel counts no bytes read")
def test_opening_two_million_vectors_reads_a_few_of_them(tmp_path: Path) -> None:
    folder = tmp_path / "planted"
    block = np.random.default_rng(0).normal(size=(100_000, 16)).astype(np.float16)
    write_vectors(block, folder)
    with (folder / LATENTS).open("wb") as file:
        np.lib.format.write_array_header_1_0(file, {"descr": "<f2", "fortran_order": False, "shape": (2_000_000, 16)})
        for _ in range(20):
            file.write(block.tobytes())
    pd.DataFrame({"weight": np.zeros(2_000_000, np.float32)}).to_parquet(folder / ROWS)
    recount(folder)
    code = """
import re, sys
from pathlib import Path
from core.study import open_study
def read():  # bytes that were asked for, from the disk or not
    return int(re.search(r"rchar: (\\d+)", Path("/proc/self/io").read_text())[1])
before = read()
study = open_study(sys.argv[1])
maps = Path("/proc/self/smaps").read_text()
print(len(study), read() - before, re.search(r"latents\\.npy\\n(?:.*\\n)*?Rss: +(\\d+)", maps)[1])
"""
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True, check=True, cwd=ROOT)
    length, read, resident = (int(word) for word in done.stdout.split())
    size = (folder / LATENTS).stat().st_size
    assert length == 2_000_000
    assert read < size / 10
    assert resident * 1024 < size / 2  # the kernel maps many neighbours of a page that is looked at
