"""Boxes drawn in Q-Q plots: a point of one is a rank, and the quantity's value of that rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from core.errors import InputError
from core.selection.polygons import rounded
from core.selection.rules import AnyOf, Rule, Within
from core.space.quantities import Direction, quantity_of
from core.statistics import Description, deviation, normal_radius_quantile, quantile_probabilities

__all__ = ["Ranks", "ranks_along", "ranks_of_distances"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ranks:
    """The points of a Q-Q plot that stand for the vectors of a study.

    Attributes
    ----------
    of : str
        The quantity whose values were ranked.
    across, up : arrays (m,)
        Where the points lie, both rising.
    values : array (m,)
        What the quantity is there.
    """

    of: str
    across: Floats
    up: Floats
    values: Floats

    def rule(self, selection: Mapping[str, Any]) -> Rule | None:
        """Return the rule of the boxes that were drawn; None where none was.

        A box holds a vector where both its rank and its value lie in it: so it is a range of values.

        Raises
        ------
        InputError
            If a box holds no point.
        """
        rules: list[Rule] = [self._within(one) for one in selection.get("box", [])]
        return None if not rules else rules[0] if len(rules) == 1 else AnyOf(tuple(rules))

    def _within(self, box: Mapping[str, Any]) -> Within:
        found = [self._ends(line, box[name]) for name, line in (("x", self.across), ("y", self.up))]
        low = max((low for low, _ in found if low is not None), default=None)
        high = min((high for _, high in found if high is not None), default=None)
        if low is not None and high is not None and low > high:
            raise InputError("The box holds no vector of the study; draw it around points of the study's own colour.")
        if low is None and high is None:  # all of it
            low = float(self.values[0])
        ends = [None if end is None else _short(end, self.values) for end in (low, high)]
        return Within(self.of, *ends)

    def _ends(self, line: Floats, side: list[float]) -> tuple[float | None, float | None]:
        """Return the values at both ends of a side of a box; None for what reaches beyond the points."""
        low, high = min(side), max(side)
        if high < line[0] or low > line[-1]:
            raise InputError("The box holds no vector of the study; draw it around points of the study's own colour.")
        return (
            float(np.interp(low, line, self.values)) if low > line[0] else None,
            float(np.interp(high, line, self.values)) if high < line[-1] else None,
        )


def ranks_along(direction: Direction, values: Floats) -> Ranks:
    """Return the points of the normal Q-Q plot of a direction, of coordinates (n,) along it."""
    probabilities = quantile_probabilities(len(values))
    found = np.quantile(values, probabilities)
    width = deviation(values) if np.ptp(values) > 0 else 1.0
    return Ranks(quantity_of(direction), scipy.special.ndtri(probabilities), (found - values.mean()) / width, found)


def ranks_of_distances(study: Description) -> Ranks:
    """Return the points of the Q-Q plot of a study's squared distances to its centre."""
    probabilities = quantile_probabilities(len(study))
    squares = study.square_quantiles(probabilities)
    expected = np.square(normal_radius_quantile(probabilities, study.dimension))
    return Ranks("distance", expected, squares, np.sqrt(squares))


def _short(value: float, values: Floats) -> float:
    """Return a value rounded to as many digits as the extent of all of them has."""
    return float(rounded(np.array([values[0], values[-1], value]))[-1])
