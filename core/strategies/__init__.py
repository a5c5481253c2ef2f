"""The ladder of sampling strategies, from no knowledge of the data to all of it.

Adding a strategy is adding one class and one entry of :data:`STRATEGIES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.errors import InputError
from core.strategies.base import Choice, Number, Parameter, Report, Strategy, stream
from core.strategies.fitted import Copula, Mixture, Shell
from core.strategies.normal import Ellipsoid, Gaussian, MultivariateNormal, StandardNormal
from core.strategies.observed import CelebA, LocalNormal, Marginal, Neighbours
from core.strategies.uniform import Cube, Interval

__all__ = [
    "STRATEGIES",
    "CelebA",
    "Choice",
    "Copula",
    "Cube",
    "Ellipsoid",
    "Gaussian",
    "Interval",
    "LocalNormal",
    "Marginal",
    "Mixture",
    "MultivariateNormal",
    "Neighbours",
    "Number",
    "Parameter",
    "Report",
    "Shell",
    "StandardNormal",
    "Strategy",
    "make_strategy",
    "stream",
]

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
    CelebA,
)
"""All strategies, in the order of the tabs."""


def make_strategy(key: str, parameters: Mapping[str, Any] | None = None) -> Strategy:
    """Return an unfitted strategy by its key, its parameters checked; raise `InputError` for unknown names."""
    known = {s.key: s for s in STRATEGIES}
    if key not in known:
        raise InputError(f"There is no strategy {key!r}; choose one of {', '.join(known)}.")
    names = [p.name for p in known[key].parameters]
    if unknown := sorted(set(parameters or {}) - set(names)):
        raise InputError(f"{key} has no parameter {unknown[0]!r}; it takes {', '.join(names) or 'none'}.")
    strategy = known[key](**dict(parameters or {}))
    strategy.check_parameters()
    return strategy
