"""Training an attribute network, with images mirrored and shifted at random."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks.attributes import AttributeConfig, AttributeNetwork
from core.networks.backend import BLOCK, unit_range
from core.networks.config import TrainingConfig
from core.networks.epochs import Batch, Epoch, compile_model, run_epochs
from core.progress import Listener

__all__ = ["ATTRIBUTE_TRAINING", "train_attributes"]

ATTRIBUTE_TRAINING = TrainingConfig(epochs=14, loss="binary_crossentropy")
"""How an attribute network is trained unless said otherwise."""

SHIFT = 5
"""Pixels by which images are shifted at most, their edges repeated."""


def train_attributes(
    config: AttributeConfig,
    training: TrainingConfig,
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.bool_],
    train_rows: npt.NDArray[np.intp],
    validation_rows: npt.NDArray[np.intp],
    folder: str | Path,
    on_progress: Listener | None = None,
) -> tuple[AttributeNetwork, list[Epoch]]:
    """Train an attribute network; checkpoint each epoch; go on from a checkpoint that is there.

    Parameters
    ----------
    config, training : AttributeConfig, TrainingConfig
        The loss is to be ``binary_crossentropy``.
    images : uint8 array of shape (n, image_size, image_size, channels)
        May be memory-mapped.
    labels : bool array of shape (n, attributes)
    train_rows, validation_rows : int arrays
        Rows to train on and rows held out.
    folder : path
        Where the checkpoint lies.
    on_progress : callable, optional
        Called after each step.

    Raises
    ------
    InputError
        As :func:`core.networks.epochs.run_epochs`.
    """
    network = AttributeNetwork(config, training.seed, training.precision)
    compile_model(network.model, training, len(train_rows))

    def load(batch: Batch) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        block = images[batch.rows]
        block[batch.mirrored] = block[batch.mirrored, :, ::-1]
        pixels = unit_range(shifted(block, batch.rng))
        return pixels, labels[batch.rows].astype(np.float32)

    def validate(model: Any) -> float:
        total = 0.0
        for start in range(0, len(validation_rows), BLOCK):
            rows = validation_rows[start : start + BLOCK]
            total += float(model.test_on_batch(unit_range(images[rows]), labels[rows].astype(np.float32))) * len(rows)
            model.reset_metrics()
        return total / len(validation_rows) if len(validation_rows) else math.nan

    settings = {
        "attributes": {"filters": list(config.filters), "embedding": config.embedding},
        "training": training.to_dict(),
        "images": len(train_rows),
    }
    return network, run_epochs(network.model, training, train_rows, load, validate, settings, folder, on_progress)


def shifted(images: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return images (n, h, w, c), each shifted at random, its edges repeated."""
    count, height, width, _ = images.shape
    down, right = rng.integers(-SHIFT, SHIFT + 1, (2, count, 1))
    rows = np.clip(np.arange(height) + down, 0, height - 1)
    columns = np.clip(np.arange(width) + right, 0, width - 1)
    return np.asarray(images[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]])
