"""Several selections at once, one of which is worked on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

from core.selection.rules import Rule

__all__ = ["MOST", "Several"]

T = TypeVar("T")

MOST = 4
"""Selections at once: as many colours and signs are told apart."""


@dataclass(frozen=True)
class Several:
    """Places for selections, each with a colour and a sign of its own that stay when others come and go.

    Attributes
    ----------
    rules : tuple of Rule or None
        One for each of :data:`MOST` places; None where nothing is selected.
    names : tuple of str
        "" where one has none.
    current : int
        The place that is worked on: what is drawn, typed or cleared is of that one.
    """

    rules: tuple[Rule | None, ...] = (None,) * MOST
    names: tuple[str, ...] = ("",) * MOST
    current: int = 0

    @property
    def rule(self) -> Rule | None:
        """What the current one chooses by."""
        return self.rules[self.current]

    @property
    def name(self) -> str:
        """What the current one is called."""
        return self.names[self.current]

    @property
    def taken(self) -> tuple[int, ...]:
        """Places where something is selected."""
        return tuple(place for place, rule in enumerate(self.rules) if rule is not None)

    @property
    def free(self) -> int | None:
        """The first place, but for the current one, where nothing is selected; None where there is none."""
        return next((p for p, rule in enumerate(self.rules) if rule is None and p != self.current), None)

    def with_rule(self, rule: Rule | None) -> Several:
        """Return the same with another rule in the current place; one that is emptied loses its name."""
        several = replace(self, rules=_replaced(self.rules, self.current, rule))
        return several.with_name("") if rule is None else several

    def with_name(self, name: str) -> Several:
        """Return the same with the current one called otherwise."""
        return replace(self, names=_replaced(self.names, self.current, name))

    def at(self, place: int) -> Several:
        """Return the same with another one worked on."""
        return replace(self, current=place)


def _replaced(values: tuple[T, ...], place: int, value: T) -> tuple[T, ...]:
    return (*values[:place], value, *values[place + 1 :])
