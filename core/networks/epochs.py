"""Training a network: epochs, schedule, checkpoints. Knows no user interface; progress goes to a callback."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.backend import import_keras
from core.networks.config import TrainingConfig
from core.networks.losses import loss_of
from core.progress import Listener, Progress
from core.storage import whole_file

__all__ = ["BEFORE", "CHECKPOINT", "VALIDATION", "Batch", "Epoch", "compile_model", "run_epochs", "schedule_of"]

CHECKPOINT = "checkpoint.safetensors"
WARM_UP = 0.03
"""Share of the steps in which the learning rate rises to its peak."""

FINAL_RATE = 0.01
"""Learning rate at the end of the schedule, as a share of the peak."""

VALIDATION = "validation loss"
"""Number of a step's progress that only the last step of an epoch has."""

BEFORE = "loss before training"
"""The same of a training that begins with what is worth comparing with: its validation loss before the first epoch."""


NEIGHBOURS, TOGETHER = 1024, 64
"""Rows of a block that lie side by side, and blocks whose rows are shuffled together where rows are read from a disk:
at 256 components 33 MB in half precision."""


@dataclass(frozen=True)
class Batch:
    """Which images a step trains on, sorted, which of them are mirrored, and a generator for what else is random."""

    rows: npt.NDArray[np.intp]
    mirrored: npt.NDArray[np.bool_]
    rng: np.random.Generator


@dataclass(frozen=True)
class Epoch:
    """One finished pass over the training images: mean losses, and seconds of work."""

    epoch: int
    loss: float
    validation_loss: float
    seconds: float


def compile_model(model: Any, training: TrainingConfig, images: int) -> None:
    """Compile a Keras model with Adam under the schedule of a training on that many images."""
    optimizer = import_keras().optimizers.Adam(schedule_of(training, images))
    model.compile(optimizer=optimizer, loss=loss_of(training.loss), jit_compile=False)
    model.optimizer.build(model.trainable_variables)


def schedule_of(training: TrainingConfig, count: int) -> Any:
    """Return the learning rates of a training on so many images or vectors: a short rise, then a cosine."""
    steps = training.epochs * math.ceil(count / training.batch_size)
    warm_up = int(WARM_UP * steps)
    return import_keras().optimizers.schedules.CosineDecay(
        0.1 * training.learning_rate,
        decay_steps=max(1, steps - warm_up),
        alpha=FINAL_RATE,
        warmup_target=training.learning_rate,
        warmup_steps=warm_up,
    )


def run_epochs(
    model: Any,
    training: TrainingConfig,
    rows: npt.NDArray[np.intp],
    load: Callable[[Batch], tuple[Any, npt.NDArray[Any]]],
    validate: Callable[[Any], float],
    settings: dict[str, Any],
    folder: str | Path | None,
    on_progress: Listener | None = None,
    on_epoch: Callable[[int], None] | None = None,
    counted: str = "images",
    remedy: str = "train with a lower learning rate",
    by_blocks: bool = False,
) -> list[Epoch]:
    """Train a compiled model; checkpoint each epoch; go on from a checkpoint that is there.

    A resumed training follows the schedule, the order and the mirroring of an uninterrupted one.

    Parameters
    ----------
    model : keras.Model
    training : TrainingConfig
    rows : int array
        Images to train on, or whatever else a row is.
    load : callable
        Returns inputs, an array or a list of them, and targets of a batch.
    validate : callable
        Returns the loss of the model on held-out images.
    settings : dict
        What a checkpoint must agree with.
    folder : path or None
        Where the checkpoint lies; None keeps none.
    on_progress : callable, optional
        Called after each step, with the mean loss of the running epoch and the images per second since the (re)start.
    on_epoch : callable, optional
        Called with the number of an epoch that is done and kept, before its last step is reported.
    counted : str
        What the rows are, in the plural.
    remedy : str
        What to do where the loss is not finite.
    by_blocks : bool
        Shuffle blocks of `NEIGHBOURS` rows, and then the rows of `TOGETHER` blocks among each other: what is read from
        a disk comes in long pieces, and of little more than them at a time.

    Raises
    ------
    InputError
        If there are no training images, a checkpoint of other settings lies in the folder, or the loss is not finite.
    """
    if not len(rows):
        raise InputError(f"There are no {counted} to train on; check the partition list and the limit.")
    checkpoint = None if folder is None else Path(folder) / CHECKPOINT
    history = _restore(checkpoint, model, settings)
    steps = math.ceil(len(rows) / training.batch_size)
    started, images_done = time.monotonic(), 0
    for epoch in range(len(history) + 1, training.epochs + 1):
        epoch_started = time.monotonic()
        total = 0.0
        for step, batch in enumerate(_batches(rows, training, epoch, by_blocks), 1):
            loss = float(model.train_on_batch(*load(batch)))
            model.reset_metrics()
            if not math.isfinite(loss):
                _diverge(checkpoint, epoch, remedy)
            total += loss * len(batch.rows)
            images_done += len(batch.rows)
            seen = min(step * training.batch_size, len(rows))
            numbers = {"loss": total / seen}
            if step == steps:
                numbers[VALIDATION] = validate(model)
                history.append(Epoch(epoch, total / seen, numbers[VALIDATION], time.monotonic() - epoch_started))
                if not all(np.isfinite(variable.numpy()).all() for variable in model.trainable_variables):
                    _diverge(checkpoint, epoch, remedy)
                _checkpoint(checkpoint, model, settings, history)
                if on_epoch:
                    on_epoch(epoch)
            if on_progress:
                rate = images_done / (time.monotonic() - started)
                left = (training.epochs - epoch) * len(rows) + len(rows) - seen
                done, detail = (epoch - 1) * steps + step, f"epoch {epoch}/{training.epochs}"
                numbers[f"{counted}/s"] = rate
                total_steps, ended = training.epochs * steps, epoch if step == steps else None
                on_progress(Progress("training", done, total_steps, "steps", detail, left / rate, numbers, ended))
    return history


def _diverge(checkpoint: Path | None, epoch: int, remedy: str) -> NoReturn:
    """End a training that cannot be saved; its checkpoint would be in the way of the next one."""
    if checkpoint:
        checkpoint.unlink(missing_ok=True)
    raise InputError(f"The loss is not finite in epoch {epoch}; {remedy}.")


def _batches(
    rows: npt.NDArray[np.intp], training: TrainingConfig, epoch: int, by_blocks: bool = False
) -> Iterator[Batch]:
    """Yield the batches of an epoch; the same for the same seed and epoch."""
    rng = np.random.default_rng((training.seed, epoch))
    order = _shuffled_blocks(rows, rng) if by_blocks else rng.permutation(rows)
    mirrored = rng.random(len(rows)) < (0.5 if training.flip else 0.0)
    for start in range(0, len(order), training.batch_size):
        block = slice(start, start + training.batch_size)
        yield Batch(np.sort(order[block]), mirrored[block], rng)


def _shuffled_blocks(rows: npt.NDArray[np.intp], rng: np.random.Generator) -> npt.NDArray[np.intp]:
    """Return rows (n,) in an order in which blocks of neighbours are scattered, and rows within some blocks."""
    blocks = np.array_split(rows, max(1, round(len(rows) / NEIGHBOURS)))
    order = np.concatenate([blocks[number] for number in rng.permutation(len(blocks))])
    for start in range(0, len(order), NEIGHBOURS * TOGETHER):
        rng.shuffle(order[start : start + NEIGHBOURS * TOGETHER])
    return order


def _state(model: Any) -> dict[str, Any]:
    parts = {"model": model.variables, "optimizer": model.optimizer.variables}
    return {f"{part}/{i:03d}": v for part, variables in parts.items() for i, v in enumerate(variables)}


def _checkpoint(path: Path | None, model: Any, settings: dict[str, Any], history: list[Epoch]) -> None:
    if path is None:
        return
    state = {name: np.asarray(variable.numpy()) for name, variable in _state(model).items()}
    note = {"settings": json.dumps(settings), "history": json.dumps([asdict(e) for e in history])}
    with whole_file(path) as partial:
        partial.write_bytes(safetensors.numpy.save(state, metadata=note))


def _restore(path: Path | None, model: Any, settings: dict[str, Any]) -> list[Epoch]:
    if path is None:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        return []
    remedy = f"repeat the interrupted command, or delete {path.parent} to start anew"
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            note = file.metadata() or {}
            stored = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        known, history = json.loads(note["settings"]), [Epoch(**e) for e in json.loads(note["history"])]
    except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error}); {remedy}.") from None
    if known != json.loads(json.dumps(settings)):
        changed = [
            name
            for part in settings
            if isinstance(settings[part], dict)
            for name in settings[part]
            if known.get(part, {}).get(name) != json.loads(json.dumps(settings[part][name]))
        ]
        what = ", ".join(changed) or "the number of images"
        raise InputError(f"{path} belongs to a training with other settings ({what}); {remedy}.")
    state = _state(model)
    if {name: tuple(v.shape) for name, v in state.items()} != {name: a.shape for name, a in stored.items()}:
        raise InputError(f"{path} is damaged (its arrays are not those of the model); {remedy}.")
    for name, variable in state.items():
        variable.assign(stored[name])
    return history
