"""Training an attribute network: it learns what can be seen, and goes on after an interruption."""

from __future__ import annotations

import dataclasses
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.networks import ATTRIBUTE_TRAINING, AttributeConfig, AttributeNetwork, Epoch, train_attributes
from core.networks.attribute_training import SHIFT, shifted
from core.progress import Progress
from core.sources.images import ImageSource
from core.sources.labels import Labels

pytestmark = pytest.mark.slow  # TensorFlow loads for seconds

CONFIG = AttributeConfig(16, 3, ("Bright", "Red"), filters=(8, 16), embedding=8)
TRAINING = dataclasses.replace(ATTRIBUTE_TRAINING, epochs=12, batch_size=8, learning_rate=0.01)
ONCE = dataclasses.replace(TRAINING, epochs=1, batch_size=100)
SHORT = dataclasses.replace(TRAINING, epochs=3)
TRAIN, HELD_OUT = np.arange(0, 200), np.arange(200, 300)

Trained = tuple[AttributeNetwork, list[Epoch]]


@pytest.fixture(scope="module")
def pixels(celeba_source: ImageSource, celeba_labels: Labels) -> np.ndarray:
    """Return 300 faces of 16×16 pixels."""
    names = list(celeba_labels.rows["image"])
    return np.concatenate([batch.pixels for batch in celeba_source.batches(names, 16)])


@pytest.fixture(scope="module")
def labels(pixels: np.ndarray) -> np.ndarray:
    """Return which faces are brighter than most, and which are redder."""
    means = pixels.mean(axis=(1, 2))
    brightness, redness = means.mean(axis=1), means[:, 0] - means[:, 2]
    return np.stack([values > np.median(values) for values in (brightness, redness)], axis=1)


@pytest.fixture(scope="module")
def trained(pixels: np.ndarray, labels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return what an uninterrupted training gives."""
    folder = tmp_path_factory.mktemp("attributes")
    return train_attributes(CONFIG, TRAINING, pixels, labels, TRAIN, HELD_OUT, folder)


@pytest.fixture(scope="module")
def shortly(pixels: np.ndarray, labels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return what an uninterrupted training of three epochs gives."""
    return train_attributes(CONFIG, SHORT, pixels, labels, TRAIN, HELD_OUT, tmp_path_factory.mktemp("short"))


@pytest.fixture(scope="module")
def checkpoint(pixels: np.ndarray, labels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the checkpoint of one epoch."""
    folder = tmp_path_factory.mktemp("checkpoint")
    train_attributes(CONFIG, ONCE, pixels, labels, TRAIN, np.arange(0), folder)
    return folder


class Interruption(Exception):  # noqa: N818
    """Stands for the user's Ctrl+C."""


def losses(history: list[Epoch]) -> list[tuple[int, float, float]]:
    return [(e.epoch, e.loss, e.validation_loss) for e in history]


def accuracy(network: AttributeNetwork, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the share of images in which each attribute is told rightly."""
    return ((network.predict(images)[1] > 0.5) == labels).mean(axis=0)


# Learning


def test_it_learns_what_can_be_seen_and_tells_it_of_faces_that_it_never_saw(
    trained: Trained, pixels: np.ndarray, labels: np.ndarray
) -> None:
    network, history = trained
    assert [e.epoch for e in history] == list(range(1, 13))
    usual = labels[TRAIN].mean(axis=0)
    ignorant = -(usual * np.log(usual) + (1 - usual) * np.log(1 - usual)).mean()  # of always saying the share
    assert history[-1].loss < 0.85 * min(ignorant, history[0].loss)
    share = labels[HELD_OUT].mean(axis=0)
    assert (accuracy(network, pixels[HELD_OUT], labels[HELD_OUT]) > np.maximum(share, 1 - share) + 0.2).all()


def test_the_validation_loss_is_the_cross_entropy_of_the_held_out_faces(
    trained: Trained, pixels: np.ndarray, labels: np.ndarray
) -> None:
    network, history = trained
    p = network.predict(pixels[HELD_OUT])[1].astype(float)
    entropy = -np.where(labels[HELD_OUT], np.log(p), np.log1p(-p)).mean()
    assert history[-1].validation_loss == pytest.approx(entropy, rel=1e-3)


def test_the_same_seed_gives_the_same_weights_from_memory_and_from_a_mapped_file(
    shortly: Trained, pixels: np.ndarray, labels: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "images.npy", pixels)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    network, history = train_attributes(CONFIG, SHORT, mapped, labels, TRAIN, HELD_OUT, tmp_path)
    np.testing.assert_allclose(losses(history), losses(shortly[1]), rtol=1e-2)
    for name, values in shortly[0].weights().items():
        np.testing.assert_allclose(network.weights()[name], values, atol=2e-3)
    np.testing.assert_array_equal(np.load(tmp_path / "images.npy"), pixels)


def test_another_seed_and_precision_learn_too(
    trained: Trained, pixels: np.ndarray, labels: np.ndarray, tmp_path: Path
) -> None:
    other = dataclasses.replace(TRAINING, seed=5, precision="bfloat16", epochs=4)
    _, history = train_attributes(CONFIG, other, pixels, labels, TRAIN, HELD_OUT, tmp_path)
    assert history[0].loss != pytest.approx(trained[1][0].loss, rel=1e-3)
    assert history[-1].loss < history[0].loss


def test_without_held_out_images_there_is_no_validation_loss(
    pixels: np.ndarray, labels: np.ndarray, tmp_path: Path
) -> None:
    _, history = train_attributes(CONFIG, ONCE, pixels, labels, TRAIN, np.arange(0), tmp_path)
    assert math.isnan(history[0].validation_loss)
    assert math.isfinite(history[0].loss)


# Mirroring and shifting


def test_mirrored_images_keep_their_labels_so_that_a_side_cannot_be_learned(tmp_path: Path) -> None:
    sides = np.zeros((64, 16, 16, 3), np.uint8)
    sides[:32, :, :8] = sides[32:, :, 8:] = 255  # white on the left, white on the right
    config = dataclasses.replace(CONFIG, attributes=("White on the left",))
    labels = np.arange(64)[:, None] < 32
    last = {}
    for flip in (True, False):
        training = dataclasses.replace(TRAINING, epochs=8, flip=flip)
        folder = tmp_path / str(flip)
        _, history = train_attributes(config, training, sides, labels, np.arange(64), np.arange(0), folder)
        last[flip] = history[-1].loss
    assert last[False] < 0.2
    assert last[True] > 0.9 * math.log(2)  # no better than a coin


def test_every_image_is_a_shifted_view_of_itself_with_its_edges_repeated() -> None:
    images = np.random.default_rng(0).integers(0, 256, (400, 12, 14, 3), dtype=np.uint8)
    padded = np.pad(images, ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
    views = np.lib.stride_tricks.sliding_window_view(padded, (12, 14), axis=(1, 2))
    views = np.moveaxis(views, 3, -1)  # image, down, right, height, width, channel
    out = shifted(images, np.random.default_rng(1))
    assert (out.shape, out.dtype) == (images.shape, np.uint8)
    same = (views == out[:, None, None]).all(axis=(3, 4, 5))
    assert same.any(axis=(1, 2)).all()
    unique = same[same.sum(axis=(1, 2)) == 1]
    assert unique.any(axis=0).any(axis=1).all()  # from 5 pixels up to 5 down
    assert unique.any(axis=0).any(axis=0).all()  # from 5 pixels left to 5 right
    down, right = np.nonzero(unique)[1:]
    assert abs(np.corrcoef(down, right)[0, 1]) < 0.2


def test_shifting_leaves_the_given_images_alone_and_follows_its_generator() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 12, 12, 3), dtype=np.uint8)
    before = images.copy()
    first, same, other = (shifted(images, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(first, same)
    assert not np.array_equal(first, other)


# Interruptions


def test_an_interrupted_training_goes_on_as_if_it_had_never_stopped(
    shortly: Trained, pixels: np.ndarray, labels: np.ndarray, tmp_path: Path
) -> None:
    def stop(progress: Progress) -> None:
        if progress.done == 25 + 3:
            raise Interruption

    with pytest.raises(Interruption):
        train_attributes(CONFIG, SHORT, pixels, labels, TRAIN, HELD_OUT, tmp_path, stop)
    reports: list[Progress] = []
    network, history = train_attributes(CONFIG, SHORT, pixels, labels, TRAIN, HELD_OUT, tmp_path, reports.append)
    assert (reports[0].detail, reports[0].done) == ("epoch 2/3", 25 + 1)
    np.testing.assert_allclose(losses(history), losses(shortly[1]), rtol=1e-2)
    for name, values in shortly[0].weights().items():
        np.testing.assert_allclose(network.weights()[name], values, atol=2e-3)


@pytest.mark.parametrize(
    ("config", "training", "rows", "what"),
    [
        ({}, {"batch_size": 16}, 200, "batch_size"),
        ({"filters": (8, 8)}, {}, 200, "filters"),
        ({"embedding": 9}, {"seed": 3}, 200, "embedding, seed"),
        ({}, {}, 199, "the number of images"),
    ],
)
def test_a_checkpoint_of_other_settings_is_refused_with_what_differs(
    pixels: np.ndarray, labels: np.ndarray, checkpoint: Path,
    config: dict[str, Any], training: dict[str, Any], rows: int, what: str,
) -> None:  # fmt: skip
    before = {p.name: p.read_bytes() for p in checkpoint.iterdir()}
    assert before
    with pytest.raises(InputError, match=rf"belongs to a training with other settings \({what}\); repeat the interrup"):
        train_attributes(
            dataclasses.replace(CONFIG, **config), dataclasses.replace(ONCE, **training),
            pixels, labels, TRAIN[:rows], np.arange(0), checkpoint,
        )  # fmt: skip
    assert {p.name: p.read_bytes() for p in checkpoint.iterdir()} == before
