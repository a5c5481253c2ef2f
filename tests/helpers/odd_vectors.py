"""Sets of latent vectors that a careless formula divides by zero on, and samples drawn for them."""

from __future__ import annotations

import numpy as np

from core.space.sample import Sample
from core.statistics import Description, describe
from core.strategies import make_strategy

_RNG = np.random.default_rng(8)
_PLAIN = _RNG.normal(1.0, 1.0, (40, 4))

ODD: dict[str, np.ndarray] = {
    "one dimension": _PLAIN[:, :1],
    "one vector": _PLAIN[:1],
    "one number": _PLAIN[:1, :1],
    "two vectors": _PLAIN[:2],
    "a constant component": np.where([False, True, False, False], 3.3, _PLAIN),
    "nothing but constants": np.full((30, 4), 0.1),
    "nothing but zeros": np.zeros((30, 4)),
    "a singular covariance": _PLAIN[:, [0, 1, 2, 0, 1]],
    "fewer vectors than components": _RNG.normal(size=(5, 9)),
}
"""Vectors (n, d) by what is odd about them."""


def sample_of(description: Description, vectors: np.ndarray, key: str = "gaussian", count: int = 20) -> Sample:
    """Return a sample of a strategy that is fitted to vectors which belong to no study."""
    strategy = make_strategy(key).fit(vectors, description)
    drawn = strategy.sample(count, np.random.default_rng(0))
    return Sample(strategy, 0, drawn, describe(drawn, description))
