"""How normal a set of vectors is: along each direction, and as a whole, with and without its outer layer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy

from core.errors import InputError
from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors, map_blocks
from core.statistics.description import Description
from core.statistics.laws import covariance_factor
from core.statistics.moments import Moments
from core.statistics.outermost import Outermost, two_largest
from core.statistics.radii import normal_radius_quantile

__all__ = [
    "Core",
    "HenzeZirkler",
    "Shape",
    "far_out",
    "find_core",
    "henze_zirkler",
    "largest_coordinates",
    "quantile_probabilities",
    "shape",
    "shape_of_all",
    "square_quantiles",
    "subsample",
]

Floats = npt.NDArray[np.float64]

TESTED = 500
"""Vectors that the tests see, at most. At n = 30,000 every test rejects every real set: look at effect sizes."""

POINTS = 200
"""Points of a quantile plot."""

FLAT = 1e-9
"""Width, as a share of the largest, below which a direction is constant but for rounding."""


@dataclass(frozen=True, eq=False)
class Shape:
    """How far each of several variables is from normal.

    Attributes
    ----------
    count : int
        Values behind skewness and kurtosis.
    skewness, excess_kurtosis : arrays (d,)
        Both 0 for a normal variable; their standard errors there are sqrt(6/n) and sqrt(24/n).
    tested : int
        Values behind the Shapiro-Wilk test, a subsample.
    shapiro_w, shapiro_p : arrays (d,)
        Statistic W, 1 for a perfectly normal sample, and p-value; NaN for constants and for fewer than 3 values.
    """

    count: int
    skewness: Floats
    excess_kurtosis: Floats
    tested: int
    shapiro_w: Floats
    shapiro_p: Floats


@dataclass(frozen=True, eq=False)
class Core:
    """The vectors nearest to the centre, and the normal law that they would be the core of.

    Attributes
    ----------
    share : float
        Of the vectors that is kept.
    kept : bool array (n,)
    factor : float
        By what the covariance of a normal law shrinks when it is cut to this share.
    axes : PrincipalAxes
        Of the kept vectors, variances divided by the factor.
    distances : array (m,)
        Mahalanobis distances of the kept vectors in these axes.
    """

    share: float
    kept: npt.NDArray[np.bool_]
    factor: float
    axes: PrincipalAxes
    distances: Floats

    def squared_quantiles(self, probabilities: Floats) -> Floats:
        """Return the quantiles of the squared distances of a normal law that is cut to the same share."""
        return np.asarray(np.square(normal_radius_quantile(probabilities * self.share, len(self.axes.mean))))


@dataclass(frozen=True)
class HenzeZirkler:
    """Result of the Henze-Zirkler test of multivariate normality."""

    count: int
    statistic: float
    p_value: float


def subsample(count: int, size: int = TESTED, seed: int = 0) -> npt.NDArray[np.intp]:
    """Return at most ``size`` of ``count`` rows at random, sorted; the same for the same seed."""
    if count <= size:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, size, replace=False))


def shape(vectors: npt.ArrayLike, axes: PrincipalAxes | None = None) -> Shape:
    """Return how far each component of vectors (n, d) is from normal, or each coordinate along principal axes.

    Raises
    ------
    InputError
        If the vectors cannot be used.
    """
    array = check_vectors(vectors)
    transform: Callable[[Floats], Floats] | None = None
    if axes is not None:
        mean, turn = axes.mean, axes.axes.T

        def transform(block: Floats) -> Floats:
            return np.asarray((block - mean) @ turn)

    moments = Moments.of(array, transform)
    values = array[subsample(len(array))].astype(np.float64)
    values = values if transform is None else transform(values)
    flat = moments.widths <= FLAT * moments.widths.max()
    w, p = np.full((2, values.shape[1]), np.nan)
    for j, column in enumerate(values.T):
        if len(column) > 2 and np.ptp(column) > 0 and not flat[j]:
            w[j], p[j] = scipy.stats.shapiro(column)
    skewness, kurtosis = (np.where(flat, 0.0, values) for values in (moments.skewness, moments.excess_kurtosis))
    return Shape(len(array), skewness, kurtosis, len(values), w, p)


def shape_of_all(vectors: npt.NDArray[np.floating], described: Description, along_axes: bool) -> Shape:
    """Return the :func:`shape` of vectors (n, d) with their description, without reading all where it has a summary.

    Skewness and kurtosis are those of all vectors in either case.
    """
    axes, summary = described.axes if along_axes else None, described.summary
    if summary is None:
        return shape(vectors, axes)
    values = vectors[subsample(len(vectors))].astype(np.float64)
    few = shape(values, axes)
    if along_axes:
        skewness, kurtosis = summary.axis_shape(described.axes, len(described))
        flat = described.axes.variances <= FLAT**2 * described.axes.variances.max()
    else:
        skewness, kurtosis = described.moments.skewness, described.moments.excess_kurtosis
        flat = described.moments.widths <= FLAT * described.moments.widths.max()
    skewness, kurtosis = (np.where(flat, 0.0, values) for values in (skewness, kurtosis))
    return replace(few, count=len(described), skewness=skewness, excess_kurtosis=kurtosis)


def quantile_probabilities(count: int) -> Floats:
    """Return the probabilities at which quantiles are drawn, denser in the tails as far as the count supports."""
    edge = min(0.25, 0.5 / count)
    return np.asarray(scipy.special.ndtr(np.linspace(scipy.special.ndtri(edge), scipy.special.ndtri(1 - edge), POINTS)))


def square_quantiles(distances: npt.NDArray[np.floating], probabilities: Floats) -> Floats:
    """Return quantiles of squared distances; between infinite ones, in directions without spread, no mean is taken."""
    squares = np.square(distances, dtype=np.float64)
    if np.isfinite(squares).all():
        return np.asarray(np.quantile(squares, probabilities))
    return np.asarray(np.sort(squares)[(np.asarray(probabilities) * (len(squares) - 1)).astype(np.intp)])


def find_core(latents: npt.ArrayLike, description: Description, share: float) -> Core:
    r"""Return the share of the vectors that lies nearest to the centre, with its covariance corrected.

    A normal law in N dimensions that is cut to a share p ends at :math:`D^2 = F^{-1}_{\chi^2, N}(p)` and has the
    covariance :math:`\Sigma\, F_{\chi^2, N+2}(D^2) / p`; dividing by that factor gives Σ back (the consistency factor
    of the minimum covariance determinant; Croux and Haesbroeck 1999).

    Parameters
    ----------
    latents : array (n, d)
    description : Description
        Theirs.
    share : float
        In (0, 1].

    Raises
    ------
    InputError
        If the share is out of range.
    """
    array = check_vectors(latents, description.dimension)
    if not 0 < share <= 1:
        raise InputError(f"The share of vectors to keep must be above 0 and at most 1, not {share:g}.")
    if share == 1:
        distances = np.asarray(description.distances, np.float64)
        return Core(1.0, np.ones(len(array), bool), 1.0, description.axes, distances)
    kept = description.distances <= np.quantile(description.distances, share)
    factor = covariance_factor(float(normal_radius_quantile(share, description.dimension)), description.dimension)
    inner = array[kept]
    found = principal_axes(Moments.of(inner))
    axes = PrincipalAxes(found.mean, found.axes, found.variances / factor, found.shrinkage)
    return Core(share, kept, factor, axes, axes.mahalanobis(inner))


def largest_coordinates(vectors: npt.ArrayLike, axes: PrincipalAxes) -> Floats:
    """Return the two largest absolute whitened coordinates of vectors (n, d), the largest first, shape (n, 2).

    Those two decide whether a vector survives a cut of every component or of every pair. In one dimension the second
    is 0.
    """
    whiten = axes.axes.T / np.sqrt(axes.shrunk_variances)

    def largest(block: Floats) -> Floats:
        return two_largest(np.abs((block - axes.mean) @ whiten))

    return np.concatenate(list(map_blocks(largest, check_vectors(vectors, len(axes.mean)))))


def far_out(vectors: npt.NDArray[np.floating], described: Description) -> Floats | Outermost:
    """Return the :func:`largest_coordinates` of vectors (n, d) with their description, or counts from its summary."""
    return largest_coordinates(vectors, described.axes) if described.summary is None else described.summary.outermost


def henze_zirkler(values: npt.ArrayLike) -> HenzeZirkler:
    """Test whether values (n, d), a few chosen components or axes, come from a multivariate normal law.

    Henze and Zirkler 1990, as implemented by pingouin, which is loaded on the first call.

    Raises
    ------
    InputError
        If there is only one dimension, there are too few values for it, or the covariance is singular.
    """
    array = check_vectors(values).astype(np.float64)
    count, dimension = array.shape
    if dimension < 2:
        raise InputError("A Henze-Zirkler test is one of several directions together; choose at least two.")
    if count < 2 * dimension + 2:
        raise InputError(f"A Henze-Zirkler test in {dimension} dimensions needs more than {count} vectors.")
    if np.linalg.matrix_rank(np.cov(array, rowvar=False).reshape(dimension, dimension)) < dimension:
        raise InputError("The covariance of the chosen directions is singular; choose others for the test.")
    from pingouin import multivariate_normality

    result = multivariate_normality(array)
    return HenzeZirkler(count, float(result.hz), float(result.pval))
