"""Where all vectors of a large study lie along directions that rules ask for, read from the vectors once."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.selection.selected import frame_along
from core.space.quantities import Direction
from core.statistics import Description
from core.study import Study
from core.study.coordinates import find_coordinates, keeping, may_keep

__all__ = ["coordinates_of"]

Floats = npt.NDArray[np.float64]


def coordinates_of(study: Study, description: Description, directions: Sequence[Direction]) -> list[Floats]:
    """Return the coordinates of all vectors along each of some directions, (n,) each, memory-mapped where kept.

    What is not there yet is computed in one pass over the vectors and kept; places on the map are not, which are at
    hand as long as that is the same.

    Raises
    ------
    InputError
        If the study has no such direction.
    """
    known: dict[Direction, Floats | None] = {}
    for direction in directions:
        mapped = direction[0] == "umap"
        known[direction] = _placed(study, description, direction) if mapped else find_coordinates(study, direction)
    if missing := [direction for direction, values in known.items() if values is None]:
        frame = frame_along(study, description, missing)
        if may_keep(study):
            deque(keeping(study, missing, frame.blocks(study)), 0)  # goes through all of it and holds nothing
        known |= {direction: find_coordinates(study, direction) for direction in missing}
        if any(known[direction] is None for direction in missing):
            known |= dict(zip(missing, frame.at(study).T, strict=True))
    return [values for values in known.values() if values is not None]


def _placed(study: Study, description: Description, direction: Direction) -> Floats:
    return np.asarray(frame_along(study, description, [direction]).at(study)[:, 0])
