"""All sampling strategies, from no knowledge of the data to all of it."""

from __future__ import annotations

from core.errors import InputError
from core.strategies.base import Strategy
from core.strategies.diffusion import Diffusion
from core.strategies.fitted import Copula, Mixture, MultivariateT, Shell
from core.strategies.flow import Flow
from core.strategies.normal import Ellipsoid, Gaussian, MultivariateNormal, StandardNormal
from core.strategies.observed import Aggregate, Data, LocalNormal, Marginal, Neighbours
from core.strategies.uniform import Cube, Interval

__all__ = ["STRATEGIES", "applicable", "find_strategy"]

STRATEGIES: tuple[type[Strategy], ...] = (
    Cube,
    StandardNormal,
    Interval,
    Gaussian,
    Marginal,
    MultivariateNormal,
    MultivariateT,
    Ellipsoid,
    Shell,
    Copula,
    Mixture,
    Flow,
    Diffusion,
    LocalNormal,
    Neighbours,
    Aggregate,
    Data,
)
"""In the order of the tabs."""


def applicable(posteriors: bool) -> tuple[type[Strategy], ...]:
    """Return the strategies that vectors with or without posteriors can be drawn by, in the order of the tabs."""
    return tuple(strategy for strategy in STRATEGIES if posteriors or not strategy.needs_posteriors)


def find_strategy(key: str) -> type[Strategy]:
    """Return a strategy by its key; raise `InputError` where there is none."""
    for strategy in STRATEGIES:
        if strategy.key == key:
            return strategy
    raise InputError(f"There is no strategy {key!r}; choose one of {', '.join(s.key for s in STRATEGIES)}.")
