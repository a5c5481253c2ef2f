"""Training: it learns, reports, and goes on after an interruption as if there had been none."""

import dataclasses
import json
import math
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks import AutoencoderConfig, ConvolutionalAutoencoder, Epoch, TrainingConfig, train
from core.networks.epochs import CHECKPOINT, VALIDATION
from core.networks.trainees import Trainee
from core.progress import Progress
from core.sources.images import ImageSource
from core.sources.labels import Labels

pytestmark = pytest.mark.slow  # TensorFlow loads for seconds

CONFIG = AutoencoderConfig(image_size=16, latent_size=8, filters=(4, 8))
TRAINING = TrainingConfig(epochs=4, batch_size=16, learning_rate=0.03)
TRAIN, HELD_OUT = np.arange(0, 100), np.arange(100, 130)

Trained = tuple[ConvolutionalAutoencoder, list[Epoch], list[Progress]]


@pytest.fixture(scope="module")
def pixels(celeba_source: ImageSource, celeba_labels: Labels) -> np.ndarray:
    """Return 130 faces of 16×16 pixels."""
    (batch,) = celeba_source.batches(list(celeba_labels.rows["image"][:130]), 16)
    return batch.pixels


@pytest.fixture(scope="module")
def trained(pixels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return what four uninterrupted epochs give, and every progress report."""
    reports: list[Progress] = []
    folder = tmp_path_factory.mktemp("training")
    autoencoder, history = train(CONFIG, TRAINING, pixels, TRAIN, HELD_OUT, folder, reports.append)
    return autoencoder, history, reports


class Interruption(Exception):  # noqa: N818
    """Stands for the user's Ctrl+C."""


def interrupted(pixels: np.ndarray, folder: Path, epoch: int, step: int, **changes: Any) -> None:
    """Train until a given step and stop there."""

    def stop(progress: Progress) -> None:
        if progress.done == (epoch - 1) * 7 + step:
            raise Interruption

    with pytest.raises(Interruption):
        train(CONFIG, dataclasses.replace(TRAINING, **changes), pixels, TRAIN, HELD_OUT, folder, stop)


def error(autoencoder: ConvolutionalAutoencoder, images: np.ndarray) -> float:
    """Return the mean squared error of reconstructions, pixels in [0, 1]."""
    return float(np.square(autoencoder.decode_exactly(autoencoder.encode(images)) - images / 255.0).mean())


def losses(history: list[Epoch]) -> list[tuple[int, float, float]]:
    return [(e.epoch, e.loss, e.validation_loss) for e in history]


# Learning


def test_training_reduces_both_losses_below_those_of_random_weights(trained: Trained, pixels: np.ndarray) -> None:
    _, history, _ = trained
    untrained = Trainee(CONFIG, TRAINING.seed).autoencoder()
    assert [e.epoch for e in history] == [1, 2, 3, 4]
    assert history[-1].loss < 0.9 * history[0].loss
    assert history[-1].validation_loss < 0.9 * error(untrained, pixels[HELD_OUT])
    assert all(e.seconds > 0 for e in history)


def test_the_validation_loss_is_the_error_on_the_held_out_images(trained: Trained, pixels: np.ndarray) -> None:
    autoencoder, history, _ = trained
    assert history[-1].validation_loss == pytest.approx(error(autoencoder, pixels[HELD_OUT]), rel=1e-4)


def test_the_same_seed_gives_the_same_training_from_memory_and_from_a_mapped_file(
    trained: Trained, pixels: np.ndarray, tmp_path: Path
) -> None:
    np.save(tmp_path / "images.npy", pixels)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    _, history = train(CONFIG, TRAINING, mapped, TRAIN, HELD_OUT, tmp_path)
    np.testing.assert_allclose(losses(history), losses(trained[1]), rtol=1e-4)
    np.testing.assert_array_equal(np.load(tmp_path / "images.npy"), pixels)


@pytest.mark.parametrize(
    "changes",
    [{"loss": "mean_absolute_error", "precision": "bfloat16"}, {"loss": "binary_crossentropy", "seed": 5}],
)
def test_every_loss_and_precision_learns(
    trained: Trained, pixels: np.ndarray, tmp_path: Path, changes: dict[str, Any]
) -> None:
    training = dataclasses.replace(TRAINING, epochs=3, **changes)
    autoencoder, history = train(CONFIG, training, pixels, TRAIN, HELD_OUT, tmp_path)
    assert history[0].loss != pytest.approx(trained[1][0].loss, rel=1e-3)
    assert history[-1].loss < history[0].loss
    assert error(autoencoder, pixels) < error(Trainee(CONFIG).autoencoder(), pixels)


def test_mirroring_shows_the_network_each_image_in_both_directions(pixels: np.ndarray, tmp_path: Path) -> None:
    left = np.zeros_like(pixels[:32])
    left[:, :, :8] = 255  # white on the left, black on the right
    grey = {}
    for flip in (True, False):
        training = TrainingConfig(epochs=30, batch_size=8, learning_rate=0.02, flip=flip)
        autoencoder, _ = train(CONFIG, training, left, np.arange(32), np.arange(0), tmp_path / str(flip))
        grey[flip] = error(autoencoder, left[:1, :, ::-1])
    assert grey[True] < 0.05 < grey[False]


def test_batch_normalisation_trains_saves_and_loads(pixels: np.ndarray, tmp_path: Path) -> None:
    config = dataclasses.replace(CONFIG, batch_normalisation=True)
    autoencoder, history = train(config, TRAINING, pixels, TRAIN, HELD_OUT, tmp_path)
    assert history[-1].loss < history[0].loss
    moving = {n: w for n, w in autoencoder.weights().items() if "moving" in n}
    assert moving
    assert all(np.any(w != (1 if "variance" in n else 0)) for n, w in moving.items())
    autoencoder.save(tmp_path / "w.safetensors")
    restored = ConvolutionalAutoencoder.load(tmp_path / "w.safetensors", config)
    difference = np.abs(restored.decode_exactly(restored.encode(pixels)) - autoencoder.decode_exactly(
        autoencoder.encode(pixels)))  # fmt: skip
    assert difference.mean() < 1 / 255


def test_without_held_out_images_there_is_no_validation_loss(pixels: np.ndarray, tmp_path: Path) -> None:
    _, history = train(CONFIG, dataclasses.replace(TRAINING, epochs=1), pixels, TRAIN, np.arange(0), tmp_path)
    assert math.isnan(history[0].validation_loss)
    assert math.isfinite(history[0].loss)


def test_training_on_nothing_is_refused(pixels: np.ndarray, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There are no images to train on; check the partition list and the limit"):
        train(CONFIG, TRAINING, pixels, np.arange(0), HELD_OUT, tmp_path)


def test_a_loss_that_is_not_finite_ends_the_training_with_a_remedy(pixels: np.ndarray, tmp_path: Path) -> None:
    wild = dataclasses.replace(TRAINING, learning_rate=1e10)
    with pytest.raises(InputError, match=r"The loss is not finite in epoch \d; train with a lower learning rate"):
        train(CONFIG, wild, pixels, TRAIN, HELD_OUT, tmp_path)


# Progress


def test_progress_reports_every_step_with_losses_speed_and_time_left(trained: Trained) -> None:
    _, history, reports = trained
    assert [r.detail for r in reports] == [f"epoch {e}/4" for e in range(1, 5) for _ in range(7)]
    assert [(r.done, r.total) for r in reports] == [(done, 28) for done in range(1, 29)]
    assert all(r.numbers["loss"] > 0 and r.numbers["images/s"] > 0 for r in reports)
    ends = [r.numbers for r in reports if VALIDATION in r.numbers]
    assert [(n["loss"], n[VALIDATION]) for n in ends] == [(e.loss, e.validation_loss) for e in history]
    assert all((VALIDATION in r.numbers) == (r.done % 7 == 0) for r in reports)
    for report in reports:
        assert report.seconds_left is not None
        epochs, steps = divmod(report.done - 1, 7)
        images_left = (3 - epochs) * 100 + max(0, 100 - 16 * (steps + 1))
        assert report.seconds_left == pytest.approx(images_left / report.numbers["images/s"])
    assert reports[-1].seconds_left == 0


# Divergence


def test_a_training_that_diverges_leaves_no_checkpoint_in_the_way_of_the_next(
    pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = dataclasses.replace(TRAINING, epochs=3)

    def poison(progress: Progress) -> None:
        if progress.detail == "epoch 2/3":
            pixels_then[:] = np.nan

    pixels_then = pixels.astype(np.float32)
    monkeypatch.setattr("core.networks.training.unit_range", lambda block: np.asarray(block, np.float32) / 255)
    with pytest.raises(InputError, match=r"^The loss is not finite in epoch 2; train with a lower learning rate\.$"):
        train(CONFIG, first, pixels_then, TRAIN, HELD_OUT, tmp_path, poison)
    assert list(tmp_path.iterdir()) == []
    lower = dataclasses.replace(first, epochs=1, learning_rate=1e-4)
    assert len(train(CONFIG, lower, pixels, TRAIN, HELD_OUT, tmp_path)[1]) == 1


def test_weights_that_are_not_finite_at_the_end_of_an_epoch_are_not_kept(
    pixels: np.ndarray, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(model: Any, *_: object) -> float:
        model.trainable_variables[0].assign(np.full(model.trainable_variables[0].shape, np.inf))
        return 0.0

    monkeypatch.setattr("core.networks.training._mean_loss", spoil)
    with pytest.raises(InputError, match=r"^The loss is not finite in epoch 1; train with a lower learning rate\.$"):
        train(CONFIG, TRAINING, pixels, TRAIN, HELD_OUT, tmp_path)
    assert list(tmp_path.iterdir()) == []


# Interruptions


def test_an_interrupted_training_goes_on_as_if_it_had_never_stopped(
    trained: Trained, pixels: np.ndarray, tmp_path: Path
) -> None:
    interrupted(pixels, tmp_path, epoch=3, step=4)
    reports: list[Progress] = []
    autoencoder, history = train(CONFIG, TRAINING, pixels, TRAIN, HELD_OUT, tmp_path, reports.append)
    assert (reports[0].detail, reports[0].done) == ("epoch 3/4", 2 * 7 + 1)
    np.testing.assert_allclose(losses(history), losses(trained[1]), rtol=1e-4)
    for name, values in trained[0].weights().items():
        np.testing.assert_allclose(autoencoder.weights()[name], values, atol=1e-4)


def test_a_finished_training_is_not_repeated(trained: Trained, pixels: np.ndarray, tmp_path: Path) -> None:
    training = dataclasses.replace(TRAINING, epochs=1)
    first, history = train(CONFIG, training, pixels, TRAIN, HELD_OUT, tmp_path)
    again, same = train(CONFIG, training, pixels, TRAIN, HELD_OUT, tmp_path, lambda _: pytest.fail("trained again"))
    assert same == history
    for name, values in first.weights().items():
        np.testing.assert_array_equal(again.weights()[name], values)


def test_an_interruption_before_the_first_checkpoint_starts_anew(pixels: np.ndarray, tmp_path: Path) -> None:
    interrupted(pixels, tmp_path, 1, 3)
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def checkpoint(pixels: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the checkpoint of two epochs."""
    folder = tmp_path_factory.mktemp("interrupted")
    interrupted(pixels, folder, 3, 1)
    assert [p.name for p in folder.iterdir()] == [CHECKPOINT]
    return folder


@pytest.mark.parametrize(
    ("config", "training", "rows", "what"),
    [
        ({}, {"learning_rate": 0.02}, 100, "learning_rate"),
        ({}, {"epochs": 5, "seed": 3}, 100, "epochs, seed"),
        ({"latent_size": 9}, {}, 100, "latent_size"),
        ({"filters": (8, 8)}, {}, 100, "filters"),
        ({}, {}, 99, "the number of images"),
    ],
)
def test_a_checkpoint_of_other_settings_is_refused_with_what_differs(
    pixels: np.ndarray, checkpoint: Path, config: dict[str, Any], training: dict[str, Any], rows: int, what: str
) -> None:
    before = (checkpoint / CHECKPOINT).read_bytes()
    with pytest.raises(InputError) as caught:
        train(
            dataclasses.replace(CONFIG, **config), dataclasses.replace(TRAINING, **training),
            pixels, TRAIN[:rows], HELD_OUT, checkpoint,
        )  # fmt: skip
    assert str(caught.value) == (
        f"{checkpoint / CHECKPOINT} belongs to a training with other settings ({what}); "
        f"repeat the interrupted command, or delete {checkpoint} to start anew."
    )
    assert (checkpoint / CHECKPOINT).read_bytes() == before


@pytest.mark.parametrize("damage", ["cut", "no safetensors", "no note", "no history", "lost array", "other shape"])
def test_a_damaged_checkpoint_is_refused(pixels: np.ndarray, checkpoint: Path, tmp_path: Path, damage: str) -> None:
    file = Path(shutil.copytree(checkpoint, tmp_path / "copy")) / CHECKPOINT
    arrays = safetensors.numpy.load_file(file)
    with safetensors.safe_open(file, framework="numpy") as stream:
        note = stream.metadata()
    match damage:
        case "cut":
            file.write_bytes(file.read_bytes()[:-100])
        case "no safetensors":
            file.write_bytes(b"PK")
        case "no note":
            safetensors.numpy.save_file(arrays, file)
        case "no history":
            safetensors.numpy.save_file(arrays, file, {**note, "history": json.dumps([{"epoch": 1}])})
        case "lost array":
            arrays.popitem()
            safetensors.numpy.save_file(arrays, file, note)
        case "other shape":
            safetensors.numpy.save_file(arrays | {"model/000": np.zeros((2, 2), np.float32)}, file, note)
    with pytest.raises(InputError) as caught:
        train(CONFIG, TRAINING, pixels, TRAIN, HELD_OUT, file.parent)
    assert str(caught.value).startswith(f"{file} is damaged (")
    assert str(caught.value).endswith(f"; repeat the interrupted command, or delete {file.parent} to start anew.")
