"""What lies in the folder of a job: records that are checked while they are read, and written whole.

The order counts by its ``place`` in the queue. A report and a wish to stop name the place that they are of, so those of
an earlier run of the same job are told apart, and a job that is continued needs nothing removed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from msgspec import Meta

from core.errors import InputError
from core.locks import is_claimed
from core.progress import Progress
from core.settings import jobs_folder
from core.storage import whole_file

__all__ = [
    "ALIVE",
    "LOG",
    "Order",
    "Report",
    "Step",
    "folder_of",
    "folders",
    "is_alive",
    "is_asked_to_stop",
    "printable",
    "read_order",
    "read_report",
    "write_order",
    "write_report",
    "write_stop",
]

ALIVE, LOG = "alive", "log.txt"
"""The file on which a living job holds a lock, its process number in it; what its command prints."""

_ORDER, _REPORT, _STOP = "order.json", "report.json", "stop.json"

MAX_BYTES = 4 * 2**20
"""A report of ten thousand epochs has less."""

MAX_TEXT, MAX_EPOCHS = 2000, 10_000

_ID = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{8}")

Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Word = Annotated[str, Meta(max_length=8192)]
Time = Annotated[float, Meta(ge=0, le=1e11)]
Amount = Annotated[float, Meta(ge=-1e15, le=1e15)]
Place = Annotated[int, Meta(ge=1, le=10**12)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of a job."""


class Order(Record, frozen=True):
    """What is to be done; ``folder`` is where the command runs, times are seconds since 1970."""

    title: Text
    arguments: Annotated[tuple[Word, ...], Meta(min_length=1, max_length=1000)]
    target: Word
    folder: Word
    made: Time
    place: Place


class Step(Record, frozen=True):
    """A :class:`core.progress.Progress`."""

    task: Text
    done: Amount
    total: Amount
    unit: Text
    detail: Text
    seconds_left: Amount | None
    numbers: Annotated[dict[Text, float], Meta(max_length=100)]
    epoch: Annotated[int, Meta(ge=1, le=10**9)] | None

    @classmethod
    def of(cls, progress: Progress, seconds_left: float | None) -> Step:
        """Return the record of an event, without the numbers that are not finite: JSON has none."""
        return cls(
            printable(progress.task),
            float(progress.done),
            float(progress.total),
            printable(progress.unit),
            printable(progress.detail),
            seconds_left,
            {printable(name): float(value) for name, value in progress.numbers.items() if math.isfinite(value)},
            progress.epoch,
        )

    def progress(self) -> Progress:
        """Return the event."""
        task, unit, detail = map(printable, (self.task, self.unit, self.detail))
        return Progress(task, self.done, self.total, unit, detail, self.seconds_left, self.numbers, self.epoch)


class Report(Record, frozen=True, kw_only=True):
    """How it goes; the epochs are those of earlier runs, too."""

    place: Place
    state: Literal["running", "done", "failed", "stopped"]
    begun: Time
    ended: Time | None = None
    progress: Step | None = None
    epochs: Annotated[tuple[Step, ...], Meta(max_length=MAX_EPOCHS)] = ()
    error: Text = ""


class _Stop(Record, frozen=True):
    place: Place


AnyRecord = TypeVar("AnyRecord", bound=Record)


def folders() -> Iterator[Path]:
    """Yield the folders of all jobs."""
    with suppress(OSError):
        yield from (path for path in jobs_folder().iterdir() if _ID.fullmatch(path.name))


def folder_of(name: str) -> Path:
    """Return the folder of a job; raise `InputError` where there is none."""
    folder = jobs_folder() / name
    if not _ID.fullmatch(name) or not folder.is_dir():
        raise InputError(f"There is no job {printable(name)[:40]!r} in {jobs_folder()}; it may have been forgotten.")
    return folder


def is_alive(folder: Path) -> bool:
    """Return whether the process of a job, waiting or at work, is there."""
    return is_claimed(folder / ALIVE)


def read_order(folder: Path) -> Order:
    """Return what was ordered; raise `InputError` where that cannot be read."""
    order = _read(folder / _ORDER, Order)
    if order is None:
        raise InputError(f"{folder / _ORDER} is missing, so {folder} is no job; delete the folder.")
    return order


def read_report(folder: Path) -> Report | None:
    """Return how it goes, or went in an earlier run; None before the first; raise `InputError` if it is damaged."""
    return _read(folder / _REPORT, Report)


def is_asked_to_stop(folder: Path, place: int) -> float | None:
    """Return when a run was last asked to stop, in seconds since 1970; None if it was not."""
    with suppress(InputError, OSError):
        wish = _read(folder / _STOP, _Stop)
        if wish is not None and wish.place == place:
            return (folder / _STOP).stat().st_mtime
    return None


def write_order(folder: Path, order: Order) -> None:
    """Write what is ordered."""
    _write(folder / _ORDER, order)


def write_report(folder: Path, report: Report) -> None:
    """Write how it goes."""
    _write(folder / _REPORT, report)


def write_stop(folder: Path, place: int) -> None:
    """Write that a run is to stop."""
    _write(folder / _STOP, _Stop(place))


def printable(text: str) -> str:
    """Return a text in one line without characters that control a terminal or turn the direction of reading."""
    return "".join(c if c.isprintable() else " " for c in text)[:MAX_TEXT].strip()


def _read(path: Path, kind: type[AnyRecord]) -> AnyRecord | None:
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes, so it is no job's; delete its folder.")
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); delete its folder.") from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(f"{path} is damaged ({printable(str(error))}); delete its folder.") from None


def _write(path: Path, record: Record) -> None:
    with whole_file(path) as partial:
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
