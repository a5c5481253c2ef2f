"""How many vectors lie where in a plane: counts in cells that are fine about the mean and wide far out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.blocks import blocks_of, map_spans

__all__ = ["FINE", "REACH", "PlaneCounts", "edges_about"]

REACH, FINE = 6, 40
"""Standard deviations about the mean in which cells are fine, and cells of each of them."""

COARSE = 16
"""Cells beyond, on each side, each wider than the one before."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PlaneCounts:
    """Counts of vectors (n, d) in the cells of a plane.

    Attributes
    ----------
    across, up : arrays (m + 1,)
        Edges of the cells along both directions, ascending.
    counts : int array (m, m)
        One row for each cell upwards.
    """

    across: Floats
    up: Floats
    counts: npt.NDArray[np.int64]

    @property
    def total(self) -> int:
        """Number of vectors that are counted."""
        return int(self.counts.sum())

    @property
    def density(self) -> Floats:
        """Share of the vectors by unit of area, (m, m)."""
        areas = np.diff(self.up)[:, None] * np.diff(self.across)
        return np.asarray(self.counts / areas / max(1, self.total))

    @classmethod
    def of(
        cls,
        vectors: npt.NDArray[np.floating],
        basis: Floats,
        offset: Floats,
        edges: tuple[Floats, Floats],
        tell: Callable[[int], None] | None = None,
        keeping: Callable[[Iterator[Floats]], Iterator[Floats]] = iter,
    ) -> PlaneCounts:
        """Count vectors (n, d) by their coordinates ``vectors @ basis.T - offset`` along two directions.

        Parameters
        ----------
        vectors : array (n, d)
            May be memory-mapped; they are read once, in blocks.
        basis : array (2, d)
        offset : array (2,)
        edges : pair of arrays (m + 1,)
            As :func:`edges_about` returns them; what lies beyond is counted in the last cells.
        tell : callable, optional
            Told how many vectors are done.
        keeping : callable, optional
            Goes through the coordinates (m, 2), block by block, and yields them again.
        """
        cells = len(edges[0]) - 1

        def place(span: npt.NDArray[np.floating]) -> Floats:
            return np.concatenate([block @ basis.T - offset for block in blocks_of(span)])

        total, done = np.zeros(cells * cells, np.int64), 0
        for places in keeping(map_spans(place, vectors)):
            x, y = (np.searchsorted(e[1:-1], p, "right") for e, p in zip(edges, places.T, strict=True))
            total += np.bincount(y * cells + x, minlength=cells * cells)
            done += len(places)
            if tell:
                tell(done)
        return cls(*edges, total.reshape(cells, cells))


def edges_about(mean: float, deviation: float, farthest: float) -> Floats:
    """Return the edges of cells: `FINE` a deviation near the mean, then ever wider ones as far as the farthest."""
    deviation = deviation or 1.0
    near = np.arange(-REACH * FINE, REACH * FINE + 1) / FINE
    reach = max(farthest / deviation, REACH * 1.5)
    far = np.geomspace(REACH, reach, COARSE + 1)[1:]
    return np.asarray(mean + deviation * np.concatenate([-far[::-1], near, far]))
