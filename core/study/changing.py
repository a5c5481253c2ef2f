"""What an owner changes of a study afterwards: its folder's name, the title of its data, and whether it is there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NoReturn

import msgspec

from core.errors import InputError
from core.locks import locked
from core.settings import is_public
from core.storage import remove_folder, rename_folder, whole_file, writing
from core.study.schema import DESCRIPTION, FORBIDDEN, Text, in_one_line, read_manifest, write_manifest
from core.study.shelf import Entry, entry

__all__ = ["check_name", "delete_study", "rename_study", "retitle_study"]

LONGEST = 150
"""Bytes of a folder's name: those of its lock and of what is written beside it stay within 255."""

_FORBIDDEN = re.compile("[" + re.sub(r"\\x\{(\w+)\}", lambda code: f"\\u{int(code[1], 16):04x}", FORBIDDEN) + "/\\\\]")


def check_name(name: str) -> str:
    """Return the name of a study's folder; raise `InputError` where it cannot be one."""
    if name != name.strip() or not name or name.startswith((".", "-")) or _FORBIDDEN.search(name):
        raise InputError(
            f"{name[:LONGEST]!r} cannot be the name of a study; give letters, digits, blanks and signs, no slash, "
            "and no dot, dash or blank at the beginning."
        )
    try:
        length = len(name.encode())
    except UnicodeEncodeError:
        raise InputError("The name of a study cannot hold half of a character; give another.") from None
    if length > LONGEST:
        raise InputError(f"The name of a study has at most {LONGEST} bytes, not {length}; give a shorter one.")
    return name


def rename_study(folder: Path, name: str) -> Path:
    """Give the folder of a study another name; return the folder. Title, fits and caches stay.

    Raises
    ------
    InputError
        If the name is no name or taken, or the study is not the user's own.
    """
    target = folder.with_name(check_name(name))
    _require_owned(folder)
    if target != folder:
        rename_folder(folder, target)
    return target


def retitle_study(folder: Path, title: str) -> None:
    """Call the data of a study otherwise; name, fits and caches stay.

    Raises
    ------
    InputError
        If the title is empty, too long or cannot be printed, or the study is not the user's own or damaged.
    """
    try:
        title = msgspec.convert(title.strip(), Text)
    except msgspec.ValidationError as error:
        raise InputError(f"The data cannot be called so: {in_one_line(error)}; give another title.") from None
    _require_owned(folder)
    path = folder / DESCRIPTION
    with writing(path), locked(folder):
        manifest = msgspec.structs.replace(read_manifest(path), title=title)
        with whole_file(path) as partial:
            write_manifest(partial, manifest)


def delete_study(folder: Path) -> None:
    """Delete a study with all that lies in its folder, in one step.

    Raises
    ------
    InputError
        If it is not the user's own, or no study.
    """
    _require_owned(folder)
    remove_folder(folder)


def _require_owned(folder: Path) -> None:
    if not (folder / DESCRIPTION).is_file():
        raise InputError(f"{folder} is no study; give the folder of a study.")
    found = entry(folder)
    if not found.owned:
        _refuse(found)


def _refuse(found: Entry) -> NoReturn:
    if is_public():
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    why = "comes with the program" if found.shipped else "lies behind a link or in a place that cannot be written to"
    raise InputError(f"The study {found.name} {why}, so it stays as it is; export it to have one of your own.")
