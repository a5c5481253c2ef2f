"""A strategy with its parameters: the one form in which a choice travels.

From widget to address, cache key, file name, table row and command line, a choice of strategy is a `Recipe`. Its
parameters are complete, checked, of one type and rounded as they are written, so that two ways of saying the same thing
are equal, and drawn and kept once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from core.former import strategy_key
from core.strategies.base import Strategy
from core.strategies.parameters import Value
from core.strategies.registry import find_strategy

__all__ = ["Recipe"]


@dataclass(frozen=True)
class Recipe:
    """A strategy and all of its parameters; made by :meth:`of`, which checks them.

    Attributes
    ----------
    key : str
        Of the strategy.
    parameters : tuple of (str, value)
        All parameters, in the order of the strategy's controls.
    """

    key: str
    parameters: tuple[tuple[str, Value], ...] = ()

    @classmethod
    def of(cls, key: str, parameters: Mapping[str, Any] | None = None) -> Self:
        """Return the recipe of a strategy with some parameters given, as numbers or as text, the others as usual.

        Raises
        ------
        InputError
            If there is no such strategy or parameter, or a value is out of range.
        """
        strategy = find_strategy(strategy_key(key))
        given = strategy.checked(parameters or {})
        usual = strategy().get_params()
        return cls(strategy.key, tuple((p.name, given.get(p.name, usual[p.name])) for p in strategy.parameters))

    @classmethod
    def parse(cls, key: str, text: str) -> Self:
        """Return the recipe that a table names by a key and a text such as ``k=2,centre=mean``; see :meth:`of`."""
        pairs = (pair.partition("=") for pair in text.split(",") if pair)
        return cls.of(key, {name: value for name, _, value in pairs})

    @property
    def strategy(self) -> type[Strategy]:
        """The class of the strategy."""
        return find_strategy(self.key)

    @property
    def values(self) -> dict[str, Value]:
        """The parameters by name."""
        return dict(self.parameters)

    @property
    def text(self) -> str:
        """The parameters as they stand in tables, ``k=2,centre=mean``; empty without any."""
        return _joined(self.parameters)

    @property
    def stem(self) -> str:
        """Key and parameters as they stand in file names."""
        return "_".join(filter(None, (self.key, self.text)))

    @property
    def fitted_text(self) -> str:
        """Those parameters that what takes long to learn depends on, as in :attr:`text`."""
        shaping = {p.name for p in self.strategy.parameters if p.shapes_fit}
        return _joined((name, value) for name, value in self.parameters if name in shaping)

    @property
    def fitted_stem(self) -> str:
        """Key and those parameters, as the files of kept fits are named."""
        return "_".join(filter(None, (self.key, self.fitted_text)))

    def make(self) -> Strategy:
        """Return the strategy, not fitted."""
        return self.strategy(**self.values)


def written(value: Value) -> str:
    """Return a value as it stands in tables, file names and addresses."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _joined(parameters: Iterable[tuple[str, Value]]) -> str:
    return ",".join(f"{name}={written(value)}" for name, value in parameters)
