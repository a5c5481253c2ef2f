"""The multivariate t: planted degrees of freedom are found, moments are kept, tails are heavier."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.statistics import degrees_of_freedom, describe, radii
from core.strategies import MultivariateNormal, MultivariateT

RNG = np.random.default_rng(0)
SHAPE = np.array([[2.0, 0.9, 0.0], [0.9, 1.0, 0.3], [0.0, 0.3, 0.5]])
MEAN = np.array([1.0, -2.0, 0.5])


def planted(freedom: float, count: int = 40_000) -> np.ndarray:
    return np.asarray(stats.multivariate_t(MEAN, SHAPE, freedom, seed=1).rvs(count))


@pytest.mark.parametrize("freedom", [6.0, 15.0])
def test_planted_degrees_of_freedom_are_found(freedom: float) -> None:
    assert MultivariateT().fit(planted(freedom)).freedom_ == pytest.approx(freedom, rel=0.1)


def test_the_likelihood_is_that_of_scipy() -> None:
    x = planted(8.0, 2000)
    covariance, mean = np.cov(x.T), x.mean(axis=0)
    distances = np.sqrt(np.einsum("ij,jk,ik->i", x - mean, np.linalg.inv(covariance), x - mean))
    best = degrees_of_freedom(distances, 3)

    def likelihood(freedom: float) -> float:
        return float(stats.multivariate_t(mean, covariance * (freedom - 2) / freedom, freedom).logpdf(x).mean())

    assert likelihood(best) >= max(likelihood(0.97 * best), likelihood(1.03 * best))


def test_vectors_of_a_normal_bulk_have_next_to_normal_tails() -> None:
    assert MultivariateT().fit(RNG.standard_normal((20_000, 5))).freedom_ > 100


def test_mean_and_covariance_are_kept_and_the_tails_are_the_datas() -> None:
    data = planted(6.0)
    t, normal = MultivariateT().fit(data), MultivariateNormal().fit(data)
    drawn, plain = (s.sample(40_000, np.random.default_rng(3)) for s in (t, normal))
    np.testing.assert_allclose(drawn.mean(axis=0), data.mean(axis=0), atol=0.05)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(data.T), rtol=0.1, atol=0.06)
    described = describe(data)
    far = [describe(x, described).distances for x in (data, drawn, plain)]
    assert np.quantile(far[1], 0.999) == pytest.approx(np.quantile(far[0], 0.999), rel=0.1)
    assert np.quantile(far[2], 0.999) < 0.8 * np.quantile(far[0], 0.999)
    assert t.note().startswith(f"Fitted with ν = {t.freedom_:.3g} degrees of freedom")


def test_the_law_of_the_radius_is_that_of_the_sample() -> None:
    t = MultivariateT().fit(planted(6.0))
    law = t.radius_law()
    assert law is not None
    drawn = radii(t.sample(20_000, np.random.default_rng(5)))
    found = stats.kstest(drawn, lambda r: np.interp(r, law.grid, law.shares, left=0, right=1))
    assert found.statistic < 1.95 / np.sqrt(20_000)
