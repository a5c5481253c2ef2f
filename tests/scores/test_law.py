"""Log-likelihoods of unseen vectors and of those that were learned from."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from core.scores import registry
from core.scores.context import Context
from core.scores.latent import LatentReference
from core.scores.law import Law
from core.strategies import Cube, Data, MultivariateNormal

LIKELIHOOD = next(score for score in registry.SCORES if score.key == "log_likelihood")


def normal(count: int, seed: int, dimension: int = 4) -> np.ndarray:
    mixing = np.random.default_rng(9).normal(size=(dimension, dimension))
    return np.random.default_rng(seed).normal(size=(count, dimension)) @ mixing + 3


def scored(law: Law | None) -> dict[str, float]:
    x = normal(60, 5)
    return LIKELIHOOD.of(Context(x, LatentReference.of(x, x), law=law))


def test_log_densities_are_those_of_the_law_in_nats_per_component() -> None:
    fitted, unseen = normal(300, 0), normal(50, 1)
    law = Law.of(MultivariateNormal().fit(fitted), unseen, fitted[:40])
    truth = stats.multivariate_normal(fitted.mean(axis=0), np.cov(fitted.T))
    np.testing.assert_allclose(law.unseen, truth.logpdf(unseen) / 4, rtol=1e-4)
    np.testing.assert_allclose(law.learned, truth.logpdf(fitted[:40]) / 4, rtol=1e-4)
    found = scored(law)
    assert found["log_likelihood"] == pytest.approx(truth.logpdf(unseen).mean() / 4, rel=1e-4)
    assert found["log_likelihood_gap"] == pytest.approx(law.learned.mean() - law.unseen.mean())


def test_the_gap_grows_where_few_vectors_are_learned_by_heart() -> None:
    unseen = normal(2000, 1)
    gaps = []
    for count in (8, 20, 2000):
        fitted = normal(count, 0)
        gaps.append(scored(Law.of(MultivariateNormal().fit(fitted), unseen, fitted))["log_likelihood_gap"])
    assert gaps[0] > gaps[1] > 0.05 > abs(gaps[2])


def test_without_a_density_or_where_it_does_not_reach_the_score_is_blank() -> None:
    fitted, unseen = normal(300, 0), normal(50, 1)
    assert Law.of(Data().fit(fitted), unseen, fitted) is None
    cube = Cube().fit(fitted)
    far = np.concatenate([unseen, np.full((1, 4), 1e3)])
    assert (cube.log_density(far) == -math.inf).any()
    assert Law.of(cube, far, fitted) is None
    assert all(math.isnan(value) for value in scored(None).values())
    assert set(scored(None)) == {"log_likelihood", "log_likelihood_gap"}
