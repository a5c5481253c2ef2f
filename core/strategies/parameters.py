"""What the parameters of strategies are, and which values they take."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from core.errors import InputError

__all__ = ["ANYONE", "Asked", "Choice", "Number", "Parameter", "Value", "can_be_asked", "wishes_in"]

WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
DECIMAL = re.compile(r"[+-]?([0-9]{1,18}\.?[0-9]{0,18}|\.[0-9]{1,18})([eE][+-]?[0-9]{1,3})?")
"""How numbers are written: Python would read other scripts' digits and underscores as well."""

ANYONE = "anyone"
"""Stands for no attribute."""

ATTRIBUTE = re.compile(r"[^\s+,=/\\-][^+,=/\\\x00-\x1f]{0,63}")
"""What the name of an attribute is that can be asked for: it stands in addresses, file names and tables."""

SHOWN = 40
"""Characters of a wrong value that a message repeats."""

Value = int | float | str
"""Of a parameter."""


@dataclass(frozen=True)
class Number:
    """A numeric parameter: what a slider and a check of the command line need to know of it.

    ``bound`` says what of a study it cannot exceed there: its number of ``components`` or of ``vectors``, or nothing.
    More than there are means all. Unless it ``shapes_fit``, what takes long to learn does not depend on it. Where it
    means nothing unless attributes are asked for, ``of`` names the parameter that asks.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    help: str
    whole: bool = False
    bound: str = ""
    shapes_fit: bool = True
    of: str = ""

    def within(self, dimension: int, count: int) -> Self:
        """Return the parameter as a study of that many components and vectors has it."""
        limits = {"components": dimension, "vectors": count}
        return replace(self, high=max(self.low, min(self.high, limits.get(self.bound, self.high))))

    def check(self, value: Any) -> int | float:
        """Return the value as a number of the right kind; raise `InputError` outside the limits.

        Decimal numbers are rounded to the six digits that tables, file names and addresses give, so that a number and
        its text are the same.
        """
        text = str(value)
        kind = WHOLE if self.whole else DECIMAL
        if not kind.fullmatch(text):
            shown = text if len(text) < SHOWN else f"{text[:SHOWN]}…"
            raise InputError(f"{self.name} must be {'a whole' if self.whole else 'a'} number, not {shown!r}.")
        number = int(text) if self.whole else float(f"{float(text):g}")
        if not self.low <= number <= self.high:
            kind_of = "a whole number " if self.whole else ""
            raise InputError(f"{self.name} must be {kind_of}from {self.low:,.10g} to {self.high:,.10g}, not {value}.")
        return number


@dataclass(frozen=True)
class Choice:
    """A parameter with named options; ``options`` maps what the code calls them to what a reader sees.

    Unless it ``shapes_fit``, what takes long to learn does not depend on it.
    """

    name: str
    label: str
    options: Mapping[str, str]
    help: str
    shapes_fit: bool = True

    def check(self, value: Any) -> str:
        """Return the value; raise `InputError` if it is none of the options."""
        if not isinstance(value, str) or value not in self.options:
            raise InputError(f"{self.name} must be one of {', '.join(self.options)}, not {value!r}.")
        return value


@dataclass(frozen=True)
class Asked:
    """A parameter that asks for attributes: ``Eyeglasses+-Male`` asks for those with eyeglasses who are not men.

    Which there are a study says, and what was learned from it. What takes long to learn does not depend on it.
    """

    name: str
    label: str
    help: str
    shapes_fit: ClassVar[bool] = False

    def check(self, value: Any) -> str:
        """Return the attributes as they are written, each once; raise `InputError` where they contradict each other."""
        if value == ANYONE:
            return ANYONE
        terms = list(dict.fromkeys(value.split("+") if isinstance(value, str) else [str(value)]))
        for term in terms:
            if not isinstance(value, str) or not can_be_asked(term.removeprefix("-")):
                shown = term if len(term) < SHOWN else f"{term[:SHOWN]}…"
                raise InputError(f"{self.name} must be attributes, as in Smiling+-Male, or {ANYONE}, not {shown!r}.")
            if f"-{term}" in terms:
                raise InputError(f"{self.name} must be free of contradictions, but has {term} and -{term}.")
        return "+".join(terms)


def wishes_in(asked: str) -> dict[str, bool]:
    """Return which attributes a text asks for that :class:`Asked` has checked, and whether they are to be there."""
    terms = [] if asked == ANYONE else asked.split("+")
    return {term.removeprefix("-"): not term.startswith("-") for term in terms}


def can_be_asked(attribute: str) -> bool:
    """Return whether an attribute's name can be written where parameters are."""
    return attribute != ANYONE and ATTRIBUTE.fullmatch(attribute) is not None


Parameter = Number | Choice | Asked
