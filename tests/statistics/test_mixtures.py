"""Mixtures by expectation maximisation over blocks: the same steps as scikit-learn's, whatever the length."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.mixture import GaussianMixture

from core.statistics.mixtures import NormalMixture, improve, refine

RIDGE = 1e-6


@pytest.fixture(scope="module")
def clusters() -> np.ndarray:
    rng = np.random.default_rng(0)
    parts = [centre + rng.normal(size=(2500, 5)) @ rng.normal(size=(5, 5)) for centre in 12 * rng.normal(size=(3, 5))]
    return rng.permutation(np.concatenate(parts)).astype(np.float32)


def start(vectors: np.ndarray) -> NormalMixture:
    means = vectors[[0, 1, 2]].astype(np.float64)
    covariances = np.stack([np.cov(vectors, rowvar=False)] * 3)
    return NormalMixture.of_covariances(np.full(3, 1 / 3), means, covariances)


def as_it_is(block: np.ndarray) -> np.ndarray:
    return block


def test_a_step_is_scikit_learns(clusters: np.ndarray) -> None:
    begin = start(clusters)
    precisions = np.linalg.inv(begin.factors @ begin.factors.transpose(0, 2, 1))
    peer = GaussianMixture(
        3, reg_covar=RIDGE, max_iter=1, weights_init=begin.weights, means_init=begin.means, precisions_init=precisions
    )
    with pytest.warns(match="did not converge"):
        peer.fit(clusters.astype(np.float64))
    better, before = improve(clusters, as_it_is, begin, RIDGE)
    np.testing.assert_allclose(better.weights, peer.weights_, atol=1e-5)
    np.testing.assert_allclose(better.means, peer.means_, atol=1e-3)
    np.testing.assert_allclose(better.factors @ better.factors.transpose(0, 2, 1), peer.covariances_, atol=3e-3)
    assert before == pytest.approx(peer.lower_bound_, abs=1e-4)


def test_steps_end_where_nothing_is_gained_any_more_and_never_lose(clusters: np.ndarray) -> None:
    done: list[int] = []
    found = refine(clusters, as_it_is, start(clusters), RIDGE, 1e-3, 200, done.append)
    assert len(done) < 190
    assert done[-1] == 200
    further, at = improve(clusters, as_it_is, found, RIDGE)
    _, after = improve(clusters, as_it_is, further, RIDGE)
    assert 0 <= after - at < 1e-3
    np.testing.assert_allclose(np.sort(found.weights), 1 / 3, atol=0.02)


def test_a_law_that_has_lost_all_vectors_stays_a_point_with_nearly_no_weight(clusters: np.ndarray) -> None:
    begin = start(clusters)
    lost = NormalMixture(begin.weights, np.concatenate([begin.means[:2], np.full((1, 5), 1e4)]), begin.factors)
    better, _ = improve(clusters, as_it_is, lost, RIDGE)
    assert 0 < better.weights[2] < 1e-12
    np.testing.assert_allclose(better.means[2], 1e4)
    assert np.isfinite(better.factors).all()
