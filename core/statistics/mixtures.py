"""Mixtures of normal laws of more vectors than memory holds: expectation maximisation over blocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics.blocks import map_blocks

__all__ = ["NormalMixture", "improve", "refine"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

NEGLIGIBLE = 1e-6
"""Responsibility below which a vector does not count towards the mean and covariance of a law.

In hundreds of dimensions nearly all vectors belong to one law or two, so most of the products are saved."""


@dataclass(frozen=True, eq=False)
class NormalMixture:
    """A mixture of k normal laws with full covariances in d dimensions.

    Attributes
    ----------
    weights : array (k,)
    means : array (k, d)
    factors : array (k, d, d)
        Lower Cholesky factors of the covariances.
    """

    weights: Floats
    means: Floats
    factors: Floats

    @classmethod
    def of_covariances(cls, weights: Floats, means: Floats, covariances: Floats) -> NormalMixture:
        """Return the mixture with positive definite covariances (k, d, d)."""
        return cls(weights, means, np.asarray(np.linalg.cholesky(covariances), np.float64))


@dataclass(frozen=True, eq=False)
class _Sums:
    """What a step needs of some vectors; sums of two sets add.

    Attributes
    ----------
    log_likelihood : float
        Sum over the vectors, in nats.
    shares : array (k,)
        Sums of the responsibilities.
    counted, firsts, seconds : arrays (k,), (k, d), (k, d, d)
        The same without negligible ones; with them, sums of the deviations from the means and of their outer products.
    """

    log_likelihood: float
    shares: Floats
    counted: Floats
    firsts: Floats
    seconds: Floats

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(
            self.log_likelihood + other.log_likelihood,
            self.shares + other.shares,
            self.counted + other.counted,
            self.firsts + other.firsts,
            self.seconds + other.seconds,
        )


def improve(
    vectors: npt.NDArray[np.floating],
    transform: Callable[[Floats], Floats],
    mixture: NormalMixture,
    ridge: float,
) -> tuple[NormalMixture, float]:
    r"""Return a mixture after a step of expectation maximisation, and the mean log-likelihood of the one before.

    Products of matrices are in float32, about the means of the laws, sums over blocks in float64; the log-likelihood of
    a vector of 256 components errs by less than 10⁻³ nats for it.

    Parameters
    ----------
    vectors : array (n, d)
        May be memory-mapped; they are read once.
    transform : callable
        Applied to each block (m, d); whitening, so that the smallest variances do not drown in rounding.
    mixture : NormalMixture
        Of the transformed vectors.
    ridge : float
        Added to the variances of each law.
    """
    identity = np.eye(mixture.means.shape[1])
    inverses = [scipy.linalg.solve_triangular(factor, identity, lower=True) for factor in mixture.factors]
    heights = np.log(mixture.weights) + [np.log(np.diagonal(inverse)).sum() for inverse in inverses]
    turns = [inverse.T.astype(np.float32) for inverse in inverses]
    means = mixture.means.astype(np.float32)
    parts = map_blocks(lambda block: _sums(transform(block).astype(np.float32), means, turns, heights), vectors)
    total = next(parts)
    for part in parts:
        total += part
    return _maximise(total, means.astype(np.float64), ridge), total.log_likelihood / len(vectors)


def refine(
    vectors: npt.NDArray[np.floating],
    transform: Callable[[Floats], Floats],
    mixture: NormalMixture,
    ridge: float,
    tolerance: float,
    steps: int,
    report: Callable[[int], None],
) -> NormalMixture:
    """Return a mixture after steps of :func:`improve`, until a step gains less than a tolerance in nats per vector.

    ``report`` is told how many steps are done.
    """
    before = -np.inf
    for step in range(steps):
        better, found = improve(vectors, transform, mixture, ridge)
        if found - before < tolerance:  # what the step before has gained
            break
        mixture, before = better, found
        report(step + 1)
    report(steps)
    return mixture


def _sums(block: Singles, means: Singles, turns: list[Singles], heights: Floats) -> _Sums:
    """Return the sums of a block (m, d) of transformed vectors."""
    count, dimension = block.shape
    logs = np.empty((count, len(means)))
    for law, (mean, turn) in enumerate(zip(means, turns, strict=True)):
        white = (block - mean) @ turn
        logs[:, law] = heights[law] - 0.5 * np.einsum("ij,ij->i", white, white)
    total = scipy.special.logsumexp(logs, axis=1)
    shares = np.exp(logs - total[:, None])
    counted, firsts = np.zeros(len(means)), np.zeros((len(means), dimension))
    seconds = np.zeros((len(means), dimension, dimension))
    for law, mean in enumerate(means):
        rows = shares[:, law] > NEGLIGIBLE
        weights = shares[rows, law]
        deviations = block[rows] - mean
        weighted = deviations * weights.astype(np.float32)[:, None]
        counted[law], firsts[law] = weights.sum(), weighted.sum(axis=0, dtype=np.float64)
        seconds[law] = weighted.T @ deviations
    constant = 0.5 * dimension * np.log(2 * np.pi)
    return _Sums(float(total.sum() - count * constant), shares.sum(axis=0), counted, firsts, seconds)


def _maximise(sums: _Sums, means: Floats, ridge: float) -> NormalMixture:
    """Return the mixture that is likeliest, given what belongs to which law; one that has lost all is a point."""
    counted = np.maximum(sums.counted, np.finfo(float).eps)[:, None]
    shifts = sums.firsts / counted
    covariances = sums.seconds / counted[:, :, None] - shifts[:, :, None] * shifts[:, None]
    covariances = (covariances + covariances.transpose(0, 2, 1)) / 2 + ridge * np.eye(means.shape[1])
    shares = sums.shares + 10 * np.finfo(float).eps  # none is 0, as in scikit-learn
    return NormalMixture.of_covariances(shares / shares.sum(), means + shifts, covariances)
