"""Strategies that fit a law to the latent vectors: an elliptical one, a Gaussian copula, a mixture of normals."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt
import scipy

from core.progress import Listener, Progress
from core.statistics import (
    Coordinates,
    Description,
    Moments,
    RadiusLaw,
    degrees_of_freedom,
    elliptical_radius,
    independent_radius,
    log_normal,
    log_t_in,
    mixed_radius,
)
from core.statistics.blocks import map_blocks, single_threaded_algebra
from core.statistics.lattice import Lattice
from core.statistics.mixtures import NormalMixture, refine
from core.strategies.base import Effort, Knows, Strategy
from core.strategies.observations import ordered_components, some_distances
from core.strategies.parameters import Number

__all__ = ["Copula", "Mixture", "MultivariateT", "Shell"]

Floats = npt.NDArray[np.float64]

QUANTILES = 2048
"""Distances that stand for the law of the distance of a multivariate t."""

REPORTS = 50
"""Times that a pass over all vectors tells how far it is."""


class MultivariateT(Strategy):
    r"""A multivariate t with the mean and the covariance of the latent vectors: a normal law with heavy tails.

    .. math:: x = \mu + \sqrt{\frac{\nu - 2}{w}}\, \Sigma^{1/2} y,
              \qquad y \sim \mathcal{N}(0, I),\ w \sim \chi^2_\nu

    The degrees of freedom ν are those of the largest likelihood, given μ and Σ. Source: Kotz and Nadarajah 2004.
    """

    key, title, post = "t", "Multivariate t", "beyond the series"
    knows = Knows.DEPENDENCE
    does = "draws from one bell that is wider now and narrower then, so that more members lie far out"
    assumes = "one normal law with all correlations, spread by a common random factor"
    formula = r"x = \mu + \sqrt{(\nu - 2)/w}\;\Sigma^{1/2} y, \quad y \sim \mathcal{N}(0, I),\ w \sim \chi^2_\nu"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.axes_ = description.axes
        self.deviations_ = np.sqrt(self.axes_.variances)
        self.freedom_ = degrees_of_freedom(some_distances(description), latents.shape[1])

    def note(self) -> str:
        return f"Fitted with ν = {self.freedom_:.3g} degrees of freedom: the fewer, the heavier the tails."

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        factors = np.sqrt((self.freedom_ - 2) / rng.chisquare(self.freedom_, (count, 1)))
        return self.axes_.restore(factors * rng.standard_normal((count, self.dimension_)) * self.deviations_)

    def _log_density(self, vectors: Floats) -> Floats | None:
        return log_t_in(self.axes_, self.freedom_, vectors)

    def _radius_law(self) -> RadiusLaw:
        shares = (np.arange(QUANTILES) + 0.5) / QUANTILES
        squares = self.dimension_ * scipy.special.fdtri(self.dimension_, self.freedom_, shares)
        distances = np.sqrt(squares * (self.freedom_ - 2) / self.freedom_)
        return elliptical_radius(self.axes_.axes @ self.axes_.mean, self.deviations_, distances)


class Shell(Strategy):
    r"""A whitened direction at random, and a Mahalanobis distance drawn from the observed ones.

    .. math:: x = \mu + d_i\, \Sigma^{1/2} u, \qquad u \text{ uniform on the unit sphere}

    An elliptical law with the observed radial distribution in place of the normal one; Σ is the covariance with
    Ledoit-Wolf shrinkage that the distances are measured with.
    """

    key, title, post = "shell", "Shell", "beyond the series"
    knows = Knows.DEPENDENCE
    salt = 0x4592B2FD
    does = "has the shape of one bell, but the distances from the middle that the data have"
    assumes = "ellipsoids of one shape, with the observed distribution of distances"
    no_density = "It lies on as many ellipsoids as there are vectors: it has no density."
    formula = r"x = \mu + d_i\, \Sigma^{1/2} u, \quad |u| = 1,\ d_i \text{ an observed Mahalanobis distance}"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.axes_ = description.axes
        self.distances_ = some_distances(description)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        direction = rng.standard_normal((count, self.dimension_))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        distance = rng.choice(self.distances_, (count, 1))
        return self.axes_.restore(distance * direction * np.sqrt(self.axes_.shrunk_variances))

    def _radius_law(self) -> RadiusLaw:
        along = self.axes_.axes @ self.axes_.mean
        return elliptical_radius(along, np.sqrt(self.axes_.shrunk_variances), self.distances_)


class Copula(Strategy):
    r"""A Gaussian copula: the observed values of each component, coupled as a multivariate normal would couple them.

    .. math:: x_j = F_j^{-1}(\Phi(y_j)), \qquad y \sim \mathcal{N}(0, R)

    :math:`F_j` is the observed distribution of a component, R the correlation matrix of the normal scores of the ranks;
    so the marginals are exact, and the correlations of the normal scores are kept. Those of the ranks themselves are
    what a normal law makes of them. Source: Nelsen 2006.
    """

    key, title, post = "copula", "Copula", "beyond the series"
    knows = Knows.DEPENDENCE
    salt = 0xEE384389
    does = "draws each number as often as the data have it, and all together as they go together"
    assumes = "the observed distribution of each component, and the correlations of their normal scores"
    formula = r"x_j = F_j^{-1}(\Phi(y_j)), \quad y \sim \mathcal{N}(0, R)"
    no_law = "The squares of its components depend on each other, and their sum has no known law."
    no_density = "Its components lie between observed values, of which many may be equal: its density is not computed."
    learned, effort = ("scores_",), Effort.SECONDS

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        if description.summary is not None:
            self.scores_ = self._scores_in_blocks(latents, description.summary.lattice, report)
            return
        count, dimension = latents.shape
        places = np.arange(0.5, count, 0.5)  # average ranks of equal values are half-integers
        levels = scipy.special.ndtri(places / count)
        scores = np.empty((count, dimension), np.float32)
        for j in range(dimension):
            ranks = scipy.stats.rankdata(latents[:, j].astype(np.float32))
            scores[:, j] = levels[np.rint(2 * ranks).astype(np.intp) - 2]
            report(Progress(f"fitting {self.title}", j + 1, dimension, "components"))
        self.scores_ = Moments.of(scores).correlations.astype(np.float32)

    def _scores_in_blocks(
        self, latents: npt.NDArray[np.floating], lattice: Lattice, report: Listener
    ) -> npt.NDArray[np.float32]:
        """Return the correlations of the normal scores, from ranks that a lattice knows."""
        edge = 0.5 / len(latents)
        told = 0

        def scores(block: Floats) -> Floats:
            shares = np.stack([lattice.shares(j, block[:, j]) for j in range(block.shape[1])], axis=1)
            return np.asarray(scipy.special.ndtri(np.clip(shares, edge, 1 - edge)))

        parts = map_blocks(lambda block: Moments.of_block(scores(block)), latents)
        moments = next(parts)
        for part in parts:
            moments = moments.merge(part)
            if moments.count - told >= len(latents) // REPORTS:
                told = moments.count
                report(Progress(f"fitting {self.title}", told, len(latents), "vectors"))
        report(Progress(f"fitting {self.title}", len(latents), len(latents), "vectors"))
        return moments.correlations.astype(np.float32)

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.sorted_ = ordered_components(latents, description)
        with single_threaded_algebra:
            values, vectors = np.linalg.eigh(self.scores_.astype(np.float64))
        self.coupling_ = vectors * np.sqrt(np.maximum(values, 0.0))

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        normal = rng.standard_normal((count, self.dimension_)) @ self.coupling_.T
        places = scipy.special.ndtr(normal) * (self.sorted_.shape[1] - 1)
        below = np.floor(places).astype(np.intp)
        above = np.minimum(below + 1, self.sorted_.shape[1] - 1)
        components, part = np.arange(self.dimension_), places - below
        return np.asarray((1 - part) * self.sorted_[components, below] + part * self.sorted_[components, above])


class Mixture(Strategy):
    r"""A mixture of normal laws with full covariances.

    .. math:: x \sim \sum_k w_k\, \mathcal{N}(\mu_k, \Sigma_k)

    Fitted by expectation maximisation in whitened principal axes, where the smallest variances do not drown in
    rounding, in double precision; more vectors than `AT_HAND` in single precision, block by block, from a fit to
    `STARTING` of them. It starts from clusters of the vectors as they are. Source: Ghosh et al. 2020 (RAE) and pythae,
    with 10 components.

    Parameters
    ----------
    components : int
        Number of normal laws. More than the study has vectors means one for each.
    """

    key, title, post = "mixture", "Mixture", "Ghosh et al. 2020"
    knows = Knows.LAWS
    salt = 0x07E21414
    does = "draws from one of several bells"
    assumes = "several normal laws, each with its own centre and covariance"
    formula = r"x \sim \sum_k w_k\, \mathcal{N}(\mu_k, \Sigma_k)"
    parameters = (Number("components", "Normal laws", 1, 20, 1, "How many normal laws are mixed.", True, "vectors"),)
    learned, effort = ("weights_", "means_", "factors_"), Effort.SECONDS

    weights_: npt.NDArray[np.floating]
    means_: npt.NDArray[np.floating]
    factors_: npt.NDArray[np.floating]

    REGULARISATION = 1e-3
    """Added to the variances of each law, in units of the bulk's: a law of few vectors stays positive definite."""

    ITERATIONS, AT_ONCE, TOLERANCE = 24, 6, 1e-2
    """Steps of expectation maximisation at most, between two reports, and the gain per vector below which it ends."""

    AT_HAND, STARTING = 65_536, 30_000
    """Vectors that are fitted in memory at most, and evenly spaced ones that the fit of more starts from."""

    def __init__(self, components: int = 10) -> None:
        self.components = components

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        if len(latents) > self.AT_HAND:
            self._learn_in_blocks(latents, description, report)
        else:
            self._learn_in_memory(latents, description, report)
        self.means_, self.factors_ = self.means_.astype(np.float32), self.factors_.astype(np.float32)

    def _learn_in_blocks(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        """Fit some of the vectors until that gains no more, then all of them, each step reading them once."""
        axes = description.axes
        whiten = axes.axes.T / np.sqrt(axes.shrunk_variances)

        def transform(block: Floats) -> Floats:
            return np.asarray((block - axes.mean) @ whiten)

        some = latents[np.linspace(0, len(latents) - 1, self.STARTING).astype(np.intp)]
        start = self._start(axes.project(some), axes.project(some) / np.sqrt(axes.shrunk_variances), self.components)
        mixture = NormalMixture.of_covariances(
            start["weights_init"], start["means_init"], np.asarray(np.linalg.inv(start["precisions_init"]), np.float64)
        )
        for vectors, steps, which in ((some, self.ITERATIONS, "some"), (latents, self.ITERATIONS // 2, "all")):

            def tell(done: int, steps: int = steps, which: str = which) -> None:
                report(Progress(f"fitting {self.title}", done, steps, f"steps over {which} vectors"))

            mixture = refine(vectors, transform, mixture, self.REGULARISATION, self.TOLERANCE, steps, tell)
        self.weights_, self.means_, self.factors_ = mixture.weights, mixture.means, mixture.factors

    def _learn_in_memory(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.mixture import GaussianMixture

        axes = description.axes
        coordinates = axes.project(latents)
        white = coordinates / np.sqrt(axes.shrunk_variances)
        count = min(self.components, len(white))
        model = GaussianMixture(
            count,
            reg_covar=self.REGULARISATION,
            tol=self.TOLERANCE,
            max_iter=self.AT_ONCE,
            random_state=0,
            warm_start=True,
            **self._start(coordinates, white, count),
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # stopped to report, then goes on
            for done in range(self.AT_ONCE, self.ITERATIONS + 1, self.AT_ONCE):
                if len(white) > 1:
                    model.fit(white)
                ended = len(white) == 1 or model.converged_
                steps = self.ITERATIONS if ended else done
                report(Progress(f"fitting {self.title}", steps, self.ITERATIONS, "steps"))
                if ended:
                    break
        if len(white) == 1:
            self.weights_, self.means_, self.factors_ = np.ones(1), white, np.zeros((1, *2 * white.shape[1:]))
        else:
            self.weights_, self.means_ = model.weights_, model.means_
            self.factors_ = np.linalg.cholesky(model.covariances_)

    def _start(self, coordinates: Floats, white: Floats, count: int) -> dict[str, Floats]:
        """Return weights, means and precisions of clusters of the coordinates as they are.

        Clusters of whitened coordinates would be single outliers beside one that holds all the rest.
        """
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning

        if len(white) == 1:
            return {}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different vectors than clusters
            labels = KMeans(count, n_init=3, random_state=0).fit_predict(coordinates)
        weights = np.bincount(labels, minlength=count) / len(labels)
        used = [white[labels == k] if weights[k] > 0 else white for k in range(count)]
        ridge = self.REGULARISATION * np.eye(white.shape[1])
        inverses = [np.linalg.inv(np.cov(part, rowvar=False, bias=True) + ridge) for part in used]
        weights = np.maximum(weights, 1 / len(labels))
        return {
            "weights_init": weights / weights.sum(),
            "means_init": np.stack([part.mean(axis=0) for part in used]),
            "precisions_init": np.stack([(inverse + inverse.T) / 2 for inverse in inverses]),
        }

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.axes_ = description.axes
        self.deviations_ = np.sqrt(self.axes_.shrunk_variances)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        laws = rng.choice(len(self.weights_), count, p=self.weights_)
        values = rng.standard_normal((count, self.dimension_))
        for law in np.unique(laws):
            rows = laws == law
            values[rows] = self.means_[law] + values[rows] @ self.factors_[law].T.astype(np.float64)
        return self.axes_.restore(values * self.deviations_)

    def label(self) -> str:
        return f"Mixture of {len(self.weights_)}"

    def _log_density(self, vectors: Floats) -> Floats | None:
        diagonals = np.diagonal(self.factors_, axis1=1, axis2=2)
        if not (diagonals > 0).all():
            return None
        white = self.axes_.project(vectors) / self.deviations_
        parts = np.empty((len(self.weights_), len(white)))
        for law, (weight, mean, factor) in enumerate(zip(self.weights_, self.means_, self.factors_, strict=True)):
            alone = scipy.linalg.solve_triangular(factor.astype(np.float64), (white - mean).T, lower=True)
            parts[law] = np.log(weight) - np.log(diagonals[law].astype(np.float64)).sum()
            parts[law] += log_normal(alone.T, np.ones(self.dimension_))
        return np.asarray(scipy.special.logsumexp(parts, axis=0) - np.log(self.deviations_).sum())

    def _radius_law(self) -> RadiusLaw:
        return mixed_radius(self.weights_, [self._part(k) for k in range(len(self.weights_))])

    def _part(self, k: int) -> RadiusLaw:
        """Return the law of the radius of one normal law."""
        factor = self.deviations_[:, None] * self.factors_[k].astype(np.float64)
        centre = self.deviations_ * self.means_[k] + self.axes_.axes @ self.axes_.mean  # in the axes, from the origin
        with single_threaded_algebra:
            variances, axes = np.linalg.eigh(factor @ factor.T)
        return independent_radius(Coordinates(centre @ axes, np.sqrt(np.maximum(variances, 0.0))))
