"""A job as a reader sees it, and the list of all."""

from __future__ import annotations

import shlex
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from core.errors import InputError
from core.jobs.files import (
    LOG,
    Report,
    folder_of,
    folders,
    is_alive,
    is_asked_to_stop,
    printable,
    read_order,
    read_report,
)
from core.progress import Progress, duration

__all__ = ["Job", "State", "find_job", "jobs", "left_out", "living_jobs"]

MAX_LOG = 40_000
"""Bytes of a log that are read, from its end."""

LOST = (
    "It ended without a word: it was killed, ran out of memory, or the machine went down. Continue it, or see its log."
)


class State(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    LOST = "stopped unexpectedly"


@dataclass(frozen=True)
class Job:
    """Long work in a process of its own, as it stood when it was looked at.

    Attributes
    ----------
    id : str
    title : str
        What it does, in a reader's words.
    arguments : tuple of str
        Those of ``python -m core``.
    target : Path, optional
        The study or file that it works on.
    state : State
    progress : Progress, optional
        What its command last said; with the seconds left to the end of that task, as far as they are known.
    epochs : tuple of Progress
        The ends of epochs, with their losses, in their order.
    error : str
        The one sentence that says why it has failed; empty elsewhere.
    is_stopping : bool
        It was asked to stop, and has not ended yet.
    place : int
        In the queue; smaller ones go first.
    made : datetime
    begun, ended : datetime, optional
        Of the last run.
    folder : Path
        Where its files lie.
    """

    id: str
    title: str
    arguments: tuple[str, ...]
    target: Path | None
    state: State
    progress: Progress | None
    epochs: tuple[Progress, ...]
    error: str
    is_stopping: bool
    place: int
    made: datetime
    begun: datetime | None
    ended: datetime | None
    folder: Path

    @property
    def is_alive(self) -> bool:
        """Whether it waits or works."""
        return self.state in (State.WAITING, State.RUNNING)

    @property
    def can_resume(self) -> bool:
        """Whether the same command can be run again."""
        return self.state in (State.FAILED, State.STOPPED, State.LOST)

    @property
    def share(self) -> float:
        """Part of its present task that is done, from 0 to 1."""
        return self.progress.share if self.progress else float(self.state is State.DONE)

    @property
    def standing(self) -> str:
        """How far it is, or how it has ended, in words."""
        if self.is_stopping:
            return "stopping"
        if self.state is State.WAITING:
            return "waiting for its turn"
        if self.state is State.RUNNING:
            return _standing(self.progress) if self.progress else "starting"
        if self.state in (State.FAILED, State.LOST):
            return self.error
        took = f" after {duration((self.ended - self.begun).total_seconds())}" if self.begun and self.ended else ""
        return f"{self.state}{took}"

    @property
    def command(self) -> str:
        """The command, as it is typed."""
        return printable(shlex.join(("python", "-m", "core", *self.arguments)))

    @property
    def log(self) -> str:
        """The end of what the command has printed; of a bar that was drawn over and over, how it looked last."""
        try:
            with (self.folder / LOG).open("rb") as file:
                file.seek(max(0, file.seek(0, 2) - MAX_LOG))
                text = file.read().decode("utf-8", "replace")
        except OSError:
            return ""
        return "\n".join(printable(line.rstrip("\r").rsplit("\r", 1)[-1]) for line in text.split("\n"))


def _standing(progress: Progress) -> str:
    left = "" if progress.seconds_left is None else f"{duration(progress.seconds_left)} left"
    return ", ".join(filter(None, (progress.task, f"{progress.share:.0%}", progress.detail, left)))


def jobs() -> tuple[Job, ...]:
    """Return all jobs, the newest first; those whose files are damaged are in :func:`left_out`."""
    return _look()[0]


def living_jobs() -> tuple[Job, ...]:
    """Return the jobs that wait or work, in the order of the queue; those that have ended are not even read."""
    found = []
    for folder in folders():
        if is_alive(folder):
            with suppress(InputError):
                found.append(read_job(folder))
    return tuple(sorted((job for job in found if job.is_alive), key=lambda job: job.place))


def left_out() -> tuple[str, ...]:
    """Return why folders in the place of jobs are none, a sentence each."""
    return _look()[1]


def find_job(name: str) -> Job:
    """Return the job of an id.

    Raises
    ------
    InputError
        If there is none, or its files are damaged.
    """
    return read_job(folder_of(name))


def read_job(folder: Path) -> Job:
    """Return the job whose files lie in a folder; raise `InputError` if they are damaged."""
    alive = is_alive(folder)  # before its report: one that ends meanwhile has ended
    order, report = read_order(folder), read_report(folder)
    now = report if report and report.place == order.place else None
    asked = is_asked_to_stop(folder, order.place) is not None
    state = _state(alive, asked, now)
    error = now.error if now else ""
    return Job(
        id=folder.name,
        title=printable(order.title),
        arguments=order.arguments,
        target=Path(order.target) if order.target else None,
        state=state,
        progress=now.progress.progress() if now and now.progress else None,
        epochs=tuple(step.progress() for step in report.epochs) if report else (),
        error=LOST if state is State.LOST else printable(error),
        is_stopping=asked and state in (State.WAITING, State.RUNNING),
        place=order.place,
        made=datetime.fromtimestamp(order.made),
        begun=datetime.fromtimestamp(now.begun) if now else None,
        ended=datetime.fromtimestamp(now.ended) if now and now.ended is not None else None,
        folder=folder,
    )


def _state(alive: bool, asked: bool, report: Report | None) -> State:
    if report and report.state != "running":
        return State(report.state)
    if alive:
        return State.RUNNING if report else State.WAITING
    return State.STOPPED if asked else State.LOST


def _look() -> tuple[tuple[Job, ...], tuple[str, ...]]:
    found, sentences = [], []
    for folder in sorted(folders(), reverse=True):
        try:
            found.append(read_job(folder))
        except InputError as error:
            if folder.is_dir():  # not forgotten meanwhile
                sentences.append(str(error))
    return tuple(sorted(found, key=lambda job: (job.made, job.place), reverse=True)), tuple(sentences)
