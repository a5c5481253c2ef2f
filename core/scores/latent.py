"""How close the vectors of a sample are to a study's: what they are held against, and each of the scores."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.scores.copies import AnyOriginals, Originals
from core.scores.manifolds import balls
from core.statistics import Moments, PrincipalAxes, off_diagonal, principal_axes, radii, subsample
from core.statistics.blocks import check_vectors, map_blocks, single_threaded_algebra

__all__ = [
    "BULK",
    "DIRECTIONS",
    "FEWEST",
    "MAX_COUNT",
    "LatentReference",
    "c2st",
    "correlation_error",
    "marginal_distance",
    "radius_overlap",
    "share_in_bulk",
    "sliced_wasserstein",
]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

COUNT = 2000
"""Vectors of the reference, a part of half B, that scores of pairs of vectors use, unless said otherwise."""

MAX_COUNT = 10_000
"""Most of them, for the memory of their distances."""

BINS = 20
"""Bins of the radii, each with the same share of the reference: noise of 2,000 vectors takes 0.04 from the overlap."""

BULK = 0.99
"""Share of the reference that lies in the bulk by definition."""

DIRECTIONS = 512
"""Random directions of the sliced distance."""

SORTED = 65_536
"""Vectors of the reference whose components are kept sorted, at most: more than in half B of 202,599 images."""

VARIANCE = 0.99
"""Share of the variance in the principal axes where manifolds are compared."""

FOLDS, FEWEST = 5, 50
"""Parts of the cross-validation, and the vectors of each side below which it tells nothing."""

HIDDEN, PENALTY, ITERATIONS = 16, 100.0, 40
"""The classifier: one hidden layer, L-BFGS, weights held to a width of 0.1 by their penalty.

Without such a penalty 3,200 vectors in 256 dimensions are learned by heart: twenty epochs of Adam tell multivariate
normal vectors from faces' with an AUC of 0.59, this one with 0.78.
"""


@dataclass(frozen=True, eq=False)
class LatentReference:
    """What every sample of a study is compared with, computed once by :meth:`of`.

    Attributes
    ----------
    seed : int
    originals : Originals
        The vectors of half A that strategies learn from.
    axes : PrincipalAxes
        Of half A; Mahalanobis distances are measured in them.
    edge, median_mahalanobis : float
        The 99 % quantile of the distances of the reference, and their median: the value a sample should reach.
    moments : Moments
        Of the reference.
    radius_edges, radius_shares : arrays (b,), (b + 1,)
        Bins of the radii, and the share of the reference in each; the first bin and the last are open and empty.
    components : float32 array (d, m)
        Half B, each component sorted; of more than `SORTED` vectors, so many, evenly spaced.
    directions : array (512, d)
        Random unit vectors.
    projections : float32 array (512, m)
        The same along each direction, sorted.
    chosen : float32 array (c, d)
        Vectors of the reference for the scores of pairs of vectors.
    points : array (c, p)
        Theirs along the principal axes that hold 99 % of the variance.
    balls : array (c,)
        Distance of each point to its fifth nearest other one; empty for fewer than six points.
    varying : bool array (d,)
        The components that scores in units of σ look at: not constant in the reference, and not left out.
    """

    seed: int
    originals: AnyOriginals
    axes: PrincipalAxes
    edge: float
    median_mahalanobis: float
    moments: Moments
    radius_edges: Floats
    radius_shares: Floats
    components: Singles
    directions: Floats
    projections: Singles
    chosen: Singles
    points: Floats
    balls: Floats
    varying: npt.NDArray[np.bool_]

    @property
    def dimension(self) -> int:
        """Number of components N."""
        return len(self.moments.mean)

    @classmethod
    def of(
        cls,
        fitted: npt.ArrayLike,
        reference: npt.ArrayLike,
        count: int = COUNT,
        seed: int = 0,
        left_out: npt.NDArray[np.bool_] | None = None,
    ) -> Self:
        """Prepare the comparison with a study.

        Parameters
        ----------
        fitted : array (n, d)
            Of half A, which strategies learn from.
        reference : array (m, d)
            Of half B, which they are compared with: the reference.
        count : int
            Vectors of the reference that scores of pairs of vectors use, at most.
        seed : int
            Chooses them, the directions and the folds.
        left_out : bool array (d,), optional
            Components that scores in units of σ do not look at, since they tell nothing.

        Raises
        ------
        InputError
            If the shapes do not match, a number is not finite, a half has fewer than two vectors or does not vary,
            or the count is not from 1 to 10,000.
        """
        if not 1 <= count <= MAX_COUNT:
            raise InputError(f"The number of reference vectors must be from 1 to {MAX_COUNT:,}, not {count}.")
        a = check_vectors(fitted)
        b = check_vectors(reference, a.shape[1])
        axes, moments = principal_axes(_varying(a)), _varying(b)
        distances, lengths = axes.mahalanobis(b), radii(b)
        edges = _radius_edges(lengths)
        directions = _directions(a.shape[1], seed)
        chosen = b[subsample(len(b), count, seed)].astype(np.float32)
        points = axes.project(chosen, _axis_count(axes))
        some = b if len(b) <= SORTED else b[np.linspace(0, len(b) - 1, SORTED).astype(np.intp)]
        return cls(
            seed=seed,
            originals=Originals.of(a, axes.mean),
            axes=axes,
            edge=float(np.quantile(distances, BULK)),
            median_mahalanobis=float(np.median(distances)),
            moments=moments,
            radius_edges=edges,
            radius_shares=_shares(lengths, edges),
            components=_sorted_components(some),
            directions=directions,
            projections=_sorted_projections(some, directions),
            chosen=chosen,
            points=points,
            balls=balls(points),
            varying=(moments.widths > 0) & (True if left_out is None else ~left_out),
        )


def _varying(vectors: npt.NDArray[np.floating]) -> Moments:
    """Return the moments of vectors that have a scale."""
    moments = Moments.of(vectors)
    if not moments.widths.any():
        raise InputError("A half of the study has fewer than two different vectors; there is no scale for scores.")
    return moments


def _radius_edges(lengths: Floats) -> Floats:
    """Return the quantiles of the radii as edges of half-open bins, the last one just above the largest radius."""
    edges = np.quantile(lengths, np.linspace(0, 1, BINS + 1))
    return np.append(np.unique(edges[:-1]), np.nextafter(edges[-1], np.inf))


def _shares(lengths: Floats, edges: Floats) -> Floats:
    """Return the share of the radii below, between and above the edges, shape (len(edges) + 1,)."""
    places = np.searchsorted(edges, lengths, side="right")
    return np.bincount(places, minlength=len(edges) + 1) / len(lengths)


def radius_overlap(lengths: Floats, reference: LatentReference) -> float:
    r"""Return the overlap of radii (n,) with those of the reference.

    .. math:: \sum_b \min(p_b, q_b)

    over bins that hold a twentieth of the reference each, with open ones outside its range. The overlap of two finite
    samples is below 1.
    """
    return float(np.minimum(_shares(lengths, reference.radius_edges), reference.radius_shares).sum())


def _directions(dimension: int, seed: int) -> Floats:
    """Return random unit vectors, shape (512, d)."""
    directions = np.random.default_rng(seed).standard_normal((DIRECTIONS, dimension))
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def _sorted_components(vectors: npt.NDArray[np.floating]) -> Singles:
    return np.sort(np.ascontiguousarray(vectors.T, np.float32), axis=1)


def _sorted_projections(vectors: npt.NDArray[np.floating], directions: Floats) -> Singles:
    parts = map_blocks(lambda block: (directions @ block.T).astype(np.float32), vectors)
    return np.sort(np.concatenate(list(parts), axis=1), axis=1)


def _wasserstein(first: Singles, second: Singles) -> Floats:
    r"""Return the distances :math:`W_1 = \int_0^1 |F^{-1}(u) - G^{-1}(u)|\,du` of sorted rows (p, n) and (p, m), (p,).

    Both quantile functions are constant between the multiples of 1/n and of 1/m, the same ones for every row.
    """
    n, m = first.shape[1], second.shape[1]
    levels = np.union1d(np.arange(1, n + 1) * m, np.arange(1, m + 1) * n)  # in units of 1/(nm): whole numbers
    steps = np.diff(levels, prepend=0) / (n * m)
    here, there = (levels - 1) // m, (levels - 1) // n
    pairs = zip(first.astype(np.float64), second, strict=True)
    return np.array([np.abs(x[here] - z[there]) @ steps for x, z in pairs])


def share_in_bulk(distances: Floats, reference: LatentReference) -> float:
    """Return the share of Mahalanobis distances (n,) that lie in the bulk."""
    return float((distances <= reference.edge).mean())


def marginal_distance(x: npt.NDArray[np.floating], reference: LatentReference) -> float:
    """Return the mean over the components of their Wasserstein distance to the reference, in units of σ.

    Components that are constant in the reference, or tell nothing, are left out.
    """
    widths, varying = reference.moments.widths, reference.varying
    distances = _wasserstein(_sorted_components(x)[varying], reference.components[varying])
    return float((distances / widths[varying]).mean())


def sliced_wasserstein(x: npt.NDArray[np.floating], reference: LatentReference) -> float:
    """Return the mean Wasserstein distance along the random directions, in units of the mean σ."""
    distances = _wasserstein(_sorted_projections(x, reference.directions), reference.projections)
    return float(distances.mean() / reference.moments.widths.mean())


def correlation_error(moments: Moments, reference: LatentReference) -> float:
    """Return the root mean square of the differences of the Pearson coefficients; NaN where fewer than two vary.

    A component that is constant in the sample alone has coefficients 0.
    """
    varying = reference.varying
    if varying.sum() < 2:
        return float("nan")
    difference = (moments.correlations - reference.moments.correlations)[np.ix_(varying, varying)]
    return float(np.sqrt(np.square(off_diagonal(difference)).mean()))


def _axis_count(axes: PrincipalAxes) -> int:
    """Return how many principal axes hold 99 % of the variance."""
    return int(np.searchsorted(axes.cumulative_share, VARIANCE)) + 1


def _features(vectors: npt.NDArray[np.floating], axes: PrincipalAxes) -> Floats:
    """Return whitened coordinates, Mahalanobis distance and radius, shape (n, d + 2)."""
    white = axes.project(vectors) / np.sqrt(axes.shrunk_variances)
    return np.column_stack([white, np.linalg.norm(white, axis=1), radii(vectors)])


def c2st(x: npt.NDArray[np.floating], reference: LatentReference) -> float:
    """Return the area under the curve of a classifier that tells vectors from the reference, averaged over the folds.

    Both sides are of one size. Vectors that are in the reference themselves bring it below 0.5. Source: Lopez-Paz and
    Oquab 2017.

    The folds are shuffled. In the order in which a mixture draws, law by law, the classifier would be tested on laws
    that it has not seen, and its AUC fall below 0.5.
    """
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    size = min(len(x), len(reference.chosen))
    z = reference.chosen[subsample(len(reference.chosen), size, reference.seed)]
    features = np.concatenate([_features(x, reference.axes), _features(z, reference.axes)])
    labels = np.repeat([1, 0], size)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=reference.seed)
    network = MLPClassifier((HIDDEN,), solver="lbfgs", alpha=PENALTY, max_iter=ITERATIONS, random_state=reference.seed)
    classifier = make_pipeline(StandardScaler(), network)
    areas = []
    with single_threaded_algebra, warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # to stop early is meant
        for train, test in folds.split(features, labels):
            scores = classifier.fit(features[train], labels[train]).predict_proba(features[test])[:, 1]
            areas.append(roc_auc_score(labels[test], scores))
    return float(np.mean(areas))
