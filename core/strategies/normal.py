"""Normal strategies: independent, standard, with all correlations, and cut in the principal axes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics import (
    Coordinates,
    Moments,
    PairCut,
    PrincipalAxes,
    RadiusLaw,
    independent_radius,
    is_flat,
    kept_by_components,
    log_normal,
    log_normal_in,
    pair_cut_radius,
)
from core.strategies.additive import Additive
from core.strategies.base import Knows
from core.strategies.parameters import Choice, Number

__all__ = ["Ellipsoid", "Gaussian", "MultivariateNormal", "StandardNormal"]

Floats = npt.NDArray[np.float64]


class Gaussian(Additive):
    r"""Normal and independent components, each with its own mean and width.

    .. math:: x_j \sim \mathcal{N}(\mu_j, \sigma_j^2)

    Source: post V, as the better way out.
    """

    key, title, post = "gaussian", "Gaussian", "post V"
    knows = Knows.EACH
    salt = 0x9F30DE93
    does = "draws each number around its own mean, with its own spread"
    assumes = "normal components, independent of each other"
    formula = r"x_j \sim \mathcal{N}(\mu_j, \sigma_j^2)"

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        self.mean_, self.widths_ = moments.mean, moments.widths

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return self.mean_ + self.widths_ * rng.standard_normal((count, self.dimension_))

    def _radius_law(self) -> RadiusLaw:
        return independent_radius(Coordinates(self.mean_, self.widths_))

    def _log_density(self, vectors: Floats) -> Floats | None:
        variances = np.square(self.widths_)
        return None if is_flat(variances) else log_normal(vectors - self.mean_, variances)


class StandardNormal(Additive):
    r"""Standard normal vectors, which a variational autoencoder would be trained to decode.

    .. math:: x \sim \mathcal{N}(0, I)

    A plain autoencoder is not. Source: Ghosh et al. 2020 (RAE) and pythae use it as the baseline.
    """

    key, title, post = "standard_normal", "N(0, I)", "Ghosh et al. 2020"
    knows = Knows.NOTHING
    salt = 0x3031AC5E
    does = "takes nothing from the data: each number is drawn around 0, with the spread 1"
    assumes = "what a variational autoencoder would: a standard normal bulk"
    formula = r"x \sim \mathcal{N}(0, I)"

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        pass

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return rng.standard_normal((count, self.dimension_))

    def _radius_law(self) -> RadiusLaw:
        return independent_radius(Coordinates(np.zeros(self.dimension_), np.ones(self.dimension_)))

    def _log_density(self, vectors: Floats) -> Floats:
        return log_normal(vectors, np.ones(self.dimension_))


class MultivariateNormal(Additive):
    r"""One normal law with the mean and the full covariance of the latent vectors.

    .. math:: x \sim \mathcal{N}(\mu, \Sigma)

    Source: post VIII, which finds the dense core of the bulk nearly normal.
    """

    key, title, post = "mvn", "Multivariate normal", "post VIII"
    knows = Knows.DEPENDENCE
    salt = 0x6C21134E
    does = "draws all numbers from one bell, which knows how they rise and fall together"
    assumes = "one normal law with all correlations"
    formula = r"x \sim \mathcal{N}(\mu, \Sigma)"

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        self.axes_ = axes
        self.deviations_ = np.sqrt(self.axes_.variances)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return self.axes_.restore(rng.standard_normal((count, self.dimension_)) * self.deviations_)

    def _radius_law(self) -> RadiusLaw:
        return independent_radius(Coordinates(self.axes_.axes @ self.axes_.mean, self.deviations_))

    def _log_density(self, vectors: Floats) -> Floats | None:
        return log_normal_in(self.axes_, vectors)


class Ellipsoid(Additive):
    r"""Normal values along the first principal axes, without those far out, mapped back.

    .. math:: x = \mu + \sum_{i \le m} \sqrt{\lambda_i}\, y_i v_i, \qquad y_i \sim \mathcal{N}(0, 1),
              \qquad |y_i| \le k \ \text{ or }\ y_i^2 + y_j^2 \le k^2 \text{ for all } i < j

    The second restriction is post X's: in each pair of axes the vector lies in the ellipse of k standard deviations,
    :math:`|y_j| \le b \sqrt{1 - (y_i/a)^2}`. In many dimensions it keeps few normal vectors; these are drawn directly,
    without a rejection. Source: posts IX and X.

    Parameters
    ----------
    components : int
        Number m of principal axes; the others stay at the mean. More than the study has means all.
    k : float
        Where coordinates, or pairs of them, are cut, in standard deviations.
    cut : {"axes", "pairs"}
    """

    key, title, post = "ellipsoid", "Ellipsoid", "posts IX and X"
    knows = Knows.DEPENDENCE
    salt = 0x29670BBD
    scored = (*({"components": m} for m in (5, 10, 20, 40, 60, 120, 256)), {"components": 256, "k": 2.0})
    does = "draws from one bell without its outer layer, if asked along its longest directions alone"
    assumes = "normal principal components, no outer layer"
    no_law = "Few axes, cut by pairs, make up the radius: its law is not computed."
    no_density = "Its density is not computed; where some axes stay at the mean, it has none."
    formula = (
        r"x = \mu + \sum_{i \le m} \sqrt{\lambda_i}\, y_i v_i, \quad y_i \sim \mathcal{N}(0, 1),"
        r"\ |y_i| \le k \ \text{ or }\ y_i^2 + y_j^2 \le k^2"
    )
    parameters = (
        Number(
            "components",
            "Principal axes m",
            1,
            4096,
            1,
            "How many principal axes vary; the others stay at the mean.",
            True,
            "components",
        ),
        Number("k", "Cut at k", 0.1, 6.0, 0.1, "What lies beyond k standard deviations is not drawn."),
        Choice(
            "cut",
            "Cut",
            {"axes": "Each axis", "pairs": "Each pair"},
            "Each coordinate within ±k, or, as in the blog series (post X), each pair of them within its ellipse.",
        ),
    )

    def __init__(self, components: int = 60, k: float = 3.0, cut: str = "axes") -> None:
        self.components = components
        self.k = k
        self.cut = cut

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        self.axes_ = axes
        self.components_ = min(self.components, len(axes.mean))
        self.deviations_ = np.sqrt(self.axes_.variances[: self.components_])

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        if self.cut == "pairs":
            values = PairCut(self.k, self.components_).draw(count, rng)
        else:
            low, high = scipy.special.ndtr((-self.k, self.k))
            values = scipy.special.ndtri(rng.uniform(low, high, (count, self.components_)))
        return self.axes_.restore(values * self.deviations_)

    def label(self) -> str:
        return f"Ellipsoid, m = {self.components_}, {'pairs at ' * (self.cut == 'pairs')}k = {self.k:g}"

    @property
    def log_kept(self) -> float:
        """Natural logarithm of the share of a normal law in m dimensions that the restriction keeps, after fit."""
        if self.cut == "pairs":
            return PairCut(self.k, self.components_).log_kept
        return self.components_ * math.log(kept_by_components(self.k, 1))

    def note(self) -> str:
        what = "The ellipses of all pairs keep" if self.cut == "pairs" else "Cutting every axis keeps"
        power = self.log_kept / math.log(10)
        kept = f"{10**power:.2%}" if power > -4 else f"10^{power:.0f}"
        return (
            f"{what} {kept} of a normal law in {self.components_} dimensions at k = {self.k:g}; what is drawn comes "
            "from that part."
        )

    def _radius_law(self) -> RadiusLaw | None:
        along = self.axes_.axes @ self.axes_.mean
        centres, rest = along[: self.components_], float(np.linalg.norm(along[self.components_ :]))
        if self.cut == "pairs":
            return pair_cut_radius(centres, self.deviations_, PairCut(self.k, self.components_), rest)
        return independent_radius(Coordinates(centres, self.deviations_, self.k), rest)
