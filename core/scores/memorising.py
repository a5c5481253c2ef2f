"""When a learned law begins to copy: one network trained on few vectors and on many, looked at along the way.

Of a diffusion model of few vectors the best denoiser draws these vectors themselves. A network comes to it late: the
time that it takes to draw what it has not seen does not depend on the number of vectors, the time until it copies grows
with it (Bonnaire et al. 2025).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.networks.config import TrainingConfig
from core.networks.denoiser import Denoiser, DenoiserConfig
from core.networks.epochs import VALIDATION
from core.networks.probability_flow import carry
from core.progress import Listener, Progress
from core.scores.copies import Originals, nearer_than_unseen
from core.statistics import describe, subsample
from core.statistics.axes import FLOOR
from core.storage import whole_file
from core.strategies import Diffusion
from core.study import Study
from core.study.kept import workplace_of
from core.study.sets import rows_of
from core.study.study_sets import study_sets

__all__ = ["COLUMNS", "DRAWN", "FEWEST", "FILE", "SIZES", "begins_to_copy", "look_at_memorising", "read_memorising"]

FILE = "memorising.csv"
"""What was found, in a study's folder."""

COLUMNS = ("vectors", "total", "steps", "loss", "held_out", "copied", "usual", "nearer")
"""Of the table: vectors that were learned from; steps of the training, and after how many of them this is; the loss in
training and on held-out vectors; the share of what is drawn that copies, that of unseen vectors, and the chance that
what is drawn is nearer to what was learned than an unseen vector is."""

SIZES = (1_000, 5_000)
"""Vectors that are learned from, besides all."""

FEWEST = 100
"""Of them, at least."""

BATCH = 512
"""Vectors of a step."""

EPOCHS, LOOKS = 300, 24
"""Parts of a training, and after how many of them one looks: often at first, then more and more rarely."""

DRAWN, SOLVER = 500, 20
"""Vectors that are drawn at a look, and in how many steps."""

JUDGES = 20_000
"""Held-out vectors that a training is judged by, at most."""

UNSEEN = 2_000
"""Vectors that nothing was learned from, whose distance to what was learned is usual."""

CLEARLY = 0.05
"""More copies than unseen vectors from which a law copies, as a verdict has it."""

SEED = 0


def look_at_memorising(
    study: Study, path: Path, sizes: Sequence[int] = SIZES, steps: int = Diffusion.STEPS, report: Listener | None = None
) -> pd.DataFrame:
    """Train a network on so many vectors of half A, and on all of them; write what is found at each look to a file.

    All have the same network, the same number of steps of the same size, and the same held-out vectors, A's tenth; no
    mirrored pictures. Of more vectors than a part of a training takes, 27,136 by default, those that it takes are all
    that it learns from, and all that is read. What is in the file already is not done again; a training that was
    interrupted goes on.

    Parameters
    ----------
    study : Study
    path : Path
        Table to write, or to go on with.
    sizes : sequence of int
        Numbers of vectors, besides all; those that there are not are left out.
    steps : int
        Of each training.
    report : callable, optional
        Told after each step.

    Returns
    -------
    DataFrame
        The columns :data:`COLUMNS`, a row for each look.

    Raises
    ------
    InputError
        If there are fewer than 100 vectors, or a file cannot be read or written.
    """
    sets = study_sets(study)
    fitted = rows_of(study.latents, sets.fitted)
    if len(fitted) < FEWEST:
        raise InputError(f"The study {study.name} has {len(fitted)} vectors to learn from; {FEWEST} are needed.")
    most = min(len(fitted), int(_ends(steps)[0]) * BATCH)
    everything = [size for size in sorted(set(sizes)) if FEWEST <= size < most] + [most]
    table = read_memorising(path) if path.exists() else pd.DataFrame(columns=list(COLUMNS))
    table = table[(table["total"] == steps) & table["vectors"].isin(everything)]

    def keep(row: Mapping[str, float]) -> None:
        nonlocal table
        known = (table["vectors"] == row["vectors"]) & (table["steps"] == row["steps"])
        table = pd.concat([table[~known], pd.DataFrame([row])]) if len(table) else pd.DataFrame([row])
        table = table.sort_values(["vectors", "steps"], ignore_index=True)
        with whole_file(path) as partial:
            table.to_csv(partial, index=False, lineterminator="\n", columns=list(COLUMNS))

    held_out, unseen = (
        _some(rows_of(study.latents, chosen), count)
        for chosen, count in ((sets.tuning, JUDGES), (sets.reference, UNSEEN))
    )
    for size in everything:
        part = _some(fitted, size)
        work = workplace_of(study, f"memorising-{size}-{steps}.training")
        if not (table.loc[table["vectors"] == size, "steps"] == _ends(steps)[-1]).any():
            _train(part, held_out, unseen, steps, work, keep, report)
        if work:
            shutil.rmtree(work, ignore_errors=True)
    return table


def _some(vectors: npt.NDArray[np.floating], count: int) -> npt.NDArray[np.floating]:
    """Return at most so many of vectors (n, d), at random."""
    return vectors[subsample(len(vectors), count, SEED)]


def _ends(steps: int) -> npt.NDArray[np.int_]:
    """Return after how many steps each part of a training ends: parts of one size, 300 of them at most."""
    size = max(1, steps // EPOCHS)
    return size * np.arange(1, steps // size + 1)


def _train(
    vectors: npt.NDArray[np.floating],
    held_out: npt.NDArray[np.floating],
    unseen: npt.NDArray[np.floating],
    steps: int,
    work: Path | None,
    found: Callable[[Mapping[str, float]], None],
    report: Listener | None,
) -> None:
    """Train on vectors (n, d), and tell what is found at each look."""
    from core.networks.denoiser_training import train_denoiser

    description, ends = describe(vectors), _ends(steps)
    axes = description.axes
    seen = int((axes.variances > FLOOR * axes.variances.max()).sum())
    scale = float(np.sqrt(axes.variances.mean()))
    variances = axes.variances[:seen] / scale**2
    originals = Originals.of(vectors, axes.mean)
    usual, by_chance = originals.gaps_to(unseen)
    config = DenoiserConfig(seen)
    training = TrainingConfig(epochs=len(ends), batch_size=BATCH, learning_rate=Diffusion.RATE, flip=False, seed=SEED)
    looks = {int(epoch) for epoch in np.geomspace(1, len(ends), LOOKS).round()}
    current = np.zeros(0, np.float16)

    def watch(epoch: int, packed: npt.NDArray[np.float16]) -> None:  # noqa: ARG001
        nonlocal current
        current = packed

    def tell(progress: Progress) -> None:
        if report:
            report(replace(progress, task=f"training on {len(vectors):,} vectors"))
        if progress.epoch in looks:
            u = np.random.default_rng((SEED, len(vectors))).standard_normal((DRAWN, axes.variances.size))
            u[:, :seen] = carry(Denoiser(config, current), u[:, :seen], variances, SOLVER)
            gaps, copied = originals.gaps_to(axes.mean + (u * np.sqrt(axes.variances)) @ axes.axes)
            numbers = (
                len(vectors),
                steps,
                ends[progress.epoch - 1],
                progress.numbers["loss"],
                progress.numbers[VALIDATION],
                copied.mean(),
                by_chance.mean(),
                nearer_than_unseen(gaps, usual),
            )
            found(dict(zip(COLUMNS, numbers, strict=True)))

    learned_from, judged = ((axes.project(part, seen) / scale).astype(np.float32) for part in (vectors, held_out))
    learned_from = np.resize(learned_from, (int(ends[0]) * BATCH, seen))  # again and again, whole parts of one size
    train_denoiser(config, training, learned_from, judged, variances, tell, work, watch)


def read_memorising(path: Path) -> pd.DataFrame:
    """Return what was found, from a CSV file.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    try:
        return _checked(pd.read_csv(path, encoding="utf-8"))
    except (OSError, ValueError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read ({said}); make it anew with the command memorising.") from None


def _checked(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table as it was written; raise `ValueError` if it is none."""
    if set(table) != set(COLUMNS) or table.empty:
        raise ValueError("it has other columns, or no rows")
    table = table[list(COLUMNS)].astype(float)
    if not np.isfinite(table.to_numpy()).all():
        raise ValueError("a number is missing or infinite")
    return table.astype(dict.fromkeys(COLUMNS[:3], "int64"))


def begins_to_copy(table: pd.DataFrame) -> int | None:
    """Return after how many steps more than 5 % more of what is drawn are copies than of unseen vectors; None if never.

    Parameters
    ----------
    table : DataFrame
        Of one number of vectors, in the order of the steps.
    """
    copies = table.loc[table["copied"] > table["usual"] + CLEARLY, "steps"]
    return int(copies.iloc[0]) if len(copies) else None
