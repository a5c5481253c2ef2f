"""Differences between two groups in standardised units, with intervals that hold for all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

__all__ = ["Differences", "mean_differences", "share_differences"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Differences:
    """How much one group lies above another in each of m quantities.

    Attributes
    ----------
    one, other : arrays (m,)
        Means or shares.
    effect, low, high : arrays (m,)
        The difference and its interval in units of the standard deviation within the groups, the root of the mean of
        both variances (Cohen 1988 for groups of unequal variances); infinite where neither varies.
    """

    one: Floats
    other: Floats
    effect: Floats
    low: Floats
    high: Floats


def mean_differences(
    counts: tuple[npt.ArrayLike, npt.ArrayLike],
    means: tuple[Floats, Floats],
    variances: tuple[Floats, Floats],
    chance: float,
) -> Differences:
    """Return differences of means, with Welch's intervals (1947), which allow for unequal variances.

    Parameters
    ----------
    counts, means, variances : pairs of arrays (m,)
        Of both groups, at least two of each; variances with n - 1.
    chance : float
        That one interval misses. Divided by the number of intervals beforehand, it is the chance that any does
        (Bonferroni).
    """
    (n, k), (a, b), (v, w) = (tuple(np.asarray(x, np.float64) for x in pair) for pair in (counts, means, variances))
    first, second = v / n, w / k
    error = first + second
    spread = np.square(first) / (n - 1) + np.square(second) / (k - 1)
    freedom = np.divide(np.square(error), spread, out=np.ones_like(error), where=spread > 0)
    reach = -scipy.special.stdtrit(freedom, chance / 2) * np.sqrt(error)
    return _standardised(a, b, a - b - reach, a - b + reach, v, w)


def share_differences(
    counts: tuple[npt.ArrayLike, npt.ArrayLike], hits: tuple[npt.ArrayLike, npt.ArrayLike], chance: float
) -> Differences:
    """Return differences of shares, with Newcombe's intervals (1998, method 10) from Wilson's of each share.

    Parameters
    ----------
    counts, hits : pairs of arrays (m,)
        Members of both groups of which it is known, and those of them that are so; at least one of each.
    chance : float
        As in :func:`mean_differences`.
    """
    (n, k), (x, y) = (tuple(np.asarray(values, np.float64) for values in pair) for pair in (counts, hits))
    a, b = x / n, y / k
    (a_low, a_high), (b_low, b_high) = _wilson(a, n, chance), _wilson(b, k, chance)
    low = a - b - np.hypot(a - a_low, b_high - b)
    high = a - b + np.hypot(a_high - a, b - b_low)
    return _standardised(a, b, low, high, a * (1 - a), b * (1 - b))


def _wilson(share: Floats, count: Floats, chance: float) -> tuple[Floats, Floats]:
    """Return both ends of Wilson's interval (1927) of a share."""
    z = -scipy.special.ndtri(chance / 2)
    middle = share + z**2 / (2 * count)
    reach = z * np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    weight = 1 + z**2 / count
    return (middle - reach) / weight, (middle + reach) / weight


def _standardised(a: Floats, b: Floats, low: Floats, high: Floats, v: Floats, w: Floats) -> Differences:
    unit = np.sqrt((v + w) / 2)

    def scaled(values: Floats) -> Floats:
        flat = np.where(values == 0, 0.0, np.copysign(np.inf, values))
        return np.asarray(np.divide(values, unit, out=flat, where=unit > 0))

    return Differences(a, b, scaled(a - b), scaled(low), scaled(high))
