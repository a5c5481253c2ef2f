"""The process of a job: it waits for its turn, and becomes the command.

``python -m core.jobs FOLDER DESCRIPTOR``, started by :mod:`core.jobs.queue`. While it waits it has loaded next to
nothing.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from core.errors import InputError
from core.jobs.files import folders, is_alive, is_asked_to_stop, read_order
from core.jobs.recorder import VARIABLE, Recorder
from core.settings import jobs_at_once

NICE = 10
"""How much less pressing than a page the work is."""

EVERY = 0.5
"""Seconds between two looks at the queue."""


def main(folder: Path, held: int) -> None:
    """Wait until the job may begin, then run its command in this process."""
    os.ftruncate(held, 0)
    os.pwrite(held, str(os.getpid()).encode(), 0)
    give_way()
    order = read_order(folder)
    while is_asked_to_stop(folder, order.place) is None:
        if older_ones(folder, order.place) < jobs_at_once():
            Recorder(folder)  # it has begun: the command takes seconds to load
            command = [sys.executable, "-P", "-m", "core", *order.arguments]
            os.execve(sys.executable, command, os.environ | {VARIABLE: f"{held}:{folder}"})  # noqa: S606
        time.sleep(EVERY)


def give_way() -> None:
    """Let everything else go before this process, and before its session.

    Where Linux groups processes by session (see sched(7), "The autogroup feature"), a nice value only counts within
    the group; that of the group is set in a file.
    """
    os.nice(NICE)
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICE))


def older_ones(folder: Path, place: int) -> int:
    """Return how many living jobs stand before a place in the queue."""
    count = 0
    for other in folders():
        with suppress(InputError):
            count += other != folder and is_alive(other) and read_order(other).place < place
    return count


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
