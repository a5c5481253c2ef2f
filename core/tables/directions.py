"""Pairs of components, principal axes and planes in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.space.planes import Plane
from core.space.quantities import Direction, quantity_of
from core.statistics import Description, Moments, ellipse_share, pair_coefficients, strongest_pairs

__all__ = [
    "axis_table",
    "coefficients_of",
    "correlation_table",
    "ellipse_table",
    "pair_table",
    "plane_table",
    "space_table",
]

STRONGEST = 20
"""Pairs in the table of the strongest."""


def correlation_table(study: Moments, sample: Moments | None = None, against: Moments | None = None) -> pd.DataFrame:
    """Return one row per pair i < j with its Pearson coefficient, of the study and, if given, of one or two samples."""
    first, second = np.triu_indices(len(study.mean), 1)
    table = pd.DataFrame({"component": first, "other": second, "pearson": study.correlations[first, second]})
    for moments, name in ((sample, "sample_pearson"), (against, "against_pearson")):
        if moments is not None:
            table[name] = moments.correlations[first, second]
    return table


def pair_table(latents: npt.NDArray[np.floating], study: Moments, *samples: Moments) -> pd.DataFrame:
    """Return the strongest pairs of the study: Pearson and Spearman, and Pearson of one or two samples.

    Spearman is that of the ``latents`` that are given, (m, d), which may be some of the study's; Pearson is of all.
    """
    pairs = strongest_pairs(study.correlations, STRONGEST)
    rows = []
    for i, j in pairs:
        pearson, spearman = coefficients_of(study, latents[:, [i, j]].astype(np.float64), i, j)
        rows.append((int(i), int(j), pearson, spearman, *(sample.correlations[i, j] for sample in samples)))
    drawn = ("sample_pearson", "against_pearson")[: len(samples)]
    return pd.DataFrame(rows, columns=["component", "other", "pearson", "spearman", *drawn])


def coefficients_of(study: Moments, points: npt.NDArray[np.float64], i: int, j: int) -> tuple[float, float]:
    """Return Pearson's and Spearman's coefficient of two components, from points (m, 2) that may be a sample.

    Pearson's is that of all vectors even so.
    """
    pearson, spearman = pair_coefficients(points)
    return (pearson if len(points) == study.count else float(study.correlations[i, j])), spearman


def axis_table(description: Description) -> pd.DataFrame:
    """Return one row per principal axis: variance, its share, the cumulative share, the mean along it, its entries."""
    axes = description.axes
    total = axes.variances.sum()
    table = pd.DataFrame(
        {
            "axis": np.arange(1, len(axes.variances) + 1),
            "variance": axes.variances,
            "share": axes.variances / total if total > 0 else np.zeros_like(axes.variances),
            "cumulative_share": axes.cumulative_share,
            "mean_along": axes.axes @ axes.mean,
        }
    )
    entries = pd.DataFrame(axes.axes, columns=[f"z_{j}" for j in range(description.dimension)])
    return pd.concat([table, entries], axis=1)


def plane_table(plane: Plane) -> pd.DataFrame:
    """Return one row per vector that stands in a plane: its set, its number, a column per direction."""
    across, up = (_column(direction) for direction in plane.directions)
    parts = [
        pd.DataFrame({"set": name, "vector": np.arange(len(points)), across: points[:, 0], up: points[:, 1]})
        for name, points in plane.points.items()
    ]
    return pd.concat(parts, ignore_index=True)


def space_table(
    images: pd.Series[str],
    points: npt.NDArray[np.float64],
    colours: npt.NDArray[np.generic] | None,
    samples: Mapping[str, npt.NDArray[np.float64]],
    data: str = "data",
) -> pd.DataFrame:
    """Return one row per vector that stands in a space: image or number, three coordinates, what colours it."""
    names = ["across", "up", "deep"]
    bulk = pd.DataFrame(points, columns=names)
    bulk.insert(0, "vector", images.to_numpy())
    bulk.insert(0, "set", data)
    if colours is not None:
        bulk["colour"] = colours
    parts = [bulk]
    for title, coordinates in samples.items():
        drawn = pd.DataFrame(coordinates, columns=names)
        drawn.insert(0, "vector", np.arange(len(drawn)).astype(str))
        drawn.insert(0, "set", title)
        parts.append(drawn)
    return pd.concat(parts, ignore_index=True)


def ellipse_table(planes: Sequence[Plane]) -> pd.DataFrame:
    """Return per plane the shares within its 1, 2, 3 and 4σ ellipses: of a normal, of the data and of samples.

    The ellipses are those of the data's mean and covariance in the plane. The samples are the sets of the plane before
    its origin, one or two.
    """
    rows = []
    for plane in planes:
        squares = [_squared_distances(values, plane) for values in (plane.bulk, *plane.drawn.values())]
        for distance in (1, 2, 3, 4):
            found = [float((square <= distance**2).mean()) for square in squares]
            rows.append((*plane.labels, distance, float(ellipse_share(distance)), *found))
    drawn = ("sample", "against")[: len(planes[0].drawn)] if planes else ()
    return pd.DataFrame(rows, columns=["across", "up", "distance", "normal", "data", *drawn])


def _column(direction: Direction) -> str:
    """Return the column of coordinates along a direction: ``axis_1``, ``z_0``; others as rules call them."""
    kind, number = direction
    return {"axis": f"axis_{number + 1}", "component": f"z_{number}"}.get(kind) or quantity_of(direction)


def _squared_distances(points: npt.NDArray[np.float64], plane: Plane) -> npt.NDArray[np.float64]:
    inverse = np.linalg.pinv(plane.covariance)
    centred = points - plane.mean
    return np.asarray(np.einsum("ij,jk,ik->i", centred, inverse, centred))
