"""Strategies that learn from a summary: laws of the same shape as from all vectors at once, without holding them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.networks import epochs
from core.parted import Chosen
from core.progress import Progress
from core.statistics import Description, describe, description
from core.strategies import Diffusion, Material, Strategy, learned, make_strategy, observations
from core.strategies.observations import some_values
from core.strategies.registry import applicable

COUNT, N = 20_000, 4

FAR = 0.035
"""Farther apart than two samples of 8,000 of one law are once in ten thousand times."""


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    """Correlated components with a common factor, one of them skewed."""
    rng = np.random.default_rng(0)
    bulk = rng.gamma(4.0, size=(COUNT, 1)) * rng.normal(size=(COUNT, N)) @ rng.normal(size=(N, N))
    bulk[:, 0] = np.exp(0.3 * bulk[:, 0] / bulk[:, 0].std())
    return bulk.astype(np.float32)


@pytest.fixture(scope="module")
def summarised(vectors: np.ndarray) -> Description:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(description, "EXACT", 1000)
        return describe(vectors)


def both(key: str, vectors: np.ndarray, summarised: Description) -> tuple[Strategy, Strategy]:
    return make_strategy(key).fit(vectors), make_strategy(key).fit(vectors, summarised)


@pytest.mark.parametrize("key", ["marginal", "copula", "shell", "t"])
def test_a_strategy_draws_the_same_law_from_a_summary(key: str, vectors: np.ndarray, summarised: Description) -> None:
    exact, many = (one.sample(8000) for one in both(key, vectors, summarised))
    for j in range(N):
        assert stats.ks_2samp(exact[:, j], many[:, j], method="asymp").statistic < FAR
    lengths = (np.linalg.norm(one, axis=1) for one in (exact, many))
    assert stats.ks_2samp(*lengths, method="asymp").statistic < FAR


def test_the_radius_law_and_the_degrees_of_freedom_follow_from_a_summary(
    vectors: np.ndarray, summarised: Description
) -> None:
    exact, many = both("t", vectors, summarised)
    assert many.freedom_ == pytest.approx(exact.freedom_, rel=1e-3)
    laws = [one.radius_law() for one in both("shell", vectors, summarised)]
    assert laws[0] is not None
    assert laws[1] is not None
    assert laws[1].mean == pytest.approx(laws[0].mean, rel=1e-2)  # of bins that reach to the farthest


def test_quantiles_have_the_moments_of_the_components_that_they_stand_for(
    vectors: np.ndarray, summarised: Description
) -> None:
    few, all_of_them = (one.astype(float) for one in (some_values(vectors, summarised), vectors))
    np.testing.assert_allclose(few.mean(axis=0), all_of_them.mean(axis=0), atol=1e-3 * vectors.std())
    np.testing.assert_allclose(np.square(few).mean(axis=0), np.square(all_of_them).mean(axis=0), rtol=2e-3)


def test_the_copula_couples_normal_scores_as_ranks_of_all_vectors_do(
    vectors: np.ndarray, summarised: Description
) -> None:
    exact, many = both("copula", vectors, summarised)
    np.testing.assert_allclose(many.scores_, exact.scores_, atol=2e-3)
    told: list[Progress] = []
    make_strategy("copula").fit(vectors, summarised, report=told.append)
    assert told[-1].share == 1
    assert told[0].unit == "vectors"


@pytest.mark.parametrize("key", ["local", "neighbours"])
def test_neighbours_are_looked_for_among_at_most_so_many(
    key: str, vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observations, "MET", 500)
    strategy = make_strategy(key).fit(vectors)
    assert strategy.latents_.shape == (500, N)
    np.testing.assert_array_equal(strategy.latents_[[0, -1]], vectors[[0, -1]])
    assert np.isfinite(strategy.sample(50)).all()


def test_every_strategy_that_does_not_train_learns_from_a_summary(vectors: np.ndarray, summarised: Description) -> None:
    for strategy in applicable(False):
        if strategy.effort != "training":
            drawn = strategy().fit(vectors, summarised).sample(20)
            assert drawn.shape == (20, N)
            assert np.isfinite(drawn).all()


@pytest.mark.slow
def test_a_diffusion_model_of_many_vectors_reads_them_batch_by_batch_and_learns(
    vectors: np.ndarray, summarised: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[np.ndarray] = []

    class Read(Chosen):
        def __getitem__(self, key: object) -> np.ndarray:
            found = super().__getitem__(key)
            read.append(np.asarray(key) if isinstance(key, np.ndarray) else np.arange(len(self))[key])
            return found

    count, batch = 9_000, Diffusion.BATCH
    monkeypatch.setattr(Diffusion, "FEWEST_OF_MANY", 3)
    monkeypatch.setattr(Diffusion, "STEPS", 1)
    monkeypatch.setattr(Diffusion, "DRAWN", (200, 200))
    monkeypatch.setattr(learned, "EXACT", 5_000)
    monkeypatch.setattr(epochs, "NEIGHBOURS", 128)
    monkeypatch.setattr(epochs, "TOGETHER", 16)
    material = Material(vectors[18_000:])
    fitted = make_strategy("diffusion").fit(Read(vectors, np.arange(count)), summarised, material=material)
    assert max(map(len, read)) == batch  # never all of them
    batches = -(-count // batch)
    assert len(read) == 3 * batches
    passes = [np.concatenate(read[start : start + batches]) for start in range(0, len(read), batches)]
    assert all((np.sort(one) == np.arange(count)).all() for one in passes)
    assert (passes[0] != passes[1]).any()
    stretches = [np.unique(np.concatenate(read[start : start + 4]) // 128) for start in range(0, batches - 4, 4)]
    assert max(map(len, stretches)) <= 2 * 16 + 2  # four batches are what is shuffled together, in whole blocks
    losses = fitted.losses()
    assert losses is not None
    assert losses[1:, 1].min() < losses[0, 1]
