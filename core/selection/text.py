"""Rules as short texts, to be typed and to stand in an address: ``Smiling and not Male and radius 10..15``.

======================================  ==============================================
``Smiling``, ``Smiling=no``             an attribute of yes or no
``suit="hearts"``                       an attribute of categories
``age 18..30``, ``age ..30``            an attribute that is a number, both ends included
``radius 10..15``, ``axis1 2..``        a quantity: radius, distance, error, axis1 …, component0 …
``difference(Smiling) 1..``             along a direction of an attribute: see :mod:`core.space.quantities`
``apart("radius 20..") 1..``            along what tells the vectors of a rule from the rest
``box(axis1 0..2, axis2 -1..1)``        a rectangle of two quantities
``polygon(axis1, axis2: 0 0, 2 0, 1 2)``  a polygon of two quantities
``images("a.jpg", "b.jpg")``            a list of names
``near("a.jpg", 50)``                   the 50 vectors nearest to that of an image; ``near(0.1 2 …, 50)`` to a vector
``unusual(50)``, ``unusual(50, error)`` the 50 of the largest distance; radius or error
``and``, ``or``, ``not``, ``( )``       joined, ``and`` more closely than ``or``
======================================  ==============================================

A name that is no plain word, or a word of these, stands in double quotes with the escapes of JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from msgspec import ValidationError, convert, to_builtins

from core.errors import InputError
from core.selection.rules import (
    DEEPEST,
    AllOf,
    AnyOf,
    Box,
    Has,
    Images,
    Near,
    Not,
    Number,
    Polygon,
    Rule,
    Unusual,
    Within,
)
from core.space.quantities import FAMILIES, QUANTITY, Trait, named_quantity

__all__ = ["LONGEST", "as_text", "parse"]

T = TypeVar("T")

LONGEST = 2000
"""Characters of a text that is read: those of a value in an address."""

WORDS = ("and", "or", "not", "yes", "no", "box", "polygon", "images", "near", "unusual")

TOKEN = re.compile(
    r"\s*(?:(?P<number>[-+]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?)"
    r'|(?P<word>[^\W\d]\w*)|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<sign>\.\.|[(),:=]))'
)


class _Token(NamedTuple):
    kind: str
    text: str


_END = _Token("end", "")


def as_text(rule: Rule) -> str:
    """Return a rule as a text, which :func:`parse` reads as the same rule."""
    return _written(rule, 0)


def parse(text: str) -> Rule:
    """Return the rule that a text says; raise `InputError` if it says none."""
    if len(text) > LONGEST:
        raise InputError(
            f"A rule that is typed has {LONGEST:,} characters at most, not {len(text):,}; bring it as a file."
        )
    try:
        return _Reader(text).read()
    except (ValidationError, RecursionError) as error:
        raise InputError(f"{_shown(text)} is no rule ({error}); change it.") from None


def _written(rule: Rule, closeness: int) -> str:
    if isinstance(rule, AnyOf | AllOf):
        own, word = (1, " or ") if isinstance(rule, AnyOf) else (2, " and ")
        text = word.join(_written(part, own) for part in rule.parts)
        return f"({text})" if closeness >= own else text
    if isinstance(rule, Not):
        return f"not {_written(rule.part, 2)}"
    return _leaf(rule)


def _leaf(rule: Rule) -> str:
    match rule:
        case Has(attribute, True):
            return _name(attribute)
        case Has(attribute, value):
            return f"{_name(attribute)}={'no' if value is False else _quoted(str(value))}"
        case Number(attribute, low, high):
            return f"{_name(attribute)} {_range(low, high)}"
        case Within(of, low, high):
            return f"{of} {_range(low, high)}"
        case Box(across, up, left, right, bottom, top):
            return f"box({across} {_range(left, right)}, {up} {_range(bottom, top)})"
        case Polygon(across, up, corners):
            return f"polygon({across}, {up}: {', '.join(f'{_short(x)} {_short(y)}' for x, y in corners)})"
        case Images(names):
            return f"images({', '.join(map(_quoted, names))})"
        case Near(count, image, vector):
            of = _quoted(image) if image is not None else " ".join(map(_short, vector or ()))
            return f"near({of}, {count})"
        case Unusual(count, of):
            return f"unusual({count})" if of == "distance" else f"unusual({count}, {of})"
    raise TypeError(rule)  # pragma: no cover


def _name(name: str) -> str:
    plain = re.fullmatch(r"[^\W\d]\w*", name) and name not in WORDS and not QUANTITY.fullmatch(name)
    return name if plain else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _range(low: float | None, high: float | None) -> str:
    return f"{'' if low is None else _short(low)}..{'' if high is None else _short(high)}"


def _short(value: float) -> str:
    return repr(value).removesuffix(".0")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


class _Reader:
    """Reads tokens from left to right, by recursive descent."""

    def __init__(self, text: str) -> None:
        self.text, self.place, self.depth = text, 0, 0
        self.tokens: list[_Token] = []
        end = len(text.rstrip())
        while self.place < end:
            found = TOKEN.match(text, self.place)
            if found is None:
                raise InputError(f"Nobody knows what {_shown(text[self.place :].strip())} means in a rule; change it.")
            self.tokens.append(_Token(str(found.lastgroup), found[str(found.lastgroup)]))
            self.place = found.end()
        self.place = 0

    def read(self) -> Rule:
        rule = self.any_of()
        if self.next != _END:
            raise self.unexpected("and, or, or the end")
        return rule

    @property
    def next(self) -> _Token:
        return self.tokens[self.place] if self.place < len(self.tokens) else _END

    def unexpected(self, wanted: str) -> InputError:
        found = _shown(self.next.text) if self.next != _END else "its end"
        return InputError(f"The rule {_shown(self.text)} has {found} where {wanted} is expected; change it.")

    def take(self) -> _Token:
        token = self.next
        self.place += 1
        return token

    def skip(self, *texts: str) -> str:
        """Take a sign or word that is one of several, where it comes next."""
        if self.next.kind in ("sign", "word") and self.next.text in texts:
            return self.take().text
        return ""

    def need(self, text: str) -> None:
        if not self.skip(text):
            raise self.unexpected(repr(text))

    def any_of(self) -> Rule:
        parts = self.several("or", self.all_of)
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def all_of(self) -> Rule:
        parts = self.several("and", self.one)
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def several(self, separator: str, read: Callable[[], T]) -> list[T]:
        parts = [read()]
        while self.skip(separator):
            parts.append(read())
        return parts

    def one(self) -> Rule:
        self.depth += 1
        if self.depth > 2 * DEEPEST:
            raise InputError(f"Rules lie in each other {DEEPEST} deep at most; make this one flatter.")
        rule = self.closed()
        self.depth -= 1
        return rule

    def closed(self) -> Rule:
        if self.skip("not"):
            return Not(self.one())
        if self.skip("("):
            rule = self.any_of()
            self.need(")")
            return rule
        if read := {"box": self.box, "polygon": self.polygon, "images": self.images, "near": self.near,
                    "unusual": self.unusual}.get(self.next.text if self.next.kind == "word" else ""):  # fmt: skip
            self.take()
            self.need("(")
            rule = read()
            self.need(")")
            return rule
        if self.next.kind == "word" and QUANTITY.fullmatch(self.next.text):
            return Within(self.take().text, *self.range())
        if self.begins_a_family:
            return Within(self.quantity(), *self.range())
        return self.attribute()

    def attribute(self) -> Rule:
        if self.next.kind not in ("word", "quoted") or self.next in [_Token("word", word) for word in WORDS]:
            raise self.unexpected("an attribute or a quantity")
        name = self.name()
        if self.skip("="):
            if value := self.skip("yes", "no"):
                return _checked(Has(name, value == "yes"))
            return _checked(Has(name, self.name()))
        if self.next.kind == "number" or self.next == _Token("sign", ".."):
            return _checked(Number(name, *self.range()))
        return _checked(Has(name))

    def name(self) -> str:
        """Take a word, or a text in quotes."""
        if self.next.kind == "word":
            return self.take().text
        if self.next.kind != "quoted":
            raise self.unexpected("a name")
        text = self.take().text
        try:
            name = str(json.loads(text))
            name.encode()  # no half of a character
        except ValueError:
            raise InputError(f"The name {_shown(text)} is not written as JSON writes texts; change it.") from None
        return name

    def quantity(self) -> str:
        if self.next.kind != "word":
            raise self.unexpected("a quantity")
        if not self.begins_a_family:
            return self.take().text
        family = self.take().text
        self.need("(")
        trait = Trait(self.name(), self.name() if self.skip("=") else None)
        self.need(")")
        return named_quantity(family, trait)

    @property
    def begins_a_family(self) -> bool:
        after = self.tokens[self.place + 1] if self.place + 1 < len(self.tokens) else _END
        return self.next.kind == "word" and self.next.text in FAMILIES and after == _Token("sign", "(")

    def number(self) -> float:
        if self.next.kind != "number":
            raise self.unexpected("a number")
        return float(self.take().text)

    def whole(self) -> int:
        if not self.next.text.isdecimal() or len(self.next.text) > 9:
            raise self.unexpected("a number of vectors")
        return int(self.take().text)

    def range(self) -> tuple[float | None, float | None]:
        low = self.number() if self.next.kind == "number" else None
        self.need("..")
        return low, self.number() if self.next.kind == "number" else None

    def side(self) -> tuple[str, float, float]:
        name, low = self.quantity(), self.number()
        self.need("..")
        return name, low, self.number()

    def box(self) -> Rule:
        across, left, right = self.side()
        self.need(",")
        up, bottom, top = self.side()
        return Box(across, up, left, right, bottom, top)

    def polygon(self) -> Rule:
        across = self.quantity()
        self.need(",")
        up = self.quantity()
        self.need(":")
        return Polygon(across, up, tuple(self.several(",", lambda: (self.number(), self.number()))))

    def images(self) -> Rule:
        return _checked(Images(tuple(self.several(",", self.name))))

    def near(self) -> Rule:
        image = self.name() if self.next.kind != "number" else None
        vector = []
        while self.next.kind == "number":
            vector.append(self.number())
        self.need(",")
        return _checked(Near(self.whole(), image, None if image is not None else tuple(vector)))

    def unusual(self) -> Rule:
        count = self.whole()
        return _checked(Unusual(count, self.quantity()) if self.skip(",") else Unusual(count))  # type: ignore[arg-type]


def _checked(rule: T) -> T:
    """Return a rule whose fields are within the limits that are checked where it is read from a file."""
    return convert(to_builtins(rule), type(rule))
