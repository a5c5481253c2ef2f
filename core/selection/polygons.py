"""Polygons in a plane: which points lie in one, and one of fewer corners in place of a long line."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.selection.rules import MOST_CORNERS

__all__ = ["inside", "rounded", "simplified"]

Floats = npt.NDArray[np.float64]

LONGEST = 1024
"""Corners of a line that are looked at; of a longer one, as many at equal steps."""

DIGITS = 4
"""Significant digits that corners keep, relative to the polygon's extent: a thousandth of a pixel on any screen."""


def inside(points: Floats, corners: Sequence[tuple[float, float]]) -> npt.NDArray[np.bool_]:
    """Return which points (n, 2) lie in a polygon, by the even-odd rule (Shimrat 1962), shape (n,)."""
    polygon = np.asarray(corners, np.float64)
    near = np.flatnonzero(((points >= polygon.min(axis=0)) & (points <= polygon.max(axis=0))).all(axis=1))
    near = near[np.argsort(points[near, 1])]  # from below, so that a side looks at those beside it alone
    x, y = points[near].T
    odd = np.zeros(len(near), np.bool_)
    for (x0, y0), (x1, y1) in zip(np.roll(polygon, 1, axis=0), polygon, strict=True):
        beside = slice(*np.searchsorted(y, (min(y0, y1), max(y0, y1))))
        if y0 != y1:
            odd[beside] ^= x[beside] < (x1 - x0) * ((y[beside] - y0) / (y1 - y0)) + x0
    result = np.zeros(len(points), np.bool_)
    result[near] = odd
    return result


def simplified(line: npt.ArrayLike, most: int = MOST_CORNERS) -> tuple[tuple[float, float], ...]:
    """Return a polygon of at most so many corners in place of a line (m, 2) that was drawn.

    The corner whose triangle with its neighbours is smallest goes first (Visvalingam and Whyatt 1993); what is left is
    rounded to :data:`DIGITS` digits of the extent.

    Raises
    ------
    InputError
        If the line encloses nothing.
    """
    points = np.asarray(line, np.float64)
    if points.ndim != 2 or points.shape[1:] != (2,) or not np.isfinite(points).all():
        raise InputError("A polygon is a line of points in a plane; draw it again.")
    points = points[:: max(1, -(-len(points) // LONGEST))]
    points = rounded(points)
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    while len(points) > most:
        points = np.delete(points, _areas(points).argmin(), axis=0)
    if len(points) < 3 or not _areas(points).any():
        raise InputError("The line encloses nothing; draw around the points.")
    return tuple((float(x), float(y)) for x, y in points)


def rounded(points: Floats) -> Floats:
    """Return numbers, (m,) or (m, 2), rounded to :data:`DIGITS` digits of their extent."""
    extent = float(np.ptp(points, axis=0).max(initial=0.0)) if len(points) else 0.0
    if extent <= 0:
        return points
    step = 10.0 ** (math.floor(math.log10(extent)) - DIGITS + 1)
    return np.asarray(np.vectorize(_short)(np.round(points / step) * step), np.float64)


def _areas(points: Floats) -> Floats:
    """Return twice the area of the triangle of each corner with its two neighbours."""
    before, after = points - np.roll(points, 1, axis=0), np.roll(points, -1, axis=0) - points
    return np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0])


def _short(value: float) -> float:
    return float(f"{value:.10g}")  # without the tail that a multiple of a power of ten has in binary
