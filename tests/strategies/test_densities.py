"""Log densities are those of the laws that are sampled: held against scipy, their own samples and closed forms."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import integrate, stats

from core.errors import InputError
from core.strategies import STRATEGIES, Strategy, make_strategy

WITH = ("cube", "standard_normal", "interval", "gaussian", "mvn", "t", "mixture", "flow", "diffusion")


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Fewer than a network learns from: an off-centre bulk with correlations."""
    rng = np.random.default_rng(3)
    return rng.standard_t(9, (90, 4)) @ rng.normal(size=(4, 4)) + rng.normal(size=4)


@pytest.fixture(scope="module")
def places(vectors: np.ndarray) -> np.ndarray:
    return np.concatenate([vectors[:20], np.random.default_rng(4).normal(0, 3, (20, 4))])


def test_densities_are_those_of_scipy(vectors: np.ndarray, places: np.ndarray) -> None:
    mean, covariance, widths = vectors.mean(axis=0), np.cov(vectors.T), vectors.std(axis=0, ddof=0)
    t = make_strategy("t").fit(vectors)
    shape = covariance * (t.freedom_ - 2) / t.freedom_
    expected = {
        "standard_normal": stats.norm.logpdf(places).sum(axis=1),
        "gaussian": stats.norm.logpdf(places, mean, make_strategy("gaussian").fit(vectors).widths_).sum(axis=1),
        "mvn": stats.multivariate_normal(mean, covariance).logpdf(places),
        "flow": stats.multivariate_normal(mean, covariance).logpdf(places),  # too few vectors for a network, too
        "diffusion": stats.multivariate_normal(mean, covariance).logpdf(places),  # too few vectors for a network
        "t": stats.multivariate_t(mean, shape, t.freedom_).logpdf(places),
    }
    assert widths == pytest.approx(make_strategy("gaussian").fit(vectors).widths_, rel=0.02)
    for key, values in expected.items():
        np.testing.assert_allclose(make_strategy(key).fit(vectors).log_density(places), values, rtol=1e-9, err_msg=key)


def test_a_box_has_one_density_inside_and_none_outside(vectors: np.ndarray, places: np.ndarray) -> None:
    cube = make_strategy("cube").fit(vectors)
    b = cube.half_width_
    inside = (np.abs(places) <= b).all(axis=1)
    assert 0 < inside.sum() < len(places)
    np.testing.assert_allclose(cube.log_density(places), np.where(inside, -4 * np.log(2 * b), -np.inf))
    interval = make_strategy("interval", {"k": 2.0}).fit(vectors)
    laws = stats.uniform(interval.centres_ - interval.half_widths_, 2 * interval.half_widths_)
    np.testing.assert_allclose(interval.log_density(places), laws.logpdf(places).sum(axis=1))


@pytest.mark.parametrize("dimension", [2, 8])
def test_a_mixture_has_the_sum_of_its_laws(dimension: int) -> None:
    rng = np.random.default_rng(dimension)
    centres = rng.normal(0, 4, (3, dimension))
    vectors = centres[rng.integers(0, 3, 900)] + rng.normal(size=(900, dimension))
    mixture = make_strategy("mixture", {"components": 3}).fit(vectors)
    into = mixture.axes_.axes.T * mixture.deviations_  # from whitened axes
    laws = [
        stats.multivariate_normal(mixture.axes_.mean + into @ mean, (into @ factor) @ (into @ factor).T)
        for mean, factor in zip(mixture.means_.astype(float), mixture.factors_.astype(float), strict=True)
    ]
    expected = np.log(sum(w * law.pdf(vectors[:50]) for w, law in zip(mixture.weights_, laws, strict=True)))
    np.testing.assert_allclose(mixture.log_density(vectors[:50]), expected, rtol=1e-6)


@pytest.mark.parametrize("key", [key for key in WITH if key not in ("t", "mixture")])
def test_a_density_integrates_to_one(key: str) -> None:
    line = np.random.default_rng(0).normal(1, 2, (60, 1))
    strategy = make_strategy(key).fit(line)
    points = np.linspace(-30, 30, 60_001)
    assert integrate.trapezoid(np.exp(strategy.log_density(points[:, None])), points) == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("kind", STRATEGIES, ids=lambda s: s.key)
def test_a_strategy_has_a_density_or_says_why_it_has_none(kind: type[Strategy], vectors: np.ndarray) -> None:
    if kind.needs_posteriors:
        return
    found = kind().fit(vectors).log_density(vectors[:5])
    assert (found is not None) == (kind.key in WITH)
    assert re.fullmatch(r"[A-Z][^\n]*\.", kind.no_density)
    assert (kind.no_density is Strategy.no_density) == (found is not None)


@pytest.mark.parametrize("key", [key for key in WITH if key not in ("cube", "standard_normal", "mixture")])
def test_where_the_data_do_not_vary_there_is_no_density(key: str, vectors: np.ndarray) -> None:
    flat = vectors.copy()
    flat[:, 2] = 1.0
    assert make_strategy(key).fit(flat).log_density(flat[:5]) is None


def test_vectors_that_cannot_be_judged_are_refused_with_a_sentence(vectors: np.ndarray) -> None:
    fitted = make_strategy("mvn").fit(vectors)
    for wrong in (vectors[:, :3], np.full((2, 4), np.nan), vectors[0]):
        with pytest.raises(InputError, match=r"^(Vectors|The vectors) [^\n]*\.$"):
            fitted.log_density(wrong)
