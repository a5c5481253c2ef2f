"""Where all vectors of a large study lie along some directions: kept, so that the vectors are read once for them.

A direction is a pair of a kind and a number, as ``("axis", 0)``.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.storage import appending, whole_file
from core.study.description import ROWS, Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of

__all__ = ["find_coordinates", "keeping", "may_keep"]

FOLDER = "coordinates"

BUDGET = 2**30
"""Bytes that are kept of a study, 8 for each vector and direction; beyond them, what was used longest ago goes."""

Floats = npt.NDArray[np.float64]

Direction = tuple[str, int]


def find_coordinates(study: Study, direction: Direction) -> Floats | None:
    """Return the coordinates (n,) of all vectors along a direction, memory-mapped; None where they were not kept."""
    for folder in places_of(study, FOLDER):
        path = folder / _name(direction)
        note = load_derived(path.with_suffix(".npz"), _key(study, direction))
        if note is None:
            continue
        try:
            values = np.load(path, "r", allow_pickle=False)
            sound = sampled_sha256(path) == note["sampled"].item()
        except DAMAGE:
            continue
        if sound and values.shape == (len(study),) and values.dtype == np.float64:
            with suppress(OSError):
                os.utime(path)  # used now: the last to be removed
            return np.asarray(values)
    return None


def may_keep(study: Study) -> bool:
    """Return whether coordinates of a study can be kept anywhere."""
    return place_of(study, FOLDER) is not None


def keeping(study: Study, directions: Sequence[Direction], blocks: Iterable[Floats]) -> Iterator[Floats]:
    """Yield blocks (m, k) of coordinates along k directions, in the order of the rows, and keep them when all came.

    They lie with the study or else in the cache; where nothing can be written, they are yielded all the same.
    """
    folder, appends = place_of(study, FOLDER), list[Callable[[npt.ArrayLike], None]]()
    paths = [] if folder is None else [folder / _name(direction) for direction in directions]
    with ExitStack() as stack:
        with suppress(OSError, InputError):
            appends = _open(stack, study, paths)
        for block in blocks:
            try:
                for append, values in zip(appends, block.T, strict=False):
                    append(values)
            except OSError:  # the disk is full
                appends = []
            yield block
        whole = stack.pop_all()
    with suppress(OSError, InputError):
        whole.close()
        for direction, path in zip(directions, paths if appends else [], strict=False):
            sampled = {"sampled": np.array(sampled_sha256(path))}
            keep_derived(path.with_suffix(".npz"), _key(study, direction), sampled)


def _open(stack: ExitStack, study: Study, paths: Sequence[Path]) -> list[Callable[[npt.ArrayLike], None]]:
    """Return what appends to each of some files, which are there when the stack is closed; make room for them."""
    if paths:
        paths[0].parent.mkdir(parents=True, exist_ok=True)
        _make_room(paths[0].parent, 8 * len(study) * len(paths))
    partial = [stack.enter_context(whole_file(path)) for path in paths]
    return [stack.enter_context(appending(path, np.float64, ())) for path in partial]


def _make_room(folder: Path, size: int) -> None:
    """Remove what was used longest ago until so many further bytes are within the budget."""
    files = sorted(folder.glob("*.npy"), key=lambda path: path.stat().st_mtime)
    excess = sum(path.stat().st_size for path in files) + size - BUDGET
    for path in files:
        if excess <= 0:
            return
        excess -= path.stat().st_size
        path.unlink(missing_ok=True)
        path.with_suffix(".npz").unlink(missing_ok=True)


def _name(direction: Direction) -> str:
    return f"{hashlib.sha256(str(direction).encode()).hexdigest()[:16]}.npy"


def _key(study: Study, direction: Direction) -> str:
    return f"{study.vectors_digest} {study.digests[ROWS]} {direction}"
