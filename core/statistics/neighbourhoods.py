"""What a picture in few dimensions keeps of distances in many: of neighbourhoods, and of the order of distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics.blocks import single_threaded_algebra

__all__ = ["ASKED", "NEIGHBOURS", "Faithfulness", "faithfulness"]

Floats = npt.NDArray[np.float64]

NEIGHBOURS = 15
"""Nearest points of which it is asked whether they are near in truth."""

ASKED, EACH, SEED = 500, 100, 0xFA17
"""Vectors whose neighbourhoods are looked at, at most; the distances of each that are put in order; and the seed."""

AT_ONCE = 100


@dataclass(frozen=True)
class Faithfulness:
    """What points keep of vectors.

    Attributes
    ----------
    trustworthiness : float
        From 0 to 1; 1 where the nearest of each point are the nearest of its vector. Points at random have about 0.5.
    correlation : float
        Spearman's coefficient of distances between points and those between vectors.
    """

    trustworthiness: float
    correlation: float


def faithfulness(
    vectors: npt.NDArray[np.floating], points: npt.NDArray[np.floating], neighbours: int = NEIGHBOURS
) -> Faithfulness:
    r"""Return what points (n, k) keep of vectors (n, d).

    .. math:: T = 1 - \frac{2}{m\,k\,(2n - 3k - 1)} \sum_i \sum_{j \in U_i} (r(i, j) - k)

    where :math:`U_i` are those of the k nearest points of i that are not among the k nearest vectors, and r the rank
    among these (Venna and Kaski 2001), over m of the n at random; all n are ranked.

    Parameters
    ----------
    vectors, points
        Row by row the same.
    neighbours : int
        k; less than n / 2, and made so where there are few.
    """
    n, rng = len(points), np.random.default_rng(SEED)
    k = max(1, min(neighbours, (n - 1) // 2))
    asked = np.sort(rng.choice(n, min(ASKED, n), replace=False))
    if n < 3:
        return Faithfulness(1.0, 1.0)
    low, high = np.asarray(points, np.float64), np.asarray(vectors, np.float32)
    lost, truly, shown = 0.0, list[Floats](), list[Floats]()
    lengths = np.einsum("ij,ij->i", high, high)
    with single_threaded_algebra:
        for start in range(0, len(asked), AT_ONCE):
            some = asked[start : start + AT_ONCE]
            far = _squares(high, lengths, some)
            near = _squares(low, np.einsum("ij,ij->i", low, low), some)
            columns = np.arange(len(some))
            far[columns, some] = near[columns, some] = -1.0  # itself comes first
            ranks = np.empty(far.shape, np.int32)
            np.put_along_axis(ranks, np.argsort(far, axis=1), np.arange(n, dtype=np.int32)[None], axis=1)
            nearest = np.argpartition(near, k, axis=1)[:, : k + 1]
            excess = np.take_along_axis(ranks, nearest, axis=1) - k
            lost += float(excess[excess > 0].sum())
            others = rng.integers(0, n, (len(some), EACH))
            others = np.where(others == some[:, None], (others + 1) % n, others)
            truly.append(np.take_along_axis(far, others, axis=1).ravel())
            shown.append(np.take_along_axis(near, others, axis=1).ravel())
    trust = 1 - 2 * lost / (len(asked) * k * (2 * n - 3 * k - 1))
    return Faithfulness(float(trust), _spearman(np.concatenate(truly), np.concatenate(shown)))


def _squares(values: npt.NDArray[Any], lengths: npt.NDArray[Any], some: npt.NDArray[np.intp]) -> Floats:
    """Return the squared distances of some rows to all, (m, n)."""
    products = values[some] @ values.T
    return np.asarray(lengths[some, None] + lengths[None] - 2.0 * products, np.float64)


def _spearman(first: Floats, second: Floats) -> float:
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return 0.0
    return float(scipy.stats.spearmanr(first, second).statistic)
