"""Ordering jobs, stopping, continuing and forgetting them."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import InputError
from core.jobs.files import (
    ALIVE,
    LOG,
    Order,
    folder_of,
    folders,
    is_alive,
    is_asked_to_stop,
    printable,
    read_order,
    write_order,
    write_stop,
)
from core.jobs.job import Job, jobs, read_job
from core.jobs.uploads import tidy_uploads
from core.locks import claim, locked
from core.settings import is_public, jobs_at_once, jobs_folder, limits
from core.storage import whole_folder, writing

__all__ = ["forget", "resume", "stop", "submit"]

KEPT = 50
"""Jobs that are remembered; beyond them, those that ended longest ago are forgotten."""

PATIENCE = 10.0
"""Seconds after which a job that is asked to stop once more is killed."""

ROOT = Path(__file__).parents[2]
"""Where this program lies."""


def submit(arguments: Sequence[str], title: str, target: Path | None = None) -> Job:
    """Order a command; it begins when those that were ordered before it have ended.

    Parameters
    ----------
    arguments : sequence of str
        Those of ``python -m core``; relative paths are seen from the current folder.
    title : str
        What it does, in a reader's words.
    target : Path, optional
        The study or file that it works on.

    Raises
    ------
    InputError
        If the server is open to the public, or the folder of jobs cannot be written to.
    """
    if is_public():
        raise InputError("This server is open to the public and starts no jobs; run zpoints on a machine of your own.")
    made = time.time()
    name = f"{time.strftime('%Y%m%d-%H%M%S', time.localtime(made))}-{secrets.token_hex(4)}"
    path = str(target.absolute()) if target else ""
    with _queue() as place:
        order = Order(printable(title), tuple(arguments), path, str(Path.cwd()), made, place)
        folder = jobs_folder() / name
        with whole_folder(folder) as partial:
            write_order(partial, order)
        _start(folder, order)
    _tidy()
    return read_job(folder)


def stop(name: str) -> None:
    """Ask a job to end in order; ask again after ten seconds, and it is killed.

    Raises
    ------
    InputError
        If there is no such job.
    """
    folder = folder_of(name)
    place = read_order(folder).place
    asked = is_asked_to_stop(folder, place)
    if not is_alive(folder):
        return
    number = signal.SIGKILL if asked is not None and time.time() - asked > PATIENCE else signal.SIGTERM
    if asked is None:
        write_stop(folder, place)  # first: whoever is ended by the signal is known to have been asked
    with suppress(OSError, ValueError):  # not yet begun, so it will see that it was asked; or ended meanwhile
        leader = int((folder / ALIVE).read_text())
        if os.getsid(leader) == leader and is_alive(folder):
            os.killpg(leader, number)


def resume(name: str) -> Job:
    """Order the command of a job that has ended once more; what it left to go on from, it goes on from.

    Raises
    ------
    InputError
        If there is no such job, it has not ended, or the server is open to the public.
    """
    if is_public():
        raise InputError("This server is open to the public and starts no jobs; run zpoints on a machine of your own.")
    with _queue() as place:
        folder = folder_of(name)
        _require_ended(folder)
        if is_alive(folder):
            raise InputError("The job's process has not gone yet; try again in a moment.")
        order = read_order(folder)
        _start(folder, Order(order.title, order.arguments, order.target, order.folder, order.made, place))
    return read_job(folder)


def forget(name: str) -> None:
    """Remove the folder of a job that has ended; what it has made stays.

    Raises
    ------
    InputError
        If there is no such job, or it has not ended.
    """
    with _queue():
        folder = folder_of(name)
        _require_ended(folder)
        _put_aside(folder)
    _tidy()


def _require_ended(folder: Path) -> None:
    """Raise `InputError` if a job waits or works; one that has said its end may take a while to leave the machine."""
    if read_job(folder).is_alive:
        raise InputError("The job has not ended yet; stop it first.")


@contextmanager
def _queue() -> Iterator[int]:
    """Let one process or thread at a time change the queue; yield the next place in it."""
    root = jobs_folder()
    with writing(root):
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(root / "queue"):
            yield 1 + max(_places(), default=0)


def _places() -> Iterator[int]:
    for folder in folders():
        with suppress(InputError):
            yield read_order(folder).place


def _start(folder: Path, order: Order) -> None:
    """Start the process of a job, which holds the lock that says so from before its first moment."""
    jobs_at_once(), limits()  # what they refuse is said here, not in a log
    held = claim(folder / ALIVE)
    try:
        write_order(folder, order)
        os.ftruncate(held, 0)  # the number of a process that was
        command = [sys.executable, "-P", "-m", "core.jobs", str(folder), str(held)]
        known = os.environ.get("PYTHONPATH")
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), known))),
            "PYTHONUNBUFFERED": "1",
        }
        with (folder / LOG).open("ab") as log, writing(Path(order.folder)):
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=order.folder,
                env=environment,
                pass_fds=(held,),
                start_new_session=True,
            )
    finally:
        os.close(held)
    threading.Thread(target=process.wait, daemon=True).start()  # or it would stay as a zombie of this process


def _tidy() -> None:
    """Forget what ended longest ago where there is much, and remove what was forgotten."""
    with _queue():
        for job in [job for job in jobs() if not job.is_alive][KEPT:]:
            _put_aside(job.folder)
    for aside in jobs_folder().glob(".*.forgotten"):
        shutil.rmtree(aside, ignore_errors=True)
    tidy_uploads()


def _put_aside(folder: Path) -> None:
    """Take a folder out of the list at once, so that a kill leaves no half of a job."""
    with writing(folder):
        folder.rename(folder.with_name(f".{folder.name}.forgotten"))
