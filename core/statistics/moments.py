"""Moments up to the fourth order, accumulated over blocks and merged exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt

from core.statistics.blocks import blocks_of, check_vectors, map_blocks

__all__ = ["Moments"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Moments:
    """Central sums of a set of vectors; :meth:`merge` gives those of a union.

    Pairwise updates after Chan, Golub and LeVeque (1979) and Pébay (2008), in float64.

    Attributes
    ----------
    count : int
    mean : array (d,)
    scatter : array (d, d)
        Sum of the outer products of the deviations d = x - mean.
    third, fourth : arrays (d,)
        Sums of the third and fourth powers of the deviations.
    radial_third : array (d,)
        Sum of |d|² d, which merging ``radial_fourth`` needs.
    radial_fourth : float
        Sum of |d|⁴, which the Ledoit-Wolf shrinkage needs.
    minimum, maximum : arrays (d,)
    """

    count: int
    mean: Floats
    scatter: Floats
    third: Floats
    fourth: Floats
    radial_third: Floats
    radial_fourth: float
    minimum: Floats
    maximum: Floats

    @classmethod
    def of_block(cls, block: Floats) -> Moments:
        """Return the moments of a block (n, d) of float64."""
        minimum, maximum = block.min(axis=0), block.max(axis=0)
        mean = np.clip(block.mean(axis=0), minimum, maximum)  # rounding must not widen a constant
        deviations = block - mean
        squares = np.square(deviations)
        radial = squares.sum(axis=1)
        return cls(
            len(block),
            mean,
            deviations.T @ deviations,
            np.einsum("ij,ij->j", squares, deviations),
            np.einsum("ij,ij->j", squares, squares),
            radial @ deviations,
            float(radial @ radial),
            minimum,
            maximum,
        )

    @classmethod
    def of(
        cls,
        vectors: npt.ArrayLike,
        transform: Callable[[Floats], Floats] | None = None,
        tell: Callable[[int], None] | None = None,
    ) -> Moments:
        """Return the moments of vectors (n, d) of any float type and length, each block transformed first if asked.

        ``tell`` is told after each block how many vectors are done.
        """
        work = cls.of_block if transform is None else lambda block: cls.of_block(transform(block))
        parts = map_blocks(work, check_vectors(vectors))
        total = next(parts)
        for part in parts:
            total = total.merge(part)
            if tell:
                tell(total.count)
        return total

    @classmethod
    def of_span(cls, vectors: npt.NDArray[np.floating]) -> Moments:
        """Return the moments of vectors (n, d) of any float type, block after block on one thread."""
        return reduce(cls.merge, map(cls.of_block, blocks_of(vectors)))

    def merge(self, other: Moments) -> Moments:
        """Return the moments of the union of both sets."""
        n_a, n_b = self.count, other.count
        n = n_a + n_b
        minimum, maximum = np.minimum(self.minimum, other.minimum), np.maximum(self.maximum, other.maximum)
        mean = np.clip((n_a * self.mean + n_b * other.mean) / n, minimum, maximum)
        a, b = self._about(mean), other._about(mean)
        return Moments(
            n,
            mean,
            a.scatter + b.scatter,
            a.third + b.third,
            a.fourth + b.fourth,
            a.radial_third + b.radial_third,
            a.radial_fourth + b.radial_fourth,
            minimum,
            maximum,
        )

    @property
    def variances(self) -> Floats:
        """Unbiased variances, shape (d,); 0 for a single vector."""
        return np.diagonal(self.scatter) / max(1, self.count - 1)

    @property
    def widths(self) -> Floats:
        """Standard deviations σ_j, shape (d,)."""
        return np.sqrt(self.variances)

    @property
    def covariance(self) -> Floats:
        """Unbiased covariance matrix, shape (d, d)."""
        return self.scatter / max(1, self.count - 1)

    @property
    def correlations(self) -> Floats:
        """Pearson matrix, shape (d, d); 0 beside the diagonal for constant components."""
        scale = np.sqrt(np.diagonal(self.scatter))
        scale = np.where(scale > 0, scale, np.inf)
        matrix = np.clip(self.scatter / scale / scale[:, None], -1, 1)
        np.fill_diagonal(matrix, 1.0)
        return matrix

    @property
    def skewness(self) -> Floats:
        """Third standardised moment (biased, as scipy's default), shape (d,); 0 for constant components."""
        second = np.diagonal(self.scatter) / self.count
        return np.divide(self.third / self.count, second**1.5, out=np.zeros_like(second), where=second > 0)

    @property
    def excess_kurtosis(self) -> Floats:
        """Fourth standardised moment less 3 (biased, as scipy's default), shape (d,); 0 for constant components."""
        second = np.diagonal(self.scatter) / self.count
        return np.divide(self.fourth / self.count, second**2, out=np.full_like(second, 3.0), where=second > 0) - 3.0

    @property
    def shrinkage(self) -> float:
        """Ledoit-Wolf intensity s of the covariance (1 - s)·Σ + s·tr(Σ)/d·I, in [0, 1] (Ledoit and Wolf 2004)."""
        n, dimension = self.count, len(self.mean)
        covariance = self.scatter / n
        target = np.trace(covariance) / dimension
        dispersion = np.square(covariance).sum()
        distance = dispersion - dimension * target**2
        noise = (self.radial_fourth / n - dispersion) / n
        return float(np.clip(noise / distance, 0.0, 1.0)) if distance > 0 else 1.0

    def _about(self, centre: Floats) -> Moments:
        """Return the sums about another centre; only :meth:`merge` may, since they are not central."""
        shift = self.mean - centre
        n, second, square = self.count, np.diagonal(self.scatter), float(shift @ shift)
        trace, along = float(second.sum()), self.scatter @ shift
        return Moments(
            n,
            centre,
            self.scatter + n * np.outer(shift, shift),
            self.third + 3 * second * shift + n * shift**3,
            self.fourth + 4 * self.third * shift + 6 * second * shift**2 + n * shift**4,
            self.radial_third + trace * shift + 2 * along + n * square * shift,
            self.radial_fourth
            + 4 * float(self.radial_third @ shift)
            + 4 * float(shift @ along)
            + 2 * square * trace
            + n * square**2,
            self.minimum,
            self.maximum,
        )
