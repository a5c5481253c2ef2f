"""Files and folders that are whole or absent, and the digests that prove it."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.locks import abandoned, claim, locked

__all__ = [
    "STUDY",
    "appending",
    "output_file",
    "output_folder",
    "recover",
    "remove_folder",
    "rename_folder",
    "sha256",
    "whole_file",
    "whole_folder",
    "writing",
]

STUDY = "study.json"
"""The file that makes a folder a study; what lies in such a folder is the study's own."""

REFUSALS = frozenset(
    {
        errno.EACCES,
        errno.EEXIST,
        errno.EFBIG,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.ENOENT,
        errno.ENOTDIR,
        errno.ENOTEMPTY,
        errno.EPERM,
        errno.EROFS,
    }
)
"""What the operating system says when a place cannot be written; other errors are not the user's to mend."""

KINDS = {
    "a folder": stat.S_ISDIR,
    "a file": stat.S_ISREG,
    "a pipe": stat.S_ISFIFO,
    "a device": lambda mode: stat.S_ISCHR(mode) or stat.S_ISBLK(mode),
    "a socket": stat.S_ISSOCK,
}
"""What may be found in the place of an output."""


def output_file(target: str | Path, replace: bool = False, owned: str = "") -> Path:
    """Return the file that an output goes to, behind any links, before the work begins.

    Parameters
    ----------
    target : path
    replace : bool
        Take the place of a file that is there.
    owned : str
        Name of the one file of a study's folder that the work is to write.

    Raises
    ------
    InputError
        If something other than a file is there, or a file that may not be replaced, or it is a study's own.
    """
    place = _behind(target, "file")
    _require_foreign(target, place, owned)
    if place.exists() and not replace:
        raise InputError(f"{target} exists already; choose another file, or add --replace to take its place.")
    return place


def output_folder(target: str | Path, replace: bool = False) -> Path:
    """Return the folder that an output goes to; raise as :func:`output_file`. A study may be replaced as a whole."""
    place = _behind(target, "folder")
    _require_foreign(target, place)
    if place.exists() and not replace:
        raise InputError(f"{target} exists already; choose another folder, or add --replace to take its place.")
    return place


@contextmanager
def whole_folder(target: str | Path, replace: bool = False) -> Iterator[Path]:
    """Yield an empty folder that becomes ``target`` in one rename when the block ends well, and vanishes otherwise.

    Parameters
    ----------
    target : path
        Behind a link, the folder that it points to is written.
    replace : bool
        Take the place of a folder that is there already; it stays untouched until the new one is complete.

    Raises
    ------
    InputError
        If the target exists and may not be replaced, or it cannot be written (disk full, no permission).
    """
    target = _behind(target, "folder")
    recover(target)
    _require_absent(target, replace)
    with writing(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        _sweep(target.parent)
        partial = _partial(target)
        descriptor = claim(partial, folder=True)
    try:
        with writing(target):
            yield partial
            for file in partial.rglob("*"):
                _flush(file)
            partial.chmod(0o755)
            with locked(target):
                _require_absent(target, replace)
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
        os.close(descriptor)


@contextmanager
def whole_file(target: str | Path) -> Iterator[Path]:
    """Yield a path beside ``target`` whose file takes its place when the block ends well, and vanishes otherwise.

    Behind a link, the file that it points to is written. The block opens the path and writes; it does not put another
    file there.

    Raises
    ------
    InputError
        If it cannot be written (disk full, no permission, no such folder) or something other than a file is there.
    """
    target = _behind(target, "file")
    with writing(target):
        _sweep(target.parent)
        partial = _partial(target)
        descriptor = claim(partial)
    try:
        with writing(target):
            yield partial
            _flush(partial)
            partial.replace(target)
    finally:
        with suppress(OSError):  # a file system that cannot be written to
            partial.unlink(missing_ok=True)
        os.close(descriptor)


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
    if not aside.exists() or target.exists():
        return
    with suppress(OSError), locked(target):  # a replacement that goes on comes to its end
        if aside.exists() and not target.exists():
            aside.rename(target)


def rename_folder(folder: Path, target: Path) -> None:
    """Give a folder another name.

    Raises
    ------
    InputError
        If something is there already, or the folder cannot be renamed.
    """
    with writing(target), _alone(folder, target):
        _require_absent(target, replace=False)
        shutil.rmtree(_aside(folder), ignore_errors=True)  # or else the one that it once replaced came back
        folder.rename(target)


def remove_folder(folder: Path) -> None:
    """Remove a folder in one rename; what a kill leaves of it is swept up by the next that writes beside it.

    Raises
    ------
    InputError
        If it cannot be removed.
    """
    remains = _partial(folder)
    with writing(folder), _alone(folder):
        shutil.rmtree(_aside(folder), ignore_errors=True)
        folder.rename(remains)
    shutil.rmtree(remains, ignore_errors=True)


def sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file as hexadecimal digits."""
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _alone(*folders: Path) -> Iterator[None]:
    """Hold the locks of some folders, always in the same order."""
    with ExitStack() as stack:
        for folder in sorted(folders):
            stack.enter_context(locked(folder))
        yield


def _behind(target: str | Path, kind: str) -> Path:
    """Return the file or folder behind any links; raise `InputError` where something else is there."""
    target = Path(target).absolute()
    with writing(target), suppress(FileNotFoundError):
        mode = target.stat().st_mode
        if not (stat.S_ISREG(mode) if kind == "file" else stat.S_ISDIR(mode)):
            found = next((name for name, is_it in KINDS.items() if is_it(mode)), "something else")
            raise InputError(f"{target} is {found}, not a {kind}; choose another place.")
    return Path(os.path.realpath(target))


def _require_foreign(target: str | Path, place: Path, owned: str = "") -> None:
    """Raise `InputError` if a place lies in a study and is not the file that the work owns there."""
    for folder in place.parents:
        if (folder / STUDY).is_file() and place != folder / owned:
            raise InputError(f"{target} lies in the study {folder}, whose files are its own; choose another place.")


def _require_absent(target: Path, replace: bool) -> None:
    if target.exists() and not replace:
        raise InputError(f"{target} exists already; choose another folder, or add --replace to take its place.")


def _sweep(folder: Path) -> None:
    """Remove what killed writers left in a folder: partial files and folders that no living one has claimed."""
    with suppress(OSError):  # gone meanwhile, or another user's
        for remains in folder.glob(".*.partial-*"):
            with abandoned(remains) as left:
                if left:
                    shutil.rmtree(remains) if remains.is_dir() else remains.unlink()
        for aside in folder.glob(".*.replaced"):
            target = aside.with_name(aside.name.removeprefix(".").removesuffix(".replaced"))
            with locked(target):
                if target.exists():
                    shutil.rmtree(aside)


def _partial(target: Path) -> Path:
    return target.with_name(f".{target.name}.partial-{os.getpid()}-{threading.get_ident()}{target.suffix}")


def _aside(target: Path) -> Path:
    return target.with_name(f".{target.name}.replaced")


def _flush(file: Path) -> None:
    if file.is_file():
        with file.open("rb") as handle:
            os.fsync(handle.fileno())
