"""Which components depend on each other: an order that puts them together, and what chance alone would give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import scipy

__all__ = [
    "cluster_order",
    "off_diagonal",
    "pair_coefficients",
    "random_coefficient",
    "random_correlation_density",
    "strongest_pairs",
]

Floats = npt.NDArray[np.float64]


def off_diagonal(matrix: Floats) -> Floats:
    """Return the entries i < j of a symmetric matrix (d, d), shape (d (d - 1) / 2,)."""
    return matrix[np.triu_indices(len(matrix), 1)]


def cluster_order(correlations: Floats) -> npt.NDArray[np.intp]:
    """Return the components in an order that puts correlated ones side by side, shape (d,).

    Leaves of an average-linkage tree with the distance 1 - |r|.
    """
    if len(correlations) < 3:
        return np.arange(len(correlations))
    distance = 1 - np.abs((correlations + correlations.T) / 2)
    np.fill_diagonal(distance, 0.0)
    tree = scipy.cluster.hierarchy.linkage(scipy.spatial.distance.squareform(distance, checks=False), "average")
    return np.asarray(scipy.cluster.hierarchy.leaves_list(tree), np.intp)


def strongest_pairs(correlations: Floats, count: int) -> npt.NDArray[np.intp]:
    """Return the pairs i < j with the largest |r|, the strongest first, shape (count, 2)."""
    first, second = np.triu_indices(len(correlations), 1)
    order = np.argsort(-np.abs(correlations[first, second]), kind="stable")[:count]
    return np.stack([first[order], second[order]], axis=1)


def random_correlation_density(grid: npt.ArrayLike, count: int) -> Floats:
    r"""Return the density of Pearson's r of ``count`` pairs of independent normal numbers.

    .. math:: f(r) \propto (1 - r^2)^{(n - 4)/2}

    A beta law on (-1, 1). Source: Fisher 1915.
    """
    half, squares = (max(count, 3) - 2) / 2, 1 - np.square(np.asarray(grid, np.float64))
    log = scipy.special.xlogy(half - 1, squares) - (2 * half - 1) * np.log(2) - scipy.special.betaln(half, half)
    return np.where(squares >= 0, np.exp(log), 0.0)


def random_coefficient(count: int) -> float:
    """Return the mean |r| of ``count`` pairs of independent normal numbers, sqrt(2 / (π n))."""
    return float(np.sqrt(2 / (np.pi * count)))


def pair_coefficients(values: Floats) -> tuple[float, float]:
    """Return Pearson's and Spearman's coefficient of a pair of components (n, 2); 0 where one is constant."""
    ranks: Sequence[Floats] = [scipy.stats.rankdata(column) for column in values.T]
    return _pearson(*values.T), _pearson(*ranks)


def _pearson(x: Floats, y: Floats) -> float:
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return 0.0
    return float(np.corrcoef(x, y)[0, 1])
