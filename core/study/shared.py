"""Where the attribute network of a study lies: in its folder, or with a study of the same images beside it."""

from __future__ import annotations

import re
from pathlib import Path

from core.errors import InputError
from core.storage import sha256

__all__ = ["ATTRIBUTES", "SHARED", "attributes_file"]

ATTRIBUTES = "attributes.safetensors"

SHARED = "attributes.sha256"
"""In its place where another study has it: a line as ``sha256sum ../NAME/attributes.safetensors`` writes it."""

LINE = re.compile(rf"([0-9a-f]{{64}})  \.\./([A-Za-z0-9_][A-Za-z0-9_.=,+-]{{0,150}})/{re.escape(ATTRIBUTES)}\n")

LONGEST = 1000
"""Bytes that are read of such a line."""


def attributes_file(folder: Path) -> Path | None:
    """Return the file with the attribute network of the study in a folder; None where there is none.

    Raises
    ------
    InputError
        If the study names the network of another one and that is not the one it was, or the line cannot be read.
    """
    own, shared = folder / ATTRIBUTES, folder / SHARED
    if own.exists() or not shared.is_file():
        return own if own.exists() else None
    with shared.open("rb") as file:
        line = LINE.fullmatch(file.read(LONGEST).decode("ascii", "replace"))
    if line is None:
        raise InputError(f"{shared} is damaged; restore it, or train an attribute network for the study.")
    path = folder.resolve().parent / line[2] / ATTRIBUTES
    if not path.is_file():
        return None
    if sha256(path) != line[1]:
        raise InputError(
            f"{path} is not the attribute network that {shared} names (its SHA-256 is another); "
            "restore it, or train one for the study."
        )
    return path
