"""Whether vectors copy those that a strategy learned from: how near they come to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics import EXACT
from core.statistics.nearest import nearest_exactly

__all__ = ["AnyOriginals", "ManyOriginals", "Originals", "nearer_than_unseen"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

SEVERAL = 65_536
"""Vectors beyond which the nearest of each is looked for when it is met: for all of them that grows with the square."""

GAPS = 256
"""Vectors whose nearest are looked for to say how far apart many are."""


@dataclass(frozen=True, eq=False)
class Originals:
    """Vectors that a strategy learned from, and so could have copied.

    Attributes
    ----------
    centre : array (d,)
        Subtracted from them, so that single precision is enough.
    vectors : float32 array (n, d)
    gaps : array (n,)
        Distance of each to the nearest other one; of more than `SEVERAL` vectors NaN until one is met.
    """

    centre: Floats
    vectors: Singles
    gaps: Floats

    @property
    def usual_gap(self) -> float:
        """Mean distance to the nearest other one; of more than `SEVERAL` vectors, of some hundred, evenly spaced."""
        if len(self.vectors) <= SEVERAL:
            return float(self.gaps.mean())
        return float(self._gaps(_spaced(len(self.vectors))).mean())

    @classmethod
    def of(cls, vectors: npt.NDArray[np.floating], centre: Floats) -> AnyOriginals:
        """Return vectors (n, d) with their distances from each other; of more than `EXACT`, those on the disk."""
        if len(vectors) > EXACT:
            return ManyOriginals(vectors)
        from sklearn.neighbors import NearestNeighbors

        centred = (vectors - centre).astype(np.float32)
        if len(vectors) > SEVERAL:
            return cls(centre, centred, np.full(len(vectors), np.nan, np.float32))
        gaps = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(centred).kneighbors()[0][:, 0]
        return cls(centre, centred, gaps)

    def gaps_to(self, x: npt.NDArray[np.floating]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return the distance of each vector (n, d) to the nearest original, and whether that one's gap is larger."""
        from sklearn.neighbors import NearestNeighbors

        search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(self.vectors)
        distances, rows = search.kneighbors((x - self.centre).astype(np.float32))
        return distances[:, 0].astype(np.float64), distances[:, 0] < self._gaps(rows[:, 0])

    def _gaps(self, rows: npt.NDArray[np.intp]) -> Singles:
        """Return the gaps of some rows, looked for where that was not done yet."""
        from sklearn.neighbors import NearestNeighbors

        if len(new := np.unique(rows[np.isnan(self.gaps[rows])])):
            search = NearestNeighbors(n_neighbors=2, algorithm="brute").fit(self.vectors)  # itself, and the next
            self.gaps[new] = search.kneighbors(self.vectors[new])[0][:, 1]
        return np.asarray(self.gaps[rows])


@dataclass(frozen=True, eq=False)
class ManyOriginals:
    """The same of so many vectors (n, d) that they stay on the disk: read once for those asked for, once for theirs."""

    vectors: npt.NDArray[np.floating]

    @property
    def usual_gap(self) -> float:
        """Mean distance to the nearest other one, of some hundred vectors, evenly spaced."""
        return float(self._gaps(_spaced(len(self.vectors))).mean())

    def gaps_to(self, x: npt.NDArray[np.floating]) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Return the distance of each vector (m, d) to the nearest original, and whether that one's gap is larger."""
        rows, distances = nearest_exactly(self.vectors, np.asarray(x, np.float64), 1)
        met, back = np.unique(rows[:, 0], return_inverse=True)
        return distances[:, 0], distances[:, 0] < self._gaps(met)[back]

    def _gaps(self, rows: npt.NDArray[np.intp]) -> Floats:
        return nearest_exactly(self.vectors, np.asarray(self.vectors[rows], np.float64), 2)[1][:, 1]


def _spaced(count: int) -> npt.NDArray[np.intp]:
    return np.linspace(0, count - 1, GAPS).astype(np.intp)


AnyOriginals: TypeAlias = Originals | ManyOriginals


def nearer_than_unseen(gaps: Floats, usual: Floats) -> float:
    """Return the chance that a sample is nearer to what was learned than an unseen vector is, ties counting half.

    One half where a sample keeps the distance that unseen real vectors keep; the area under the curve that the
    statistic of Meehan et al. 2020 is the standard score of.

    Parameters
    ----------
    gaps, usual : arrays (n,), (m,)
        Distances to the nearest vector that was learned from, of the sample and of unseen vectors.
    """
    statistic = scipy.stats.mannwhitneyu(usual, gaps).statistic
    return float(statistic / (len(gaps) * len(usual)))
