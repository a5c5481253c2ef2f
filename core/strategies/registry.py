"""All sampling strategies, from no knowledge of the data to all of it."""

from __future__ import annotations

from core.errors import InputError
from core.strategies.base import Strategy
from core.strategies.fitted import Copula, Mixture, Shell
from core.strategies.normal import Ellipsoid, Gaussian, MultivariateNormal, StandardNormal
from core.strategies.observed import Data, LocalNormal, Marginal, Neighbours
from core.strategies.uniform import Cube, Interval

__all__ = ["STRATEGIES", "find_strategy"]

STRATEGIES: tuple[type[Strategy], ...] = (
    Cube,
    Interval,
    Gaussian,
    StandardNormal,
    Marginal,
    MultivariateNormal,
    Ellipsoid,
    Shell,
    Copula,
    Mixture,
    LocalNormal,
    Neighbours,
    Data,
)
"""In the order of the tabs."""


def find_strategy(key: str) -> type[Strategy]:
    """Return a strategy by its key; raise `InputError` where there is none."""
    for strategy in STRATEGIES:
        if strategy.key == key:
            return strategy
    raise InputError(f"There is no strategy {key!r}; choose one of {', '.join(s.key for s in STRATEGIES)}.")
