"""Latent vectors that are laws: the posteriors of a variational autoencoder, and what they amount to together."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from core.statistics.blocks import map_blocks

__all__ = ["COLLAPSED", "LOWEST", "STEP", "Posteriors", "log_variance_codes"]

LOWEST, STEP = -12.0, 1 / 16
"""Log variance of code 0, and from one code to the next: a spread is kept to 1.6 %, from 0.0025 to 7."""

COLLAPSED = 0.01
"""Share of a component's variance that its means have at most where it tells nothing of the images."""

DRAW = 0x905E
"""Seed of the noise that makes one vector of each posterior."""

BLOCK = 4096
"""Vectors whose noise comes from one random stream, so that any block of them can be drawn alone."""

Singles = npt.NDArray[np.float32]


def log_variance_codes(log_variances: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Return log variances as codes of 8 bits, rounded to `STEP`; what lies outside is cut off."""
    return np.asarray(np.clip(np.rint((log_variances - LOWEST) / STEP), 0, 255), np.uint8)


@dataclass(frozen=True, eq=False)
class Posteriors:
    r"""A normal law with independent components for each of n images.

    .. math:: q_i = \mathcal{N}(\mu_i, \mathrm{diag}\,\sigma_i^2)

    Attributes
    ----------
    means : float array (n, d)
        May be memory-mapped.
    codes : uint8 array (n, d)
        Log variances, as :func:`log_variance_codes` writes them.
    """

    means: npt.NDArray[Any]
    codes: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.means)

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Return the posteriors of some rows, given by number or mask."""
        return type(self)(self.means[rows], self.codes[rows])

    def followed_by(self, others: Self) -> Self:
        """Return these posteriors and others behind them."""
        pairs = ((self.means, others.means), (self.codes, others.codes))
        return type(self)(*(np.concatenate(pair) for pair in pairs))

    def spreads(self, rows: slice | npt.NDArray[Any]) -> Singles:
        """Return the standard deviations of some rows, (m, d)."""
        return _SPREADS[self.codes[rows]]

    def draw(self, rows: npt.NDArray[np.intp], rng: np.random.Generator) -> Singles:
        """Return a vector from the posterior of each of the rows, (m, d)."""
        noise = rng.standard_normal((len(rows), self.means.shape[1]), np.float32)
        return np.asarray(self.means[rows], np.float32) + self.spreads(rows) * noise

    def one_of_each(self, first: int = 0, last: int | None = None) -> Singles:
        """Return one vector from each posterior, (n, d): a sample of the aggregate posterior, always the same.

        Those of the rows from ``first`` up to ``last`` alone where these are given; blocks begin at ``first``, which is
        a multiple of `BLOCK`.
        """
        last = len(self) if last is None else min(last, len(self))
        vectors = np.empty((last - first, self.means.shape[1]), np.float32)
        for start in range(first, last, BLOCK):
            rows = np.arange(start, min(start + BLOCK, last))
            vectors[rows - first] = self.draw(rows, np.random.default_rng((DRAW, start // BLOCK)))
        return vectors

    @cached_property
    def collapsed(self) -> npt.NDArray[np.bool_]:
        r"""Which components tell nothing of the images, (d,).

        .. math:: \mathrm{Var}(\mu_j) < 0.01 \, \left(\mathrm{Var}(\mu_j) + \langle \sigma_j^2 \rangle\right)
        """
        shift = np.asarray(self.means[0], np.float64)  # so that a far mean does not drown the spread
        firsts = sum(map_blocks(lambda block: (block - shift).sum(axis=0), self.means)) / len(self)
        seconds = sum(map_blocks(lambda block: np.square(block - shift).sum(axis=0), self.means)) / len(self)
        of_means = seconds - np.square(firsts)
        of_noise = np.zeros_like(of_means)
        for start in range(0, len(self), BLOCK):
            of_noise += np.square(self.spreads(slice(start, start + BLOCK)), dtype=np.float64).sum(axis=0)
        return np.asarray(of_means < COLLAPSED * (of_means + of_noise / len(self)))


_SPREADS: Singles = np.exp((LOWEST + STEP * np.arange(256)) / 2).astype(np.float32)
"""The standard deviation of each code."""
