"""Files and folders that are whole or absent, and the digests that prove it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError

__all__ = ["appending", "recover", "sha256", "whole_file", "whole_folder", "writing"]

REFUSALS = frozenset(
    {
        errno.EACCES,
        errno.EEXIST,
        errno.EFBIG,
        errno.EISDIR,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.ENOTEMPTY,
        errno.EPERM,
        errno.EROFS,
    }
)
"""What the operating system says when a place cannot be written; other errors are not the user's to mend."""


@contextmanager
def whole_folder(target: str | Path, replace: bool = False) -> Iterator[Path]:
    """Yield an empty folder that becomes ``target`` in one rename when the block ends well, and vanishes otherwise.

    Parameters
    ----------
    target : path
    replace : bool
        Take the place of a folder that is there already; it stays untouched until the new one is complete.

    Raises
    ------
    InputError
        If the target exists and may not be replaced, or it cannot be written (disk full, no permission).
    """
    target = Path(target).absolute()
    recover(target)
    if target.exists() and not replace:
        raise InputError(f"{target} exists already; choose another folder, or add --replace to take its place.")
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    try:
        with writing(target):
            yield partial
            for file in partial.rglob("*"):
                _flush(file)
            partial.chmod(0o755)
            if target.exists():
                aside = _aside(target)
                shutil.rmtree(aside, ignore_errors=True)  # what a kill after an earlier replacement left
                target.rename(aside)
                partial.rename(target)
                shutil.rmtree(aside)
            else:
                partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Yield a path beside ``target`` whose file takes its place when the block ends well, and vanishes otherwise.

    Raises
    ------
    InputError
        If it cannot be written (disk full, no permission, no such folder).
    """
    target = Path(target).absolute()
    partial = target.with_name(f".{target.name}.partial-{os.getpid()}-{threading.get_ident()}{target.suffix}")
    try:
        with writing(target):
            yield partial
            _flush(partial)
            partial.replace(target)
    finally:
        with suppress(OSError):  # a file system that cannot be written to
            partial.unlink(missing_ok=True)


@contextmanager
def appending(path: Path, dtype: npt.DTypeLike, shape: tuple[int, ...]) -> Iterator[Callable[[npt.ArrayLike], None]]:
    """Yield a function that appends blocks of rows, each row of the given shape, to a new ``.npy`` file.

    A memory-mapped file cannot be used here: there, a full disk ends the program with SIGBUS.
    """
    count = 0
    with path.open("wb") as file:

        def write_header() -> None:  # numpy leaves room in it for the final count
            file.seek(0)
            header = {"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (count, *shape)}
            np.lib.format.write_array_header_1_0(file, header)

        def append(rows: npt.ArrayLike) -> None:
            nonlocal count
            array = np.ascontiguousarray(rows, dtype)
            file.write(array.tobytes())
            count += len(array)

        write_header()
        yield append
        write_header()


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Turn the operating system's refusals into one clear sentence about ``target``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(f"The disk is full, {target} was not written; free some space and repeat.") from None
        if error.errno in REFUSALS:
            raise InputError(f"{target} cannot be written ({error.strerror}); choose another place.") from None
        raise


def recover(target: Path) -> None:
    """Put a folder back that a kill caught between the two renames of a replacement."""
    aside = _aside(target)
    if aside.exists() and not target.exists():
        aside.rename(target)


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.replaced")


def _flush(file: Path) -> None:
    if file.is_file():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
