"""Training an autoencoder to reproduce images."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks.backend import BLOCK, unit_range
from core.networks.config import AutoencoderConfig, TrainingConfig
from core.networks.convolutional import ConvolutionalAutoencoder
from core.networks.epochs import Batch, Epoch, compile_model, run_epochs
from core.networks.trainees import TRAINABLE
from core.progress import Listener

__all__ = ["train"]


def train(
    config: AutoencoderConfig,
    training: TrainingConfig,
    images: npt.NDArray[np.uint8],
    train_rows: npt.NDArray[np.intp],
    validation_rows: npt.NDArray[np.intp],
    folder: str | Path,
    on_progress: Listener | None = None,
    on_epoch: Callable[[int, ConvolutionalAutoencoder], None] | None = None,
) -> tuple[ConvolutionalAutoencoder, list[Epoch]]:
    """Train an autoencoder to reproduce images; checkpoint each epoch; go on from a checkpoint that is there.

    A resumed training follows the schedule, the order and the mirroring of an uninterrupted one.

    Parameters
    ----------
    config, training : AutoencoderConfig, TrainingConfig
        The kind of the configuration decides what is trained.
    images : uint8 array of shape (n, image_size, image_size, channels)
        May be memory-mapped; only the rows of a batch are read at a time.
    train_rows, validation_rows : int arrays
        Rows to train on and rows held out; without held-out rows the validation loss is NaN.
    folder : path
        Where the checkpoint lies.
    on_progress : callable, optional
        Called after each step.
    on_epoch : callable, optional
        Called with the number of an epoch that is done, and with the autoencoder as it is then.

    Raises
    ------
    InputError
        If there are no training images, a checkpoint of other settings lies in the folder, or the loss is not finite.
    """
    trainee = TRAINABLE[config.kind](config, training.seed, training.precision)
    steps = training.epochs * math.ceil(len(train_rows) / training.batch_size)
    model = trainee.training_model(steps, training.seed)
    compile_model(model, training, len(train_rows))

    def load(batch: Batch) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        block = images[batch.rows]
        block[batch.mirrored] = block[batch.mirrored, :, ::-1]
        pixels = unit_range(block)
        return pixels, pixels

    def validate(model: Any) -> float:
        return _mean_loss(model, images, validation_rows)

    settings = {
        "autoencoder": {"kind": config.kind, **config.to_dict()},
        "training": training.to_dict(),
        "images": len(train_rows),
    }

    def done(epoch: int) -> None:
        if on_epoch:
            on_epoch(epoch, trainee.autoencoder())

    history = run_epochs(model, training, train_rows, load, validate, settings, folder, on_progress, done)
    return trainee.autoencoder(), history


def _mean_loss(model: Any, images: npt.NDArray[np.uint8], rows: npt.NDArray[np.intp]) -> float:
    total = 0.0
    for start in range(0, len(rows), BLOCK):
        pixels = unit_range(images[rows[start : start + BLOCK]])
        total += float(model.test_on_batch(pixels, pixels)) * len(pixels)
        model.reset_metrics()
    return total / len(rows) if len(rows) else math.nan
