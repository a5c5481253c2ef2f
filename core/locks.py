"""One at a time: processes and threads that work on the same file or folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout, lock_descriptor

__all__ = ["abandoned", "claim", "is_claimed", "locked"]


@contextmanager
def locked(target: Path, busy: Callable[[str], None] | None = None) -> Iterator[None]:
    """Let one process or thread at a time into the block that works on a target; the others wait before it.

    The lock is the operating system's, on a file ``.NAME.lock`` beside the target, so that it ends with whoever holds
    it, a kill included.

    Parameters
    ----------
    target : Path
        Its folder exists.
    busy : callable, optional
        Called once with who is in the block, before waiting; what it raises ends the waiting.

    Raises
    ------
    OSError
        If the folder cannot be written to.
    """
    path = target.with_name(f".{target.name}.lock")
    lock = FileLock(path, thread_local=False)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        if busy:
            busy(_holder(path))
        lock.acquire()
    try:
        path.write_text(f"{os.getpid()} {datetime.now():%Y-%m-%d %H:%M:%S}")
        yield
    finally:
        path.unlink(missing_ok=True)  # still locked: those who wait see that it is gone, and make another
        lock.release()


def _holder(path: Path) -> str:
    """Return who holds a lock, in words."""
    try:
        pid, since = path.read_text().split(" ", 1)
    except (OSError, ValueError):  # released or not yet written
        return "another process"
    return f"another session since {since}" if pid == str(os.getpid()) else f"process {pid} since {since}"


def claim(path: Path, folder: bool = False) -> int:
    """Make a file or folder; return a descriptor of it that says, until it is closed: somebody works on this."""
    while True:
        if folder:
            path.mkdir(mode=0o700, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_RDONLY if folder else os.O_RDWR | os.O_CREAT, 0o666)
        except FileNotFoundError:
            if path.parent.is_dir():
                continue  # swept away between the two calls
            raise
        lock_descriptor(descriptor)
        if os.fstat(descriptor).st_nlink:
            return descriptor
        os.close(descriptor)  # swept away before the lock


def is_claimed(path: Path) -> bool:
    """Return whether somebody works on a file; those who ask at the same time do not take each other for somebody."""
    import fcntl  # not on Windows, where there are no descriptors to hand on either

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def abandoned(path: Path) -> Iterator[bool]:
    """Yield whether nobody works on a file or folder; if so, nobody can claim it within the block."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        yield lock_descriptor(descriptor, blocking=False)
    finally:
        os.close(descriptor)
