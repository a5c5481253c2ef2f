"""Where all vectors of a large study lie along directions that rules ask for: kept, so that they are read once."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.selection.selected import frame_along
from core.space.frames import Frame
from core.space.quantities import Direction, quantity_of
from core.statistics import Description
from core.storage import appending, whole_file
from core.study import Study
from core.study.description import ROWS
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of

__all__ = ["coordinates_of"]

FOLDER = "coordinates"

BUDGET = 2**30
"""Bytes that are kept of a study, 8 for each vector and direction; beyond them, what was used longest ago goes."""

Floats = npt.NDArray[np.float64]


def coordinates_of(study: Study, description: Description, directions: Sequence[Direction]) -> list[Floats]:
    """Return the coordinates of all vectors along each of some directions, (n,) each, memory-mapped from a file.

    What is not there yet is computed in one pass over the vectors, and kept with the study or else in the cache; not
    so places on the map, which are at hand as long as that is the same.

    Raises
    ------
    InputError
        If the study has no such direction.
    """
    known: dict[Direction, Floats | None] = {}
    for direction in directions:
        mapped = direction[0] == "umap"
        known[direction] = _placed(study, description, direction) if mapped else _find(study, quantity_of(direction))
    if missing := [direction for direction, values in known.items() if values is None]:
        frame = frame_along(study, description, missing)
        kept = _keep(study, frame)
        known |= kept or dict(zip(missing, frame.at(study).T, strict=True))
    return [values for values in known.values() if values is not None]


def _placed(study: Study, description: Description, direction: Direction) -> Floats:
    return np.asarray(frame_along(study, description, [direction]).at(study)[:, 0])


def _keep(study: Study, frame: Frame) -> dict[Direction, Floats | None] | None:
    """Compute and keep the coordinates of a frame; return them, or None where they cannot be kept."""
    folder = place_of(study, FOLDER)
    if folder is None:
        return None
    paths = [folder / _name(quantity_of(direction)) for direction in frame.directions]
    with suppress(OSError, InputError):
        folder.mkdir(parents=True, exist_ok=True)
        _make_room(folder, 8 * len(study) * len(paths))
        with ExitStack() as stack:
            partial = [stack.enter_context(whole_file(path)) for path in paths]
            appends = [stack.enter_context(appending(path, np.float64, ())) for path in partial]
            for block in frame.blocks(study):
                for append, values in zip(appends, block.T, strict=True):
                    append(values)
        for direction, path in zip(frame.directions, paths, strict=True):
            sampled = {"sampled": np.array(sampled_sha256(path))}
            keep_derived(path.with_suffix(".npz"), _key(study, quantity_of(direction)), sampled)
        found = {direction: _find(study, quantity_of(direction)) for direction in frame.directions}
        return None if any(values is None for values in found.values()) else found
    return None


def _find(study: Study, quantity: str) -> Floats | None:
    for folder in places_of(study, FOLDER):
        path = folder / _name(quantity)
        note = load_derived(path.with_suffix(".npz"), _key(study, quantity))
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


def _name(quantity: str) -> str:
    return f"{hashlib.sha256(quantity.encode()).hexdigest()[:16]}.npy"


def _key(study: Study, quantity: str) -> str:
    return f"{study.vectors_digest} {study.digests[ROWS]} {quantity}"
