"""Training an attribute network, with images mirrored and shifted at random."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.networks.attributes import KERNEL, AttributeConfig, AttributeNetwork
from core.networks.backend import BLOCK, import_keras, unit_range
from core.networks.config import TrainingConfig
from core.networks.epochs import Batch, Epoch, compile_model, run_epochs
from core.networks.trainees import weights_of
from core.progress import Listener

if TYPE_CHECKING:
    import keras

__all__ = ["ATTRIBUTE_TRAINING", "build_classifier", "train_attributes"]

ATTRIBUTE_TRAINING = TrainingConfig(epochs=14, loss="binary_crossentropy")
"""How an attribute network is trained unless said otherwise."""

DROPOUT = 0.3
"""Share of the embedding that is dropped at random in training."""

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
    model = build_classifier(config, training.seed, training.precision)
    compile_model(model, training, len(train_rows))

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
    history = run_epochs(model, training, train_rows, load, validate, settings, folder, on_progress)
    return AttributeNetwork(config, weights_of(model)), history


def shifted(images: npt.NDArray[np.uint8], rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return images (n, h, w, c), each shifted at random, its edges repeated."""
    count, height, width, _ = images.shape
    down, right = rng.integers(-SHIFT, SHIFT + 1, (2, count, 1))
    rows = np.clip(np.arange(height) + down, 0, height - 1)
    columns = np.clip(np.arange(width) + right, 0, width - 1)
    return np.asarray(images[np.arange(count)[:, None, None], rows[:, :, None], columns[:, None, :]])


def build_classifier(config: AttributeConfig, seed: int = 0, precision: str = "float32") -> keras.Model:
    """Return an attribute network as a Keras model with random weights.

    Parameters
    ----------
    config : AttributeConfig
    seed : int
        Of the initial weights.
    precision : str
        Of the arithmetic: float32, or bfloat16 with float32 weights.
    """
    keras = import_keras()
    layers = keras.layers
    policy = keras.DTypePolicy("float32" if precision == "float32" else f"mixed_{precision}")
    seeds = np.random.SeedSequence(seed).generate_state(2 * len(config.filters) + 3).tolist()

    def convolution(x: Any, filters: int, strides: int, name: str) -> Any:
        start = keras.initializers.HeUniform(seed=seeds.pop())
        x = layers.Conv2D(
            filters, KERNEL, strides, "same", use_bias=False, kernel_initializer=start, dtype=policy, name=name
        )(x)
        x = layers.BatchNormalization(dtype=policy, name=f"{name}_norm")(x)
        return layers.ReLU(dtype=policy, name=f"{name}_relu")(x)

    x = image = keras.Input(config.image_shape, name="image")
    for name, _, filters, stride in config.convolutions:
        x = convolution(x, filters, stride, name)
    x = layers.GlobalAveragePooling2D(dtype="float32", name="mean")(x)
    start = keras.initializers.HeUniform(seed=seeds.pop())
    x = layers.Dense(config.embedding, "relu", kernel_initializer=start, dtype="float32", name="embedding")(x)
    x = layers.Dropout(DROPOUT, seed=seeds.pop(), dtype="float32", name="dropout")(x)
    start = keras.initializers.GlorotUniform(seed=seeds.pop())
    x = layers.Dense(len(config.attributes), "sigmoid", kernel_initializer=start, dtype="float32", name="attributes")(x)
    return keras.Model(image, x, name="attribute_network")
