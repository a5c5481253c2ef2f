"""How likely the law of a sample finds vectors that it was not fitted to, and those that it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from core.strategies import Strategy

__all__ = ["COUNT", "Law"]

Floats = npt.NDArray[np.float64]

COUNT = 200
"""Vectors of either kind whose log densities are averaged."""


@dataclass(frozen=True, eq=False)
class Law:
    """Log densities of the law that a strategy samples.

    Attributes
    ----------
    unseen, learned : arrays (n,), (m,)
        In nats per component, of real vectors that the strategy never saw and of such that it learned from.
    """

    unseen: Floats
    learned: Floats

    @classmethod
    def of(cls, strategy: Strategy, unseen: npt.NDArray[np.floating], learned: npt.NDArray[np.floating]) -> Self | None:
        """Return log densities of vectors (n, d) and (m, d); None where the law has none, or does not reach them all.

        One vector that is impossible makes a mean likelihood of -∞, which tells nothing of the others.
        """
        found = strategy.log_density(np.concatenate([unseen, learned]))
        if found is None or not np.isfinite(found).all():
            return None
        values = found / unseen.shape[1]
        return cls(values[: len(unseen)], values[len(unseen) :])
