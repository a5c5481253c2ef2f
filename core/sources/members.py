"""What lies in a folder or a zip: named image files, each read on its own, nothing unpacked to disk.

Public data sets are met in several layouts: a zip alone, its folder, the folder doubled, or a tree with lists beside.
Links that lead out, pipes and devices, archives in archives, unreadable names and second files of one name are passed
over, each with a reason.
"""

from __future__ import annotations

import lzma
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from posixpath import splitext

import pandas as pd

from core.errors import InputError
from core.sources.distant import Place
from core.sources.known import KNOWN
from core.sources.names import (
    ARCHIVE_SUFFIXES,
    IMAGE_SUFFIXES,
    LIST_SUFFIXES,
    hidden,
    known_from_folders,
    parts,
    public_names,
    require_safe,
    shown,
    unreadable,
    why_no_image,
)

__all__ = [
    "MAX_BYTES",
    "Members",
    "Opened",
    "Sieve",
    "Skipped",
    "folder_members",
    "read_below",
    "require_bounded",
    "zip_members",
]

MAX_BYTES = 64 * 2**20
"""Larger files are skipped unread: no face image needs 64 MiB, a decompression bomb does."""

MAX_DIRECTORY = 48 * 2**20
"""Bytes of a zip's list of members, at most: those of a million members, which take half a gigabyte in memory."""

ROOM, GROWTH = 2**30, 50
"""Bytes that any archive may unpack to, and beyond them how many times its own size: images are packed already."""

EMPTY = "the file is empty"

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
    path : Path or Distant
        The folder or zip, for messages.
    kind : str
        ``"folder"``, ``"zip"``, ``"tar"`` or ``"parquet"``.
    readers : mapping of str to callable
        Returns the bytes of an image, by its public name: the file's own where that is unique, otherwise with its
        folders. A reader raises `OSError` with the reason where it cannot.
    skipped : tuple of Skipped
        Files that are no images.
    known : DataFrame indexed by public name
        What is known of the images besides their pixels, from their folders or the columns beside them.
    ordered : bool
        Whether images are read fastest in the order of the readers.
    """

    path: Place
    kind: str
    readers: Mapping[str, Reader]
    skipped: tuple[Skipped, ...]
    known: pd.DataFrame = field(default_factory=pd.DataFrame)
    ordered: bool = False

    @classmethod
    def of_files(
        cls,
        path: Place,
        kind: str,
        files: Iterable[tuple[str, Reader]],
        skipped: Iterable[Skipped],
        ordered: bool = False,
    ) -> Members:
        """Return members from readers by their whole paths."""
        named = public_names(files)
        readers = {name: reader for name, (_, reader) in named.items()}
        known = known_from_folders({name: whole for name, (whole, _) in named.items()})
        return cls(path, kind, readers, tuple(skipped), known, ordered)


class Opened:
    """A file that closes when nobody holds it any more, and of which never more than some bytes are read at once.

    Parameters
    ----------
    path : Path
    most : int
        Bytes that are read at once, at most.
    what : str
        Is said to be too large otherwise, in an `InputError`.
    """

    def __init__(self, path: Place, most: int, what: str) -> None:
        self.path, self._most, self._what = path, most, what
        self._file = path.open("rb")
        self.seek, self.tell, self.seekable = self._file.seek, self._file.tell, self._file.seekable

    def __del__(self) -> None:
        if hasattr(self, "_file"):
            self._file.close()

    def read(self, size: int = -1) -> bytes:
        """Read; raise `InputError` for more than the bound."""
        if size > self._most:
            raise InputError(f"{self.path} has {self._what} of {size:,} bytes; pack the images anew.")
        return self._file.read(size)


def folder_members(folder: Path) -> Members:
    """Return the images below a folder.

    A folder without images of its own that holds exactly one zip, as downloads do, stands for that zip.

    Raises
    ------
    InputError
        If it holds several zips and no image.
    """
    found = sorted(p for p in folder.rglob("*") if not hidden(p.relative_to(folder).parts))
    inside = folder.resolve()
    files, skipped = [], []
    for path in found:
        if path.is_dir():
            continue
        name = path.relative_to(folder).as_posix()
        if reason := unreadable(name) or _elsewhere(path, inside):
            skipped.append(Skipped(shown(name), reason))
        else:
            files.append((name, path))
    images = [(name, path) for name, path in files if path.suffix.lower() in IMAGE_SUFFIXES]
    archives = [(name, path) for name, path in files if path.suffix.lower() == ".zip"]
    if not images and len(archives) == 1:
        return zip_members(archives[0][1])
    if not images and archives:
        listed = ", ".join(name for name, _ in archives[:4])
        raise InputError(f"{folder} holds several zips ({listed}) and no images; name the one to read.")
    known = IMAGE_SUFFIXES | LIST_SUFFIXES | ARCHIVE_SUFFIXES
    skipped += [Skipped(name, "not an image file") for name, path in files if path.suffix.lower() not in known]
    return Members.of_files(folder, "folder", ((n, partial(_read_file, p)) for n, p in images), skipped)


def zip_members(path: Place) -> Members:
    """Return the images in a zip.

    Raises
    ------
    InputError
        If the zip is damaged, is a saved web page, is encrypted, or contains unsafe names.
    """
    try:
        archive = zipfile.ZipFile(Opened(path, MAX_DIRECTORY, "a list of members"))
    except InputError:
        raise
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise InputError(f"{path} {_what_instead(path)}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from None
    sieve = Sieve(path)
    for info in archive.infolist():
        require_safe(path, info.filename, info.external_attr >> 16)
        if info.flag_bits & 0x1:
            raise InputError(f"{path} is encrypted; unpack it with its password and give the folder.")
        if info.filename and not info.is_dir():
            sieve.add(info.filename, partial(_read_member, archive, info), info.file_size)
    return sieve.members("zip")


class Sieve:
    """Takes the files of an archive one by one, keeps the images, and notes why others are passed over."""

    def __init__(self, path: Place) -> None:
        self._path = path
        self._images: dict[str, Reader] = {}
        self._skipped: list[Skipped] = []
        self._bytes = 0

    def add(self, name: str, read: Reader, size: int, irregular: str = "") -> None:
        """Take a file of ``size`` bytes; ``irregular`` says why it cannot be read."""
        if hidden(parts(name)):
            return
        if reason := unreadable(name):
            self._skipped.append(Skipped(shown(name), reason))
        elif splitext(name)[1].lower() not in IMAGE_SUFFIXES:
            self._skipped += [Skipped(name, reason)] if (reason := why_no_image(name)) else []
        elif reason := irregular or ("" if size else EMPTY) or "a second file of this name" * (name in self._images):
            self._skipped.append(Skipped(name, reason))
        else:
            self._images[name] = read
            self._bytes += size

    def members(self, kind: str, ordered: bool = False) -> Members:
        """Return what was found; raise `InputError` if it unpacks to more than images do."""
        require_bounded(self._path, self._bytes)
        return Members.of_files(self._path, kind, self._images.items(), self._skipped, ordered)


def require_bounded(path: Place, unpacked: int) -> None:
    """Raise `InputError` if an archive of images unpacks to so much that it can hold none."""
    if unpacked > ROOM + GROWTH * path.stat().st_size:
        raise InputError(
            f"{path} unpacks to more than {unpacked / 2**30:,.0f} GiB, {GROWTH} times its size and more, "
            "as no images do; use an archive from a source that you trust."
        )


def read_below(folder: Path, name: str) -> bytes:
    """Return the bytes of an image below a folder, by its path from there.

    Raises
    ------
    OSError
        If it is not there, lies elsewhere, is called as no image is, or cannot be read.
    """
    path = folder / name
    if reason := unreadable(name) or why_no_image(name) or _elsewhere(path, folder.resolve()):
        raise OSError(reason)
    return _read_file(path)


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
    except InputError:
        raise  # the zip itself cannot be read any more
    except DAMAGED as error:
        raise OSError(f"the zip member is damaged ({error})") from None


def _elsewhere(path: Path, folder: Path) -> str:
    """Say why a path in a folder is no file of it; nothing where it is."""
    try:
        real = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return "a link that leads nowhere"
    if not real.is_relative_to(folder):
        return "a link that leads out of the folder"
    return "" if real.is_file() else "not a regular file"


def _what_instead(path: Place) -> str:
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
    return "is no folder, zip, tar or parquet file; give one that holds images."
