"""One vector looked at closely: what is unusual about it, and which latent vectors are nearest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.space.shown import Shown
from core.statistics import Description, ordered_counts, radii
from core.statistics.blocks import check_vectors
from core.statistics.nearest import nearest_exactly, nearest_listed
from core.study import Study
from core.study.index import Index, find_index
from core.study.names import names_at

__all__ = [
    "ERROR_QUANTILES",
    "LIKE",
    "Inspection",
    "around",
    "inspect_vector",
    "nearest_of_some",
    "nearest_vectors",
    "rows_by_error",
]

ERROR_QUANTILES = (0.0, 0.25, 0.5, 0.75, 0.99)
"""Quantiles of the reconstruction error at which images are looked at."""


LIKE, FEW = 4096, 8
"""Vectors of the most similar lengths that are compared with one, and how many vectors that is done for at once."""

ROUNDED = 1e-6
"""Share of a length that single precision may cost."""


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


def nearest_of_some(
    study: Study, description: Description, shown: Shown, vectors: npt.ArrayLike, count: int = 1
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64], bool]:
    """Return rows and distances, (m, count) each, of the nearest among some vectors of a large study, at once.

    They are those that stand for it in pictures and, of up to :data:`FEW` vectors (m, d), the :data:`LIKE` that are
    most alike in length. The third value says whether none of the others can be nearer, since two vectors are as far
    from each other as their lengths differ, at least: so it is seen of what lies far out.
    """
    few = check_vectors(vectors, study.dimension).astype(np.float64)
    places, distances = nearest_exactly(shown.vectors, few, count)
    rows, sure = shown.of_study(places), len(few) <= FEW
    if not sure:
        return rows, distances, False
    joined = []
    for one, seen, far in zip(few, rows, distances, strict=True):
        alike, low, high = _alike(description, float(np.linalg.norm(one)))
        near, apart = nearest_exactly(study.latents[alike], one[None], count)
        both, which = np.unique(np.concatenate([seen, alike[near[0]]]), return_index=True)
        order = np.argsort(np.concatenate([far, apart[0]])[which], kind="stable")[:count]
        joined.append((both[order], np.concatenate([far, apart[0]])[which][order]))
        length, reach = float(np.linalg.norm(one)), float(joined[-1][1][-1])
        sure &= low < length - reach and length + reach < high
    return np.stack([rows for rows, _ in joined]), np.stack([far for _, far in joined]), bool(sure)


def _alike(description: Description, length: float) -> tuple[npt.NDArray[np.intp], float, float]:
    """Return the rows of the :data:`LIKE` vectors of the most similar lengths, and between which lengths all are."""
    ordered = description.ordered_radii
    assert ordered is not None  # noqa: S101
    place = int(ordered_counts(ordered, length))
    first, last = max(0, place - LIKE), min(len(ordered), place + LIKE)
    apart = np.sort(np.abs(np.asarray(ordered[first:last], np.float64) - length))[min(LIKE, last - first) - 1]
    slack = ROUNDED * (length + apart)
    rows = np.flatnonzero((description.radii >= length - apart) & (description.radii <= length + apart))
    low, high = length - apart + slack, length + apart - slack
    if len(rows) > 2 * LIKE:  # many of the same length
        return rows[:LIKE], length, length
    return rows, (-np.inf if low <= ordered[0] else low), (np.inf if high >= ordered[-1] else high)


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
