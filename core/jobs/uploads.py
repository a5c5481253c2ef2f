"""Files that came through the browser, kept beside the jobs until the job that reads them is done or forgotten."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from core.errors import InputError
from core.jobs.job import State, jobs
from core.settings import is_public, jobs_folder, limits
from core.storage import whole_folder, writing

__all__ = ["discard_uploads", "keep_uploads", "tidy_uploads", "uploads_folder"]

ROOM = 2
"""How many times the largest file that may be sent all of them may take."""

FORGOTTEN = 24 * 3600.0
"""Seconds after which files that no job was ordered for are removed."""

CHUNK = 2**22
MOST_FILES = 20_000
LONGEST = 150

_TOKEN = re.compile(r"[0-9a-f]{16}")
_STRANGE = re.compile(r"[^\w .()+=,@~-]")


def uploads_folder() -> Path:
    """Return the folder of all of them."""
    return jobs_folder() / "uploads"


def keep_uploads(files: Iterable[tuple[str, IO[bytes]]]) -> Path:
    """Keep files that belong together in a folder of their own; return it. Their names are made harmless.

    Raises
    ------
    InputError
        If the server is open to the public, one is larger than may be sent, there are too many, two have one name, or
        there is no room for them.
    """
    if is_public():
        raise InputError("This server is open to the public and takes no files; run zpoints on a machine of your own.")
    tidy_uploads()
    largest = limits().upload_mb * 10**6
    room = ROOM * largest - sum(_size(folder) for folder in _folders())
    target = uploads_folder() / secrets.token_hex(8)
    names: set[str] = set()
    with whole_folder(target) as partial:
        for name, file in files:
            harmless = _harmless(name)
            if harmless in names or len(names) >= MOST_FILES:
                raise InputError(
                    f"{harmless} is sent twice, or with more than {MOST_FILES:,} files; pack them into a zip."
                )
            names.add(harmless)
            room -= _copy(file, partial / harmless, largest, room)
    return target


def discard_uploads(folder: Path) -> None:
    """Remove a folder of :func:`keep_uploads` for which no job was ordered after all."""
    if folder in _folders() and folder not in _needed():
        shutil.rmtree(folder, ignore_errors=True)


def tidy_uploads() -> None:
    """Remove what no job needs any more: those that read it are done or forgotten, or none came in a day."""
    needed, ordered = _needed(), _ordered()
    for folder in _folders():
        waited = time.time() - folder.stat().st_mtime
        if folder not in needed and (folder in ordered or waited > FORGOTTEN or (folder / _USED).exists()):
            shutil.rmtree(folder, ignore_errors=True)
    for folder in needed:
        with writing(folder):
            (folder / _USED).touch()  # so that it goes when its job is forgotten


_USED = ".used"


def _needed() -> set[Path]:
    return {folder for job in jobs() if job.state is not State.DONE for folder in _read_by(job.arguments)}


def _ordered() -> set[Path]:
    return {folder for job in jobs() for folder in _read_by(job.arguments)}


def _read_by(arguments: Iterable[str]) -> set[Path]:
    """Return which folders a command reads; a file may be named as NAME=FILE."""
    named = [Path(part) for argument in arguments for part in (argument, argument.partition("=")[2])]
    return {folder for folder in _folders() if any(path.is_relative_to(folder) for path in named)}


def _folders() -> list[Path]:
    root = uploads_folder()
    return [p for p in root.iterdir() if _TOKEN.fullmatch(p.name)] if root.is_dir() else []


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def _harmless(name: str) -> str:
    """Return the last part of a name without what a shell, a page or a file system makes more of."""
    last = _STRANGE.sub("_", name.replace("\\", "/").rsplit("/", 1)[-1]).lstrip(". -")
    stem, dot, suffix = last.rpartition(".")
    return (
        f"{stem[: LONGEST - len(suffix)]}{dot}{suffix}" if stem and len(suffix) < LONGEST else last[:LONGEST] or "file"
    )


def _copy(file: IO[bytes], target: Path, largest: int, room: int) -> int:
    """Copy a file; return its size."""
    size = 0
    with target.open("wb") as copy:
        while chunk := file.read(CHUNK):
            size += len(chunk)
            if size > largest:
                raise InputError(f"{target.name} has more than {largest / 1e6:,.0f} MB (ZPOINTS_MAX_UPLOAD_MB).")
            if size > room:
                raise InputError(f"There is no room for {target.name}; forget jobs that have ended, and send it again.")
            copy.write(chunk)
    return size
