"""The files of a study's folder, and what tells cheaply whether they are still the ones that were written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from core.errors import InputError
from core.networks.kinds import WEIGHTS
from core.storage import sha256
from core.study.schema import DESCRIPTION, FileFacts

__all__ = [
    "LATENTS",
    "LOG_VARIANCES",
    "PARTS",
    "ROWS",
    "WEIGHTS",
    "check_file",
    "check_whole_file",
    "file_facts",
    "sampled_offsets",
    "sampled_sha256",
    "vector_files",
]

LATENTS, ROWS = "latents.npy", "rows.parquet"

LOG_VARIANCES = "log_variances.npy"
"""There where vectors are means of posteriors."""

PARTS = "latents"
"""Folder of the vectors where they lie in several files."""

PIECES, PIECE = 16, 65_536
"""How many pieces of a file are looked at on opening, and their size in bytes; a file of 1 MiB is seen whole."""


def vector_files(parts: int = 0) -> tuple[str, ...]:
    """Return the names of the files that vectors lie in: one, or so many parts in a folder of their own."""
    return tuple(f"{PARTS}/part-{number:05}.npy" for number in range(parts)) or (LATENTS,)


def file_facts(path: Path) -> FileFacts:
    """Return size and digests of a file, which is read whole."""
    return FileFacts(sha256=sha256(path), size=path.stat().st_size, sampled=sampled_sha256(path))


def check_file(path: Path, facts: FileFacts) -> None:
    """Raise `InputError` if a file is missing, has another size, or other bytes in the pieces that are looked at.

    Where a description tells neither, as those of schema 1, the file is read whole.
    """
    _require_file(path)
    if facts.size is None or facts.sampled is None:
        check_whole_file(path, facts.sha256)
    elif path.stat().st_size != facts.size or sampled_sha256(path) != facts.sampled:
        raise _altered(path)


def check_whole_file(path: Path, digest: str) -> None:
    """Raise `InputError` if a file is missing or its SHA-256 is another."""
    _require_file(path)
    if sha256(path) != digest:
        raise _altered(path)


def sampled_offsets(size: int, piece: int) -> list[int]:
    """Return where the pieces of something that long begin: evenly spaced, the first and the last among them."""
    if size <= PIECES * piece:
        return list(range(0, size, piece))
    return [int(start) for start in np.linspace(0, size - piece, PIECES)]


def sampled_sha256(path: Path) -> str:
    """Return the digest of some pieces of a file, evenly spaced; a file of 1 MiB is seen whole."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for offset in sampled_offsets(path.stat().st_size, PIECE):
            file.seek(offset)
            digest.update(file.read(PIECE))
    return digest.hexdigest()


def _require_file(path: Path) -> None:
    if not path.is_file():
        raise InputError(f"{path} is missing; restore it from the study's source.")


def _altered(path: Path) -> InputError:
    return InputError(
        f"{path} was altered or belongs to another study (it is not the file that {DESCRIPTION} describes); "
        "restore it from the study's source."
    )
