"""Rules: what makes a vector of a study one of a selection.

A rule says how to choose, not which rows: so it is short however many rows it chooses, goes through files and
addresses, and chooses from a study that has grown. Where something is not known of a vector, such as an attribute or an
error, what asks for it does not choose the vector, and ``Not`` of that does.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from core.errors import InputError
from core.space.quantities import QUANTITY, named_quantity, read_quantity

__all__ = [
    "DEEPEST",
    "MOST_CORNERS",
    "MOST_IMAGES",
    "MOST_RULES",
    "AllOf",
    "AnyOf",
    "Box",
    "Has",
    "Images",
    "Near",
    "Not",
    "Number",
    "Polygon",
    "Rule",
    "Unusual",
    "Within",
    "joined",
    "leaves_of",
]

MOST_RULES, DEEPEST = 64, 8
"""Rules within a rule, and how deep they may lie in each other."""

MOST_CORNERS, MOST_IMAGES, MOST_COUNT = 64, 10_000, 1_000_000
"""Corners of a polygon, names in a list, vectors that are counted by their order; at most."""

Name = Annotated[str, Meta(min_length=1, max_length=500)]
Quantity = Annotated[str, Meta(max_length=2000)]
"""A number that is known of each vector besides its attributes: see :mod:`core.space.quantities`."""

Count = Annotated[int, Meta(ge=1, le=MOST_COUNT)]
Measure = Literal["radius", "distance", "error"]


class _Rule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What all rules are: plain data that compare and hash by what they say."""


class Has(_Rule, frozen=True, tag="has"):
    """An attribute of yes or no has a value, or one of categories."""

    attribute: Name
    value: bool | Annotated[str, Meta(max_length=500)] = True


class Number(_Rule, frozen=True, tag="number"):
    """An attribute that is a number lies from ``low`` to ``high``, both included; None where there is no such end."""

    attribute: Name
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_range(self, self.attribute, "low", "high")


class Within(_Rule, frozen=True, tag="within"):
    """A :data:`Quantity` lies from ``low`` to ``high``, both included; None where there is no such end."""

    of: Quantity
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _check_quantities(self, "of")
        _check_range(self, self.of, "low", "high")


class Box(_Rule, frozen=True, tag="box"):
    """Two quantities lie in a rectangle, its edges included."""

    across: Quantity
    up: Quantity
    left: float
    right: float
    bottom: float
    top: float

    def __post_init__(self) -> None:
        _check_quantities(self, "across", "up")
        _check_range(self, self.across, "left", "right")
        _check_range(self, self.up, "bottom", "top")


class Polygon(_Rule, frozen=True, tag="polygon"):
    """Two quantities lie in a polygon that closes itself; where it crosses itself, by the even-odd rule."""

    across: Quantity
    up: Quantity
    corners: tuple[tuple[float, float], ...]

    def __post_init__(self) -> None:
        _check_quantities(self, "across", "up")
        if not 3 <= len(self.corners) <= MOST_CORNERS:
            raise InputError(f"A polygon has from 3 to {MOST_CORNERS} corners, not {len(self.corners)}.")
        force_setattr(self, "corners", tuple((_finite(x, "corner"), _finite(y, "corner")) for x, y in self.corners))


class Images(_Rule, frozen=True, tag="images"):
    """The image of the vector has one of these names."""

    names: tuple[Name, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.names) <= MOST_IMAGES:
            raise InputError(f"A list has from 1 to {MOST_IMAGES:,} images, not {len(self.names):,}.")


class Near(_Rule, frozen=True, tag="near"):
    """One of the ``count`` vectors nearest to a vector, or to that of an image, which is one of them itself."""

    count: Count
    image: Name | None = None
    vector: Annotated[tuple[float, ...], Meta(max_length=65_536)] | None = None

    def __post_init__(self) -> None:
        _check_count(self.count)
        if (self.image is None) == (self.vector is None):
            raise InputError("Neighbours are those of an image or of a vector; name one of both.")
        if self.vector is not None:
            force_setattr(self, "vector", tuple(_finite(x, "component") for x in self.vector))


class Unusual(_Rule, frozen=True, tag="unusual"):
    """One of the ``count`` vectors with the largest distance, radius or error."""

    count: Count
    of: Measure = "distance"

    def __post_init__(self) -> None:
        _check_count(self.count)


class AllOf(_Rule, frozen=True, tag="and"):
    """All of several rules choose the vector."""

    parts: tuple[Rule, ...]

    def __post_init__(self) -> None:
        _check_size(self.parts)


class AnyOf(_Rule, frozen=True, tag="or"):
    """Any of several rules chooses the vector."""

    parts: tuple[Rule, ...]

    def __post_init__(self) -> None:
        _check_size(self.parts)


class Not(_Rule, frozen=True, tag="not"):
    """A rule does not choose the vector."""

    part: Rule

    def __post_init__(self) -> None:
        _check_size((self.part,), fewest=1)


Rule: TypeAlias = Has | Number | Within | Box | Polygon | Images | Near | Unusual | AllOf | AnyOf | Not
"""Any rule."""


def joined(old: Rule | None, new: Rule, how: str) -> Rule:
    """Return a rule joined to one that stands: ``new`` in its place, ``and``, ``or``, or ``without`` what it chooses.

    Raises
    ------
    InputError
        If both together are too large.
    """
    if old is None or how == "new":
        return Not(new) if how == "without" else new
    if how == "or":
        return AnyOf((*(old.parts if isinstance(old, AnyOf) else (old,)), new))
    narrower = Not(new) if how == "without" else new
    return AllOf((*(old.parts if isinstance(old, AllOf) else (old,)), narrower))


def leaves_of(rule: Rule) -> Iterator[Rule]:
    """Yield the rules within a rule that consist of no others."""
    if isinstance(rule, AllOf | AnyOf):
        for part in rule.parts:
            yield from leaves_of(part)
    elif isinstance(rule, Not):
        yield from leaves_of(rule.part)
    else:
        yield rule


def _check_size(parts: tuple[Rule, ...], fewest: int = 2) -> None:
    if not fewest <= len(parts) <= MOST_RULES or sum(map(_size, parts)) >= MOST_RULES:
        raise InputError(f"A rule joins at least two rules and consists of {MOST_RULES} at most; make it shorter.")
    if max(map(_depth, parts)) >= DEEPEST:
        raise InputError(f"Rules lie in each other {DEEPEST} deep at most; make this one flatter.")


def _inside(rule: Rule) -> tuple[Rule, ...]:
    if isinstance(rule, AllOf | AnyOf):
        return rule.parts
    return (rule.part,) if isinstance(rule, Not) else ()


def _size(rule: Rule) -> int:
    return 1 + sum(map(_size, _inside(rule)))


def _depth(rule: Rule) -> int:
    return 1 + max(map(_depth, _inside(rule)), default=0)


def _check_quantities(rule: _Rule, *fields: str) -> None:
    """Refuse what is no quantity; write those of attributes in the one way that they are compared by."""
    for field in fields:
        name = getattr(rule, field)
        try:
            known, named = QUANTITY.fullmatch(name), read_quantity(name)
        except ValueError:
            known = None
        if known is None:
            raise InputError(
                f"{name[:40]!r} is no quantity; known are radius, distance, error, axis1 and so on, component0 and so "
                "on, umap1 and umap2, those of attributes, as in difference(NAME) or discriminant(NAME), and of rules, "
                'as in apart("radius 10..15").'
            )
        if named is not None:
            force_setattr(rule, field, named_quantity(*named))


def _check_count(count: int) -> None:
    if not 1 <= count <= MOST_COUNT:
        raise InputError(f"A number of vectors is from 1 to {MOST_COUNT:,}, not {count}.")


def _check_range(rule: _Rule, of: str, low: str, high: str) -> None:
    """Make the ends of a range plain floats; refuse one without ends, or whose ends are the wrong way round."""
    ends = [None if (end := getattr(rule, name)) is None else _finite(end, of) for name in (low, high)]
    known = [end for end in ends if end is not None]
    if not known or known != sorted(known):
        raise InputError(f"The range of {of[:40]!r} needs an end, and its lower end below the upper; give another.")
    for name, end in zip((low, high), ends, strict=True):
        force_setattr(rule, name, end)


def _finite(value: float, of: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{number} is no {of[:40]}; give finite numbers.")
    return number
