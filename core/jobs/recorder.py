"""How the command of a job says in the job's folder how far it is."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

import msgspec

from core.errors import InputError
from core.jobs.files import ALIVE, MAX_EPOCHS, Report, Step, printable, read_order, read_report, write_report
from core.progress import Progress
from core.settings import limits

__all__ = ["VARIABLE", "Recorder", "is_recorded", "recording", "tell"]

VARIABLE = "ZPOINTS_JOB"
"""Variable of the environment that tells a command which job it is: the descriptor of its lock, and its folder."""

EVERY = 0.5
"""Seconds between two reports; the end of an epoch, of a task and of the job are reported at once."""

MINUTE = 60.0

SOON = 2.0
"""Seconds of a task after which the time that it has taken says what it will take."""


class Recorder:
    """Writes down how the command of a job goes, from the moment when it is made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        place, earlier = read_order(folder).place, None
        with suppress(InputError):
            earlier = read_report(folder)
        begun = earlier.begun if earlier and earlier.place == place else time.time()
        epochs = earlier.epochs if earlier else ()
        self._report = Report(place=place, state="running", begun=begun, epochs=epochs)
        self._written = self._since = 0.0
        self._first: Progress | None = None
        self._write()

    def show(self, progress: Progress) -> None:
        """Write down where a task stands, if the last time is some time ago or it is worth it."""
        now = time.monotonic()
        if self._first is None or progress.task != self._first.task or progress.done < self._first.done:
            self._first, self._since = progress, now
        epochs = self._report.epochs
        step = Step.of(progress, self._seconds_left(progress, now))
        if progress.epoch is not None:  # one that was lost, and is now done again, takes its own place
            epochs = (*(known for known in epochs if known.epoch is None or known.epoch < progress.epoch), step)
        self._report = msgspec.structs.replace(self._report, progress=step, epochs=epochs[-MAX_EPOCHS:])
        if now - self._written >= EVERY or progress.epoch is not None or progress.done >= progress.total:
            self._write()

    def end(self, state: Literal["done", "failed", "stopped"], error: str = "") -> None:
        """Write down how it has ended."""
        self._report = msgspec.structs.replace(self._report, state=state, ended=time.time(), error=printable(error))
        self._write()

    def _seconds_left(self, progress: Progress, now: float) -> float | None:
        """Return how long the task still takes: what it says itself, or what follows from how long it has taken."""
        if progress.seconds_left is not None or self._first is None:
            return progress.seconds_left
        took, done = now - self._since, progress.done - self._first.done
        return took * (progress.total - progress.done) / done if took > SOON and done > 0 else None

    def _write(self) -> None:
        self._written = time.monotonic()
        with suppress(InputError):  # a full disk: the work itself may still end well
            write_report(self._folder, self._report)


_recorder: Recorder | None = None


def is_recorded() -> bool:
    """Return whether this process is a job."""
    return _recorder is not None


def tell(progress: Progress) -> None:
    """Write down where a task stands, if this process is a job."""
    if _recorder:
        _recorder.show(progress)


@contextmanager
def recording() -> Iterator[None]:
    """Write down how the block goes and ends, if this process is a job; what the block starts is none."""
    global _recorder
    folder = _folder()
    if folder is None:
        yield
        return
    _recorder = Recorder(folder)
    minutes = limits().minutes
    try:
        with _ending_after(minutes) as is_over:
            yield
    except InputError as error:
        _recorder.end("failed", str(error))
        raise
    except Exception as error:
        _recorder.end("failed", f"It ended with an error that it should not have ({type(error).__name__}: {error}).")
        raise
    except SystemExit as end:
        _recorder.end(
            "failed" if end.code else "done", "Its command is not understood; see its log." if end.code else ""
        )
        raise
    except BaseException:  # interrupted, or told to end
        if is_over():
            _recorder.end("failed", f"It took longer than {minutes:,} minutes (ZPOINTS_MAX_MINUTES); continue it.")
        else:
            _recorder.end("stopped")
        raise
    else:
        _recorder.end("done")
    finally:
        _recorder = None


@contextmanager
def _ending_after(minutes: int) -> Iterator[Callable[[], bool]]:
    """Let this process be told to end when the block takes longer; yield whether it was."""
    over = threading.Event()

    def end() -> None:
        over.set()
        os.kill(os.getpid(), signal.SIGTERM)

    timer = threading.Timer(min(MINUTE * minutes, threading.TIMEOUT_MAX), end)
    timer.daemon = True
    timer.start()
    try:
        yield over.is_set
    finally:
        timer.cancel()


def _folder() -> Path | None:
    """Return the folder of the job that this process is; None if it is none, or does not hold the job's lock."""
    number, _, folder = os.environ.pop(VARIABLE, "").partition(":")
    if not number.isdigit():
        return None
    with suppress(OSError):
        if os.path.samestat(os.fstat(int(number)), (Path(folder) / ALIVE).stat()):
            os.set_inheritable(int(number), False)
            return Path(folder)
    return None
