"""The distribution of each component in counts over fine buckets, whose error is known: for more vectors than memory.

Sketches such as KLL (``datasketches``) are smaller, but draw random bits, so that two runs differ; these counts are the
same in any order of the blocks, merge exactly, and say by how much a quantile may be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.errors import InputError

__all__ = ["Lattice"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

BITS = 8
"""Buckets from one octave to the next, as a power of two."""

SHIFT = 23 - BITS
"""Bits of a float32's mantissa that a bucket does not tell."""

ONE = 0x3F800000
"""The float32 1, as bits."""

OCTAVES = 40
"""Beyond 2⁴⁰ scales from the centre, buckets end."""


@dataclass(frozen=True, eq=False)
class Lattice:
    r"""Counts of values in buckets about a centre, of the width scale / 256 there and twice as wide in each octave.

    .. math:: k = \lfloor 256\, \ell(1 + |x - c| / s) \rfloor

    where ℓ is the logarithm to base 2, made of straight pieces between the powers of two: the exponent and the first
    eight bits of the mantissa of a float32.

    Attributes
    ----------
    centre, scale : arrays (d,)
        Where the buckets are finest, and their unit.
    low, high : arrays (d,)
        The smallest and the largest value of each component.
    counts : int array (d, 2 half)
        Bucket k on the side of larger values stands at half + k, on the other side at half - 1 - k.
    """

    centre: Floats
    scale: Floats
    low: Floats
    high: Floats
    counts: Counts

    @classmethod
    def empty(cls, centre: Floats, scale: Floats, low: Floats, high: Floats) -> Lattice:
        """Return a lattice without counts for components that lie in [low_j, high_j], each array of shape (d,)."""
        ends = np.maximum(np.abs(low - centre), np.abs(high - centre)) / scale
        half = int(_numbers(ends.astype(np.float32)).max()) + 2  # float32 may round up into the next
        return cls(centre, scale, low, high, np.zeros((len(centre), 2 * half), np.int64))

    @property
    def total(self) -> int:
        """Number of vectors that are counted."""
        return int(self.counts[0].sum())

    @property
    def rank_error(self) -> Floats:
        """Largest share of the vectors in one bucket, shape (d,): a quantile is wrong by less than that in rank.

        Where a component has one value again and again it is that value's share; see :attr:`value_error`.
        """
        return np.asarray(self.counts.max(axis=1) / self.total)

    @property
    def value_error(self) -> Floats:
        """Width of the bucket that holds the most, shape (d,): there a quantile is wrong by less than that."""
        fullest, edges = self.counts.argmax(axis=1), self._unit_edges
        return np.asarray((edges[fullest + 1] - edges[fullest]) * self.scale)

    def counts_of(self, block: Floats) -> Counts:
        """Return the counts of vectors (n, d) in the buckets of this lattice, of the shape of :attr:`counts`."""
        dimension, width = self.counts.shape
        places = np.subtract(block, self.centre)
        places *= 1 / self.scale
        singles = places.astype(np.float32) + np.float32(0)  # -0 becomes 0
        numbers = _numbers(np.abs(singles))
        np.minimum(numbers, width // 2 - 1, out=numbers)
        numbers ^= singles.view(np.int32) >> 31  # k becomes -1 - k where the value is below the centre
        index = numbers.astype(np.intp)
        index += np.arange(dimension) * width + width // 2
        return np.bincount(index.ravel(), minlength=dimension * width).reshape(dimension, width)

    def with_counts(self, counts: Counts) -> Lattice:
        """Return the lattice with other counts."""
        return replace(self, counts=counts)

    def merge(self, other: Lattice) -> Lattice:
        """Return the counts of both sets; raise `InputError` if they have other buckets."""
        if not (np.array_equal(self.centre, other.centre) and np.array_equal(self.scale, other.scale)):
            raise InputError("The counts have different buckets; count both about the same centre and scale.")
        wide = max(self.counts.shape[1], other.counts.shape[1])
        counts = sum(
            np.pad(one.counts, ((0, 0), (extra := (wide - one.counts.shape[1]) // 2, extra))) for one in (self, other)
        )
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return Lattice(self.centre, self.scale, low, high, np.asarray(counts))

    def quantiles(self, probabilities: npt.ArrayLike) -> Floats:
        """Return the quantiles of each component at probabilities (m,), shape (d, m); see :attr:`rank_error`."""
        wanted = np.asarray(probabilities, np.float64)
        found = np.empty((len(self.centre), len(wanted)))
        for j in range(len(self.centre)):
            shares, values = self._steps(j)
            found[j] = np.interp(wanted, shares, values)
        return found

    def shares(self, component: int, values: npt.ArrayLike) -> Floats:
        """Return the share of the vectors below values of a component, between the edges of a bucket a straight line.

        A bucket that holds one value alone is halved there, as average ranks of equals are.
        """
        known, edges = self._steps(component)
        return np.asarray(np.interp(np.asarray(values, np.float64), edges, known))

    def _steps(self, component: int) -> tuple[Floats, Floats]:
        """Return shares that lie below the edges of the buckets that are used, both increasing, and the edges."""
        counts = self.counts[component]
        used = np.flatnonzero(counts)
        first, last = int(used[0]), int(used[-1])
        below = np.append(0, np.cumsum(counts[first : last + 1])) / self.total
        edges = self.centre[component] + self.scale[component] * self._unit_edges[first : last + 2]
        edges[0], edges[-1] = self.low[component], self.high[component]
        return below, np.maximum.accumulate(edges)

    @property
    def _unit_edges(self) -> Floats:
        """Edges of all buckets for the centre 0 and the scale 1."""
        half = self.counts.shape[1] // 2
        bits = (np.arange(half + 1, dtype=np.int64) << SHIFT) + ONE
        upward = bits.astype(np.int32).view(np.float32).astype(np.float64) - 1
        return np.concatenate([-upward[:0:-1], upward])


def _numbers(distances: npt.NDArray[np.float32]) -> npt.NDArray[np.int32]:
    """Return the numbers of the buckets at distances from the centre, in scales."""
    numbers = (distances + np.float32(1)).view(np.int32)
    numbers -= np.int32(ONE)
    numbers >>= SHIFT
    return np.minimum(numbers, OCTAVES << BITS, out=numbers)
