"""Progress bars in a terminal, and in the folder of the job that the command may be."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NoReturn, Self, TypeVar

from tqdm import tqdm

from core.jobs import is_recorded, tell
from core.progress import Progress, duration

__all__ = ["ProgressBars"]

T = TypeVar("T")

OFTEN, SELDOM = 1.0, 30.0
"""Seconds between two drawings of a bar in a terminal, and in the log of a job, where each is a further line."""


class ProgressBars:
    """Shows progress, one bar for each task; the end of an epoch leaves a line of its own."""

    def __init__(self) -> None:
        self._bar: tqdm[NoReturn] | None = None
        self._task = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def show(self, progress: Progress) -> None:
        """Show where a task stands."""
        tell(progress)
        if self._bar is None or progress.task != self._task:
            self.__exit__()
            self._task = progress.task
            often = SELDOM if is_recorded() else OFTEN
            self._bar = tqdm(total=progress.total, desc=progress.task, unit=f" {progress.unit}", mininterval=often)
        left = [] if progress.seconds_left is None else [f"{duration(progress.seconds_left)} left"]
        words = [*filter(None, [progress.detail]), *_words(progress.numbers), *left]
        if progress.epoch is not None:
            self._bar.write(f"{progress.detail}: {', '.join(_words(progress.numbers))}", file=sys.stderr)
        self._bar.set_postfix_str(", ".join(words), refresh=False)
        self._bar.update(progress.done - self._bar.n)

    def follow(
        self, items: Collection[T], task: str, unit: str, name: Callable[[T], object] = lambda item: item
    ) -> Iterator[T]:
        """Yield items one by one, and show how many of them are done and the name of the one that comes next."""
        for done, item in enumerate(items):
            self.show(Progress(task, done, len(items), unit, str(name(item))))
            yield item
        self.show(Progress(task, len(items), len(items), unit))


def _words(numbers: Mapping[str, float]) -> list[str]:
    return [f"{name} {value:.4g}" for name, value in numbers.items()]
