"""What lies below a folder that the dashboard may read from: files and folders that something can be made of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from core.sources.names import IMAGE_SUFFIXES
from core.sources.parts import NAME, is_parted

__all__ = ["MOST", "picks"]

MOST = 500
"""Files and folders that are listed, at most."""

DEEPEST = 3
"""Folders below each other that are looked into."""

FEW = 5
"""Folders that are looked into for classes of images."""

ARCHIVES = frozenset({".zip", ".tar", ".tgz", ".gz"})
WHOLE = ARCHIVES | {".parquet", ".npy", ".npz", ".csv", ".tsv", ".h5ad", ".keras", ".onnx"}
"""Suffixes of files that something is made of."""


def picks(folder: Path) -> list[str]:
    """Return files, and folders of images or of parts of vectors, by their paths in a folder; no link is followed."""
    found: list[str] = []
    for path in _below(folder, DEEPEST):
        found.append(path.relative_to(folder).as_posix())
        if len(found) == MOST:
            break
    return found


def _below(folder: Path, deep: int) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    inside = [entry for entry in entries if not entry.name.startswith(".") and not entry.is_symlink()]
    parted = any(NAME.fullmatch(entry.name) for entry in inside)
    for entry in inside:
        if parted and NAME.fullmatch(entry.name):
            continue  # the folder stands for them
        if entry.is_file() and Path(entry.name).suffix.lower() in WHOLE and entry.name.isprintable():
            yield Path(entry.path)
    for entry in inside:
        if entry.is_dir() and entry.name.isprintable():
            if _has_images(Path(entry.path)) or is_parted(Path(entry.path)):
                yield Path(entry.path)
            if deep:
                yield from _below(Path(entry.path), deep - 1)


def _has_images(folder: Path, deeper: bool = True) -> bool:
    """Return whether a folder, or one in it, holds an image; a few files of each are looked at."""
    try:
        with os.scandir(folder) as entries:
            inside = [entry for entry, _ in zip(entries, range(MOST), strict=False) if not entry.is_symlink()]
    except OSError:
        return False
    if any(entry.is_file() and Path(entry.name).suffix.lower() in IMAGE_SUFFIXES for entry in inside):
        return True
    folders = [Path(entry.path) for entry in inside if deeper and entry.is_dir()][:FEW]
    return any(_has_images(below, deeper=False) for below in folders)
