"""Two sets of points, and the balls around each of them, by which one covers the other: manifolds, as one says."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.blocks import map_blocks

__all__ = ["NEIGHBOURS", "Manifolds", "balls", "manifolds"]

Floats = npt.NDArray[np.float64]

NEIGHBOURS = 5
"""The ball of a point reaches to its k-th neighbour; k as of Naeem et al. 2020. Kynkäänniemi et al. 2019 have 3."""


@dataclass(frozen=True)
class Manifolds:
    """How the balls around points of a sample, and around those of a reference, hold points of the other.

    Attributes
    ----------
    density : float
        How many balls of the reference hold a point of the sample, in units of what the reference itself would give.
    coverage : float
        Share of the reference's balls that hold one; it grows with the number of points. Both: Naeem et al. 2020.
    precision : float
        Share of the sample in some ball of the reference.
    recall : float
        Share of the reference in some ball of the sample. Both: Kynkäänniemi et al. 2019.
    """

    density: float
    coverage: float
    precision: float
    recall: float


def balls(points: Floats) -> Floats:
    """Return the distance of each point (n, p) to its fifth neighbour, (n,); of fewer than six points, none."""
    from sklearn.neighbors import NearestNeighbors

    if len(points) <= NEIGHBOURS:
        return np.empty(0)
    search = NearestNeighbors(n_neighbors=NEIGHBOURS, algorithm="brute").fit(points)
    return np.asarray(search.kneighbors()[0][:, -1])


def manifolds(points: Floats, reference: Floats, reach: Floats) -> Manifolds:
    """Return how points (n, p) of a sample and those (m, p) of a reference with balls (m,) cover each other."""
    from sklearn.metrics.pairwise import euclidean_distances

    def inside(block: Floats) -> tuple[int, int, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        apart = euclidean_distances(block[:, 1:], reference)
        held = apart < reach
        return int(held.sum()), int(held.any(axis=1).sum()), held.any(axis=0), (apart < block[:, :1]).any(axis=0)

    rows = np.column_stack([balls(points), points])
    counts, precise, covered, recalled = zip(*map_blocks(inside, rows), strict=True)
    return Manifolds(
        density=sum(counts) / (NEIGHBOURS * len(points)),
        coverage=float(np.any(covered, axis=0).mean()),
        precision=sum(precise) / len(points),
        recall=float(np.any(recalled, axis=0).mean()),
    )
