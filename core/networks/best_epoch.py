"""Training a network of vectors, which is kept as it was where held-out vectors have the smallest loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.backend import import_keras
from core.networks.config import TrainingConfig
from core.networks.epochs import BEFORE, CHECKPOINT, Batch, run_epochs, schedule_of
from core.networks.packed import PackedWeights
from core.networks.trainees import weights_of
from core.progress import Listener, Progress
from core.storage import whole_file

if TYPE_CHECKING:
    import keras

__all__ = ["BestEpoch", "averaging_optimizer", "mean_loss", "train_to_best"]

Singles = npt.NDArray[np.float32]

REMEMBERED = 1000
"""Steps that the average of the weights reaches back, at most: a tenth of all steps."""

BLOCK = 1024
"""Vectors that a held-out loss is computed of at once."""

BEST = "best.safetensors"
"""Weights of the best epoch so far, beside the checkpoint."""


@dataclass(frozen=True, eq=False)
class BestEpoch:
    """The outcome of a training.

    Attributes
    ----------
    packed : float16 array
        Weights of the best epoch, as :class:`~core.networks.packed.PackedWeights` has them; those before the first,
        where no epoch is better.
    losses : float32 array (epochs + 1, 2)
        Mean loss in each epoch, and that of the held-out vectors after it; before the first, twice the latter.
    """

    packed: npt.NDArray[np.float16]
    losses: Singles


def averaging_optimizer(training: TrainingConfig, count: int, decay: float, clipped: float | None = None) -> Any:
    """Return AdamW that keeps an average of the weights, for a training on so many vectors.

    Parameters
    ----------
    training : TrainingConfig
    count : int
    decay : float
        Weight decay of the kernels.
    clipped : float, optional
        Longest gradient.
    """
    schedule = schedule_of(training, count)
    momentum = 1 - 1 / np.clip(training.epochs * -(-count // training.batch_size) / 10, 2, REMEMBERED)
    optimizer = import_keras().optimizers.AdamW(
        schedule, weight_decay=decay, use_ema=True, ema_momentum=float(momentum), global_clipnorm=clipped
    )
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    return optimizer


def mean_loss(model: keras.Model, inputs: Sequence[Singles], targets: Singles) -> float:
    """Return the mean loss of a compiled model on vectors, (n, m) as each input has them, block by block."""
    total = 0.0
    for start in range(0, len(targets), BLOCK):
        block = slice(start, start + BLOCK)
        total += float(model.test_on_batch([x[block] for x in inputs], targets[block])) * len(targets[block])
        model.reset_metrics()
    return total / len(targets)


def train_to_best(
    model: keras.Model,
    config: PackedWeights,
    training: TrainingConfig,
    count: int,
    load: Callable[[Batch], tuple[Any, Singles]],
    judge: Callable[[keras.Model], float],
    settings: dict[str, Any],
    report: Listener | None = None,
    folder: Path | None = None,
    watch: Callable[[int, npt.NDArray[np.float16]], None] | None = None,
    by_blocks: bool = False,
) -> BestEpoch:
    """Train a compiled model, checkpoint each epoch, go on from a checkpoint; return the best average of the weights.

    Parameters
    ----------
    model : keras.Model
        With an optimiser of :func:`averaging_optimizer`.
    config : PackedWeights
        Of the model.
    training : TrainingConfig
    count : int
        Of the vectors.
    load : callable
        Returns inputs and targets of a batch.
    judge : callable
        Returns the loss of a model on held-out vectors.
    settings : dict
        What a checkpoint must agree with.
    report : callable, optional
        Told after each step; at the end of an epoch also the held-out loss before the first.
    folder : path, optional
        Where the checkpoint and the best weights so far lie.
    watch : callable, optional
        Told the number of each epoch that is checkpointed and the average of the weights then, as it would be kept;
        first 0 and those before the first epoch.
    by_blocks : bool
        Whether rows are shuffled by blocks, as :func:`~core.networks.epochs.run_epochs` does for what is read.

    Raises
    ------
    InputError
        If the loss is not finite, or a checkpoint in the folder is damaged or of other settings.
    """
    first, current = judge(model), config.pack(weights_of(model))
    best = _read_best(folder, config) or (first, current)
    if watch:
        watch(0, current)

    def validate(model: Any) -> float:
        nonlocal best, current
        with _averaged(model, config) as current:
            loss = judge(model)
        if loss < best[0]:
            best = loss, current
            _write_best(folder, *best)
        return loss

    def tell(progress: Progress) -> None:
        if report and progress.epoch is not None:
            progress = replace(progress, numbers={**progress.numbers, BEFORE: first})
        if report:
            report(progress)

    def look(epoch: int) -> None:
        if watch:
            watch(epoch, current)

    history = run_epochs(
        model,
        training,
        np.arange(count),
        load,
        validate,
        settings,
        folder,
        tell,
        look,
        counted="vectors",
        remedy="some vectors may lie too far from all others, leave those out",
        by_blocks=by_blocks,
    )
    losses = [(first, first), *((epoch.loss, epoch.validation_loss) for epoch in history)]
    return BestEpoch(best[1], np.array(losses, np.float32))


def _write_best(folder: Path | None, loss: float, packed: npt.NDArray[np.float16]) -> None:
    """Keep the best weights so far, before the checkpoint of their epoch: without that, the epoch is done again."""
    if folder:
        with whole_file(folder / BEST) as partial:
            partial.write_bytes(safetensors.numpy.save({"loss": np.array(loss), "packed": packed}))


def _read_best(folder: Path | None, config: PackedWeights) -> tuple[float, npt.NDArray[np.float16]] | None:
    """Return the loss and the weights of an interrupted training's best epoch; None where nothing was trained yet."""
    if not folder or not (folder / CHECKPOINT).exists() or not (folder / BEST).exists():
        return None
    try:
        kept = safetensors.numpy.load((folder / BEST).read_bytes())
        loss, packed = float(kept["loss"]), kept["packed"]
    except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError):
        packed = np.zeros(0, np.float16)
    if packed.shape != (config.count,):
        raise InputError(f"{folder / BEST} is damaged; delete {folder} to start anew.")
    return loss, packed


@contextmanager
def _averaged(model: keras.Model, config: PackedWeights) -> Iterator[npt.NDArray[np.float16]]:
    """Give a model the average of its weights over the steps so far, in the precision in which it is kept; yield it."""
    now = model.get_weights()
    model.optimizer.finalize_variable_values(model.trainable_variables)
    packed = config.pack(weights_of(model))
    with np.errstate(over="ignore"):
        model.set_weights([weights.astype(np.float16) for weights in model.get_weights()])
    try:
        yield packed
    finally:
        model.set_weights(now)
