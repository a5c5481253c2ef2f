"""What is known of more vectors than are worked on at once: counts, orders and shapes, from one pass over blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes
from core.statistics.blocks import blocks_of, map_spans
from core.statistics.histograms import Histograms
from core.statistics.lattice import Lattice
from core.statistics.moments import Moments
from core.statistics.outermost import Outermost, two_largest

__all__ = ["Frame", "Part", "Spans", "Summary", "moments_of", "ordered_counts", "ordered_quantiles", "summarise"]

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
class Part:
    """What a span of vectors contributes; :meth:`merge` gives what two of them do, the first's rows first."""

    histogram: npt.NDArray[np.int64]
    lattice: npt.NDArray[np.int64]
    third: Floats
    fourth: Floats
    outermost: Outermost

    def merge(self, other: Part) -> Part:
        """Return what both contribute."""
        return Part(
            self.histogram + other.histogram,
            self.lattice + other.lattice,
            self.third + other.third,
            self.fourth + other.fourth,
            self.outermost.merge(other.outermost),
        )


@dataclass(frozen=True, eq=False)
class Frame:
    """What vectors are counted against when they are read a second time.

    Attributes
    ----------
    axes : PrincipalAxes
    histograms : Histograms
    lattice : Lattice
        Both without counts.
    """

    axes: PrincipalAxes
    histograms: Histograms
    lattice: Lattice

    @classmethod
    def of(cls, vectors: npt.NDArray[np.floating], moments: Moments, axes: PrincipalAxes) -> Frame:
        """Return the frame for vectors (n, d), of which some are looked at, from their moments and axes."""
        ends = moments.minimum, moments.maximum
        histograms = Histograms.empty(moments.mean, moments.widths, *ends)
        return cls(axes, histograms, Lattice.empty(*_place(vectors), *ends))

    def part_of(self, vectors: npt.NDArray[np.floating]) -> tuple[Part, Singles]:
        """Return what vectors (n, d) contribute, and their radii and Mahalanobis distances (2, n), on one thread."""
        parts, lengths = zip(*map(self._of_block, blocks_of(vectors, ROWS)), strict=True)
        return reduce(Part.merge, parts), np.concatenate(lengths, axis=1)

    def _of_block(self, block: Floats) -> tuple[Part, Singles]:
        along = (block - self.axes.mean) @ self.axes.axes.T
        squares = np.square(along)
        third, fourth = np.einsum("ij,ij->j", squares, along), np.einsum("ij,ij->j", squares, squares)
        white = np.abs(along) / np.sqrt(self.axes.shrunk_variances)
        outermost = Outermost.of(two_largest(white))
        part = Part(self.histograms.counts_of(block), self.lattice.counts_of(block), third, fourth, outermost)
        radii, distances = (np.sqrt(np.einsum("ij,ij->i", one, one)) for one in (block, white))
        return part, np.stack([radii, distances]).astype(np.float32)


class Spans:
    """Vectors (n, d), worked on span by span on all cores of this machine, the results in order.

    Whoever has other machines derives from it; the spans and the order in which they are merged stay the same, and so
    do all bits of what comes out.
    """

    def __init__(self, vectors: npt.NDArray[np.floating]) -> None:
        self.vectors = vectors

    def moments(self) -> Iterator[Moments]:
        """Yield the moments of each span."""
        return map_spans(Moments.of_span, self.vectors)

    def parts(self, frame: Frame) -> Iterator[tuple[Part, Singles]]:
        """Yield what each span contributes, as :meth:`Frame.part_of` returns it."""
        return map_spans(frame.part_of, self.vectors)


def moments_of(spans: Spans, tell: Callable[[int], None] | None = None) -> Moments:
    """Return the moments of vectors, span by span; ``tell`` is told how many are done."""
    total: Moments | None = None
    for part in spans.moments():
        total = part if total is None else total.merge(part)
        if tell:
            tell(total.count)
    assert total is not None  # noqa: S101
    return total


def summarise(
    spans: Spans, frame: Frame, tell: Callable[[int], None] | None = None
) -> tuple[Summary, Histograms, Singles, Singles]:
    """Return the summary, the histograms, radii (n,) and Mahalanobis distances (n,) of vectors (n, d), read once.

    ``tell`` is told how many vectors are done.
    """
    total: Part | None = None
    lengths, done = np.empty((2, len(spans.vectors)), np.float32), 0
    for part, found in spans.parts(frame):
        total = part if total is None else total.merge(part)
        lengths[:, done : done + found.shape[1]] = found
        done += found.shape[1]
        if tell:
            tell(done)
    assert total is not None  # noqa: S101
    ordered = np.sort(lengths, axis=1)
    lattice, histograms = frame.lattice.with_counts(total.lattice), replace(frame.histograms, counts=total.histogram)
    summary = Summary(lattice, total.third, total.fourth, total.outermost, ordered[0], ordered[1])
    return summary, histograms, lengths[0], lengths[1]


def ordered_quantiles(ordered: npt.NDArray[np.floating], probabilities: npt.ArrayLike) -> Floats:
    """Return quantiles of values (n,) that are in ascending order, as ``numpy.quantile`` does, reading only those."""
    places = np.asarray(probabilities, np.float64) * (len(ordered) - 1)
    below = np.floor(places).astype(np.intp)
    first, second = (np.asarray(ordered[i], np.float64) for i in (below, np.minimum(below + 1, len(ordered) - 1)))
    return np.asarray(first + (second - first) * (places - below))[()]


def ordered_counts(
    ordered: npt.NDArray[np.floating], bounds: npt.ArrayLike, within: bool = False
) -> npt.NDArray[np.intp]:
    """Return how many values (n,) in ascending order lie below each of some bounds; ``within``, at them, too.

    Only some of the values are read: ``numpy.searchsorted`` would turn all of them into the type of the bounds, so
    these become the nearest numbers that the values can be.
    """
    exact = np.asarray(bounds, np.float64)
    with np.errstate(over="ignore"):
        near = exact.astype(ordered.dtype)
    if within:
        near = np.where(near > exact, np.nextafter(near, -np.inf, dtype=near.dtype), near)
    else:
        near = np.where(near < exact, np.nextafter(near, np.inf, dtype=near.dtype), near)
    return np.asarray(np.searchsorted(ordered, near, "right" if within else "left"), np.intp)[()]


def _place(vectors: npt.NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return medians and widths, by quartiles, of some vectors: far outliers do not move them."""
    some = vectors[np.unique(np.linspace(0, len(vectors) - 1, PILOT).astype(np.intp))].astype(np.float64)
    low, middle, high = np.quantile(some, (0.25, 0.5, 0.75), axis=0)
    widths = (high - low) / NORMAL_QUARTERS
    widths = np.where(widths > 0, widths, some.std(axis=0))
    return middle, np.where(widths > 0, widths, 1.0)
