"""A zip behind an address, such as ``s3://bucket/images.zip``: read by ranges through fsspec, unpacked nowhere.

fsspec comes with ``zpoints[cluster]``; most stores need a driver besides, which has to be wherever images are read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from core.errors import InputError

__all__ = ["Distant", "Place", "place"]

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+://")

CHAINED = "::"
"""Joins addresses that are read through one another, which may open anything."""

RANGE = 2**20
"""Bytes that are asked for at once: images that lie beside each other in a zip are read one after the other."""

VERSION = ("size", "mtime", "LastModified", "last_modified", "updated", "ETag", "etag")
"""What stores tell of a file that changes with it."""


@dataclass(frozen=True)
class Facts:
    """Size of a file in bytes, and a number that changes with it, as far as its store tells."""

    st_size: int
    st_mtime_ns: int


@dataclass(frozen=True)
class Distant:
    """A file behind an address, as far as an archive asks a path for it; whatever fails is an `InputError`."""

    address: str

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        """The last part of the address."""
        return self.address.rpartition("/")[2]

    def absolute(self) -> Distant:
        """Return the same: an address is one from everywhere."""
        return self

    def exists(self) -> bool:
        """Return whether a store has it."""
        store, path = self._store()
        with self._told():
            return bool(store.exists(path))

    def stat(self) -> Facts:
        """Return its size and its version."""
        store, path = self._store()
        with self._told():
            known = store.info(path)
            told = repr([(name, str(known[name])) for name in VERSION if name in known])
            digest = hashlib.blake2b(told.encode(), digest_size=7).digest()
            return Facts(int(known["size"]), int.from_bytes(digest, "big"))

    def open(self, mode: str) -> _Ranges:
        """Return it opened for reading."""
        store, path = self._store()
        with self._told():
            return _Ranges(self, store.open(path, mode, block_size=RANGE))

    def _store(self) -> tuple[Any, str]:
        """Return fsspec's file system, and the path in it."""
        try:
            from fsspec.core import url_to_fs
        except ImportError:
            raise InputError(
                f"{self} is an address, which needs fsspec; install zpoints[cluster], or give a path."
            ) from None
        if CHAINED in self.address:
            raise InputError(f"{self} is read through another address; give that of the zip itself.")
        try:
            store, path = url_to_fs(self.address)
        except ImportError as error:
            raise InputError(
                f"{self} needs a driver that is not installed here ({_brief(error)}); install it on every worker."
            ) from None
        except ValueError as error:
            raise InputError(
                f"{self} is in no store that fsspec knows ({_brief(error)}); give a path, or an address such as "
                "s3://bucket/images.zip."
            ) from None
        return store, path

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what goes wrong in a store, whose drivers raise whatever they like, into one sentence."""
        try:
            yield
        except FileNotFoundError:
            raise InputError(f"{self} does not exist; give the address of the zip that holds the images.") from None
        except Exception as error:  # noqa: BLE001
            raise InputError(
                f"{self} cannot be read ({_brief(error)}); see to the connection and to what may be read there, and "
                "repeat the command: what was written is kept."
            ) from None


class _Ranges:
    """An opened file whose failures end the work: an image that the network loses is not one that is damaged."""

    def __init__(self, place: Distant, file: Any) -> None:
        self._place, self._file = place, file

    def read(self, size: int = -1) -> bytes:
        with self._place._told():
            return bytes(self._file.read(size))

    def seek(self, offset: int, whence: int = 0) -> int:
        with self._place._told():
            return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> _Ranges:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


Place: TypeAlias = Path | Distant


def place(text: str) -> Place:
    """Return the path or the address that a text is."""
    return Distant(text) if ADDRESS.match(text) else Path(text)


def _brief(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
