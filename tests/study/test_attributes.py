"""The attribute network of a study: trained on the study's images, kept in one file, and refused when it is unsound."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks import ATTRIBUTE_TRAINING
from core.networks.epochs import CHECKPOINT
from core.progress import Progress
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels
from core.study import Study, open_study
from core.study.attributes import StudyAttributes, load_attributes, train_study_attributes
from core.study.building import encode_study
from core.study.sets import halves
from core.study.shared import ATTRIBUTES
from tests import described

TRAINING = dataclasses.replace(ATTRIBUTE_TRAINING, epochs=10, batch_size=8, learning_rate=2e-3)
SHORT = dataclasses.replace(ATTRIBUTE_TRAINING, epochs=2, batch_size=64)

UNKNOWN = 7
"""Images of which nothing is known: the first ones."""


trained_attributes = partial(train_study_attributes, filters=(8, 16))
"""Trains a network that is small."""


class Interruption(Exception):  # noqa: N818
    """Stands for the user's Ctrl+C."""


def stop(*_: object) -> None:
    raise Interruption


@pytest.fixture(scope="module")
def pixels(tiny_study: Study, celeba_source: ImageSource) -> np.ndarray:
    """Return the 300 faces of the tiny study, 32×32 pixels, in its order."""
    names = list(tiny_study.rows["image"])
    return np.concatenate([batch.pixels for batch in celeba_source.batches(names, 32)])


@pytest.fixture(scope="module")
def study(
    tiny_study: Study, celeba_source: ImageSource, pixels: np.ndarray, tmp_path_factory: pytest.TempPathFactory
) -> Study:
    """Return a study of faces of which it is known whether they are bright, and red; every fifth is held out."""
    means = pixels.mean(axis=(1, 2))
    rows = tiny_study.rows[["image"]].copy()
    rows["partition"] = np.where(np.arange(len(rows)) % 5, "train", "validation")
    for name, values in {"Bright": means.mean(axis=1), "Red": means[:, 0] - means[:, 2]}.items():
        rows[name] = pd.array(values > np.median(values), "boolean")
    rows.loc[: UNKNOWN - 1, "Red"] = pd.NA
    folder = tmp_path_factory.mktemp("planted") / "planted"
    return encode_study(tiny_study, celeba_source, Labels(rows, 0, 0), folder).study


@pytest.fixture
def copy(study: Study, tmp_path: Path) -> Study:
    """Return a copy of the study without an attribute network."""
    return open_study(shutil.copytree(study.folder, tmp_path / "study", ignore=shutil.ignore_patterns(ATTRIBUTES)))


@pytest.fixture(scope="module")
def trained(study: Study, celeba_source: ImageSource) -> tuple[StudyAttributes, list[tuple[str, int, int]]]:
    """Return the attribute network of the study, and how its images were told to go by."""
    seen: list[tuple[str, int, int]] = []
    attributes = trained_attributes(
        study, celeba_source, TRAINING, on_images=lambda p: seen.append((p.task, p.done, p.total))
    )
    return attributes, seen


@pytest.fixture(scope="module")
def attributes(trained: tuple[StudyAttributes, list[tuple[str, int, int]]]) -> StudyAttributes:
    return trained[0]


def left(folder: Path) -> set[str]:
    """Return the names of everything in a folder, hidden things too."""
    return {p.name for p in folder.iterdir()}


def assert_same(one: StudyAttributes, other: StudyAttributes, tolerance: float = 0.0) -> None:
    """Check that two agree in every number."""
    assert (one.names, one.training, one.count) == (other.names, other.training, other.count)
    assert one.network.config == other.network.config
    weights = other.network.weights()
    for name, values in one.network.weights().items():
        np.testing.assert_allclose(values, weights[name], rtol=0, atol=tolerance)
    for name in ("accuracies", "majority", "embedding_mean", "embedding_covariance", "shares"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=0, atol=10 * tolerance)


# Training


def test_it_tells_bright_faces_from_dark_ones_better_than_always_saying_the_same(attributes: StudyAttributes) -> None:
    assert attributes.names == ("Bright", "Red")
    assert attributes.accuracies[0] > attributes.majority[0] + 0.15
    assert attributes.accuracies.mean() > attributes.majority.mean()
    assert [e.epoch for e in attributes.epochs] == list(range(1, TRAINING.epochs + 1))
    assert attributes.epochs[-1].loss < attributes.epochs[0].loss


def test_the_accuracies_are_those_of_the_held_out_faces_of_which_all_is_known(
    attributes: StudyAttributes, study: Study, pixels: np.ndarray
) -> None:
    table = study.rows[UNKNOWN:]
    held_out = table[table["partition"] == "validation"]
    truth = held_out[["Bright", "Red"]].to_numpy(bool)
    said = attributes.network.predict(pixels[held_out.index])[1] > 0.5
    np.testing.assert_allclose(attributes.accuracies, (said == truth).mean(axis=0))
    usual = table.loc[table["partition"] == "train", ["Bright", "Red"]].to_numpy(bool).mean(axis=0) > 0.5
    np.testing.assert_allclose(attributes.majority, np.where(usual, truth.mean(axis=0), 1 - truth.mean(axis=0)))


def test_the_embedding_is_described_by_all_photographs_of_half_b(
    attributes: StudyAttributes, study: Study, pixels: np.ndarray
) -> None:
    half_b = ~halves(study.rows)
    embeddings, probabilities = attributes.network.predict(pixels[half_b])
    assert attributes.count == half_b.sum() > 100
    np.testing.assert_allclose(attributes.embedding_mean, embeddings.mean(axis=0), rtol=1e-4, atol=1e-6)
    deviations = embeddings - embeddings.mean(axis=0, dtype=float)
    covariance = deviations.T @ deviations / (len(embeddings) - 1)
    np.testing.assert_allclose(attributes.embedding_covariance, covariance, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(attributes.shares, (probabilities > 0.5).mean(axis=0))
    assert np.linalg.eigvalsh(attributes.embedding_covariance).min() > -1e-6


def test_the_images_go_by_once_to_be_prepared_checked_and_embedded(
    trained: tuple[StudyAttributes, list[tuple[str, int, int]]],
) -> None:
    attributes, seen = trained
    titles = list(dict.fromkeys(title for title, _, _ in seen))
    assert titles == ["preparing images", "checking attributes", "embedding images"]
    for title, count in zip(titles, (300, 60 - 2, attributes.count), strict=True):
        assert [(done, total) for t, done, total in seen if t == title][-1] == (count, count)


def test_nothing_is_left_beside_the_study_and_the_study_is_as_it_was(attributes: StudyAttributes, study: Study) -> None:
    assert left(study.folder.parent) == {study.folder.name}
    assert left(study.folder) == {"study.json", "weights.safetensors", "latents.npy", "rows.parquet", ATTRIBUTES}
    assert open_study(study.folder).fingerprint == study.fingerprint


def test_the_crop_is_the_study_s_whatever_the_source_would_cut(
    copy: Study, celeba: Path, celeba_source: ImageSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prepared(source: ImageSource) -> np.ndarray:
        seen = []

        def take(_config: object, _training: object, images: np.ndarray, *_: object) -> None:
            seen.append(np.array(images))
            raise Interruption

        monkeypatch.setattr("core.study.attributes.train_attributes", take)  # the images are seen before a training
        with pytest.raises(Interruption):
            trained_attributes(copy, source, SHORT)
        shutil.rmtree(copy.folder.with_name("study.attributes"))
        return seen[0]

    wide = open_images(celeba, crop=178)
    given, usual = prepared(wide), prepared(celeba_source)
    assert wide.crop == 178 != celeba_source.crop
    np.testing.assert_array_equal(given, usual)


def test_a_file_that_is_there_is_kept_unless_it_may_be_replaced(copy: Study, celeba_source: ImageSource) -> None:
    path = copy.folder / ATTRIBUTES
    path.write_bytes(b"dear to me")
    with pytest.raises(InputError) as caught:
        trained_attributes(copy, celeba_source, SHORT, on_images=stop)
    assert str(caught.value) == f"{path} exists already; add --replace to take its place."
    with pytest.raises(Interruption):
        trained_attributes(copy, celeba_source, SHORT, replace=True, on_images=stop)
    assert path.read_bytes() == b"dear to me"


# Interruptions


def test_an_interrupted_training_goes_on_to_the_same_weights(
    copy: Study, celeba_source: ImageSource, tmp_path: Path
) -> None:
    whole = trained_attributes(copy, celeba_source, SHORT)
    (copy.folder / ATTRIBUTES).unlink()

    def stop_later(progress: Progress) -> None:
        if progress.detail == "epoch 2/2":
            raise Interruption

    with pytest.raises(Interruption):
        trained_attributes(copy, celeba_source, SHORT, on_progress=stop_later)
    assert left(tmp_path) == {"study", "study.attributes"}
    assert left(tmp_path / "study.attributes") == {CHECKPOINT, "images.npy", "images.json"}
    assert load_attributes(copy) is None
    with pytest.raises(
        InputError, match=r"belongs to a training with other settings \(epochs\); repeat the interrupted"
    ):
        trained_attributes(copy, celeba_source, dataclasses.replace(SHORT, epochs=3))
    steps: list[float] = []
    resumed = trained_attributes(
        copy, celeba_source, SHORT,
        on_images=lambda p: p.task != "preparing images" or pytest.fail("prepared again"),
        on_progress=lambda progress: steps.append(progress.done),
    )  # fmt: skip
    assert steps == [5, 6, 7, 8]
    assert_same(resumed, whole, tolerance=5e-3)
    assert left(tmp_path) == {"study"}


# Studies and images that will not do


def restricted(study: Study, tmp_path: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Study:
    """Return a study of the same vectors and other rows, written as studies are."""
    folder = Path(shutil.copytree(study.folder, tmp_path / "changed", ignore=shutil.ignore_patterns(ATTRIBUTES)))
    rows = change(study.rows.copy())
    rows.to_parquet(folder / "rows.parquet", index=False)
    np.save(folder / "latents.npy", study.latents[rows.index])
    described.recount(folder)
    return open_study(folder)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda rows: rows.drop(columns=["Bright", "Red"]),
         "knows no attributes; make it anew with a list of attributes."),
        (lambda rows: rows.assign(partition="train"),
         "has 293 training and 0 validation images with attributes and "),
        (lambda rows: rows.assign(Bright=pd.array([pd.NA] * len(rows), "boolean")),
         "has 0 training and 0 validation images with attributes and "),
        (lambda rows: rows[halves(rows) & (rows.index >= UNKNOWN)],
         " and 0 in half B, too few for an attribute network; make it of more images."),
    ],
    ids=["no attributes", "no validation images", "nothing known", "no half B"],
)  # fmt: skip
def test_a_study_that_does_not_suffice_is_refused_in_one_sentence(
    study: Study, celeba_source: ImageSource, tmp_path: Path,
    change: Callable[[pd.DataFrame], pd.DataFrame], complaint: str,
) -> None:  # fmt: skip
    poor = restricted(study, tmp_path, change)
    with pytest.raises(InputError) as caught:
        trained_attributes(poor, celeba_source, SHORT, on_images=stop)
    assert str(caught.value).startswith(f"The study {poor.folder} ")
    assert complaint in str(caught.value)
    assert left(tmp_path) == {"changed"}


def few(study: Study, source: ImageSource, tmp_path: Path) -> tuple[Study, Path]:
    """Return a study of 20 images and a folder with them."""
    chosen = study.rows.index >= len(study) - 20
    small = restricted(study, tmp_path, lambda rows: rows[chosen])
    folder = tmp_path / "images"
    folder.mkdir()
    for name in small.rows["image"]:
        source.image(name).save(folder / name, "PNG")
    return small, folder


def test_images_that_are_missing_unreadable_or_others_are_refused_and_nothing_is_left(
    study: Study, celeba_source: ImageSource, tmp_path: Path
) -> None:
    small, folder = few(study, celeba_source, tmp_path)
    names = list(small.rows["image"])
    before = left(tmp_path)
    first = folder / names[0]
    kept = first.read_bytes()

    def complaint() -> str:
        with pytest.raises(InputError) as caught:
            trained_attributes(small, open_images(folder), SHORT)
        assert left(tmp_path) == before
        assert left(small.folder) == left(study.folder) - {ATTRIBUTES}
        return str(caught.value)

    first.unlink()
    assert complaint() == (
        f"{folder} lacks 1 of the study's 20 images, {names[0]} for one; give the images that the study was made of."
    )
    first.write_bytes(b"")
    assert complaint() == (
        f"{folder} holds 1 of the study's images that cannot be read "
        f"(the first, {names[0]}: the file is empty); give a sound copy."
    )
    first.write_bytes(kept)
    for name, other in zip(names, celeba_source.names[-20:], strict=True):
        celeba_source.image(other).rotate(90).save(folder / name, "PNG")
    assert complaint() == (
        f"{folder} holds other images under the names of the study's, their latent vectors differ; "
        "give the images that the study was made of."
    )


def test_weights_that_float16_cannot_hold_are_not_written(
    study: Study, celeba_source: ImageSource, tmp_path: Path
) -> None:
    small, folder = few(study, celeba_source, tmp_path)
    wild = dataclasses.replace(SHORT, learning_rate=1e7)
    with pytest.raises(InputError, match=r"The attribute network's weights do not fit into float16; train with a"):
        trained_attributes(small, open_images(folder), wild)
    assert ATTRIBUTES not in left(small.folder)


# The file


def test_a_study_has_no_attribute_network_until_one_is_trained(tiny_study: Study) -> None:
    assert load_attributes(tiny_study) is None


def test_what_is_loaded_is_what_was_trained(attributes: StudyAttributes, study: Study, pixels: np.ndarray) -> None:
    loaded = load_attributes(study)
    assert loaded is not None
    assert_same(loaded, attributes)
    assert loaded.epochs == attributes.epochs
    for one, other in zip(loaded.network.predict(pixels), attributes.network.predict(pixels), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_the_file_is_small_and_holds_weights_in_half_precision(attributes: StudyAttributes, study: Study) -> None:
    arrays = safetensors.numpy.load_file(study.folder / ATTRIBUTES)
    assert {a.dtype for n, a in arrays.items() if n.startswith("network/")} == {np.dtype(np.float16)}
    assert {a.dtype for n, a in arrays.items() if not n.startswith("network/")} == {np.dtype(np.float64)}
    assert (study.folder / ATTRIBUTES).stat().st_size < 4e6


def test_a_study_of_the_same_images_can_take_over_the_file(
    attributes: StudyAttributes, study: Study, copy: Study
) -> None:
    shutil.copy(study.folder / ATTRIBUTES, copy.folder)
    loaded = load_attributes(copy)
    assert loaded is not None
    assert_same(loaded, attributes)


def rewrite(path: Path, change: Callable[[dict[str, Any], dict[str, np.ndarray]], None]) -> None:
    """Change what a file holds, with a digest that fits."""
    with safetensors.safe_open(path, framework="numpy") as file:
        note = {name: json.loads(value) for name, value in file.metadata().items() if name != "digest"}
    arrays = safetensors.numpy.load_file(path)
    change(note, arrays)
    digest = hashlib.sha256(json.dumps(note, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name}{array.dtype}{array.shape}".encode() + array.tobytes())
    note["digest"] = digest.hexdigest()
    path.write_bytes(safetensors.numpy.save(arrays, {name: json.dumps(value) for name, value in note.items()}))


def damaged(study: Study, copy: Study) -> Path:
    return Path(shutil.copy(study.folder / ATTRIBUTES, copy.folder))


@pytest.mark.usefixtures("attributes")
def test_a_file_written_anew_unchanged_is_sound(study: Study, copy: Study) -> None:
    rewrite(damaged(study, copy), lambda note, arrays: None)
    assert load_attributes(copy) is not None


def set_note(name: str, value: object) -> Callable[[dict[str, Any], dict[str, np.ndarray]], None]:
    return lambda note, arrays: note.update({name: value})


def set_array(name: str, value: np.ndarray) -> Callable[[dict[str, Any], dict[str, np.ndarray]], None]:
    return lambda note, arrays: arrays.update({name: value})


EPOCH = {"epoch": 1, "loss": 1.0, "validation_loss": 1.0, "seconds": 1.0}

CHANGES: dict[str, tuple[Callable[[dict[str, Any], dict[str, np.ndarray]], None], str]] = {
    "schema": (set_note("schema", 2), "has schema version 2, this program reads version 1; use the version of zpoints"),
    "no schema": (lambda note, _: note.pop("schema"), "has schema version None, this program reads version 1;"),
    "NaN in weights": (set_array("network/embedding/bias", np.full(128, np.nan, np.float16)),
                       "holds NaN or infinity in network/embedding/bias; restore it, or train"),
    "infinity": (set_array("shares", np.array([0.5, np.inf])), "holds NaN or infinity in shares; restore it, or train"),
    "image size": (set_note("image_size", 96), "belongs to another study, its image size not being this one's;"),
    "channels": (set_note("channels", 1), "belongs to another study, its channels not being this one's;"),
    "attributes": (set_note("attributes", ["Bright", "Hat"]), "another study, its attributes not being this one's;"),
    "order": (set_note("attributes", ["Red", "Bright"]), "another study, its attributes not being this one's;"),
    "images": (set_note("images", "0" * 64), "belongs to another study, its images not being this one's;"),
    "lost number": (lambda _, arrays: arrays.pop("shares"), "is damaged ('shares'); restore it, or train"),
    "lost weight": (lambda _, arrays: arrays.pop("network/conv_1/kernel"), "is damaged (The weights do not fit"),
    "extra array": (set_array("more", np.zeros(2)), "is damaged (The weights do not fit"),
    "shape": (set_array("majority", np.zeros(3)), "is damaged (majority has the shape (3,), not (2,)); restore it"),
    "covariance": (set_array("embedding_covariance", np.zeros(128)), "covariance has the shape (128,), not (128, "),
    "filters": (set_note("filters", [8, 8]), "is damaged (The weights do not fit the attribute network"),
    "vast filters": (set_note("filters", [10**9]), "is damaged (The sizes of an attribute network are whole numbers"),
    "embedding": (set_note("embedding", 64), "is damaged (embedding_mean has the shape (128,), not (64,)"),
    "no embedding": (lambda note, _: note.pop("embedding"), "is damaged ('embedding'); restore it"),
    "history": (set_note("history", [{"epoch": 1}]), "is damaged ("),
    "NaN in history": (set_note("history", [EPOCH | {"loss": float("nan")}]), "its history holds NaN or infinity"),
    "training": (set_note("training", {"epochs": 0}), "is damaged (epochs must be a whole number"),
    "count": (set_note("count", "many"), "is damaged (invalid literal for int()"),
}  # fmt: skip


@pytest.mark.usefixtures("attributes")
@pytest.mark.parametrize("case", CHANGES)
def test_what_is_no_attribute_network_of_this_study_is_refused_in_one_sentence(
    study: Study, copy: Study, case: str
) -> None:
    change, complaint = CHANGES[case]
    path = damaged(study, copy)
    rewrite(path, change)
    with pytest.raises(InputError) as caught:
        load_attributes(copy)
    message = str(caught.value)
    assert message.startswith(f"{path} ")
    assert complaint in message
    assert message.endswith("train the attribute network anew.")
    assert "\n" not in message


@pytest.mark.usefixtures("attributes")
@pytest.mark.parametrize(
    "damage", ["cut", "empty", "foreign", "folder", "one bit", "no note", "nested note", "no JSON"]
)
def test_a_damaged_file_is_refused_in_one_sentence(study: Study, copy: Study, damage: str) -> None:
    path = damaged(study, copy)
    data = bytearray(path.read_bytes())
    arrays = safetensors.numpy.load_file(path)
    match damage:
        case "cut":
            path.write_bytes(data[:-100])
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_bytes(b"PK\x03\x04" + b"x" * 100)
        case "folder":
            path.unlink()
            path.mkdir()
        case "one bit":
            data[-1] ^= 1
            path.write_bytes(data)
        case "no note":
            path.write_bytes(safetensors.numpy.save(arrays))
        case "nested note":
            path.write_bytes(safetensors.numpy.save(arrays, {"schema": "[" * 100_000}))
        case "no JSON":
            path.write_bytes(safetensors.numpy.save(arrays, {"schema": "one"}))
    with pytest.raises(InputError) as caught:
        load_attributes(copy)
    message = str(caught.value)
    assert message.startswith(f"{path} has schema version None" if damage == "no note" else f"{path} is damaged (")
    assert message.endswith("train the attribute network anew.")
    assert "\n" not in message


def test_numbers_of_a_kind_that_numpy_lacks_are_damage(copy: Study) -> None:
    header = json.dumps({"shares": {"dtype": "F8_E4M3", "shape": [2], "data_offsets": [0, 2]}})
    (copy.folder / ATTRIBUTES).write_bytes(len(header).to_bytes(8, "little") + header.encode() + bytes(2))
    with pytest.raises(InputError, match=r"attributes\.safetensors is damaged \("):
        load_attributes(copy)


def test_a_file_of_fewer_images_is_not_taken_for_that_of_the_whole_study(
    attributes: StudyAttributes, study: Study, tmp_path: Path
) -> None:
    fewer = restricted(study, tmp_path, lambda rows: rows[:-1])
    shutil.copy(study.folder / ATTRIBUTES, fewer.folder)
    with pytest.raises(InputError, match=r"belongs to another study, its images not being this one's; restore the"):
        load_attributes(fewer)


def test_when_the_file_cannot_be_written_the_checkpoint_is_kept(copy: Study, celeba_source: ImageSource) -> None:
    work, elsewhere = (copy.folder.with_name(name) for name in ("study.attributes", "elsewhere"))

    def take_away(progress: Progress) -> None:
        if progress.share == 1:
            copy.folder.rename(elsewhere)

    with pytest.raises(InputError) as caught:
        trained_attributes(copy, celeba_source, SHORT, on_progress=take_away)
    path = copy.folder / ATTRIBUTES
    assert str(caught.value) == f"{path} cannot be written (No such file or directory); choose another place."
    assert (work / CHECKPOINT).exists()
    elsewhere.rename(copy.folder)
    trained_attributes(copy, celeba_source, SHORT, on_progress=lambda _: pytest.fail("trained again"))
    assert left(copy.folder.parent) == {"study"}
