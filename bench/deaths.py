"""Deaths on the way: a command of a cluster whose workers are killed (SIGKILL) one after the other, then its scheduler.

Part of :mod:`bench.cluster`. Scheduler and workers are started from the shell, as their user would. Linux only.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Survival", "survive"]

ROOT = Path(__file__).parents[1]

WORKERS = 2

PATIENCE = 600.0
"""Seconds without a block, or until something has started, after which the run is given up."""

GLANCE = 0.02
"""Seconds between two looks at what is written."""


@dataclass(frozen=True)
class Survival:
    """What a command outlived.

    Attributes
    ----------
    workers : int
        Of those that were killed.
    blocks, kept, again : int
        Blocks in all; those that were written when the scheduler died; and those of them that were done again.
    said : str
        What the command said when the scheduler had died.
    seconds : float
        From the first start to the end of the second.
    """

    workers: int
    blocks: int
    kept: int
    again: int
    said: str
    seconds: float


class _Machines:
    """A scheduler and workers, each with its nanny, which starts another worker where one has died."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.address, self._folder = f"tcp://127.0.0.1:{self._port}", folder
        self._nannies: list[subprocess.Popen[bytes]] = []
        self.start()

    def start(self) -> None:
        """Start all of them, after a death of the scheduler, too."""
        self._scheduler = self._run("scheduler", "--host", "127.0.0.1", "--port", str(self._port), "--no-dashboard")
        more = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder))
        self._nannies = [self._run("worker", self.address, *more) for _ in range(WORKERS)]

    def kill_worker(self, number: int) -> None:
        """Kill a worker, as soon as there is one."""
        _wait(lambda: bool(self._workers(number)))
        os.kill(self._workers(number)[0], signal.SIGKILL)

    def kill_scheduler(self) -> None:
        """Kill it; its workers end by themselves then."""
        self._scheduler.kill()
        self._scheduler.wait()

    def end(self) -> None:
        """End all of them, with all that they began."""
        for process in (*self._nannies, self._scheduler):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _workers(self, number: int) -> list[int]:
        """Return the processes that work for a nanny."""
        nanny = Path(f"/proc/{self._nannies[number].pid}/task")
        children = [int(word) for task in nanny.glob("*/children") for word in task.read_text().split()]
        return [one for one in children if b"spawn_main" in Path(f"/proc/{one}/cmdline").read_bytes()]

    def _run(self, *words: str) -> subprocess.Popen[bytes]:
        command = [str(Path(sys.executable).with_name("dask")), *words]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(command, stdout=nowhere, stderr=nowhere, env=environment, start_new_session=True)


def survive(command: Sequence[str], blocks: Callable[[], Iterator[Path]], total: int, kills: int) -> Survival:
    """Run a command while its workers die so often, evenly spread over its blocks, then the scheduler; run it again.

    Parameters
    ----------
    command : sequence of str
        Takes ``--scheduler``.
    blocks : callable
        Yields the files of the blocks that are written.
    total : int
        Blocks in all.
    kills : int
        Deaths of workers.

    Raises
    ------
    RuntimeError
        If the command does not end as it should.
    """
    start = time.monotonic()
    with _machines() as machines:
        whole = [*command, "--scheduler", machines.address]
        with subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as first:
            for number in range(kills):
                _wait(lambda at=total * (number + 1) // (kills + 2): len(list(blocks())) >= at)  # type: ignore[misc]
                machines.kill_worker(number % WORKERS)
            _wait(lambda: len(list(blocks())) >= total * (kills + 1) // (kills + 2))
            machines.kill_scheduler()
            said = (first.communicate()[1].strip().splitlines() or [""])[-1]
        if first.returncode != 2:
            raise RuntimeError(f"the command ended with {first.returncode} when the scheduler had died: {said}")
        before = {path: path.stat().st_mtime_ns for path in blocks()}
        machines.end()
        machines.start()
        found: dict[Path, int] = {}
        with subprocess.Popen(whole, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as second:
            while second.poll() is None:
                found |= _times(blocks())
                time.sleep(GLANCE)
            if second.returncode:
                raise RuntimeError(f"the command did not go on: {second.communicate()[1]}")
    again = sum(found.get(path) != stamp for path, stamp in before.items())
    return Survival(kills, total, len(before), again, said, time.monotonic() - start)


@contextmanager
def _machines() -> Iterator[_Machines]:
    folder = Path(tempfile.mkdtemp())
    machines = _Machines(folder)
    try:
        yield machines
    finally:
        machines.end()
        shutil.rmtree(folder, ignore_errors=True)


def _times(paths: Iterator[Path]) -> dict[Path, int]:
    """Return when files were written, of those that are still there."""
    found = {}
    for path in paths:
        try:
            found[path] = path.stat().st_mtime_ns
        except FileNotFoundError:
            continue
    return found


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if time.monotonic() > end:
            raise RuntimeError(f"nothing went on for {PATIENCE:.0f} seconds")
        time.sleep(GLANCE)
