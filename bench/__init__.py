"""What zpoints costs, beside what one would use instead and beside what cannot be undercut.

Times on a shared machine mean little, ratios within one run mean a lot: competitors take turns, medians are compared.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Measurement", "limited", "median_seconds"]


@dataclass(frozen=True)
class Measurement:
    """One cost of zpoints.

    Attributes
    ----------
    name : str
    unit : str
        Of the three costs: s, ms or MB.
    zpoints, peer, floor : float
        Cost of zpoints, of what one would use instead, and of the part that no program can do without.
    requirement : str
        What is asked of zpoints, in words.
    met : bool
    """

    name: str
    unit: str
    zpoints: float
    peer: float
    floor: float
    requirement: str
    met: bool

    @property
    def ratio(self) -> float:
        """How many times cheaper zpoints is than the peer."""
        return self.peer / self.zpoints

    @property
    def gap(self) -> float:
        """How many times dearer zpoints is than the floor."""
        return self.zpoints / self.floor


def limited(name: str, unit: str, value: float, limit: float, floor: float) -> Measurement:
    """Return a cost whose peer is the limit that the project sets itself."""
    return Measurement(name, unit, value, limit, floor, f"at most {limit:g} {unit}", value <= limit)


def median_seconds(works: Mapping[str, Callable[[], Any]], repetitions: int) -> dict[str, float]:
    """Return the median time of each work; in each repetition all take turns, after one that is not counted."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for repetition in range(repetitions + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if repetition:
                seconds[name].append(time.perf_counter() - started)
    return {name: median(values) for name, values in seconds.items()}
