"""Neighbours as rules: of a vector that was clicked, and of those along a path."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.selection.polygons import rounded
from core.selection.rules import AnyOf, Near, Rule
from core.study import Study
from core.study.names import names_at, rows_called

__all__ = ["near_a_path", "near_to"]


def near_to(study: Study, count: int, vector: npt.NDArray[np.floating], row: int | None = None) -> Near:
    """Return the rule of the vectors nearest to a vector (d,): by its image, where it is a row that is known by one.

    The components of any other are rounded to four digits of their extent.
    """
    if row is not None:
        name = str(names_at(study, np.array([row]))[0])
        if list(rows_called(study, [name])[:1]) == [row]:
            return Near(count, image=name)
    return Near(count, vector=tuple(rounded(np.asarray(vector, np.float64)).tolist()))


def near_a_path(study: Study, count: int, vectors: npt.NDArray[np.floating]) -> Rule:
    """Return the rule of the vectors that are among those nearest to any vector of a path (m, d)."""
    each = tuple(near_to(study, count, vector) for vector in vectors)
    return each[0] if len(each) == 1 else AnyOf(each)
