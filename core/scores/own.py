"""Vectors of anyone's sampler as a row of the scoreboard, judged as all others are."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.scores.board import COUNT, SEEDS, Scorer
from core.scores.entries import own_entry
from core.scores.rows import NOTE, read_scores, remove_rows, write_cells
from core.sources.vectors import open_vectors
from core.study import Study

__all__ = ["SUFFIXES", "read_own", "samples_of", "score_own"]

SUFFIXES = (".npy", ".npz")
"""Of files of vectors; of an ``.npz``, the array ``latents`` is taken, as the command ``sample`` writes it."""

BLOCK = 10_000
"""Vectors that are looked at together."""

FEWEST = 2
"""Vectors of a sample, at least."""


def read_own(path: Path, study: Study) -> npt.NDArray[np.floating]:
    """Return vectors (n, d) of a file, memory-mapped, if they can be judged beside those of a study.

    Nothing in the file is unpickled.

    Raises
    ------
    InputError
        If it is no such file; or the vectors are fewer than two, have another dimension than the study's, or are not
        finite in single precision.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} is no {' or '.join(SUFFIXES)} file; save the vectors with numpy.save.")
    vectors = open_vectors(path).array
    count, dimension = vectors.shape
    if dimension != study.dimension:
        raise InputError(
            f"{path} holds vectors of {dimension:,} components; those of the study {study.name} have "
            f"{study.dimension:,}."
        )
    if count < FEWEST:
        raise InputError(f"{path} holds {count} vector; at least {FEWEST} are needed.")
    for start in range(0, count, BLOCK):
        with np.errstate(over="ignore"):
            block = vectors[start : start + BLOCK].astype(np.float32)
        if not np.isfinite(block).all():
            raise InputError(f"{path} holds NaN or infinity among vectors {start + 1:,} to {start + len(block):,}.")
    return vectors


def samples_of(vectors: npt.NDArray[np.floating], count: int, seeds: int) -> list[npt.NDArray[np.floating]]:
    """Return samples that share no vector: blocks of ``count``, ``seeds`` at most; all in one where there are fewer."""
    blocks = min(seeds, len(vectors) // count)
    return [vectors[block * count : (block + 1) * count] for block in range(blocks)] or [vectors]


def score_own(
    scorer: Scorer,
    name: str,
    vectors: npt.NDArray[np.floating],
    path: Path,
    count: int = COUNT,
    seeds: int = SEEDS,
    report: Listener | None = None,
) -> pd.DataFrame:
    """Score vectors of anyone's sampler; its rows in a CSV file give way, and each is written as soon as it is there.

    Parameters
    ----------
    scorer : Scorer
    name : str
        Of the sampler.
    vectors : array (n, d)
        As :func:`read_own` returns them. Seed k judges the k-th ``count`` of them.
    path : Path
        Long table, one row per entry and seed.
    count, seeds : int
    report : callable, optional
        Told how many rows are done.

    Returns
    -------
    DataFrame
        The long table.

    Raises
    ------
    InputError
        If the name is none, or the file cannot be read or written.
    """
    entry, samples = own_entry(name), samples_of(vectors, count, seeds)
    if not os.access(path.absolute().parent, os.W_OK):
        raise InputError(f"{path.absolute().parent} cannot be written to; name another file for the table.")
    remove_rows(path, entry.key, entry.text)
    for seed, sample in enumerate(samples):
        if report:
            report(Progress("scoring", seed, len(samples), "rows", name))
        cells = scorer.judge(sample, scorer.judges.scores(entry, len(sample)))
        write_cells(path, (entry.key, entry.text, len(sample), seed), {NOTE: "", **cells})
    if report:
        report(Progress("scoring", len(samples), len(samples), "rows"))
    return read_scores(path)
