"""Histograms of all components at once, on one grid in standard units."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.statistics.blocks import check_vectors, map_blocks

__all__ = ["BINS_PER_WIDTH", "Histograms"]

BINS_PER_WIDTH = 8
"""Bins per standard deviation: about 50 over the range of a normal component of 30,000 vectors."""

LIMIT = 100
"""Values beyond this many standard deviations are counted in the outermost bins."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Histograms:
    """Counts of each component in bins of σ_j / 8 that are aligned at μ_j of a reference.

    Sets that are counted against the same reference have their bin edges in common, so they overlay and merge.

    Attributes
    ----------
    centre, width : arrays (d,)
        Mean μ_j and standard deviation σ_j of the reference; a constant component has the width 1.
    first : int
        Number of the first bin; bin k covers [μ_j + k σ_j / 8, μ_j + (k + 1) σ_j / 8).
    counts : int array (d, bins)
    """

    centre: Floats
    width: Floats
    first: int
    counts: npt.NDArray[np.int64]

    @classmethod
    def empty(cls, centre: Floats, width: Floats, low: Floats, high: Floats) -> Histograms:
        """Return bins without counts for components that lie in [low_j, high_j], each array of shape (d,)."""
        width = np.where(width > 0, width, 1.0)
        scale = BINS_PER_WIDTH / width
        ends = np.clip(np.floor(((low - centre) * scale).min()), -LIMIT * BINS_PER_WIDTH, 0)
        first = int(ends)
        last = int(np.clip(np.floor(((high - centre) * scale).max()), 0, LIMIT * BINS_PER_WIDTH))
        return cls(centre, width, first, np.zeros((len(centre), last - first + 1), np.int64))

    @classmethod
    def of(cls, vectors: npt.ArrayLike, centre: Floats, width: Floats, low: Floats, high: Floats) -> Histograms:
        """Count vectors (n, d) whose components lie in [low_j, high_j], each array of shape (d,)."""
        array = check_vectors(vectors, len(centre))
        empty = cls.empty(centre, width, low, high)
        return replace(empty, counts=sum(map_blocks(empty.counts_of, array), start=empty.counts))

    def counts_of(self, block: Floats) -> npt.NDArray[np.int64]:
        """Return the counts of vectors (n, d) in these bins, of the shape of :attr:`counts`."""
        dimension, bins = self.counts.shape
        scale = BINS_PER_WIDTH / self.width
        places = block * scale
        places -= self.centre * scale + self.first
        np.clip(places, 0, bins - 1, out=places)
        index = places.astype(np.intp)  # rounds down, since nothing is below 0 any more
        index += np.arange(dimension) * bins
        return np.bincount(index.ravel(), minlength=dimension * bins).reshape(dimension, bins)

    def merge(self, other: Histograms) -> Histograms:
        """Return the counts of both sets; raise `InputError` if they have other references."""
        if not (np.array_equal(self.centre, other.centre) and np.array_equal(self.width, other.width)):
            raise InputError("The histograms have different bins; count both against the same reference.")
        first = min(self.first, other.first)
        last = max(self.first + self.counts.shape[1], other.first + other.counts.shape[1])
        counts = np.zeros((len(self.centre), last - first), np.int64)
        for part in (self, other):
            start = part.first - first
            counts[:, start : start + part.counts.shape[1]] += part.counts
        return Histograms(self.centre, self.width, first, counts)

    def edges(self, component: int) -> Floats:
        """Return the bin edges of a component, shape (bins + 1,), in latent units."""
        steps = np.arange(self.first, self.first + self.counts.shape[1] + 1)
        return np.asarray(self.centre[component] + steps * self.width[component] / BINS_PER_WIDTH)

    def beyond(self, widths: int) -> npt.NDArray[np.int64]:
        """Return how many values of each component lie so many widths σ_j from μ_j or farther, exactly, shape (d,)."""
        steps = np.arange(self.first, self.first + self.counts.shape[1])
        far = (steps >= widths * BINS_PER_WIDTH) | (steps < -widths * BINS_PER_WIDTH)
        return np.asarray(self.counts[:, far].sum(axis=1))

    def density(self, component: int) -> Floats:
        """Return the probability density of a component, shape (bins,), per latent unit."""
        counts = self.counts[component]
        return np.asarray(counts / counts.sum() * BINS_PER_WIDTH / self.width[component])

    def chance_distance(self, count: int) -> Floats:
        r"""Return by how much ``count`` further vectors of the same law would differ on average, per component (d,).

        A bin of the share p holds about a normal number of vectors, so that both sets differ in it by about
        :math:`\sqrt{2 p (1 - p) (1/n + 1/m) / \pi}`; where that exceeds 2p(1 - p), hardly any fall into it, and they
        differ by as much. Measured as in :meth:`overlap_distance`.
        """
        total = self.counts.sum(axis=1, keepdims=True)
        share = self.counts / total
        variance = share * (1 - share)
        usual = np.sqrt(2 / np.pi * variance * (1 / total + 1 / count))
        return np.asarray(np.minimum(usual, 2 * variance).sum(axis=1) / 2)

    def overlap_distance(self, other: Histograms) -> Floats:
        """Return half the L1 distance of both densities per component, shape (d,): 0 the same, 1 apart."""
        merged = self.merge(other)
        start = self.first - merged.first
        mine = np.zeros(merged.counts.shape)
        mine[:, start : start + self.counts.shape[1]] = self.counts
        theirs = merged.counts - mine
        difference = mine / mine.sum(axis=1, keepdims=True) - theirs / theirs.sum(axis=1, keepdims=True)
        return np.asarray(np.abs(difference).sum(axis=1) / 2)
