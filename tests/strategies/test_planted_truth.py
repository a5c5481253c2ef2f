"""Strategies on tens of thousands of vectors of known laws: each finds the part of the truth that it claims to find."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import special, stats

from core.statistics import Description, Moments, describe
from core.strategies import (
    Copula,
    Ellipsoid,
    Gaussian,
    Interval,
    Marginal,
    Mixture,
    MultivariateNormal,
    Shell,
    Strategy,
    stream,
)

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]

COUNT, N = 20_000, 256
FEWER = 64
"""Components where many cost time and add nothing."""

DRAWN = 20_000

MANY = 50_000
"""Vectors where the errors of a covariance of fewer would smear a thin shell."""

ERROR = np.sqrt(1 / COUNT + 1 / DRAWN)
"""Standard error of the mean of a standard normal number that is learned from COUNT and drawn DRAWN times."""

BESIDE = ~np.eye(N, dtype=bool)


@dataclass(frozen=True, eq=False)
class Bulk:
    """Vectors, mean and covariance of the law that they were drawn from, and their statistics."""

    latents: np.ndarray
    mean: np.ndarray
    covariance: np.ndarray
    description: Description

    def draw(self, strategy: Strategy, count: int = DRAWN) -> np.ndarray:
        return strategy.fit(self.latents, self.description).sample(count, stream(0, strategy))

    def distances(self, vectors: np.ndarray) -> np.ndarray:
        """Mahalanobis distances in the planted law."""
        white = np.linalg.solve(np.linalg.cholesky(self.covariance), vectors.T - self.mean[:, None])
        return np.asarray(np.linalg.norm(white, axis=0))


def planted(radial: np.ndarray | None = None, dimension: int = N) -> Bulk:
    """Vectors of an off-centre, correlated normal law, or of an elliptical one with the given distances."""
    rng = np.random.default_rng(40)
    mixing = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0] * np.geomspace(4, 0.4, dimension)
    mean = rng.normal(size=dimension)
    white = rng.standard_normal((COUNT if radial is None else len(radial), dimension), np.float32)
    if radial is not None:
        white *= (radial / np.linalg.norm(white, axis=1))[:, None].astype(np.float32)
    latents = white @ mixing.T.astype(np.float32) + mean.astype(np.float32)
    return Bulk(latents, mean, mixing @ mixing.T, describe(latents))


@pytest.fixture(scope="module")
def normal() -> Bulk:
    return planted()


def mean_errors(drawn: Moments, bulk: Bulk) -> np.ndarray:
    """Deviations of the means from the planted ones in standard errors."""
    return (drawn.mean - bulk.mean) / np.sqrt(np.diagonal(bulk.covariance)) / ERROR


def covariance_errors(drawn: Moments, covariance: np.ndarray) -> np.ndarray:
    """Deviations of the covariances from planted ones in standard errors for a normal law."""
    variances = np.diagonal(covariance)
    return (drawn.covariance - covariance) / np.sqrt(np.outer(variances, variances) + covariance**2) / ERROR


@pytest.mark.parametrize(
    "strategy",
    [MultivariateNormal(), Shell(), Copula(), Mixture(1), Ellipsoid(N, 6.0), Ellipsoid(N, 6.0, "pairs")],
    ids=repr,
)
def test_strategies_that_know_correlations_find_mean_and_covariance_of_a_normal_law(
    normal: Bulk, strategy: Strategy
) -> None:
    vectors = normal.draw(strategy)
    drawn = Moments.of(vectors)
    assert np.abs(mean_errors(drawn, normal)).max() < 4.5
    assert np.abs(covariance_errors(drawn, normal.covariance)).max() < 5.5
    assert np.abs(drawn.skewness).max() < 0.1
    assert np.abs(drawn.excess_kurtosis).max() < 0.2
    assert stats.kstest(normal.distances(vectors), stats.chi(N).cdf).statistic < 0.03


def test_two_laws_find_a_normal_law_where_there_is_one() -> None:
    bulk = planted(dimension=FEWER)
    vectors = bulk.draw(Mixture(2))
    drawn = Moments.of(vectors)
    assert np.abs(mean_errors(drawn, bulk)).max() < 4.5
    assert np.abs(covariance_errors(drawn, bulk.covariance)).max() < 5.5
    assert stats.kstest(bulk.distances(vectors), stats.chi(FEWER).cdf).statistic < 0.03


@pytest.mark.parametrize("strategy", [Gaussian(), Marginal(), Interval(np.sqrt(3))], ids=repr)
def test_strategies_with_independent_components_keep_means_and_variances_and_lose_exactly_the_correlations(
    normal: Bulk, strategy: Strategy
) -> None:
    drawn = Moments.of(normal.draw(strategy))
    variances = np.diagonal(normal.covariance)
    correlations = normal.covariance / np.sqrt(np.outer(variances, variances))
    assert np.abs(correlations[BESIDE]).max() > 0.2
    assert np.abs(mean_errors(drawn, normal)).max() < 4.5
    assert np.abs(covariance_errors(drawn, np.diag(variances))).max() < 5.5
    assert np.abs(drawn.correlations[BESIDE]).max() < 5.5 / np.sqrt(DRAWN)


def test_planted_marginals_and_rank_correlations_are_found_by_a_copula_and_not_by_a_normal_law() -> None:
    """Lognormal components have the ranks of the normal ones; ρ becomes Spearman's 6/π·arcsin(ρ/2)."""
    rng = np.random.default_rng(41)
    factors = rng.normal(size=(FEWER, 12))
    covariance = factors @ factors.T + 6 * np.diag(rng.uniform(0.2, 2, FEWER))
    widths = np.sqrt(np.diagonal(covariance))
    correlations = covariance / np.outer(widths, widths)
    coupling = np.linalg.cholesky(correlations).astype(np.float32)
    shapes = rng.uniform(0.2, 1.0, FEWER).astype(np.float32)
    latents = np.exp(rng.standard_normal((COUNT, FEWER), np.float32) @ coupling.T * shapes)
    bulk = Bulk(latents, latents.mean(axis=0), np.cov(latents.T), describe(latents))

    def worst_marginal(vectors: np.ndarray) -> float:
        heights = np.sort(special.ndtr(np.log(np.maximum(vectors, 1e-9)) / shapes), axis=0)
        steps = np.arange(DRAWN + 1)[:, None] / DRAWN
        return float(np.maximum(heights - steps[:-1], steps[1:] - heights).max())

    copula, normal = bulk.draw(Copula()), bulk.draw(MultivariateNormal())
    assert worst_marginal(copula) < 2.6 * ERROR
    assert worst_marginal(normal) > 0.1
    expected = 6 / np.pi * np.arcsin(correlations / 2)
    beside = ~np.eye(FEWER, dtype=bool)
    assert np.abs(expected[beside]).max() > 0.6
    assert np.abs(stats.spearmanr(copula).statistic - expected)[beside].max() < 5.5 * ERROR


def test_the_marginals_of_a_planted_law_are_found_without_its_correlations() -> None:
    rng = np.random.default_rng(42)
    shared = rng.standard_normal((COUNT, 1))
    latents = np.exp(0.5 * (shared + rng.standard_normal((COUNT, 20)))).astype(np.float32)
    drawn = Marginal().fit(latents).sample(DRAWN, stream(0, Marginal()))
    law = stats.lognorm(np.sqrt(0.5))
    assert max(stats.kstest(x, law.cdf, method="asymp").statistic for x in drawn.T) < 2.6 * ERROR
    assert np.abs(stats.spearmanr(drawn).statistic[~np.eye(20, dtype=bool)]).max() < 4.5 / np.sqrt(DRAWN)
    assert stats.spearmanr(latents[:, :2]).statistic > 0.4


def test_a_mixture_finds_the_shares_means_and_variances_of_well_separated_clusters() -> None:
    """What is found differs from the planted by the errors of what is learned and of what is drawn."""
    rng = np.random.default_rng(43)
    count, dimension = 8000, 128
    shares = np.array([0.5, 0.3, 0.2])
    labels = rng.choice(3, count, p=shares)
    centres = 2 * rng.normal(size=(3, dimension)).astype(np.float32)
    rotation = np.linalg.qr(rng.normal(size=(dimension, dimension)))[0]
    mixing = (rotation * np.geomspace(3, 0.3, dimension)).astype(np.float32)
    latents = rng.standard_normal((count, dimension), np.float32) @ mixing.T + centres[labels]
    mixture = Mixture(3).fit(latents)
    observed = np.bincount(labels) / count
    np.testing.assert_allclose(np.sort(mixture.weights_)[::-1], observed, atol=2e-3)
    drawn = mixture.sample(DRAWN, stream(0, mixture))
    nearest = np.stack([np.linalg.norm(drawn - c, axis=1) for c in centres]).argmin(axis=0)
    errors = np.sqrt(observed * (1 - observed) / DRAWN)
    assert np.abs((np.bincount(nearest) / DRAWN - observed) / errors).max() < 4.5
    variances = np.square(mixing).sum(axis=1)
    for cluster, centre in enumerate(centres):
        own = Moments.of(drawn[nearest == cluster])
        error = np.sqrt(1 / np.count_nonzero(labels == cluster) + 1 / own.count)
        assert np.abs((own.mean - centre) / np.sqrt(variances)).max() < 4.5 * error
        assert np.abs(own.variances / variances - 1).max() < 4.5 * np.sqrt(2) * error


def student(rng: np.random.Generator) -> np.ndarray:
    """Distances of an elliptical Student law with six degrees of freedom, whose covariance is that of the normal."""
    return np.sqrt(rng.chisquare(N, MANY) * 4 / rng.chisquare(6, MANY))


def two_shells(rng: np.random.Generator) -> np.ndarray:
    """Distances of two thin shells, the inner one of three vectors in ten."""
    return np.where(rng.random(MANY) < 0.3, 10.0, 18.0) + 0.2 * rng.standard_normal(MANY)


@pytest.mark.parametrize("law", [student, two_shells])
def test_a_shell_finds_a_radial_law_that_no_normal_one_has(law: Callable[[np.random.Generator], np.ndarray]) -> None:
    radial = law(np.random.default_rng(44))
    bulk = planted(radial)
    shell, normal = (bulk.distances(bulk.draw(s)) for s in (Shell(), MultivariateNormal()))
    assert stats.ks_2samp(shell, radial, method="asymp").statistic < 0.02
    assert stats.ks_2samp(normal, radial, method="asymp").statistic > 0.2
