"""Laws of the radius |x| of random vectors, by inversion of characteristic functions."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics.coordinates import Coordinates, factors
from core.statistics.laws import PairCut

__all__ = [
    "RadiusLaw",
    "elliptical_radius",
    "independent_radius",
    "mixed_radius",
    "observed_radius",
    "pair_cut_radius",
    "square_radius",
]

Floats = npt.NDArray[np.float64]
Complexes = npt.NDArray[np.complex128]
Transform = Callable[[Floats], Complexes]

GRID = 2049
"""Points of a law."""

FREQUENCIES = 2**14
"""Frequencies of a characteristic function, at most."""

SMALL = 1e-7
"""Where a characteristic function is smaller, it is taken for 0."""

SLOW = 1e-3
"""What a characteristic function may still be at the last frequency."""

WIDTHS = 9.0
"""Standard deviations of a sum beyond which hardly anything lies."""

ANGLES = 48
"""Nodes of each part of the integral over one coordinate."""

FEW = 3
"""Coordinates that are integrated one by one; the characteristic function of more decays."""

BINS_PER_SUM, MOST_BINS = 100, 2**13
"""Bins of observed squares: in a standard deviation of their sum, and at most."""

LARGEST, LARGEST_OF_MANY, MANY = 16, 10, 64
"""Nodes of each part of the integral over the largest coordinate of a cut by pairs; fewer where it is one of many."""

DIRECTIONS, DISTANCES = 2**13, 512
"""Directions and distances that an elliptical law is integrated over."""

TOGETHER = 2**7
"""Directions that are followed at a time, so that their vectors stay near the processor."""

BINS = 256
"""Bins in which their radii are counted."""


@dataclass(frozen=True, eq=False)
class RadiusLaw:
    """The law of |x|, known on a grid.

    Attributes
    ----------
    grid : array (g,)
        Radii, increasing; they span all but a negligible part of the law. A single one for a constant radius.
    shares : array (g,)
        Distribution function there, from 0 to 1.
    """

    grid: Floats
    shares: Floats

    @classmethod
    def of(cls, grid: Floats, shares: Floats) -> RadiusLaw:
        """Return the law with a distribution function that is known but for rounding."""
        rising = np.maximum.accumulate(np.clip(shares, 0.0, 1.0))
        return cls(grid, (rising - rising[0]) / (rising[-1] - rising[0]))

    @classmethod
    def constant(cls, radius: float) -> RadiusLaw:
        """Return the law of vectors of one length."""
        return cls(np.array([radius]), np.ones(1))

    def cdf(self, radii: npt.ArrayLike) -> Floats:
        """Return the share of vectors within the radii."""
        return np.asarray(np.interp(np.asarray(radii, np.float64), self.grid, self.shares, left=0.0))

    def density(self, radii: npt.ArrayLike) -> Floats:
        """Return the density at the radii, 0 outside the grid and for a constant radius."""
        if len(self.grid) == 1:
            return np.zeros(np.shape(radii))
        slopes = np.gradient(self.shares, self.grid, edge_order=2)
        return np.asarray(
            np.interp(np.asarray(radii, np.float64), self.grid, np.maximum(slopes, 0.0), left=0.0, right=0.0)
        )

    @property
    def mean(self) -> float:
        """Mean radius."""
        return self._moment(self.grid)

    @property
    def deviation(self) -> float:
        """Standard deviation of the radius."""
        return math.sqrt(max(self._moment(np.square(self.grid - self.mean)), 0.0))

    def _moment(self, values: Floats) -> float:
        """Return the expected value of a function that is known on the grid."""
        if len(values) == 1:
            return float(values[0])
        return float(np.diff(self.shares) @ (values[1:] + values[:-1]) / 2)


def independent_radius(coordinates: Coordinates, rest: float = 0.0) -> RadiusLaw:
    r"""Return the law of sqrt(rest² + Σ x_j²) with independent x_j.

    The distribution of the sum of squares is the inverted product of their characteristic functions, as Imhof 1961 does
    for normal x_j. Where that decays slowly, because few coordinates make up the sum, the largest coordinate x is
    integrated over, :math:`F(r) = \int f(r \sin θ)\, F_{others}(r \cos θ)\, r \cos θ\, dθ`. Error: below 1e-3.
    """
    varying = coordinates.varying
    rest = math.sqrt(rest**2 + float(np.square(coordinates.constants).sum()))
    if not len(varying):
        return RadiusLaw.constant(rest)
    law = _radius(varying.sorted(), FEW)
    return _beside(law, rest)


def _radius(coordinates: Coordinates, peeled: int) -> RadiusLaw:
    """Return the law of the radius of varying coordinates, the widest first."""
    if len(coordinates) == 1:
        high = float(coordinates.reach[0])
        grid = np.linspace(0.0, high, GRID)
        return RadiusLaw.of(grid, coordinates.cdf(0, grid) - coordinates.cdf(0, -grid))
    mean, variance = coordinates.square_moments()
    reach = float((np.square(coordinates.reach)).max())
    if len(coordinates) > FEW or peeled == 0:
        law = square_radius(coordinates.transform, mean, variance, reach, slow=1.0 if peeled == 0 else 1e-5)
        if law is not None:
            return law
    return _with_coordinate(coordinates, _radius(coordinates.without_first(), peeled - 1))


def _with_coordinate(coordinates: Coordinates, others: RadiusLaw) -> RadiusLaw:
    """Return the law of sqrt(x² + r²) with the first coordinate x and an independent radius r."""
    low, high = coordinates.support(0)
    nearest = max(low, -high, 0.0)
    grid = np.linspace(math.hypot(nearest, others.grid[0]), math.hypot(coordinates.reach[0], others.grid[-1]), GRID)
    nodes, weights = np.polynomial.legendre.leggauss(ANGLES)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, last = (np.arcsin(np.clip(np.nan_to_num(end / grid), -1, 1)) for end in (low, high))
    with np.errstate(divide="ignore", invalid="ignore"):  # where the others begin, and where they end
        begin, end = (np.arccos(np.clip(np.nan_to_num(others.grid[i] / grid), 0, 1)) for i in (0, -1))
    shares = np.zeros(GRID)
    for left, right in ((-begin, -end), (-end, end), (end, begin)):
        start, stop = np.clip(left, first, last), np.clip(right, first, last)
        angles = start[:, None] + (stop - start)[:, None] * (nodes + 1) / 2
        cosines = grid[:, None] * np.cos(angles)
        values = coordinates.pdf(0, grid[:, None] * np.sin(angles)) * cosines * others.cdf(cosines)
        shares += values @ weights * (stop - start) / 2
    return RadiusLaw.of(grid, shares)


def _beside(law: RadiusLaw, rest: float) -> RadiusLaw:
    """Return the law of sqrt(rest² + r²)."""
    if rest == 0:
        return law
    low, high = math.hypot(rest, law.grid[0]), math.hypot(rest, law.grid[-1])
    if high - low <= 1e-12 * high:
        return RadiusLaw.constant(rest)
    grid = np.linspace(low, high, GRID)
    inner = np.sqrt(np.maximum(np.square(grid) - rest**2, 0.0))
    return RadiusLaw.of(grid, law.cdf(inner))


def square_radius(
    transform: Transform, mean: float, variance: float, reach: float, slow: float = SLOW, finest: float = math.inf
) -> RadiusLaw | None:
    r"""Return the law of the root of a sum S of squares, from its characteristic function.

    .. math:: P(S \le s) = \tfrac12 - \sum_{k \ge 0} \frac{\Im\, \phi((k + 1/2) Δ)\, e^{-i (k + 1/2) Δ s}}{π (k + 1/2)}

    which errs by less than what lies further than 2π/Δ from s, and by the frequencies left out. Source: Davies 1973.

    Parameters
    ----------
    transform : callable
        The characteristic function φ at frequencies (k,).
    mean, variance : float
        Of S.
    reach : float
        How far one of the squares goes.
    slow : float
        Where φ is larger at the last frequency, there is no law.
    finest : float
        Up to which frequency φ is known; it has to be small before.
    """
    deviation = math.sqrt(variance)
    low = max(0.0, mean - WIDTHS * deviation)
    period = mean + WIDTHS * deviation + reach - low
    step = 2 * math.pi / period
    highest = np.asarray((np.arange(FREQUENCIES - 8, FREQUENCIES) + 0.5) * step, np.float64)
    if highest[-1] <= finest and np.abs(transform(highest)).max() > slow:  # known before the others are computed
        return None
    parts: list[Complexes] = []
    start, size = 0, 32
    while start < FREQUENCIES:
        parts.append(transform(np.asarray((np.arange(start, start + size) + 0.5) * step, np.float64)))
        start, size = start + size, start + size
        if np.abs(parts[-1][-8:]).max() < SMALL:
            break
    values = np.concatenate(parts)
    last = float(np.abs(values[-8:]).max())
    if last > slow:
        return None
    k = np.arange(len(values)) + 0.5
    if last >= SMALL:  # a smooth end in place of ripples
        values = values * np.exp(-18 * np.square(k / len(values)))
    count = max(4 * len(values), 2**14)
    terms = np.zeros(count, complex)
    terms[: len(values)] = values * np.exp(-1j * k * step * low) / (math.pi * k)
    places = np.arange(count) / count
    shares = np.asarray(0.5 - (np.fft.fft(terms) * np.exp(-1j * math.pi * places)).imag, np.float64)
    law = scipy.interpolate.PchipInterpolator(low + period * places, shares)
    inside = np.flatnonzero((shares > 1e-9) & (shares < 1 - 1e-9))
    squares = low + period * places[[max(inside[0] - 1, 0), min(inside[-1] + 1, count - 1)]]
    grid = np.linspace(math.sqrt(squares[0]), math.sqrt(squares[1]), GRID)
    return RadiusLaw.of(grid, law(np.clip(np.square(grid), squares[0], squares[1])))


def mixed_radius(weights: npt.ArrayLike, laws: Sequence[RadiusLaw]) -> RadiusLaw:
    """Return the mixture of laws of the radius."""
    low, high = min(law.grid[0] for law in laws), max(law.grid[-1] for law in laws)
    if high - low <= 1e-12 * high:
        return RadiusLaw.constant(high)
    grid = np.linspace(low - 1e-9 * (high - low), high, 2 * GRID)
    return RadiusLaw.of(grid, np.asarray(weights, np.float64) @ np.stack([law.cdf(grid) for law in laws]))


def elliptical_radius(centre: Floats, deviations: Floats, distances: Floats) -> RadiusLaw:
    r"""Return the law of |c + d S u| with u uniform on the unit sphere and d one of the distances.

    The mean over 8,192 Sobol directions, each with its opposite, and 512 quantiles of the distances. Error of the
    distribution function: about 2e-3.

    Parameters
    ----------
    centre, deviations : arrays (n,)
        c and the diagonal S in the principal axes.
    distances : array (m,)
    """
    from scipy.stats import qmc  # slow to import

    points = qmc.Sobol(len(centre), rng=np.random.default_rng(0)).random(DIRECTIONS)
    normal = scipy.special.ndtri(np.clip(points, 1e-12, 1 - 1e-12))
    lengths = np.sqrt(np.einsum("ij,ij->i", normal, normal))
    linear = 2 * (normal @ (deviations * centre)) / lengths
    quadratic = np.square(normal) @ np.square(deviations) / np.square(lengths)
    quadratic *= np.square(deviations).mean() / quadratic.mean()
    sums = np.append(0.0, np.cumsum(np.square(np.sort(distances)))) / len(distances)
    levels = np.linspace(0, len(distances), DISTANCES + 1)
    quantiles = np.sqrt(DISTANCES * np.diff(np.interp(levels, np.arange(len(sums)), sums)))  # keeps the mean of |x|²
    fixed = float(centre @ centre)
    slopes = np.abs(linear)
    with np.errstate(divide="ignore", invalid="ignore"):  # where the square of the length is smallest
        nearest = np.clip(np.nan_to_num(slopes / (2 * quadratic)), quantiles[0], quantiles[-1])
    least = float((nearest * (quadratic * nearest - slopes)).min()) + fixed
    low = math.sqrt(max(least, 0.0))
    high = math.sqrt(float((quadratic * quantiles[-1] ** 2 + slopes * quantiles[-1]).max()) + fixed)
    if high - low <= 1e-7 * high:
        return RadiusLaw.constant((low + high) / 2)
    counts = np.zeros(BINS, np.intp)
    for start in range(0, DIRECTIONS, TOGETHER):
        part = slice(start, start + TOGETHER)
        around = np.multiply.outer(quadratic[part], np.square(quantiles)) + fixed
        along = np.multiply.outer(linear[part], quantiles)
        for squares in (around + along, around - along):
            found = np.sqrt(np.maximum(squares, 0.0, out=squares), out=squares)
            places = ((found - low) * (BINS / (high - low))).astype(np.int16)
            counts += np.bincount(np.minimum(places, BINS - 1).ravel(), minlength=BINS)
    edges = np.linspace(low, high, BINS + 1)
    shares = np.concatenate([[0.0], np.cumsum(counts) / counts.sum()])
    grid = np.linspace(low, high, GRID)
    return RadiusLaw.of(grid, scipy.interpolate.PchipInterpolator(edges, shares)(grid))


def observed_radius(columns: npt.NDArray[np.floating]) -> RadiusLaw | None:
    """Return the law of vectors whose components are drawn from the columns (n, d), independent of each other.

    The squares are counted in bins of common width, each shared between both ends of its bin so that means are exact.
    Error: below 1e-3. None where a few components with few values make up the radius.
    """
    count, dimension = columns.shape
    mean = variance = reach = 0.0
    for j in range(dimension):
        square = np.square(columns[:, j].astype(np.float64))
        mean, variance = mean + float(square.mean()), variance + float(square.var())
        reach = max(reach, float(square.max()))
    if variance <= (1e-9 * mean) ** 2:
        return RadiusLaw.constant(math.sqrt(mean))
    width = max(math.sqrt(variance) / BINS_PER_SUM, reach / MOST_BINS)
    bins = math.ceil(reach / width) + 2
    masses = np.empty((dimension, bins))
    for j in range(dimension):
        place = np.square(columns[:, j].astype(np.float64)) / width
        below = place.astype(np.intp)
        part = np.bincount(below, place - below, bins)
        masses[j] = np.bincount(below, minlength=bins) - part
        masses[j, 1:] += part[:-1]
    masses /= count
    places = np.arange(bins) * width
    finest = math.pi / 2 / width  # as fine as the bins

    def transform(frequencies: Floats) -> Complexes:
        if frequencies[-1] > finest:
            return np.ones(len(frequencies), complex)
        return np.asarray((np.exp(1j * np.multiply.outer(frequencies, places)) @ masses.T).prod(axis=1))

    return square_radius(transform, mean, variance, reach, finest=finest)


def pair_cut_radius(centres: Floats, widths: Floats, cut: PairCut, rest: float) -> RadiusLaw | None:
    """Return the law of sqrt(rest² + Σ (c_j + w_j y_j)²) with y cut so that each pair lies in its ellipse.

    Given the largest |y_j|, and which it is, the others are independent; their characteristic functions are averaged
    over nodes of the largest. Error: below 1e-3. None where that decays slowly, with few coordinates.
    """
    if len(widths) == 1:
        return independent_radius(Coordinates(centres, widths, cut.k), rest)
    coordinates = Coordinates(centres, widths)
    varying = coordinates.varying
    if not len(varying):
        return RadiusLaw.constant(math.sqrt(rest**2 + float(np.square(centres).sum())))
    nodes, weights = cut.largest_nodes(LARGEST if len(widths) <= MANY else LARGEST_OF_MANY)
    second, fourth, mixed = cut.moments()
    squares = np.square(widths)
    total = squares.sum()
    mean = float(np.square(centres).sum() + second * total)
    variance = float(4 * second * (np.square(centres) * squares).sum() + (fourth - mixed) * np.square(squares).sum())
    variance += float((mixed - second**2) * total**2)

    def transform(frequencies: Floats) -> Complexes:
        t, result = frequencies[:, None], np.zeros(len(frequencies), complex)
        for x, weight in zip(nodes, weights, strict=True):
            own = sum(np.exp(1j * t * np.square(centres + side * widths * x)) for side in (-1, 1)) / 2
            others = factors(Coordinates(centres, widths, float(cut.limits(x))), frequencies)
            ones = np.ones((len(frequencies), 1))
            before = np.cumprod(np.hstack([ones, others[:, :-1]]), axis=1)
            after = np.cumprod(np.hstack([ones, others[:, :0:-1]]), axis=1)[:, ::-1]
            result += weight * (own * before * after).mean(axis=1)
        return result

    reach = float(np.square(np.abs(centres) + cut.k * widths).max())
    law = square_radius(transform, mean, variance, reach)
    return None if law is None else _beside(law, rest)
