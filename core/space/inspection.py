"""One vector looked at closely: what is unusual about it, and which latent vectors are nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import Description, radii
from core.statistics.blocks import BLOCK, check_vectors, map_blocks
from core.study import Study

__all__ = ["ERROR_QUANTILES", "Inspection", "inspect_vector", "nearest_vectors", "rows_by_error"]

ERROR_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.99)
"""Quantiles of the reconstruction error at which images are looked at."""


@dataclass(frozen=True, eq=False)
class Inspection:
    """What stands out about one vector.

    Attributes
    ----------
    radius, distance : float
        Euclidean length; Mahalanobis distance to the centre of the bulk.
    components : DataFrame
        ``component``, ``value``, ``deviation`` ((x_j - μ_j) / σ_j), the most unusual first.
    neighbours : DataFrame
        ``row``, ``image``, ``euclidean``: the study's nearest vectors, nearest first.
    """

    radius: float
    distance: float
    components: pd.DataFrame
    neighbours: pd.DataFrame


def nearest_vectors(study: Study, vectors: npt.ArrayLike) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return the row of the study's nearest vector, and its Euclidean distance, for each of a few vectors (m, d)."""
    few = check_vectors(vectors, study.dimension).astype(np.float64)
    squares = np.square(few).sum(axis=1)

    def squared(block: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.square(block).sum(axis=1)[:, None] - 2 * block @ few.T + squares)

    best = list(map_blocks(lambda block: _smallest(squared(block)), study.latents))
    parts = np.stack([values for _, values in best])  # (blocks, m)
    block = parts.argmin(axis=0)
    rows = np.stack([first for first, _ in best])[block, np.arange(len(few))] + BLOCK * block
    return rows, np.sqrt(np.maximum(parts.min(axis=0), 0.0))


def _smallest(values: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return where the smallest value of each column (n, m) stands first, and that value."""
    return values.argmin(axis=0), values.min(axis=0)


def inspect_vector(
    study: Study, description: Description, vector: npt.ArrayLike, components: int = 8, neighbours: int = 6
) -> Inspection:
    """Look closely at one vector of shape (d,); report that many components and neighbours."""
    one = check_vectors(np.asarray(vector, np.float64)[None], study.dimension)
    moments = description.moments
    width = np.where(moments.widths > 0, moments.widths, np.inf)
    deviations = (one[0] - moments.mean) / width
    order = np.argsort(-np.abs(deviations), kind="stable")[:components]
    table = pd.DataFrame({"component": order, "value": one[0][order], "deviation": deviations[order]})

    def squared(block: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.square(block - one).sum(axis=1))

    nearest, distances = np.empty(0, np.intp), np.empty(0)
    for number, found in enumerate(map_blocks(squared, study.latents)):  # the nearest so far, and those of the block
        few = np.argsort(found, kind="stable")[:neighbours]
        nearest, distances = np.append(nearest, few + BLOCK * number), np.append(distances, np.sqrt(found[few]))
        order = np.argsort(distances, kind="stable")[:neighbours]
        nearest, distances = nearest[order], distances[order]
    around = pd.DataFrame({"row": nearest, "image": study.names_of(nearest).to_numpy(), "euclidean": distances})
    return Inspection(float(radii(one)[0]), float(description.axes.mahalanobis(one)[0]), table, around)


def rows_by_error(errors: npt.NDArray[np.floating], each: int) -> npt.NDArray[np.intp]:
    """Return as many rows from each of `ERROR_QUANTILES` of the errors (n,) on, shape (quantiles, each), best first."""
    order = np.argsort(errors, kind="stable")
    starts = [round(share * max(0, len(order) - each)) for share in ERROR_QUANTILES]
    return np.stack([order[start : start + each] for start in starts])
