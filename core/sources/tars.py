"""What lies in a tar, plain or packed with gzip: named image files, each read on its own, nothing unpacked to disk."""

from __future__ import annotations

import stat
import tarfile
import threading
import zlib
from bisect import bisect_right
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from core.errors import InputError
from core.sources.members import MAX_BYTES, Members, Opened, Sieve, require_bounded
from core.sources.names import require_safe

__all__ = ["is_tar", "tar_members"]

GZIP = b"\x1f\x8b"

MOST_MEMBERS = 2_000_000
"""Members of a tar, at most."""

LONGEST_HEADER = 2**20
"""Bytes that are read at once while the members are listed: more would be a header made to fill the memory."""

STRIDE = 2**20
"""Unpacked bytes between two places that a packed tar can be read from; each costs about 40 kB."""

PIECE = 2**16
"""Bytes that are unpacked at once."""

DAMAGED = (tarfile.TarError, EOFError, OSError, ValueError, zlib.error)
"""What reading a cut off or altered tar raises, depending on where it is damaged."""


class _Place(NamedTuple):
    """Where unpacking can go on: bytes unpacked so far, bytes read so far, what was read ahead, and the machine."""

    unpacked: int
    packed: int
    ahead: bytes
    machine: Any


class _Unpacked:
    """What a gzip file unpacks to, at any place: from the nearest one that was kept on the way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = Opened(path, PIECE, "a piece")
        self._at, self._rest, self._ahead, self._machine = 0, b"", b"", zlib.decompressobj(wbits=31)
        self._places = [_Place(0, 0, b"", self._machine.copy())]

    def tell(self) -> int:
        """Return where the next read begins."""
        return self._at

    def seek(self, offset: int) -> int:
        """Go to a place, or to the end if that comes before it."""
        nearest = self._places[bisect_right(self._places, offset, key=lambda place: place.unpacked) - 1]
        if offset < self._at or nearest.unpacked > self._at + len(self._rest):
            self._file.seek(nearest.packed)
            self._at, self._rest, self._ahead, self._machine = (
                nearest.unpacked,
                b"",
                nearest.ahead,
                nearest.machine.copy(),
            )
        while self._at < offset and (self._rest or self._more()):
            self._take(offset - self._at)
        return self._at

    def read(self, size: int) -> bytes:
        """Return so many bytes, or fewer at the end."""
        pieces = []
        while size > 0 and (self._rest or self._more()):
            pieces.append(self._take(size))
            size -= len(pieces[-1])
        return b"".join(pieces)

    def _take(self, size: int) -> bytes:
        piece, self._rest = self._rest[:size], self._rest[size:]
        self._at += len(piece)
        return piece

    def _more(self) -> bool:
        """Unpack the next piece; return whether there was one."""
        if self._at >= self._places[-1].unpacked + STRIDE:
            require_bounded(self.path, self._at)
            self._places.append(_Place(self._at, self._file.tell(), self._ahead, self._machine.copy()))
        while not self._rest:
            packed = self._ahead or self._machine.unused_data or self._file.read(PIECE)
            if self._machine.eof:  # files packed one after the other are one
                if not packed:
                    return False
                self._machine = zlib.decompressobj(wbits=31)
            elif not packed:
                raise EOFError("it ends before its end")
            self._rest = self._machine.decompress(packed, PIECE)
            self._ahead = self._machine.unconsumed_tail
        return True


class _Headers:
    """A tar whose headers are read; raises `InputError` where one would fill the memory."""

    def __init__(self, file: _Unpacked | Opened) -> None:
        self.seek, self.tell = file.seek, file.tell
        self._file = file

    def read(self, size: int) -> bytes:
        """Read."""
        if size > LONGEST_HEADER:
            raise InputError(f"{self._file.path} has a header of {size:,} bytes; pack the images anew.")
        return self._file.read(size)


def is_tar(path: Path) -> bool:
    """Return whether a file is a tar, plain or packed with gzip, from its first bytes."""
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, 512)
        except zlib.error:
            return False
    return head[257:262] == b"ustar"


def tar_members(path: Path) -> Members:
    """Return the images in a tar.

    Raises
    ------
    InputError
        If the tar is damaged, unpacks to more than images do, or contains unsafe names or links.
    """
    with path.open("rb") as opened:
        packed = opened.read(len(GZIP)) == GZIP
    file = _Unpacked(path) if packed else Opened(path, MAX_BYTES, "a member")
    lock = threading.Lock()
    sieve = Sieve(path)
    try:
        for info in _listed(file):
            require_safe(path, info.name, stat.S_IFLNK if info.issym() or info.islnk() else 0)
            if not info.isdir():
                irregular = "" if info.isreg() and not info.issparse() else "not a regular file"
                read = partial(_read_member, file, lock, info.offset_data, info.size)
                sieve.add(info.name, read, info.size, irregular)
    except InputError:
        raise
    except DAMAGED as error:
        said = " ".join(str(error).split())[:160].rstrip(".")
        raise InputError(f"{path} is a truncated or damaged tar ({said}); download or pack it again.") from None
    return sieve.members("tar", ordered=True)


def _listed(file: _Unpacked | Opened) -> Iterator[tarfile.TarInfo]:
    with tarfile.open(fileobj=_Headers(file), mode="r:") as archive:  # type: ignore[call-overload]
        for _ in range(MOST_MEMBERS):
            if (info := archive.next()) is None:
                break
            yield info
            archive.members.clear()  # the archive would keep all of them
        file.seek(archive.offset)
        if file.read(tarfile.BLOCKSIZE) != bytes(tarfile.BLOCKSIZE):
            raise tarfile.ReadError(f"it does not end as it should, or has more than {MOST_MEMBERS:,} members")


def _read_member(file: _Unpacked | Opened, lock: threading.Lock, start: int, size: int) -> bytes:
    if size > MAX_BYTES:
        raise OSError("the file is too large for an image")
    with lock:
        try:
            file.seek(start)
            return file.read(size)
        except (EOFError, zlib.error, InputError) as error:
            raise OSError(f"the member is damaged ({error})") from None
