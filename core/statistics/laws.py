"""Closed forms of the normal law: what cuts keep of it, in two dimensions and in hundreds."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy

__all__ = [
    "PairCut",
    "covariance_factor",
    "degrees_of_freedom",
    "ellipse_distance",
    "ellipse_share",
    "kept_by_components",
    "midpoint_radius",
]

Floats = npt.NDArray[np.float64]

FEWEST, MOST = 2.1, 1e4
"""Degrees of freedom of a multivariate t: fewer have no covariance, more are a normal law."""

GRID = 4097
"""Points of the grid on which the law of the largest coordinate is known."""

NEGLIGIBLE = 45.0
"""Where a density is smaller than its largest value by this power of e, it is taken for 0."""


def ellipse_share(distance: npt.ArrayLike) -> Floats:
    """Return the share 1 - exp(-d²/2) of a plane normal law within the Mahalanobis distance d."""
    return np.asarray(-np.expm1(-np.square(distance) / 2))


def ellipse_distance(share: npt.ArrayLike) -> Floats:
    """Return the Mahalanobis distance sqrt(-2 ln(1 - p)) within which the share p of a plane normal law lies."""
    return np.asarray(np.sqrt(-2 * np.log1p(-np.asarray(share, np.float64))))


def covariance_factor(distance: float, dimension: int) -> float:
    r"""Return by what the covariance of a normal law shrinks when it is cut at a Mahalanobis distance D.

    .. math:: \frac{F_{\chi^2, n+2}(D^2)}{F_{\chi^2, n}(D^2)} =
        \frac{D^2}{n + 2} \, \frac{{}_1F_1(1;\, n/2 + 2;\, D^2/2)}{{}_1F_1(1;\, n/2 + 1;\, D^2/2)}

    The right hand side stays exact where both shares are too small for a number. Source: Tallis 1963.
    """
    half, x = dimension / 2, distance**2 / 2
    if x > half:  # the shares are large, and the series would need many terms
        return float(scipy.special.gammainc(half + 1, x) / scipy.special.gammainc(half, x))
    return float(x / (half + 1) * scipy.special.hyp1f1(1.0, half + 2, x) / scipy.special.hyp1f1(1.0, half + 1, x))


def kept_by_components(k: float, dimension: int) -> float:
    """Return the share (2Φ(k) - 1)^N of a normal law whose N whitened coordinates all lie within ±k."""
    return float(scipy.special.erf(k / math.sqrt(2)) ** dimension)


def degrees_of_freedom(distances: Floats, dimension: int) -> float:
    r"""Return the degrees of freedom of the multivariate t of a given covariance that fits some distances best.

    .. math:: \max_\nu \; \ln\Gamma\tfrac{\nu + N}{2} - \ln\Gamma\tfrac{\nu}{2} - \tfrac{N}{2} \ln(\nu - 2)
        - \tfrac{\nu + N}{2} \left\langle \ln\left(1 + \tfrac{d^2}{\nu - 2}\right) \right\rangle

    the mean log density of its scale matrix :math:`\Sigma\,(\nu - 2)/\nu`, from `FEWEST` to `MOST` degrees: with more,
    it is a normal law.

    Parameters
    ----------
    distances : array (n,)
        To the mean, in units of the covariance.
    dimension : int
        Number N of components.
    """
    squares = np.square(distances)

    def loss(log_excess: float) -> float:
        excess = math.exp(log_excess)
        half = (excess + 2 + dimension) / 2
        normal = scipy.special.gammaln(half) - scipy.special.gammaln((excess + 2) / 2) - dimension / 2 * log_excess
        return float(half * np.log1p(squares / excess).mean() - normal)

    bounds = math.log(FEWEST - 2), math.log(MOST - 2)
    return math.exp(float(scipy.optimize.minimize_scalar(loss, bounds=bounds, method="bounded").x)) + 2


def midpoint_radius(radius: float) -> float:
    """Return r/√2, the radius around the centre of the midpoint of two independent normal vectors of radius r."""
    return radius / math.sqrt(2)


class PairCut:
    r"""The normal law in N dimensions, cut so that each pair of coordinates lies in its ellipse of k σ.

    In whitened coordinates all pairs are inside, :math:`y_i^2 + y_j^2 \le k^2`, where the two largest are. Given the
    largest absolute value x the others are independent and at most :math:`c(x) = \min(x, \sqrt{k^2 - x^2})`, so

    .. math:: P = \int_0^k N f(x)\, F(c(x))^{N-1}\, dx

    with density f and distribution F of the absolute value of a normal number.

    Parameters
    ----------
    k : float
        Size of the ellipses in standard deviations.
    dimension : int
        Number N of coordinates.
    """

    def __init__(self, k: float, dimension: int) -> None:
        self.k = k
        self.dimension = dimension

    @classmethod
    def keeping(cls, share: float, dimension: int) -> PairCut:
        """Return the cut that keeps a share of the normal law, with k from 0.01 to 12."""
        narrow, wide = cls(0.01, dimension), cls(12.0, dimension)
        if wide.log_kept <= math.log(share):
            return wide
        if narrow.log_kept >= math.log(share):
            return narrow
        k = scipy.optimize.brentq(lambda k: cls(k, dimension).log_kept - math.log(share), narrow.k, wide.k, xtol=1e-6)
        return cls(float(k), dimension)

    @property
    def log_kept(self) -> float:
        """Natural logarithm of the share of the normal law that is kept, which may be too small for a number."""
        _, density, scale = self._largest
        return float(scale + math.log(scipy.integrate.trapezoid(density, self._largest[0])))

    @property
    def kept(self) -> float:
        """Share of the normal law that is kept."""
        return math.exp(self.log_kept)

    def limits(self, largest: npt.ArrayLike) -> Floats:
        """Return c(x), up to where the other coordinates may go beside a largest absolute value."""
        x = np.asarray(largest, np.float64)
        return np.minimum(x, np.sqrt(np.maximum(self.k**2 - np.square(x), 0.0)))

    def draw(self, count: int, rng: np.random.Generator) -> Floats:
        """Draw whitened coordinates, shape (count, N), exactly and without a rejection."""
        grid, density, _ = self._largest
        share = scipy.integrate.cumulative_trapezoid(density, grid, initial=0.0)
        largest = np.interp(rng.random(count) * share[-1], share, grid)
        below = scipy.special.erf(self.limits(largest)[:, None] / math.sqrt(2))
        values = math.sqrt(2) * scipy.special.erfinv(rng.random((count, self.dimension)) * below)
        values[np.arange(count), rng.integers(self.dimension, size=count)] = largest
        return np.asarray(values * rng.choice((-1.0, 1.0), values.shape))

    def largest_nodes(self, count: int) -> tuple[Floats, Floats]:
        """Return nodes and weights of the law of the largest absolute value, ``count`` on each side of k/√2."""
        grid, density, _ = self._largest
        inside = grid[density > 1e-9 * density.max()]
        kink = float(np.clip(self.k / math.sqrt(2), inside[0], inside[-1]))
        nodes, weights = np.polynomial.legendre.leggauss(count)
        parts = [(low, high) for low, high in ((inside[0], kink), (kink, inside[-1])) if high > low]
        places = np.concatenate([low + (high - low) * (nodes + 1) / 2 for low, high in parts])
        masses = np.concatenate([weights * (high - low) for low, high in parts]) * np.interp(places, grid, density)
        return places, masses / masses.sum()

    def moments(self) -> tuple[float, float, float]:
        """Return the expected values of y_i², y_i⁴ and y_i² y_j² of whitened coordinates."""
        grid, density, _ = self._largest
        weights = density / scipy.integrate.trapezoid(density, grid)
        second, fourth = absolute_moments(np.maximum(self.limits(grid), 1e-4))
        others, n = self.dimension - 1, self.dimension
        sums = (
            np.square(grid) + others * second,
            grid**4 + others * fourth,
            others * second * (2 * np.square(grid) + (others - 1) * second),
        )
        one, two, mixed = (float(scipy.integrate.trapezoid(weights * values, grid)) for values in sums)
        return one / n, two / n, mixed / (n * max(others, 1))

    @cached_property
    def _largest(self) -> tuple[Floats, Floats, float]:
        """Return a grid, N f(x) F(c(x))^(N-1) on it but for a factor, and the logarithm of that factor."""
        wide = np.linspace(0.0, self.k, GRID)
        logs = self._log_density(wide)
        inside = wide[logs > logs.max() - NEGLIGIBLE]
        step = wide[1]
        grid = np.linspace(max(0.0, inside[0] - step), min(self.k, inside[-1] + step), GRID)
        logs = self._log_density(grid)
        return grid, np.exp(logs - logs.max()), float(logs.max())

    def _log_density(self, x: Floats) -> Floats:
        """Return the logarithm of N f(x) F(c(x))^(N-1), which is -inf at both ends unless N is 1."""
        below = scipy.special.xlogy(self.dimension - 1, scipy.special.erf(self.limits(x) / math.sqrt(2)))
        return np.asarray(math.log(self.dimension * math.sqrt(2 / math.pi)) - np.square(x) / 2 + below)


def absolute_moments(limit: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Return the second and the fourth moment of a normal number that is cut at ± limit."""
    c = np.asarray(limit, np.float64)
    edge = c * math.sqrt(2 / math.pi) * np.exp(-np.square(c) / 2) / scipy.special.erf(c / math.sqrt(2))
    second = 1 - edge
    return second, 3 * second - np.square(c) * edge
