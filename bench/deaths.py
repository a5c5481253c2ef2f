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
        self._nannies = [self._start_nanny() for _ in range(WORKERS)]

    def kill_worker(self) -> bool:
        """Kill the worker that has been there for the longest, which is at work; return whether there was one."""
        self._nannies = [one if one.poll() is None else self._start_nanny() for one in self._nannies]
        workers = sorted(one for nanny in self._nannies for one in _workers_of(nanny.pid))
        if workers:
            os.kill(workers[0][1], signal.SIGKILL)
        return bool(workers)

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

    def _start_nanny(self) -> subprocess.Popen[bytes]:
        more = ("--nthreads", "1", "--no-dashboard", "--local-directory", str(self._folder))
        return self._run("worker", self.address, *more)

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
            for number in range(kills + 1):
                _wait(first, lambda at=total * (number + 1) // (kills + 2): len(list(blocks())) >= at)  # type: ignore[misc]
                if number < kills:
                    _wait(first, machines.kill_worker)
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


def _workers_of(nanny: int) -> Iterator[tuple[int, int]]:
    """Yield when processes that work for a nanny began, in ticks of the machine's clock, and their numbers."""
    for task in Path(f"/proc/{nanny}/task").glob("*/children"):
        for child in map(Path("/proc").joinpath, task.read_text().split()):
            with suppress(OSError):  # it has just ended
                if b"spawn_main" in (child / "cmdline").read_bytes():
                    yield int((child / "stat").read_text().rpartition(")")[2].split()[19]), int(child.name)


def _wait(command: subprocess.Popen[str], is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        if command.poll() is not None:
            raise RuntimeError("the command ended before all of them were killed; give it more to do")
        if time.monotonic() > end:
            raise RuntimeError(f"nothing went on for {PATIENCE:.0f} seconds")
        time.sleep(GLANCE)
