"""How choices stand in the address: as texts that people can read, and that are not trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote

from core.errors import InputError
from core.strategies import Asked, Number, wishes_in
from core.strategies.recipe import written

__all__ = ["Codec", "amounts", "asked", "flag", "number", "option", "several"]

T = TypeVar("T")


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How a choice stands in the address: ``read`` returns what a text means, or raises `InputError`."""

    read: Callable[[str], T]
    write: Callable[[T], str]


def number(name: str, low: float, high: float, whole: bool = True) -> Codec[Any]:
    """Return the codec of a number within limits."""
    return Codec(Number(name, name, low, high, 1, "", whole).check, written)


def option(name: str, options: Mapping[str, str], former: Mapping[str, str] | None = None) -> Codec[str]:
    """Return the codec of one of several options, named as the code calls them; what a reader sees is read, too."""
    labels = {label: key for key, label in options.items()}

    def read(text: str) -> str:
        key = (former or {}).get(text, text)
        if key in options:
            return key
        if key in labels:
            return labels[key]
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise InputError(f"{name} must be one of {', '.join(options)}, not {shown!r}.")

    return Codec(read, str)


def asked(name: str, attributes: Collection[str]) -> Codec[str]:
    """Return the codec of what is asked for of some attributes, as :class:`~core.strategies.Asked` writes it."""
    check = Asked(name, name, "").check

    def read(text: str) -> str:
        terms = check(text)
        if unknown := next((name for name in wishes_in(terms) if name not in attributes), None):
            raise InputError(f"{name} cannot ask for {unknown[:40]!r} here.")
        return terms

    return Codec(read, str)


def flag(name: str) -> Codec[bool]:
    """Return the codec of a switch."""
    words = {"true": True, "false": False}

    def read(text: str) -> bool:
        if text not in words:
            raise InputError(f"{name} must be true or false, not {text[:40]!r}.")
        return words[text]

    return Codec(read, lambda value: "true" if value else "false")


def amounts(name: str, keys: Iterable[str], reach: float) -> Codec[tuple[tuple[str, float], ...]]:
    """Return the codec of amounts by key, none beyond a reach, as in ``1:2.5 3:-1``; those that are 0 are left out."""
    known = {key: place for place, key in enumerate(keys)}
    check = Number(name, name, -reach, reach, 0.1, "").check

    def read(text: str) -> tuple[tuple[str, float], ...]:
        found = {}
        for part in text.split():
            quoted, _, amount = part.rpartition(":")
            if (key := unquote(quoted)) not in known:
                raise InputError(f"{name} does not know {part[:40]!r}.")
            found[key] = check(amount)
        return tuple(sorted(((key, n) for key, n in found.items() if n), key=lambda pair: known[pair[0]]))

    return Codec(read, lambda pairs: " ".join(f"{quote(key, safe='')}:{written(float(n))}" for key, n in pairs))


def several(name: str, options: Iterable[str]) -> Codec[tuple[str, ...]]:
    """Return the codec of any number of options, parted by blanks; those in a name are written as %20."""
    known = tuple(options)

    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(part.replace("%20", " ") for part in text.split(" ") if part)
        if wrong := next((part for part in chosen if part not in known), None):
            raise InputError(f"{name} does not know {wrong[:40]!r}.")
        return tuple(option for option in known if option in chosen)

    return Codec(read, lambda chosen: " ".join(option.replace(" ", "%20") for option in chosen))
