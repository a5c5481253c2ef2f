"""What is known of more vectors than are worked on at once: counts, orders and shapes, from one pass over blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes
from core.statistics.blocks import map_blocks
from core.statistics.histograms import Histograms
from core.statistics.lattice import Lattice
from core.statistics.moments import Moments
from core.statistics.outermost import Outermost, two_largest

__all__ = ["Summary", "ordered_quantiles", "summarise"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

ROWS = 8192
"""Rows per block: their counts are as long as the lattice, whatever the block."""

PILOT = 20_000
"""Vectors, evenly spaced, that say where the lattice is finest."""

NORMAL_QUARTERS = 1.349
"""From the first to the third quartile of a normal law, in σ."""


@dataclass(frozen=True, eq=False)
class Summary:
    """What a pass over n vectors leaves beside moments, axes and histograms.

    Attributes
    ----------
    lattice : Lattice
        The distribution of each component.
    axis_third, axis_fourth : arrays (d,)
        Sums of the third and fourth powers of the coordinates along the principal axes.
    outermost : Outermost
        How far out the two largest whitened coordinates of the vectors lie.
    ordered_radii, ordered_distances : float32 arrays (n,)
        Lengths and Mahalanobis distances in ascending order; may be memory-mapped.
    """

    lattice: Lattice
    axis_third: Floats
    axis_fourth: Floats
    outermost: Outermost
    ordered_radii: Singles
    ordered_distances: Singles

    def merge(self, other: Summary) -> Summary:
        """Return the summary of both sets of vectors, which were seen along the same axes."""
        return Summary(
            self.lattice.merge(other.lattice),
            self.axis_third + other.axis_third,
            self.axis_fourth + other.axis_fourth,
            self.outermost.merge(other.outermost),
            np.sort(np.concatenate([self.ordered_radii, other.ordered_radii])),
            np.sort(np.concatenate([self.ordered_distances, other.ordered_distances])),
        )

    def axis_shape(self, axes: PrincipalAxes, count: int) -> tuple[Floats, Floats]:
        """Return skewness and excess kurtosis along the principal axes, (d,) each; 0 for a constant coordinate."""
        second = axes.variances * (count - 1) / count
        flat = second <= 0
        safe = np.where(flat, 1.0, second)
        skewness = np.where(flat, 0.0, self.axis_third / count / safe**1.5)
        return skewness, np.where(flat, 0.0, self.axis_fourth / count / safe**2 - 3)


@dataclass(frozen=True, eq=False)
class _Part:
    """What a block contributes."""

    histogram: npt.NDArray[np.int64]
    lattice: npt.NDArray[np.int64]
    third: Floats
    fourth: Floats
    outermost: Outermost
    radii: Singles
    distances: Singles


def summarise(
    vectors: npt.NDArray[np.floating],
    moments: Moments,
    axes: PrincipalAxes,
    tell: Callable[[int], None] | None = None,
) -> tuple[Summary, Histograms, Singles, Singles]:
    """Return the summary, the histograms, radii (n,) and Mahalanobis distances (n,) of vectors (n, d), read once.

    Parameters
    ----------
    vectors : array (n, d)
        May be memory-mapped.
    moments : Moments
        Theirs.
    axes : PrincipalAxes
        Theirs.
    tell : callable, optional
        Told after each block how many vectors are done.
    """
    histograms = Histograms.empty(moments.mean, moments.widths, moments.minimum, moments.maximum)
    lattice = Lattice.empty(*_place(vectors), moments.minimum, moments.maximum)
    deviations = np.sqrt(axes.shrunk_variances)

    def work(block: Floats) -> _Part:
        along = (block - axes.mean) @ axes.axes.T
        squares = np.square(along)
        third, fourth = np.einsum("ij,ij->j", squares, along), np.einsum("ij,ij->j", squares, squares)
        white = np.abs(along) / deviations
        distances = np.sqrt(np.einsum("ij,ij->i", white, white))
        radii = np.sqrt(np.einsum("ij,ij->i", block, block))
        return _Part(
            histograms.counts_of(block),
            lattice.counts_of(block),
            third,
            fourth,
            Outermost.of(two_largest(white)),
            radii.astype(np.float32),
            distances.astype(np.float32),
        )

    total = np.zeros((2, len(moments.mean)))
    outermost = Outermost.none()
    lengths, done = np.empty((2, len(vectors)), np.float32), 0
    for part in map_blocks(work, vectors, ROWS):
        histograms.counts[:] += part.histogram
        lattice.counts[:] += part.lattice
        total += part.third, part.fourth
        outermost = outermost.merge(part.outermost)
        lengths[:, done : done + len(part.radii)] = part.radii, part.distances
        done += len(part.radii)
        if tell:
            tell(done)
    ordered = np.sort(lengths, axis=1)
    summary = Summary(lattice, total[0], total[1], outermost, ordered[0], ordered[1])
    return summary, histograms, lengths[0], lengths[1]


def ordered_quantiles(ordered: npt.NDArray[np.floating], probabilities: npt.ArrayLike) -> Floats:
    """Return quantiles of values (n,) that are in ascending order, as ``numpy.quantile`` does, reading only those."""
    places = np.asarray(probabilities, np.float64) * (len(ordered) - 1)
    below = np.floor(places).astype(np.intp)
    first, second = (np.asarray(ordered[i], np.float64) for i in (below, np.minimum(below + 1, len(ordered) - 1)))
    return np.asarray(first + (second - first) * (places - below))[()]


def _place(vectors: npt.NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return medians and widths, by quartiles, of some vectors: far outliers do not move them."""
    some = vectors[np.unique(np.linspace(0, len(vectors) - 1, PILOT).astype(np.intp))].astype(np.float64)
    low, middle, high = np.quantile(some, (0.25, 0.5, 0.75), axis=0)
    widths = (high - low) / NORMAL_QUARTERS
    widths = np.where(widths > 0, widths, some.std(axis=0))
    return middle, np.where(widths > 0, widths, 1.0)
