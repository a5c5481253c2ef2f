"""Names of numbers that are known of each vector: as rules, charts and addresses write them.

``radius``, ``distance`` to the centre, ``error`` of the reconstruction, ``axis1`` the coordinate along the first
principal axis from the centre, ``component0`` that of the vector itself, ``umap1`` and ``umap2`` the place on the
study's map; and coordinates along directions that an attribute has, from the centre, as in ``difference(Smiling)`` or
``difference(suit="hearts")``:

========================  =============================================================================
``difference``            from the mean of the vectors without to that of those with it
``off_difference``        the longest principal axis of what is left when that direction is taken out
``discriminant``          what tells them apart best; of categories, ``discriminant2`` the second best
``off_discriminant``      the longest principal axis of what the discriminant leaves
========================  =============================================================================

``apart("radius 10..15")`` is the discriminant of what a rule chooses against the rest, ``off_apart`` across it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from core.errors import InputError, MissingError
from core.plain import as_text

__all__ = [
    "FAMILIES",
    "OF_RULES",
    "QUANTITY",
    "Direction",
    "Trait",
    "check_directions",
    "direction_name",
    "direction_of",
    "named_quantity",
    "plane_quantities",
    "quantity_of",
    "read_quantity",
    "read_trait",
    "require_directions",
    "shown_rule",
]

Direction = tuple[str, int]
"""``("axis", i)`` for a principal axis, ``("component", j)`` for a component, ``("umap", i)``; all count from 0.

Of a trait, the quantity itself and 0: ``("difference(Smiling)", 0)``.
"""

FAMILIES = {
    "difference": "difference of means",
    "off_difference": "longest axis across the difference",
    "discriminant": "discriminant",
    "discriminant2": "second discriminant",
    "off_discriminant": "longest axis across the discriminant",
    "apart": "discriminant of a selection",
    "off_apart": "longest axis across the discriminant of a selection",
}
"""Directions that an attribute or a selection has, as rules and as readers call them."""

OF_RULES = ("apart", "off_apart")
"""Those of a selection: in the place of an attribute, they have the text of its rule."""

SHOWN = 40
"""Characters of such a rule beside a chart."""

TEXT = r'(?:[^\W\d]\w*|"(?:[^"\\]|\\.)*")'

TRAIT = re.compile(rf"({TEXT})(?:=({TEXT}))?")

OF_A_TRAIT = re.compile(rf"({'|'.join(FAMILIES)})\(({TRAIT.pattern})\)")

QUANTITY = re.compile(
    rf"radius|distance|error|axis[1-9]\d{{0,4}}|component(?:0|[1-9]\d{{0,4}})|umap[12]|{OF_A_TRAIT.pattern}"
)
"""Every quantity; axes count from 1 and components from 0, as pages do."""


class Trait(NamedTuple):
    """An attribute, or one value of it against all others."""

    attribute: str
    value: str | None = None

    def __str__(self) -> str:
        """As it is written in a quantity."""
        value = "" if self.value is None else f"={json.dumps(self.value, ensure_ascii=False)}"
        return f"{_written(self.attribute)}{value}"

    @property
    def label(self) -> str:
        """As readers call it."""
        name = self.attribute.replace("_", " ")
        return as_text(name if self.value is None else f"{name} {self.value}")


def named_quantity(family: str, trait: Trait) -> str:
    """Return the quantity of a family of :data:`FAMILIES` and a trait."""
    return f"{family}({trait})"


def read_trait(text: str) -> Trait:
    """Return the trait that a text says; raise `ValueError` if it says none."""
    found = TRAIT.fullmatch(text)
    if found is None:
        raise ValueError(text)
    name, value = found.groups()
    return Trait(_read(name), None if value is None else _read(value))


def read_quantity(quantity: str) -> tuple[str, Trait] | None:
    """Return the family and the trait of a quantity; None where it is of no trait."""
    found = OF_A_TRAIT.fullmatch(quantity)
    return None if found is None else (found[1], read_trait(found[2]))


def direction_of(quantity: str) -> Direction | None:
    """Return the direction that a quantity is a coordinate along; None where it is none."""
    for kind, first in (("axis", 1), ("component", 0), ("umap", 1)):
        if quantity.startswith(kind):
            return kind, int(quantity.removeprefix(kind)) - first
    return (quantity, 0) if "(" in quantity else None


def quantity_of(direction: Direction) -> str:
    """Return the quantity that is the coordinate along a direction."""
    kind, number = direction
    if "(" in kind:
        return kind
    return f"{kind}{number + (kind != 'component')}"


def plane_quantities(directions: tuple[Direction, Direction]) -> tuple[str, str]:
    """Return the two quantities that are the coordinates in a plane."""
    across, up = directions
    return quantity_of(across), quantity_of(up)


def direction_name(direction: Direction) -> str:
    """Return a direction as it stands beside a chart."""
    kind, number = direction
    if kind == "axis":
        return f"principal axis {number + 1}"
    if kind == "component":
        return f"component z<sub>{number}</sub>"
    if (of := read_quantity(kind)) is not None:
        return f"{FAMILIES[of[0]]}, {of[1].label if of[0] not in OF_RULES else shown_rule(of[1].attribute)}"
    return f"UMAP {number + 1}"


def shown_rule(text: str) -> str:
    """Return the text of a rule as it stands where there is little room."""
    return as_text(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _written(name: str) -> str:
    return name if re.fullmatch(r"[^\W\d]\w*", name) else json.dumps(name, ensure_ascii=False)


def _read(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text


def check_directions(directions: Sequence[Direction], dimension: int) -> None:
    """Raise `InputError` if two directions are the same, or one does not exist."""
    require_directions(len(directions), dimension)
    if len(set(directions)) < len(directions):
        count = {2: "A plane needs two", 3: "A space needs three"}[len(directions)]
        raise InputError(f"{count} different directions; choose another number.")
    if not all(kind in ("axis", "component") and 0 <= i < dimension for kind, i in directions):
        raise InputError(f"A direction is an axis or a component from 0 to {dimension - 1}.")


def require_directions(count: int, dimension: int) -> None:
    """Raise `MissingError` where a latent space has fewer directions than a plane or a space needs."""
    if dimension < count:
        what = {2: "Planes and pairs need two", 3: "A space needs three"}[count]
        raise MissingError(
            f"{what} directions, and the vectors of this study have {dimension}; the pages Components and Radii show "
            "all that there is."
        )
