"""From images to a study: who is who, what is left after a failure, and what goes on after an interruption."""

import dataclasses
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import safetensors.numpy

from core.errors import InputError
from core.networks import AutoencoderConfig, TrainingConfig
from core.progress import Progress
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.sources.pixels import prepare
from core.storage import sha256
from core.study import encoding
from core.study.building import Report, choose_images, encode_study, train_study
from core.study.description import WEIGHTS, Study, open_study
from core.study.sets import halves
from tests.described import sign

ROOT = Path(__file__).parents[2]

CONFIG = AutoencoderConfig(image_size=16, latent_size=8, filters=(4, 8))
TRAINING = TrainingConfig(epochs=2, batch_size=8)

BROKEN = {"000000.jpg": b"", "000005x.jpg": b"<html>", "999999.jpg": b"\xff\xd8\xff\xe0"}


class Interruption(Exception):  # noqa: N818
    """Stands for the user's Ctrl+C."""


def stop(*_: object) -> None:
    raise Interruption


def labelled(source: ImageSource) -> Labels:
    """Return the labels of all images of a source, from the lists beside it."""
    attributes, partitions = find_lists(source.path)
    return join_labels(
        source.names,
        read_attributes(attributes) if attributes else None,
        read_partitions(partitions) if partitions else None,
    )


@pytest.fixture(scope="module")
def images(tiny_celeba: Path) -> ImageSource:
    return open_images(tiny_celeba)


@pytest.fixture(scope="module")
def report(
    faces: dict[str, bytes], tiny_celeba: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Report, list[tuple[str, int, int]]]:
    """Return a study of a folder in which three images are damaged and one file is none, and its progress."""
    folder = tmp_path_factory.mktemp("damaged")
    for name, data in (faces | BROKEN | {"notes.md": b""}).items():
        (folder / name).write_bytes(data)
    for file in find_lists(tiny_celeba):
        assert file is not None
        shutil.copy(file, folder)
    source = open_images(folder)
    seen: list[tuple[str, int, int]] = []
    target = folder.with_name("study_of_damaged")
    done = train_study(
        source, labelled(source), CONFIG, TRAINING, target, on_images=lambda p: seen.append((p.task, p.done, p.total))
    )
    return done, seen


def left(folder: Path) -> set[str]:
    """Return the names of everything in a folder, hidden things too."""
    return {p.name for p in folder.iterdir()}


# Who is who


def test_skipped_images_are_listed_with_their_reasons_and_have_no_row(
    report: tuple[Report, list[tuple[str, int, int]]], faces: dict[str, bytes]
) -> None:
    done, _ = report
    reasons = {s.name: s.reason for s in done.skipped}
    assert set(reasons) == {*BROKEN, "notes.md"}
    assert reasons["000000.jpg"] == "the file is empty"
    assert tuple(done.study.rows["image"]) == tuple(faces)
    assert len(done.study) == len(faces) == done.study.source.count
    assert done.study.source.skipped == 4


def test_every_row_is_the_vector_and_the_labels_of_its_own_image(
    report: tuple[Report, list[tuple[str, int, int]]], images: ImageSource, tiny_celeba: Path
) -> None:
    study = report[0].study
    attributes = read_attributes(tiny_celeba / "list_attr_celeba.txt")
    partitions = read_partitions(tiny_celeba / "list_eval_partition.txt")
    autoencoder = study.load_autoencoder()
    for i, name in enumerate(study.rows["image"]):
        pixels = prepare(images.image(name), 148, 16)
        np.testing.assert_allclose(study.latents[i], autoencoder.encode(pixels[None])[0], rtol=2e-3, atol=1e-5)
        assert study.rows["partition"][i] == partitions[name]
        assert list(study.rows.loc[i, list(study.attributes)]) == list(attributes.loc[name])
    assert len({vector.tobytes() for vector in np.asarray(study.latents)}) == len(study)


def test_the_reconstruction_error_is_that_of_the_face_decoded_from_the_stored_vector(
    report: tuple[Report, list[tuple[str, int, int]]], images: ImageSource
) -> None:
    study = report[0].study
    decoded = study.load_autoencoder().decode_exactly(study.latents).astype(float)
    original = np.stack([prepare(images.image(n), 148, 16) for n in study.rows["image"]]) / 255
    errors = ((decoded - original) ** 2).reshape(len(study), -1).mean(axis=1)
    np.testing.assert_allclose(study.rows["reconstruction_error"], errors, rtol=1e-4)
    assert study.rows["reconstruction_error"].dtype == np.float32


def test_only_the_images_of_the_partition_train_are_trained_on(
    report: tuple[Report, list[tuple[str, int, int]]],
) -> None:
    study = report[0].study
    assert study.source.partitions == {"validation": 4, "train": 20}
    assert len(study.training.history) == 2
    held_out = study.rows.loc[study.rows["partition"] == "validation", "reconstruction_error"]
    assert study.training.history[-1].validation_loss == pytest.approx(held_out.mean(), rel=1e-2)


def test_progress_counts_the_skipped_images_too_and_reaches_the_end(
    report: tuple[Report, list[tuple[str, int, int]]],
) -> None:
    assert report[1] == [("preparing images", 27, 27), ("encoding images", 24, 24)]


def test_nothing_but_the_study_is_left_of_a_training(report: tuple[Report, list[tuple[str, int, int]]]) -> None:
    folder = report[0].study.folder
    assert not list(folder.parent.glob(f"*{folder.name}*training*"))
    assert not list(folder.parent.glob(f".{folder.name}*"))


@pytest.mark.slow
def test_without_a_partition_list_a_tenth_is_held_out_at_random_and_marked(
    celeba_source: ImageSource, tmp_path: Path
) -> None:
    names = choose_images(celeba_source, 200, 0)
    one_epoch = dataclasses.replace(TRAINING, epochs=1, batch_size=100)
    partitions = {}
    for run in ("first", "second"):
        done = train_study(celeba_source, join_labels(names), CONFIG, one_epoch, tmp_path / run)
        partitions[run] = list(done.study.rows["partition"])
        assert set(partitions[run]) == {"train", "validation"}
        assert 8 <= partitions[run].count("validation") <= 32  # 20 ± 3 standard deviations
        assert partitions[run] != sorted(partitions[run])
    assert partitions["first"] == partitions["second"]


# Choosing


def test_a_limit_chooses_at_random_and_the_same_images_for_the_same_seed(celeba_source: ImageSource) -> None:
    chosen = choose_images(celeba_source, 50, seed=3)
    assert len(set(chosen)) == 50
    assert list(chosen) == sorted(chosen)
    assert set(chosen) <= set(celeba_source.names)
    assert chosen == choose_images(celeba_source, 50, seed=3)
    assert chosen != choose_images(celeba_source, 50, seed=4)
    assert chosen != celeba_source.names[:50]


def test_no_limit_or_a_large_one_takes_all_images(images: ImageSource) -> None:
    assert choose_images(images, None, 0) == choose_images(images, 24, 0) == choose_images(images, 10**6, 0)
    assert choose_images(images, None, 0) == images.names


@pytest.mark.parametrize("limit", [1, 0, -5])
def test_a_limit_below_two_images_is_refused(images: ImageSource, limit: int) -> None:
    with pytest.raises(InputError, match=rf"A limit of {limit} images is too small; give at least 2"):
        choose_images(images, limit, 0)


def test_a_negative_seed_is_refused(images: ImageSource) -> None:
    with pytest.raises(InputError, match=r"seed must be a whole number from 0, not -1"):
        choose_images(images, 5, -1)


# Encoding with the weights of a study


def test_encoding_the_same_images_with_the_same_weights_gives_the_same_study(
    tiny_study: Study, celeba_source: ImageSource, celeba_labels: Labels, tmp_path: Path
) -> None:
    again = encode_study(tiny_study, celeba_source, celeba_labels, tmp_path / "again").study
    np.testing.assert_array_equal(again.latents, tiny_study.latents)
    pd.testing.assert_frame_equal(again.rows, tiny_study.rows)
    assert again.digests[WEIGHTS] == tiny_study.digests[WEIGHTS]
    assert (again.config, again.training, again.source) == (tiny_study.config, tiny_study.training, tiny_study.source)
    assert again.name == "again"
    assert left(tmp_path) == {"again"}


def test_other_images_become_a_study_with_the_same_weights_and_no_partition(
    tiny_study: Study, tmp_path: Path, faces: dict[str, bytes]
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for name, data in list(faces.items())[:3]:
        (own / f"me_{name}").write_bytes(data)
    (own / "broken.jpg").write_bytes(b"")
    source = open_images(own)
    done = encode_study(tiny_study, source, join_labels(source.names), tmp_path / "study")
    assert [s.name for s in done.skipped] == ["broken.jpg"]
    assert list(done.study.rows["image"]) == [f"me_{name}" for name in list(faces)[:3]]
    assert done.study.attributes == ()
    assert set(done.study.rows["partition"]) == {""}
    assert done.study.source.partitions == {"unknown": 3}
    assert done.study.digests[WEIGHTS] == tiny_study.digests[WEIGHTS]


def with_latent_layer(study: Study, folder: Path, **values: float) -> Study:
    """Return a copy of a study whose encoder ends in a layer with all of its weights or biases set to a value."""
    wild = Path(shutil.copytree(study.folder, folder))
    weights = safetensors.numpy.load_file(wild / WEIGHTS)
    for name, value in values.items():
        weights[f"encoder/latent/{name}"][:] = value
    safetensors.numpy.save_file(weights, wild / WEIGHTS)
    sign(wild)
    return open_study(wild)


def test_vectors_that_float16_would_blur_are_kept_in_float32(
    tiny_study: Study, images: ImageSource, tmp_path: Path
) -> None:
    shifted = with_latent_layer(tiny_study, tmp_path / "shifted", bias=60_000)
    study = encode_study(shifted, images, labelled(images), tmp_path / "out", title="my faces").study
    assert study.latents.dtype == np.float32
    assert (study.rounding, study.title) == (None, "my faces")
    assert not list(study.folder.glob("exact*"))
    near = encode_study(tiny_study, images, labelled(images), tmp_path / "near").study
    assert near.latents.dtype == np.float16
    assert near.rounding is not None
    assert 0 < near.rounding < 1e-3
    prepared = np.stack([prepare(images.image(n), 148, 32) for n in near.rows["image"]])
    exact = tiny_study.load_autoencoder().encode(prepared)
    loss = np.sqrt(((exact - near.latents.astype(np.float32)) ** 2).mean(axis=0)) / exact.std(axis=0)
    assert near.rounding == pytest.approx(loss.max(), rel=0.02)


def test_vectors_that_are_far_too_large_are_not_written(tiny_study: Study, images: ImageSource, tmp_path: Path) -> None:
    wild = with_latent_layer(tiny_study, tmp_path / "wild", kernel=60_000)
    with pytest.raises(InputError, match=r"holds NaN, infinity or a number beyond a million; mend it, or train with"):
        encode_study(wild, images, labelled(images), tmp_path / "out")
    assert left(tmp_path) == {"wild"}


def test_an_image_that_is_there_twice_lies_in_one_half(
    tiny_study: Study, faces: dict[str, bytes], tmp_path: Path
) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, data in faces.items():
        (folder / name).write_bytes(data)
        (folder / f"copy_of_{name}").write_bytes(data)
    source = open_images(folder)
    study = encode_study(tiny_study, source, labelled(source), tmp_path / "twice").study
    assert study.has_groups
    assert set(study.rows["group"]) == set(faces)
    half = dict(zip(study.rows["image"], halves(study.rows), strict=True))
    assert all(half[name] == half[f"copy_of_{name}"] for name in faces)


@pytest.mark.parametrize("name", ["a\x1b[2J.jpg", "a\n.jpg", "a" * 5000])
def test_names_that_cannot_be_kept_are_refused_before_the_work(
    tiny_study: Study, images: ImageSource, tmp_path: Path, name: str
) -> None:
    labels = join_labels([name, "b.jpg"])
    for build in (
        lambda: train_study(images, labels, CONFIG, TRAINING, tmp_path / "out", on_images=stop),
        lambda: encode_study(tiny_study, images, labels, tmp_path / "out", on_images=stop),
    ):
        with pytest.raises(InputError, match=r" has (a control character|5,000 characters) in the column image"):
            build()
    assert left(tmp_path) == set()


# Targets


def test_a_study_that_is_there_is_kept_unless_it_may_be_replaced(
    tiny_study: Study, images: ImageSource, tmp_path: Path
) -> None:
    target = Path(shutil.copytree(tiny_study.folder, tmp_path / "study"))
    labels = labelled(images)
    complaint = r"study exists already; choose another folder, or add --replace to take its place"
    with pytest.raises(InputError, match=complaint):
        train_study(images, labels, CONFIG, TRAINING, target, on_images=stop)
    with pytest.raises(InputError, match=complaint):
        encode_study(tiny_study, images, labels, target, on_images=stop)
    assert open_study(target).fingerprint == tiny_study.fingerprint
    with pytest.raises(Interruption):
        encode_study(tiny_study, images, labels, target, replace=True, on_images=stop)
    assert open_study(target).fingerprint == tiny_study.fingerprint
    assert left(tmp_path) == {"study", "study.encoding"}
    new = encode_study(tiny_study, images, labels, target, replace=True).study
    assert tuple(new.rows["image"]) == images.names
    trained = train_study(images, labels, CONFIG, TRAINING, target, replace=True).study
    assert trained.config == CONFIG
    assert left(tmp_path) == {"study"}


def test_a_folder_that_is_no_study_is_never_replaced(tiny_study: Study, images: ImageSource, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/holiday.jpg").write_bytes(b"dear to me")
    (tmp_path / "file").write_bytes(b"dear to me")
    for target in (tmp_path / "photos", tmp_path / "file"):
        with pytest.raises(InputError, match=rf"{target.name} is not a study, so it is not replaced; choose another"):
            train_study(images, labelled(images), CONFIG, TRAINING, target, replace=True)
        with pytest.raises(InputError, match=r"is not a study, so it is not replaced"):
            encode_study(tiny_study, images, labelled(images), target, replace=True)
    assert left(tmp_path) == {"photos", "file"}
    assert left(tmp_path / "photos") == {"holiday.jpg"}


def test_an_interrupted_encoding_goes_on_at_the_last_block(
    tiny_study: Study, images: ImageSource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "BATCH", 8)
    whole = encode_study(tiny_study, images, labelled(images), tmp_path / "whole").study
    read: list[str] = []

    def two_blocks(progress: Progress) -> None:
        if progress.done == 16:
            raise Interruption

    with pytest.raises(Interruption):
        encode_study(tiny_study, images, labelled(images), tmp_path / "study", on_images=two_blocks)
    batches = images.batches
    monkeypatch.setattr(images, "batches", lambda names, *more: read.extend(names) or batches(names, *more))
    damaged = sorted((tmp_path / "study.encoding").iterdir())[0]
    damaged.write_bytes(damaged.read_bytes()[:-9])
    study = encode_study(tiny_study, images, labelled(images), tmp_path / "study").study
    assert read == [*images.names[:8], *images.names[16:]]
    np.testing.assert_array_equal(study.latents, whole.latents)
    pd.testing.assert_frame_equal(study.rows, whole.rows)
    assert left(tmp_path) == {"study", "whole"}


# Failures leave nothing


def test_when_no_image_can_be_read_nothing_is_left(tiny_study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for name, data in BROKEN.items():
        (folder / name).write_bytes(data)
    source = open_images(folder)
    complaint = r"None of the images in .*images can be read \(the first, 000000.jpg: the file is empty\); give a sound"
    with pytest.raises(InputError, match=complaint):
        train_study(source, labelled(source), CONFIG, TRAINING, tmp_path / "study")
    with pytest.raises(InputError, match=complaint):
        encode_study(tiny_study, source, labelled(source), tmp_path / "study")
    assert left(tmp_path) == {"images"}


def test_when_no_image_is_for_training_nothing_is_left(images: ImageSource, tmp_path: Path) -> None:
    labels = join_labels(images.names, partitions=pd.Series("test", index=list(images.names)))
    with pytest.raises(InputError, match=r"There are no images to train on; check the partition list"):
        train_study(images, labels, CONFIG, TRAINING, tmp_path / "study")
    assert left(tmp_path) == set()


def test_when_the_disk_takes_no_more_nothing_is_left(tiny_celeba: Path, tmp_path: Path) -> None:
    code = """
import resource, sys
from core.study.building import *
from core.sources.images import open_images
from core.networks import *
from core.errors import InputError
from core.sources.labels import join_labels
source = open_images(sys.argv[1])
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
try:
    train_study(source, join_labels(source.names), AutoencoderConfig(), TrainingConfig(), sys.argv[2])
except InputError as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
"""
    command = [sys.executable, "-c", code, tiny_celeba, tmp_path / "study"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    work = tmp_path / "study.training"
    assert done.stdout == f"{work} cannot be written (File too large); choose another place.\n"
    assert left(tmp_path) == set()


# Interruptions


@pytest.fixture(scope="module")
def uninterrupted(images: ImageSource, tmp_path_factory: pytest.TempPathFactory) -> Study:
    return train_study(images, labelled(images), CONFIG, TRAINING, tmp_path_factory.mktemp("whole") / "study").study


def test_an_interrupted_preparation_starts_anew(uninterrupted: Study, images: ImageSource, tmp_path: Path) -> None:
    target = tmp_path / "study"
    with pytest.raises(Interruption):
        train_study(images, labelled(images), CONFIG, TRAINING, target, on_images=stop)
    assert left(tmp_path) == {"study.training"}
    assert not target.exists()
    study = train_study(images, labelled(images), CONFIG, TRAINING, target).study
    np.testing.assert_allclose(study.latents, uninterrupted.latents, atol=2e-3)


def test_images_prepared_from_elsewhere_are_not_taken_for_these(
    images: ImageSource, faces: dict[str, bytes], tmp_path: Path
) -> None:
    target = tmp_path / "study"
    other = tmp_path / "other"
    other.mkdir()
    for name, data in zip(faces, list(faces.values())[::-1], strict=True):
        (other / name).write_bytes(data)
    with pytest.raises(Interruption):  # after the preparation, before the first checkpoint
        train_study(open_images(other), labelled(images), CONFIG, TRAINING, target, on_progress=stop)
    study = train_study(images, labelled(images), CONFIG, TRAINING, target).study
    expected = study.load_autoencoder().encode(prepare(images.image(images.names[0]), 148, 16)[None])[0]
    np.testing.assert_allclose(study.latents[0], expected, rtol=2e-3, atol=1e-4)


def test_an_interrupted_training_on_other_images_or_settings_is_refused_and_kept(
    images: ImageSource, tmp_path: Path
) -> None:
    target, work = tmp_path / "study", tmp_path / "study.training"

    def stop_later(progress: Progress) -> None:
        if progress.detail == "epoch 2/2":
            raise Interruption

    labels = labelled(images)
    with pytest.raises(Interruption):
        train_study(images, labels, CONFIG, TRAINING, target, on_progress=stop_later)
    before = {p.name: sha256(p) for p in work.iterdir()}
    fewer = join_labels(images.names[:20])
    with pytest.raises(
        InputError, match=r"study\.training belongs to an interrupted training on other images or anoth"
    ):
        train_study(images, fewer, CONFIG, TRAINING, target)
    with pytest.raises(InputError, match=r"belongs to a training with other settings \(batch_size\); repeat the"):
        train_study(images, labels, CONFIG, dataclasses.replace(TRAINING, batch_size=4), target)
    assert {p.name: sha256(p) for p in work.iterdir()} == before
    (work / "images.npy").unlink()
    assert len(train_study(images, labels, CONFIG, TRAINING, target).study) == 24
