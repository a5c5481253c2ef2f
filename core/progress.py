"""How far long work is: one event for fits, trainings, encoding and scoring, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Listener", "Progress", "duration"]


@dataclass(frozen=True)
class Progress:
    """Where a task stands.

    Attributes
    ----------
    task : str
        What is being done, such as "encoding images"; another task starts another bar.
    done, total : float
        In units.
    unit : str
        What is counted, in the plural.
    detail : str
        What comes next, or is waited for.
    seconds_left : float, optional
        To the end of the task, where that is known.
    numbers : mapping of str to float
        What is measured on the way, by its name: "loss", "images/s".
    epoch : int, optional
        Pass over the data that ends here, from 1; None in between.
    """

    task: str
    done: float
    total: float
    unit: str
    detail: str = ""
    seconds_left: float | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)
    epoch: int | None = None

    @property
    def share(self) -> float:
        """Part of the task that is done, from 0 to 1; a task without anything to do is done."""
        return min(self.done / self.total, 1.0) if self.total else 1.0


Listener = Callable[[Progress], None]
"""Called again and again while the work goes on; an exception that it raises ends the work."""


def duration(seconds: float) -> str:
    """Return a time in words: in seconds up to three minutes, in minutes up to three hours."""
    minutes, rest = divmod(round(seconds), 60)
    if minutes >= 180:
        return f"{round(minutes / 60)} h"
    return f"{minutes} min" if minutes >= 3 else f"{60 * minutes + rest} s"
