"""How far out the two largest whitened coordinates of vectors lie: what cuts of each axis, or of each pair, keep."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Outermost", "shares_kept", "two_largest"]

Floats = npt.NDArray[np.float64]

STEPS, FARTHEST = 64, 64
"""Bins of a σ, and how many σ there are: cuts at whole 64ths are counted exactly."""


@dataclass(frozen=True, eq=False)
class Outermost:
    """Counts of vectors by where they leave a cut at kσ.

    Attributes
    ----------
    counts : int array (2, bins)
        By their largest absolute whitened coordinate, and by the root of the sum of the two largest squares. Bin b
        holds those from b / 64 to (b + 1) / 64, the last all farther ones.
    """

    counts: npt.NDArray[np.int64]

    @classmethod
    def none(cls) -> Outermost:
        """Return the counts of no vectors."""
        return cls(np.zeros((2, STEPS * FARTHEST + 1), np.int64))

    @classmethod
    def of(cls, largest: Floats) -> Outermost:
        """Return the counts of vectors whose two largest absolute whitened coordinates are known, (n, 2)."""
        reach = largest[:, 0], np.sqrt(np.square(largest).sum(axis=1))
        bins = [np.minimum(np.ceil(one * STEPS) - 1, STEPS * FARTHEST).clip(0).astype(np.intp) for one in reach]
        return cls(np.stack([np.bincount(one, minlength=STEPS * FARTHEST + 1) for one in bins]))

    def merge(self, other: Outermost) -> Outermost:
        """Return the counts of both sets."""
        return Outermost(self.counts + other.counts)

    def shares(self, k: float) -> tuple[float, float]:
        """Return the shares that cuts at k keep, a whole number of 64ths; see :func:`shares_kept`."""
        within = self.counts[:, : round(k * STEPS)].sum(axis=1) / self.counts.sum(axis=1)
        return float(within[0]), float(within[1])


def shares_kept(largest: Floats | Outermost, k: float) -> tuple[float, float]:
    """Return which share of vectors a cut of each axis at kσ keeps, and which one of each pair by its ellipse.

    ``largest`` are the two largest absolute whitened coordinates of each vector, (n, 2), or counts of them.
    """
    if isinstance(largest, Outermost):
        return largest.shares(k)
    pairs = np.square(largest).sum(axis=1)
    return float((largest[:, 0] <= k).mean()), float((np.sqrt(pairs) <= k).mean())


def two_largest(white: Floats) -> Floats:
    """Return the two largest of absolute coordinates (n, d), the largest first, (n, 2); of one the second is 0."""
    if white.shape[1] == 1:
        return np.column_stack([white, np.zeros_like(white)])
    return np.partition(white, -2, axis=1)[:, :-3:-1]
