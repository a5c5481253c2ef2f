"""Training a denoiser of vectors; what it learns is kept where it tells held-out vectors from noise best."""

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
from core.networks.denoiser import EMBEDDING, EPSILON, HARMONICS, DenoiserConfig, noise_features, wiener
from core.networks.epochs import Batch
from core.progress import Listener

if TYPE_CHECKING:
    import keras

__all__ = ["train_denoiser"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

NOISE_MEAN, NOISE_DEVIATION = -0.4, 1.2
"""Of the logarithm of the noise level of a training vector (Karras et al. 2022, table 1)."""

WEIGHT_DECAY = 0.01
"""Of the kernels."""

JUDGED = 1024
"""Noisy vectors that the held-out loss is a mean over, at least: each vector as often as it takes."""

UNTOLD, SPARSE = 0.5, 3
"""Share of training vectors of which nothing is told. Of the others each attribute is told with the chance :math:`q^s`,
q drawn uniformly for each: of forty, often one or two, and now and then most."""

JUDGE_STREAM = 0xD3A0
"""Sets the noise of the held-out vectors apart from that of the training."""


def train_denoiser(
    config: DenoiserConfig,
    training: TrainingConfig,
    vectors: npt.NDArray[np.floating],
    held_out: npt.NDArray[np.floating],
    variances: Floats,
    report: Listener | None = None,
    folder: Path | None = None,
    watch: Callable[[int, npt.NDArray[np.float16]], None] | None = None,
    draw: Callable[[npt.NDArray[np.intp], np.random.Generator], Singles] | None = None,
    by_blocks: bool = False,
    labels: npt.NDArray[np.int8] | None = None,
) -> BestEpoch:
    """Train a denoiser from nothing, which is the Wiener filter; checkpoint each epoch; go on from a checkpoint.

    The loss is the squared error of F against what would make the denoiser right, along axis i in proportion to √λ_i:
    with equal weights it would be mostly that of axes which are nearly noise. Where held-out vectors have the smallest
    loss, with the average of the weights as it will be kept, the training counts as ended; where no epoch has a smaller
    one than the Wiener filter, it counts as not begun. Of half the vectors it is told nothing, of the others some of
    their attributes, so that it learns to do with any or none (Ho and Salimans 2022); that loss is one without any.

    Parameters
    ----------
    config : DenoiserConfig
    training : TrainingConfig
        Its epochs, batch size, peak learning rate and seed count.
    vectors : array (n, m)
        Coordinates with mean 0, in units in which their mean variance is about 1.
    held_out : array (k, m)
        Coordinates of vectors that are not trained on.
    variances : array (m,)
        Of the coordinates, all positive.
    report : callable, optional
        Told after each step; at the end of an epoch also the loss of the Wiener filter.
    folder : path, optional
        Where the checkpoint and the best weights so far lie.
    watch : callable, optional
        Told the number of each epoch that is checkpointed and the average of the weights then, as it would be kept;
        first 0 and those of the Wiener filter.
    draw : callable, optional
        Returns vectors (k, m) to learn from in place of k rows, drawn anew or read; without it, these rows. With it,
        of ``vectors`` the shape alone is asked for.
    by_blocks : bool
        Whether rows are shuffled by blocks, as :func:`~core.networks.epochs.run_epochs` does for what is read.
    labels : int8 array (n, config.labels), optional
        1 where a vector has an attribute, -1 where it has it not, 0 where that is not known; needed where a
        configuration has labels.

    Raises
    ------
    InputError
        If the loss is not finite, or a checkpoint in the folder is damaged or of other settings.
    """
    weights = np.sqrt(variances) / np.sqrt(variances).mean()
    model = _build(config, training.seed)
    _compile(model, training, len(vectors), weights)

    def load(batch: Batch) -> tuple[list[Singles], Singles]:
        drawn = vectors[batch.rows] if draw is None else draw(batch.rows, batch.rng)
        inputs, target = _noisy(drawn, variances, batch.rng)
        seen = [inputs[0], noise_features(inputs[1])]
        return seen if labels is None else [*seen, _some_told(labels[batch.rows], batch.rng)], target

    settings = {
        "denoiser": config.to_dict(),
        "training": training.to_dict(),
        "vectors": [*vectors.shape, len(held_out)],
    }
    judge = _judge(held_out, variances, config.labels, training.seed)
    return train_to_best(model, config, training, len(vectors), load, judge, settings, report, folder, watch, by_blocks)


def _noisy(
    vectors: npt.NDArray[np.floating], variances: Floats, rng: np.random.Generator
) -> tuple[tuple[Singles, Floats], Singles]:
    """Return vectors (n, m) with noise as the network sees them, their noise levels (n,), and what F should say."""
    sigma = np.exp(NOISE_MEAN + NOISE_DEVIATION * rng.standard_normal(len(vectors)))
    skip, out, into = wiener(sigma, variances)
    noisy = vectors + sigma[:, None] * rng.standard_normal(vectors.shape, np.float32)
    return ((into * noisy).astype(np.float32), sigma), ((vectors - skip * noisy) / out).astype(np.float32)


def _some_told(labels: npt.NDArray[np.int8], rng: np.random.Generator) -> Singles:
    """Return labels (n, k) as a network is told them: of some vectors none, of others some."""
    chances = rng.random((len(labels), 1)) ** SPARSE * (rng.random((len(labels), 1)) >= UNTOLD)
    return np.where(rng.random(labels.shape) < chances, labels, 0).astype(np.float32)


def _judge(
    vectors: npt.NDArray[np.floating], variances: Floats, labels: int, seed: int
) -> Callable[[keras.Model], float]:
    """Return a function that tells the loss of a model on held-out vectors (n, m), always with the same noise.

    Of so many labels it is told none.
    """
    rng = np.random.default_rng((seed, JUDGE_STREAM))
    repeated = np.tile(vectors, (math.ceil(JUDGED / len(vectors)), 1))
    (inputs, sigma), targets = _noisy(repeated, variances, rng)
    seen = [inputs, noise_features(sigma)] + [np.zeros((len(inputs), labels), np.float32)] * bool(labels)

    return lambda model: mean_loss(model, seen, targets)


def _compile(model: keras.Model, training: TrainingConfig, count: int, weights: Floats) -> None:
    """Give a model the optimiser of a training on so many vectors, and the loss with weights (m,) of the axes."""
    keras = import_keras()
    along = keras.ops.convert_to_tensor(weights.astype(np.float32))

    def loss(target: Any, found: Any) -> Any:
        return keras.ops.mean(along * keras.ops.square(target - found), axis=-1)

    model.compile(optimizer=averaging_optimizer(training, count, WEIGHT_DECAY), loss=loss, jit_compile=False)
    model.optimizer.build(model.trainable_variables)


def _build(config: DenoiserConfig, seed: int) -> keras.Model:
    """Return the network as a Keras model of whitened vectors and features of the noise."""
    keras = import_keras()
    layers = keras.layers
    seeds = np.random.SeedSequence(seed).generate_state(2 * config.blocks + 2).tolist()

    def dense(x: Any, units: int, name: str, activation: str | None = None) -> Any:
        start = keras.initializers.GlorotUniform(seed=seeds.pop())
        return layers.Dense(units, activation, kernel_initializer=start, name=name)(x)

    def nothing(x: Any, units: int, name: str) -> Any:
        return layers.Dense(units, kernel_initializer="zeros", name=name)(x)

    whitened, noise = keras.Input((config.dimension,)), keras.Input((2 * HARMONICS,))
    inputs, told = [whitened, noise], dense(noise, EMBEDDING, "embedding")
    if config.labels:
        inputs.append(keras.Input((config.labels,)))
        told = told + layers.Dense(EMBEDDING, use_bias=False, kernel_initializer="zeros", name="labels")(inputs[-1])
    told, x = keras.ops.silu(told), dense(whitened, config.width, "first")
    for block in range(config.blocks):
        scale, shift = keras.ops.split(dense(told, 2 * config.width, f"told_{block}"), 2, axis=1)
        normal = layers.LayerNormalization(epsilon=EPSILON, center=False, scale=False, name=f"normal_{block}")(x)
        inner = dense(normal * (1 + scale) + shift, config.width, f"into_{block}", "silu")
        x = x + nothing(inner, config.width, f"from_{block}")
    return keras.Model(inputs, nothing(x, config.dimension, "last"), name="denoiser")
