"""Coordinates along any directions: principal axes, components, directions of attributes, the map of a study."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.space.quantities import (
    OF_RULES,
    Direction,
    Trait,
    direction_name,
    named_quantity,
    quantity_of,
    read_quantity,
)
from core.space.traits import Discriminant, apart, check_trait, difference, discriminant, longest_across
from core.statistics import Description
from core.statistics.blocks import map_blocks
from core.study import Study
from core.study.layout import Layout, require_layout

__all__ = ["Choose", "Frame", "check_direction", "frame_of", "is_plain", "place_and_spread"]

Floats = npt.NDArray[np.float64]

Choose = Callable[[str], npt.NDArray[np.bool_]]
"""Returns which vectors of a study (n,) the text of a rule chooses."""


@dataclass(frozen=True, eq=False)
class Frame:
    """What takes vectors (m, d) to coordinates (m, k) along k directions.

    Attributes
    ----------
    directions : tuple of Direction
    basis : array (k, d)
        Unit vectors; 0 for what the map says.
    offset : array (k,)
        What is taken from the products with them.
    layout : Layout, optional
        The map, where a direction is one of its own.
    discriminant : Discriminant, optional
        Where a direction is one of it.
    """

    directions: tuple[Direction, ...]
    basis: Floats
    offset: Floats
    layout: Layout | None = None
    discriminant: Discriminant | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The directions as readers call them."""
        return tuple(map(direction_name, self.directions))

    def of(self, vectors: npt.NDArray[np.floating]) -> Floats:
        """Return the coordinates of any vectors (m, d); on the map, between those of the nearest that it has."""
        return self._joined(vectors, None if self.layout is None else self.layout.place(vectors))

    def at(self, study: Study, rows: npt.NDArray[np.intp] | None = None) -> Floats:
        """Return the coordinates of some rows of the study, or of all."""
        places = None if self.layout is None else self.layout.places
        if rows is None:
            return self._joined(study.latents, places)
        return self._joined(study.latents[rows], None if places is None else places[rows])

    def blocks(self, study: Study) -> Iterator[Floats]:
        """Yield the coordinates of all rows of the study, block by block."""
        start = 0
        for block in map_blocks(lambda block: block @ self.basis.T - self.offset, study.latents):
            places = None if self.layout is None else self.layout.places[start : start + len(block)]
            yield self._with_places(block, places)
            start += len(block)

    def spread(self, description: Description, bulk: Floats) -> tuple[Floats, Floats]:
        """Return mean (k,) and covariance (k, k) of all vectors, of which ``bulk`` (n, k) may be a sample."""
        if description.summary is None or self.layout is not None:
            return place_and_spread(bulk)
        mean = self.basis @ description.moments.mean - self.offset
        return mean, self.basis @ description.moments.covariance @ self.basis.T

    def _joined(self, vectors: npt.NDArray[np.floating], places: npt.NDArray[np.floating] | None) -> Floats:
        if places is not None and all(kind == "umap" for kind, _ in self.directions):  # no vector needs to be read
            return np.asarray(places[:, [number for _, number in self.directions]], np.float64)
        found = np.concatenate(list(map_blocks(lambda block: block @ self.basis.T - self.offset, vectors)))
        return self._with_places(found, places)

    def _with_places(self, found: Floats, places: npt.NDArray[np.floating] | None) -> Floats:
        for column, (kind, number) in enumerate(self.directions):
            if kind == "umap" and places is not None:
                found[:, column] = places[:, number]
        return found


def is_plain(directions: Sequence[Direction]) -> bool:
    """Return whether directions are principal axes and components alone, which a description knows by itself."""
    return all(kind in ("axis", "component") for kind, _ in directions)


def frame_of(
    study: Study, description: Description, directions: Sequence[Direction], choose: Choose | None = None
) -> Frame:
    """Return the frame of some directions; ``choose`` says which vectors a rule chooses, where one is of a rule.

    Raises
    ------
    InputError
        If the study has no such direction.
    """
    basis, told = np.zeros((len(directions), study.dimension)), dict[str, Discriminant]()
    offset, layout = np.zeros(len(directions)), None
    for number, direction in enumerate(directions):
        kind = direction[0]
        check_direction(study, direction)
        if kind == "umap":
            layout = require_layout(study)
            continue
        if kind in ("axis", "component"):
            basis[number] = description.axes.basis([direction])[0]
        else:
            basis[number] = _of_a_trait(study, description, kind, told, choose)
        if kind != "component":
            offset[number] = basis[number] @ description.axes.mean
    return Frame(tuple(directions), basis, offset, layout, next(iter(told.values()), None))


def check_direction(study: Study, direction: Direction) -> None:
    """Raise `InputError` if a study has no such direction."""
    kind, number = direction
    if kind == "umap":
        require_layout(study)
    elif (named := read_quantity(kind)) is not None:
        check_trait(study, *named)
        if named[0].startswith("off_") and study.dimension < 2:
            raise InputError("Vectors of one component have no axis across a direction; choose the direction itself.")
    elif kind not in ("axis", "component"):
        raise InputError(f"{kind[:40]!r} is no direction.")
    elif number >= study.dimension:
        raise InputError(
            f"The rule asks for {quantity_of(direction)}, and the vectors have {study.dimension} components."
        )


def _of_a_trait(
    study: Study, description: Description, quantity: str, told: dict[str, Discriminant], choose: Choose | None
) -> Floats:
    """Return the unit vector (d,) of a quantity of a trait; note the discriminant that it is of, in ``told``."""
    named = read_quantity(quantity)
    assert named is not None  # noqa: S101 - `check_direction` was asked before
    family, trait = named
    if "difference" in family:
        along = difference(study, trait)
    else:
        whose = named_quantity("apart" if family in OF_RULES else "discriminant", trait)
        if whose not in told:
            told[whose] = apart(study, _chosen(trait, choose)) if family in OF_RULES else discriminant(study, trait)
        along = told[whose].directions[int(family == "discriminant2")]
    return longest_across(description, along) if family.startswith("off_") else along


def _chosen(rule: Trait, choose: Choose | None) -> npt.NDArray[np.bool_]:
    if choose is None:
        raise InputError("The discriminant of a selection is known where rules are; choose another direction.")
    return choose(rule.attribute)


def place_and_spread(points: Floats) -> tuple[Floats, Floats]:
    """Return mean (k,) and covariance (k, k) of points (n, k); a single point has no spread."""
    size = points.shape[1]
    covariance = np.cov(points, rowvar=False).reshape(size, size) if len(points) > 1 else np.zeros((size, size))
    return points.mean(axis=0), covariance
