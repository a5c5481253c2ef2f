"""Arrays that follow from a study and are kept with it, so that they are computed once.

A kept file carries a digest of its own content and of the key that it was made from. Where it is absent, stale or
damaged, the arrays are made anew; a folder that cannot be written is no obstacle.
"""

from __future__ import annotations

import hashlib
import os
import tokenize
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.storage import whole_file, writing

__all__ = ["Arrays", "keep_derived", "load_derived"]

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


def load_derived(path: Path, key: str) -> Arrays | None:
    """Return the arrays that were kept under a key; None where the file is absent, damaged or of another key."""
    try:
        with path.open("rb") as kept, np.load(kept, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return arrays if arrays.pop("digest").item() == _digest(arrays, key) else None
    except DAMAGE:
        return None


def keep_derived(path: Path, key: str, arrays: Arrays) -> None:
    """Keep arrays under a key; do nothing where the place cannot be written, a full disk included."""
    if not os.access(path.parent if path.parent.exists() else path.parent.parent, os.W_OK):
        return
    try:
        with writing(path):
            path.parent.mkdir(exist_ok=True)
        with whole_file(path) as partial, partial.open("wb") as file:
            np.savez_compressed(file, **{"digest": np.array(_digest(arrays, key)), **arrays})  # type: ignore[arg-type]
    except InputError:
        pass  # the numbers are at hand all the same


def _digest(arrays: Arrays, key: str) -> str:
    digest = hashlib.sha256(key.encode())
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].dtype}{arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
