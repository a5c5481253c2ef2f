"""One vector looked at closely: what is unusual about it, and which latent vectors are nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.statistics import Description, radii
from core.statistics.blocks import check_vectors
from core.statistics.nearest import nearest_exactly, nearest_listed
from core.study import Study
from core.study.index import Index, find_index
from core.study.names import names_at

__all__ = ["ERROR_QUANTILES", "Inspection", "around", "inspect_vector", "nearest_vectors", "rows_by_error"]

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


def nearest_vectors(
    study: Study,
    vectors: npt.ArrayLike,
    count: int = 1,
    report: Listener | None = None,
    index: Index | None = None,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return rows of the study's nearest vectors and their Euclidean distances, (m, count) each, for a few (m, d).

    Nearest first. Of a large study they are found through its index where there is one, given or kept, else all vectors
    are read, and ``report`` is told how far that is. Where the study has fewer than ``count`` vectors, so many columns
    are returned.
    """
    few = check_vectors(vectors, study.dimension).astype(np.float64)
    if not np.isfinite(few).all():
        raise InputError("The vectors hold NaN or infinity; make or export them anew.")
    if (index := index or find_index(study)) is not None:
        return nearest_listed(index.lists, study.latents, few, count)

    def tell(done: int) -> None:
        if report:
            report(Progress("searching", done, len(study), "vectors"))

    return nearest_exactly(study.latents, few, count, tell)


def inspect_vector(
    study: Study,
    description: Description,
    vector: npt.ArrayLike,
    components: int = 8,
    neighbours: int = 6,
    report: Listener | None = None,
) -> Inspection:
    """Look closely at one vector of shape (d,); report that many components and neighbours.

    Without neighbours, none of the study's vectors is read. ``report`` is told how far the search for them is, where
    all are.
    """
    one = check_vectors(np.asarray(vector, np.float64)[None], study.dimension)
    moments = description.moments
    width = np.where(moments.widths > 0, moments.widths, np.inf)
    deviations = (one[0] - moments.mean) / width
    order = np.argsort(-np.abs(deviations), kind="stable")[:components]
    table = pd.DataFrame({"component": order, "value": one[0][order], "deviation": deviations[order]})

    nearest, distances = np.empty((1, 0), np.intp), np.empty((1, 0))
    if neighbours:
        nearest, distances = nearest_vectors(study, one, neighbours, report)
    near = around(study, nearest[0], distances[0])
    return Inspection(float(radii(one)[0]), float(description.axes.mahalanobis(one)[0]), table, near)


def around(study: Study, rows: npt.NDArray[np.intp], distances: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return neighbours by their rows and distances, (m,) each, as an `Inspection` holds them."""
    return pd.DataFrame({"row": rows, "image": names_at(study, rows).to_numpy(), "euclidean": distances})


def rows_by_error(errors: npt.NDArray[np.floating], each: int) -> npt.NDArray[np.intp]:
    """Return as many rows from each of `ERROR_QUANTILES` of the errors (n,) on, shape (quantiles, each), best first."""
    order = np.argsort(errors, kind="stable")
    starts = [round(share * max(0, len(order) - each)) for share in ERROR_QUANTILES]
    return np.stack([order[start : start + each] for start in starts])
