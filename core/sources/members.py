"""What lies in a folder or a zip: named image files, each read on its own, nothing unpacked to disk.

Public data sets are met in several layouts: a zip alone, its folder, the folder doubled, or a tree with lists beside.
Links that lead out, pipes and devices, unreadable names and second files of one name are passed over, each with a
reason.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from core.errors import InputError
from core.sources.known import KNOWN

__all__ = ["IMAGE_SUFFIXES", "MAX_BYTES", "Members", "Skipped", "folder_members", "zip_members"]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
LIST_SUFFIXES = frozenset({".txt", ".csv"})

MAX_BYTES = 64 * 2**20
"""Larger files are skipped unread: no face image needs 64 MiB, a decompression bomb does."""

DAMAGED = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What `zipfile` raises on a member that is damaged or packed in an unknown way."""

Reader = Callable[[], bytes]


@dataclass(frozen=True)
class Skipped:
    """A file that was passed over, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Members:
    """The images behind a path.

    Attributes
    ----------
    path : Path
        The folder or zip, for messages.
    kind : str
        ``"folder"`` or ``"zip"``.
    readers : mapping of str to callable
        Returns the bytes of an image, by its public name: the file's own where that is unique, otherwise with its
        folders. A reader raises `OSError` with the reason where it cannot.
    skipped : tuple of Skipped
        Files that are no images.
    """

    path: Path
    kind: str
    readers: Mapping[str, Reader]
    skipped: tuple[Skipped, ...]


def folder_members(folder: Path) -> Members:
    """Return the images below a folder.

    A folder without images of its own that holds exactly one zip, as downloads do, stands for that zip.

    Raises
    ------
    InputError
        If it holds several zips and no image.
    """
    found = sorted(p for p in folder.rglob("*") if not _hidden(p.relative_to(folder)))
    inside = folder.resolve()
    files, skipped = [], []
    for path in found:
        if path.is_dir():
            continue
        name = path.relative_to(folder).as_posix()
        if reason := _unreadable(name) or _elsewhere(path, inside):
            skipped.append(Skipped(_shown(name), reason))
        else:
            files.append((name, path))
    images = [(name, path) for name, path in files if path.suffix.lower() in IMAGE_SUFFIXES]
    archives = [(name, path) for name, path in files if path.suffix.lower() == ".zip"]
    if not images and len(archives) == 1:
        return zip_members(archives[0][1])
    if not images and archives:
        listed = ", ".join(name for name, _ in archives[:4])
        raise InputError(f"{folder} holds several zips ({listed}) and no images; name the one to read.")
    known = IMAGE_SUFFIXES | LIST_SUFFIXES | {".zip"}
    skipped += [Skipped(name, "not an image file") for name, path in files if path.suffix.lower() not in known]
    return Members(folder, "folder", _named((n, partial(_read_file, p)) for n, p in images), tuple(skipped))


def zip_members(path: Path) -> Members:
    """Return the images in a zip.

    Raises
    ------
    InputError
        If the zip is damaged, is a saved web page, is encrypted, or contains unsafe names.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise InputError(f"{path} {_what_instead(path)}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from None
    for info in archive.infolist():
        _check_member(path, info)
    images: dict[str, zipfile.ZipInfo] = {}
    skipped = []
    for info in archive.infolist():
        name = info.filename
        suffix = PurePosixPath(name).suffix.lower()
        if not name or info.is_dir() or _hidden(PurePosixPath(name)):
            continue
        if reason := _unreadable(name):
            skipped.append(Skipped(_shown(name), reason))
        elif suffix not in IMAGE_SUFFIXES:
            skipped += [Skipped(name, "not an image file")] * (suffix not in LIST_SUFFIXES)
        elif name in images:
            skipped.append(Skipped(name, "a second file of this name"))
        else:
            images[name] = info
    readers = _named((name, partial(_read_member, archive, info)) for name, info in images.items())
    return Members(path, "zip", readers, tuple(skipped))


def _read_file(path: Path) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # a pipe that has taken the file's place does not block
    with os.fdopen(descriptor, "rb") as file:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise OSError("it is no regular file")
        if found.st_size > MAX_BYTES:
            raise OSError("the file is too large for an image")
        return file.read(found.st_size + 1)  # bounded, though the file may grow


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    if info.file_size > MAX_BYTES:
        raise OSError("the file is too large for an image")
    try:
        with archive.open(info) as file:
            return file.read(info.file_size + 1)  # bounded, because a bomb lies about its size
    except DAMAGED as error:
        raise OSError(f"the zip member is damaged ({error})") from None


def _unreadable(name: str) -> str:
    """Say why a name cannot be a row's; nothing where it can."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "its name is no UTF-8"
    return "" if name.isprintable() else "its name holds control characters"


def _shown(name: str) -> str:
    """Return a name that any terminal and any file can hold."""
    return name if not _unreadable(name) else ascii(name)[1:-1]


def _elsewhere(path: Path, folder: Path) -> str:
    """Say why a path in a folder is no file of it; nothing where it is."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    if not real.is_relative_to(folder):
        return "a link that leads out of the folder"
    return "" if real.is_file() else "not a regular file"


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or (parts.parts[:1] and parts.parts[0].endswith(":")):
        raise InputError(
            f"{path} holds the unsafe path {info.filename!r}; use an archive from a source that you trust."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError(f"{path} holds the link {info.filename!r}; make the archive anew with the files themselves.")
    if info.flag_bits & 0x1:
        raise InputError(f"{path} is encrypted; unpack it with its password and give the folder.")


def _what_instead(path: Path) -> str:
    """Say what a file that is no readable zip is, and what to do."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return "is empty; download it again."
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        return (
            "is a web page and not a zip, probably the 'quota exceeded' page of the download; "
            "try the download again later or from another mirror."
        )
    if head.startswith(b"PK"):
        hints = ", ".join(known.archive_hint for known in KNOWN)
        return f"is a truncated or damaged zip; download it again ({hints})."
    return "is neither a folder nor a zip; give the folder or the zip that holds the images."


def _hidden(path: Path | PurePosixPath) -> bool:
    """Tell the droppings of file managers (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``) from what the user put there."""
    return any(p.startswith(".") or p in {"__MACOSX", "Thumbs.db"} for p in path.parts)


def _named(readers: Iterable[tuple[str, Reader]]) -> dict[str, Reader]:
    """Return readers by public names: the file's name where all are unique, the whole relative path otherwise."""
    whole = dict(readers)
    short = {PurePosixPath(name).name: reader for name, reader in whole.items()}
    return short if len(short) == len(whole) else whole
