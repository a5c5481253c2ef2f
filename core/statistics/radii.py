"""Radii of latent vectors, and the laws they follow where those are known."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics.blocks import check_vectors, map_blocks

__all__ = [
    "AUTHOR_HALF_WIDTHS",
    "AUTHOR_MATCH",
    "cube_radius",
    "deviation",
    "matched_half_width",
    "normal_radius",
    "normal_radius_density",
    "normal_radius_quantile",
    "normal_radius_share",
    "radii",
]

Floats = npt.NDArray[np.float64]

AUTHOR_MATCH = 1.5
"""The half-width that the author of the series found to match his radii: the b* of his autoencoder."""

AUTHOR_HALF_WIDTHS = (1.0, 1.5, 2.0, 5.0)
"""The four half-widths b of post V."""


def radii(vectors: npt.ArrayLike) -> Floats:
    """Return Euclidean lengths of vectors (n, d), shape (n,)."""
    lengths = map_blocks(lambda block: np.sqrt(np.einsum("ij,ij->i", block, block)), check_vectors(vectors))
    return np.concatenate(list(lengths))


def cube_radius(half_width: float, dimension: int) -> tuple[float, float]:
    r"""Return mean and standard deviation of the radius of uniform vectors in the cube [-b, b]^N.

    .. math:: b \sqrt{N/3}\,(1 - \tfrac{1}{10N}), \qquad b / \sqrt{15}

    up to terms of higher order in 1/N (delta method on the sum of squares).
    """
    mean = half_width * math.sqrt(dimension / 3) * (1 - 1 / (10 * dimension))
    return mean, half_width / math.sqrt(15)


def matched_half_width(mean_radius: float, dimension: int) -> float:
    """Return b*, the half-width of the cube whose radii centre at a mean radius: ⟨|z|⟩·sqrt(3/N)."""
    return mean_radius * math.sqrt(3 / dimension)


def normal_radius(dimension: int) -> tuple[float, float]:
    """Return mean and standard deviation of the radius of N(0, I): those of the chi distribution."""
    mean = math.sqrt(2) * float(scipy.special.poch(dimension / 2, 0.5))
    return mean, math.sqrt(dimension - mean**2)


def normal_radius_density(radius: Floats, dimension: int) -> Floats:
    """Return the density of the radius of N(0, I), that of the chi distribution.

    This law is written out, because the first pages draw it and ``scipy.stats`` takes a second to load.
    """
    half = dimension / 2
    log = scipy.special.xlogy(dimension - 1, radius) - np.square(radius) / 2
    return np.asarray(np.exp(log - (half - 1) * math.log(2) - scipy.special.gammaln(half)))


def normal_radius_share(radius: npt.ArrayLike, dimension: int) -> Floats:
    """Return the share of N(0, I) within a radius, that of the chi distribution."""
    return np.asarray(scipy.special.gammainc(dimension / 2, np.square(radius) / 2))


def normal_radius_quantile(share: npt.ArrayLike, dimension: int) -> Floats:
    """Return the radius within which a share of N(0, I) lies."""
    return np.asarray(np.sqrt(2 * scipy.special.gammaincinv(dimension / 2, share)))


def deviation(values: npt.ArrayLike) -> float:
    """Return the standard deviation that a sample tells of its law, with n - 1; NaN of a single value.

    Every deviation in tables and on pages is this one.
    """
    array = np.asarray(values, np.float64)
    return float(array.std(ddof=1)) if len(array) > 1 else math.nan
