"""What follows from a study and is kept, so that it is computed once: with the study, or in the user's cache.

A study that is the user's own keeps what is derived in its folder. A visitor writes nothing there: what follows from a
study that is shipped, or whose folder cannot be written to, lies in the cache (see :mod:`core.settings`), under the
digest of the study's vectors. The study's own folder is looked through first.

A kept file carries a digest of its own content and of the key that it was made from. Where it is absent, stale or
damaged, the arrays are made anew; a folder that cannot be written is no obstacle.
"""

from __future__ import annotations

import copy
import hashlib
import os
import shutil
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.settings import cache_folder, is_public
from core.storage import sha256, whole_file, writing
from core.study.description import Study

__all__ = [
    "Arrays",
    "as_owner",
    "find_in_cache",
    "find_kept",
    "is_own",
    "keep",
    "keep_derived",
    "keep_in_cache",
    "load_derived",
    "place_of",
    "places_of",
    "table_to_read",
    "table_to_write",
    "workplace_of",
    "write_derived",
]

LIMIT = 2**30
"""Bytes of the cache; beyond them, what was used longest ago is removed."""

Arrays = Mapping[str, npt.NDArray[Any]]

DAMAGE = (
    OSError,
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    RuntimeError,
    SyntaxError,
    AttributeError,  # an entry that does not begin as .npy files do comes as bytes
    MemoryError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading an absent, cut off, altered or foreign file raises, depending on where it is damaged."""


def as_owner(study: Study) -> Study:
    """Return a study that keeps what is derived with itself, though it is shipped: whoever ships it fills it so."""
    own = copy.copy(study)
    object.__setattr__(own, "shipped", False)
    return own


def is_own(study: Study) -> bool:
    """Return whether a study is the user's to write to: whole, not shipped, and in a folder that can be written to."""
    foreign = getattr(study, "shipped", False) or getattr(study, "part", "")
    return not foreign and study.folder.is_dir() and os.access(study.folder, os.W_OK)


def place_of(study: Study, name: str) -> Path | None:
    """Return the path that a derived file of a study is kept under; None where nothing is to be written."""
    if is_public():
        return None
    return (study.derived if is_own(study) else _cache_of(study)) / name


def find_kept(study: Study, name: str, key: str) -> Arrays | None:
    """Return the arrays that were kept under a name and a key, with the study or in the cache; None without them.

    What is found in the cache alone is kept with the study, too, where that is the user's own.
    """
    if (arrays := load_derived(study.derived / name, key)) is not None:
        return arrays
    arrays = find_in_cache(study, name, key)
    if arrays is not None and is_own(study) and not is_public():
        keep_derived(study.derived / name, key, arrays)
    return arrays


def find_in_cache(study: Study, name: str, key: str) -> Arrays | None:
    """Return the arrays that the cache holds under a name and a key; None without them."""
    path = _cache_of(study) / name
    if (arrays := load_derived(path, key)) is not None and not is_public():
        with suppress(OSError):
            os.utime(path)  # used now: the last to be removed
    return arrays


def places_of(study: Study, name: str) -> tuple[Path, Path]:
    """Return where a derived file of a study may lie: with the study, and in the cache."""
    return study.derived / name, _cache_of(study) / name


def workplace_of(study: Study, name: str) -> Path | None:
    """Return the folder in the cache where a training keeps how far it is; None where nothing is to be written."""
    return None if is_public() else _cache_of(study) / name


def keep(study: Study, name: str, key: str, arrays: Arrays) -> None:
    """Keep arrays under a name and a key, with the study or else in the cache; do nothing where neither is possible."""
    if not is_public() and not (is_own(study) and keep_derived(study.derived / name, key, arrays)):
        keep_in_cache(study, name, key, arrays)


def keep_in_cache(study: Study, name: str, key: str, arrays: Arrays) -> None:
    """Keep arrays in the cache alone, wherever the study lies: what is quickly made again; nothing where that fails."""
    if is_public():
        return
    path = _cache_of(study) / name
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        if keep_derived(path, key, arrays):
            _trim(cache_folder())


def table_to_read(study: Study, name: str) -> Path:
    """Return the path of a table of a study that grows, such as its scoreboard: a visitor's copy where there is one."""
    copied = _copy_of(study, name)
    return copied if not is_own(study) and copied.exists() else study.derived / name


def table_to_write(study: Study, name: str) -> Path:
    """Return the same where it may be written: the study's own table, or the visitor's copy, made where there is none.

    Raises
    ------
    InputError
        If nothing is to be written, or the copy cannot be.
    """
    if is_public():
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    if is_own(study):
        with writing(study.derived):
            study.derived.mkdir(exist_ok=True)
        return study.derived / name
    copied = _copy_of(study, name)
    with writing(copied):
        copied.parent.mkdir(parents=True, exist_ok=True)
        if (study.derived / name).exists() and not copied.exists():
            with whole_file(copied) as partial:
                shutil.copyfile(study.derived / name, partial)
    return copied


def load_derived(path: Path, key: str) -> Arrays | None:
    """Return the arrays that were kept under a key; None where the file is absent, damaged or of another key."""
    try:
        with path.open("rb") as kept, np.load(kept, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return arrays if arrays.pop("digest").item() == _digest(arrays, key) else None
    except DAMAGE:
        return None


def keep_derived(path: Path, key: str, arrays: Arrays) -> bool:
    """Keep arrays under a key; return whether that was possible: it is not on a full disk, or without permission."""
    if not os.access(next(folder for folder in path.parents if folder.exists()), os.W_OK):
        return False
    try:
        write_derived(path, key, arrays)
    except InputError:
        return False  # the numbers are at hand all the same
    return True


def write_derived(path: Path, key: str, arrays: Arrays, packed: bool = True) -> None:
    """Write arrays under a key, packed or as they are; raise `InputError` where that is not possible."""
    save = np.savez_compressed if packed else np.savez
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as partial, partial.open("wb") as file:
        save(file, **{"digest": np.array(_digest(arrays, key)), **arrays})  # type: ignore[arg-type]


def _cache_of(study: Study) -> Path:
    return cache_folder() / study.vectors_digest


def _copy_of(study: Study, name: str) -> Path:
    """Return the path of a visitor's copy of a table; a study that comes with another table has another copy."""
    own = study.derived / name
    version = sha256(own)[:16] if own.is_file() else "new"
    return _cache_of(study) / f"{own.stem}-{version}{own.suffix}"


def _trim(folder: Path) -> None:
    """Remove what was used longest ago from a folder until it holds no more than :data:`LIMIT` bytes."""
    files = [(path, path.stat()) for path in folder.rglob("*") if path.is_file()]
    excess = sum(known.st_size for _, known in files) - LIMIT
    for path, known in sorted(files, key=lambda file: file[1].st_mtime):
        if excess <= 0:
            break
        path.unlink(missing_ok=True)
        excess -= known.st_size


def _digest(arrays: Arrays, key: str) -> str:
    digest = hashlib.sha256(key.encode())
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].dtype}{arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
