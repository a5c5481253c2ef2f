"""Jobs as their files say that they are, without a process of their own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.jobs.files import ALIVE, Order, write_order
from core.locks import claim
from core.settings import jobs_folder

ROOT = Path(__file__).parents[2]


def made(name: str = "20260101-000000-00000000", place: int = 1, **changes: object) -> Path:
    """Return the folder of a job that was ordered, and of which no process is there."""
    folder = jobs_folder() / name
    folder.mkdir(parents=True)
    facts = {"title": "older", "arguments": ("verify",), "target": "", "folder": str(ROOT), "made": 1.0}
    write_order(folder, Order(**(facts | changes), place=place))  # type: ignore[arg-type]
    return folder


@contextmanager
def alive(folder: Path) -> Iterator[int]:
    """Hold the lock that says that a job is there, as its process does."""
    held = claim(folder / ALIVE)
    yield held
    os.close(held)


def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)
