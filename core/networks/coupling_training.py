"""Training a coupling flow by the likelihood of vectors; it is kept where it finds held-out vectors likeliest."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.networks.backend import import_keras
from core.networks.best_epoch import BestEpoch, averaging_optimizer, mean_loss, train_to_best
from core.networks.config import TrainingConfig
from core.networks.coupling import MOST_STRETCHED, CouplingConfig, sides
from core.networks.epochs import Batch
from core.progress import Listener

if TYPE_CHECKING:
    import keras

__all__ = ["train_coupling"]

Singles = npt.NDArray[np.float32]

WEIGHT_DECAY = 0.01
"""Of the kernels."""

DROPOUT = 0.3
"""Share of the units of each hidden layer that a step leaves out."""

LONGEST = 5.0
"""Length to which a gradient is cut."""


def train_coupling(
    config: CouplingConfig,
    training: TrainingConfig,
    vectors: npt.NDArray[np.floating],
    held_out: Singles,
    report: Listener | None = None,
    folder: Path | None = None,
    watch: Callable[[int, npt.NDArray[np.float16]], None] | None = None,
    draw: Callable[[npt.NDArray[np.intp], np.random.Generator], Singles] | None = None,
    by_blocks: bool = False,
) -> BestEpoch:
    """Train a coupling flow from nothing, which moves no vector; :func:`train_to_best` says how.

    The loss is the mean negative log density of whitened vectors, in nats per axis.

    Parameters
    ----------
    config : CouplingConfig
    training : TrainingConfig
        Its epochs, batch size, peak learning rate and seed count.
    vectors : array (n, m)
        With mean 0 and variance 1 along each axis.
    held_out : float32 array (k, m)
        Vectors that are not trained on.
    report, folder, watch, by_blocks
        As of :func:`~core.networks.best_epoch.train_to_best`.
    draw : callable, optional
        Returns vectors (k, m) to learn from in place of k rows, drawn anew or read; without it, these rows. With it,
        of ``vectors`` the shape alone is asked for.

    Raises
    ------
    InputError
        If the loss is not finite, or a checkpoint in the folder is damaged or of other settings.
    """
    model = _build(config, training.seed)
    model.compile(
        optimizer=averaging_optimizer(training, len(vectors), WEIGHT_DECAY, LONGEST),
        loss=lambda _, found: found,
        jit_compile=False,
    )
    model.optimizer.build(model.trainable_variables)

    def load(batch: Batch) -> tuple[list[Singles], Singles]:
        drawn = vectors[batch.rows] if draw is None else draw(batch.rows, batch.rng)
        return [np.asarray(drawn, np.float32)], _nothing(len(drawn))

    def judge(model: keras.Model) -> float:
        return mean_loss(model, [held_out], _nothing(len(held_out)))

    settings = {
        "coupling": config.to_dict(),
        "training": training.to_dict(),
        "vectors": [*vectors.shape, len(held_out)],
    }
    return train_to_best(model, config, training, len(vectors), load, judge, settings, report, folder, watch, by_blocks)


def _nothing(count: int) -> Singles:
    """Return targets of so many vectors; the network computes its loss itself."""
    return np.zeros(count, np.float32)


def _build(config: CouplingConfig, seed: int) -> keras.Model:
    """Return the flow as a Keras model from whitened vectors (n, m) to negative log densities per axis, (n,)."""
    keras = import_keras()
    layers, ops = keras.layers, keras.ops
    seeds = np.random.SeedSequence(seed).generate_state(4 * config.layers).tolist()

    def hidden(x: Any, name: str) -> Any:
        start = keras.initializers.GlorotUniform(seed=seeds.pop())
        x = layers.Dense(config.width, "silu", kernel_initializer=start, name=name)(x)
        return layers.Dropout(DROPOUT, seed=seeds.pop())(x)

    vectors = keras.Input((config.dimension,))
    y, gains = vectors, 0.0
    for number in range(config.layers):
        told, moved = sides(config.dimension, number)
        places = np.argsort(np.concatenate([told, moved]))
        kept, free = ops.take(y, told, axis=1), ops.take(y, moved, axis=1)
        x = hidden(hidden(kept, f"into_{number}"), f"through_{number}")
        raw = layers.Dense(len(moved), "tanh", kernel_initializer="zeros", name=f"stretch_{number}")(x)
        shift = layers.Dense(len(moved), kernel_initializer="zeros", name=f"shift_{number}")(x)
        stretch = MOST_STRETCHED * raw
        y = ops.take(ops.concatenate([kept, free * ops.exp(stretch) + shift], axis=1), places, axis=1)
        gains = gains + ops.sum(stretch, axis=1)
    constant = 0.5 * math.log(2 * math.pi)
    loss = constant + (0.5 * ops.sum(ops.square(y), axis=1) - gains) / config.dimension
    return keras.Model([vectors], loss, name="coupling")
