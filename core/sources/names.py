"""Names of images in folders, archives and tables: which can be kept, which are unsafe, and what their folders say."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from posixpath import splitext
from typing import TypeVar

import pandas as pd

from core.errors import InputError
from core.sources.distant import Place

__all__ = [
    "ARCHIVE_SUFFIXES",
    "CLASS",
    "IMAGE_SUFFIXES",
    "LIST_SUFFIXES",
    "hidden",
    "known_from_folders",
    "parts",
    "public_names",
    "require_safe",
    "shown",
    "unreadable",
    "why_no_image",
]

T = TypeVar("T")

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
LIST_SUFFIXES = frozenset({".txt", ".csv"})
ARCHIVE_SUFFIXES = frozenset({".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar"})

CLASS = "class"
"""Column of the folder that an image lies in, where there is one folder for each class."""

MOST_CLASSES = 1000
"""Folders that are classes, at most."""

PARTITION_FOLDERS = {
    "train": "train",
    "training": "train",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "test": "test",
    "testing": "test",
}
"""Folders that say what their images are for, in lower case."""


def parts(name: str) -> list[str]:
    """Return the folders and the name of a member; `PurePosixPath` takes seconds for the hundred thousands of them."""
    return [part for part in name.split("/") if part not in ("", ".")]


def hidden(steps: Iterable[str]) -> bool:
    """Tell the droppings of file managers (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``) from what the user put there."""
    return any(part.startswith(".") or part in {"__MACOSX", "Thumbs.db"} for part in steps)


def unreadable(name: str) -> str:
    """Say why a name cannot be a row's; nothing where it can."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8"
    return "" if name.isprintable() else "its name holds control characters"


def shown(name: str) -> str:
    """Return a name that any terminal and any file can hold."""
    return name if not unreadable(name) else ascii(name)[1:-1]


def why_no_image(name: str) -> str:
    """Say why a file beside images is passed over; nothing where it is a list."""
    suffix = splitext(name)[1].lower()
    if suffix in ARCHIVE_SUFFIXES:
        return "an archive within the archive is not opened"
    return "" if suffix in LIST_SUFFIXES else "not an image file"


def require_safe(path: Place, name: str, mode: int) -> None:
    """Raise `InputError` if the name of a member leads out of its archive, or its mode says that it is a link."""
    slashed = name.replace("\\", "/")
    steps = parts(slashed)
    if slashed.startswith("/") or ".." in steps or (steps and steps[0].endswith(":")):
        raise InputError(f"{path} holds the unsafe path {name!r}; use an archive from a source that you trust.")
    if stat.S_ISLNK(mode):
        raise InputError(f"{path} holds the link {name!r}; make the archive anew with the files themselves.")


def public_names(members: Iterable[tuple[str, T]]) -> dict[str, tuple[str, T]]:
    """Return members by public names, with their whole paths.

    The public name is the file's own where all are unique, the whole relative path otherwise.
    """
    whole = {name: (name, member) for name, member in members}
    short = {name.rpartition("/")[2]: value for name, value in whole.items()}
    return short if len(short) == len(whole) else whole


def known_from_folders(paths: Mapping[str, str]) -> pd.DataFrame:
    """Return what the folders of images say of them.

    Parameters
    ----------
    paths : mapping of str to str
        Public name of each image to its whole path.

    Returns
    -------
    DataFrame indexed by public name
        ``partition`` where the folders on top are called train, validation or test; :data:`CLASS` where each image
        lies in one of several folders that hold two images or more on average.
    """
    known = pd.DataFrame(index=pd.Index(list(paths), dtype="str"))
    folders = [parts(path)[:-1] for path in paths.values()]
    while folders and all(folders) and len({steps[0] for steps in folders}) == 1:
        folders = [steps[1:] for steps in folders]
    if folders and all(steps and steps[0].lower() in PARTITION_FOLDERS for steps in folders):
        known["partition"] = [PARTITION_FOLDERS[steps[0].lower()] for steps in folders]
        folders = [steps[1:] for steps in folders]
    classes = ["/".join(steps) for steps in folders]
    if all(folders) and 2 <= len(set(classes)) <= min(MOST_CLASSES, len(classes) // 2):
        known[CLASS] = classes
    return known
