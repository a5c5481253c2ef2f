"""The points of a trace, as it is told of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

__all__ = ["Dots", "dots_of"]


class Dots(NamedTuple):
    """Where the points are, and what is told of each."""

    x: np.ndarray
    y: np.ndarray
    told: np.ndarray


def dots_of(trace: Any) -> Dots:
    """Return the points of a trace of markers."""
    assert trace.mode == "markers"
    return Dots(*(np.asarray(values) for values in (trace.x, trace.y, trace.customdata)))
