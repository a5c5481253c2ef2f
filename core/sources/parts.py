"""A folder of vectors in parts, ``part-00000.npy`` and on: one array of rows, each part memory-mapped."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.parted import Parted

__all__ = ["MAX_PARTS", "NAME", "is_parted", "open_parts"]

MAX_PARTS = 1000
"""Files that the vectors of a study may come in."""

NAME = re.compile(r"part-(\d{1,9})\.npy")
"""Of a part: its number counts, however many zeros stand before it."""


def is_parted(path: Path) -> bool:
    """Return whether a path is a folder that holds at least one part of vectors."""
    return path.is_dir() and any(NAME.fullmatch(entry.name) for entry in path.iterdir())


def open_parts(folder: Path) -> Parted:
    """Return the rows of all parts in a folder, in the order of their numbers, which begin with 0.

    Files whose names begin with a dot are not looked at. Memory does not grow with what is in them.

    Raises
    ------
    InputError
        If a part is missing, there twice or damaged, there is something else or too much in the folder, or a part has
        another shape or type than the first; the sentence names it.
    """
    entries = sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    numbered = [(int(found[1]), entry) for entry in entries if (found := NAME.fullmatch(entry.name))]
    if other := next((entry for entry in entries if not NAME.fullmatch(entry.name)), None):
        raise InputError(
            f"{other} is no part of the vectors beside it; leave only part-00000.npy and so on in the folder."
        )
    if not numbered:
        raise InputError(f"{folder} holds no part-00000.npy, so there are no vectors in it; give another folder.")
    if len(numbered) > MAX_PARTS:
        raise InputError(f"{folder} holds {len(numbered):,} parts, at most {MAX_PARTS:,} can be read; join some.")
    numbered.sort()
    for expected, (number, entry) in enumerate(numbered):
        if number < expected:
            raise InputError(f"{entry} is there twice, under another name as well; remove one of the two.")
        if number > expected:
            raise InputError(
                f"{folder / f'part-{expected:05}.npy'} is missing: the parts go on with {entry.name}; restore it."
            )
    paths = [entry for _, entry in numbered]
    parts = [_open(path) for path in paths]
    for path, part in zip(paths, parts, strict=True):
        _check(path, part, paths[0].name, parts[0])
    return Parted(parts)


def _open(path: Path) -> np.memmap[tuple[int, ...], np.dtype[np.generic]]:
    if not path.is_file():
        raise InputError(f"{path} is no file; give a folder of files that numpy.save wrote.")
    try:
        return np.lib.format.open_memmap(path, "r")
    except (OSError, ValueError, TypeError, EOFError, SyntaxError, OverflowError, MemoryError) as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} cannot be read as an array ({said}); save it anew with numpy.save.") from None


def _check(path: Path, part: np.ndarray, name: str, first: np.ndarray) -> None:
    """Raise `InputError` if a part is no rows of vectors, or not like those of the first one."""
    if part.ndim != 2 or not len(part):
        raise InputError(f"{path} has the shape {part.shape}, not (n, d) with a vector in each row; save it anew.")
    if part.dtype.kind != "f" or part.dtype.itemsize > 8 or not part.dtype.isnative:
        raise InputError(f"{path} holds {part.dtype.str}; parts hold float16, float32 or float64 as this machine does.")
    if part.shape[1] != first.shape[1]:
        raise InputError(
            f"{path} holds vectors of {part.shape[1]:,} components, {name} of {first.shape[1]:,}; give parts of one "
            "width."
        )
    if part.dtype != first.dtype:
        raise InputError(f"{path} holds {part.dtype}, {name} {first.dtype}; save all parts in one precision.")
