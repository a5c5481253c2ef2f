"""Laws fitted to the latent vectors: what they take from the data, and what they make of little or odd data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.covariance import LedoitWolf

from core.progress import Progress
from core.statistics import Description, describe
from core.strategies import Copula, Mixture, Shell, Strategy, stream

COUNT, N = 3000, 12
DRAWN = 20_000

CENTRES = np.array([[8.0, 0.0, 0.0, -3.0], [-6.0, 5.0, 0.0, 0.0], [0.0, -7.0, 4.0, 5.0]])
SHARES = np.array([0.5, 0.3, 0.2])


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """An off-centre, correlated and skewed bulk, stored as studies are."""
    rng = np.random.default_rng(14)
    mixing = rng.normal(size=(N, N)) * np.geomspace(2, 0.1, N)
    return ((rng.gamma(2.0, 1.0, (COUNT, N)) - 2) @ mixing.T + 2 * rng.normal(size=N)).astype(np.float16)


@pytest.fixture(scope="module")
def description(latents: np.ndarray) -> Description:
    return describe(latents)


@pytest.fixture(scope="module")
def clusters() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors of three normal clusters of different shapes, the cluster of each, and the three covariances."""
    rng = np.random.default_rng(5)
    labels = rng.choice(3, 12_000, p=SHARES)
    factors = rng.normal(size=(3, 4, 4)) * 0.4
    values = np.einsum("nij,nj->ni", factors[labels], rng.normal(size=(len(labels), 4)))
    return CENTRES[labels] + values, labels, factors @ factors.transpose(0, 2, 1)


def draw(strategy: Strategy, count: int = DRAWN) -> np.ndarray:
    return strategy.sample(count, stream(0, strategy)).astype(np.float64)


def test_a_shell_has_the_observed_distances_and_no_others(latents: np.ndarray, description: Description) -> None:
    shell = Shell().fit(latents, description)
    distances = description.axes.mahalanobis(draw(shell, 5000))
    observed = np.sort(description.distances)
    place = np.clip(np.searchsorted(observed, distances), 1, COUNT - 1)
    nearest = np.minimum(np.abs(observed[place] - distances), np.abs(observed[place - 1] - distances))
    assert nearest.max() < 1e-4
    assert stats.ks_2samp(distances, observed).statistic < 0.035


def test_the_whitened_directions_of_a_shell_are_uniform_on_the_sphere_whatever_the_distance(
    latents: np.ndarray, description: Description
) -> None:
    """The square of a coordinate of a uniform direction follows the beta law of 1/2 and (N - 1)/2."""
    drawn = draw(Shell().fit(latents, description))
    white = description.axes.project(drawn) / np.sqrt(description.axes.shrunk_variances)
    distances = np.linalg.norm(white, axis=1)
    directions = white / distances[:, None]
    law = stats.beta(0.5, (N - 1) / 2)
    assert max(stats.kstest(np.square(u), law.cdf).statistic for u in directions.T) < 0.015
    np.testing.assert_allclose(directions.mean(axis=0), 0, atol=5 / np.sqrt(N * DRAWN))
    np.testing.assert_allclose(np.cov(directions.T) * N, np.eye(N), atol=0.05)
    coupled = [stats.spearmanr(distances, np.abs(u)).statistic for u in directions.T]
    assert np.abs(coupled).max() < 4.5 / np.sqrt(DRAWN)


def test_the_covariance_of_a_shell_is_the_shrunk_one_as_large_as_the_distances_make_it(latents: np.ndarray) -> None:
    """With few vectors the shrinkage is strong, and a constant component varies."""
    partly = latents[:100].astype(np.float64)
    partly[:, 4] = 0.5
    estimate = LedoitWolf().fit(partly)
    covariance = estimate.covariance_ * estimate.mahalanobis(partly).mean() / N
    drawn = draw(Shell().fit(partly), 40_000)
    widths = np.sqrt(np.diagonal(covariance))
    np.testing.assert_allclose((drawn.mean(axis=0) - estimate.location_) / widths, 0, atol=5 / np.sqrt(40_000))
    np.testing.assert_allclose((np.cov(drawn.T) - covariance) / np.outer(widths, widths), 0, atol=0.05)


def test_a_shell_of_fewer_vectors_than_components_keeps_their_distances() -> None:
    few = np.random.default_rng(0).normal(size=(8, 40))
    described = describe(few)
    distances = described.axes.mahalanobis(draw(Shell().fit(few), 500))
    assert np.abs(distances[:, None] - described.distances).min(axis=1).max() < 1e-4


def test_the_values_of_a_copula_are_quantiles_of_those_observed(latents: np.ndarray) -> None:
    copula = Copula().fit(latents)
    drawn = draw(copula)
    wide = latents.astype(np.float64)
    shares = np.linspace(0.02, 0.98, 25)
    for j in range(N):
        error = np.sqrt(shares * (1 - shares) / DRAWN)
        low, high = (np.quantile(wide[:, j], np.clip(shares + s * error, 0, 1)) for s in (-4.5, 4.5))
        found = np.quantile(drawn[:, j], shares)
        assert ((low <= found) & (found <= high)).all()
        assert wide[:, j].min() <= drawn[:, j].min()
        assert drawn[:, j].max() <= wide[:, j].max()
        assert stats.ks_2samp(drawn[:, j], wide[:, j]).statistic < 0.03


def test_a_copula_couples_the_normal_scores_of_the_ranks(latents: np.ndarray) -> None:
    ranks = stats.rankdata(latents.astype(np.float64), axis=0)
    scores = stats.norm.ppf((ranks - 0.5) / COUNT)
    np.testing.assert_allclose(Copula().fit(latents).scores_, np.corrcoef(scores.T), atol=1e-5)


def test_the_coupling_of_a_copula_does_not_depend_on_the_scale_of_any_component(latents: np.ndarray) -> None:
    wide = latents.astype(np.float64)
    bent = np.exp(wide / 8)
    straight, curved = Copula().fit(wide), Copula().fit(bent)
    np.testing.assert_allclose(curved.scores_, straight.scores_, atol=1e-5)
    np.testing.assert_allclose(8 * np.log(draw(curved, 500)), draw(straight, 500), atol=0.3)  # between the outermost


def test_a_copula_keeps_rank_correlations(latents: np.ndarray) -> None:
    drawn = draw(Copula().fit(latents))
    observed, found = (stats.spearmanr(x).statistic for x in (latents.astype(np.float64), drawn))
    beside = ~np.eye(N, dtype=bool)
    assert np.abs(observed[beside]).max() > 0.5
    assert np.abs(found - observed)[beside].max() < 0.04


def test_components_that_rise_or_fall_together_do_so_in_a_copula(latents: np.ndarray) -> None:
    first = latents[:, :1].astype(np.float64)
    drawn = draw(Copula().fit(np.hstack([first, first**3, -first])), 2000)
    order = np.argsort(drawn[:, 0])
    scale = drawn.std(axis=0)
    assert (np.diff(drawn[order, 1]) > -1e-2 * scale[1]).all()
    np.testing.assert_allclose(drawn[:, 2], -drawn[:, 0], atol=1e-2 * scale[0])


def test_a_copula_keeps_the_share_of_a_value_that_many_vectors_have() -> None:
    rng = np.random.default_rng(1)
    bulk = rng.multivariate_normal([0, 0.5], [[1, 0.8], [0.8, 1]], 5000)
    rectified = np.maximum(bulk, 0)
    drawn = draw(Copula().fit(rectified))
    assert (drawn >= 0).all()
    np.testing.assert_allclose((drawn == 0).mean(axis=0), (rectified == 0).mean(axis=0), atol=0.015)
    observed, found = (np.corrcoef(x.T)[0, 1] for x in (rectified, drawn))
    assert 0.85 * observed < found < observed  # equal ranks weaken the coupling


def test_a_copula_believes_the_coupling_that_is_known(latents: np.ndarray, description: Description) -> None:
    drawn = draw(Copula().fit(latents, description, {"scores_": np.eye(N, dtype=np.float32)}))
    assert np.abs(np.corrcoef(drawn.T)[~np.eye(N, dtype=bool)]).max() < 5 / np.sqrt(DRAWN)
    assert np.abs(description.moments.correlations[~np.eye(N, dtype=bool)]).max() > 0.5


def test_a_copula_counts_the_components_that_it_has_ranked(latents: np.ndarray) -> None:
    shares: list[float] = []
    Copula().fit(latents, report=lambda progress: shares.append(progress.share))
    assert shares == pytest.approx([j / N for j in range(1, N + 1)])


@pytest.mark.parametrize("components", [1, 2, 5])
def test_a_mixture_has_the_mean_and_the_covariance_of_the_data(
    latents: np.ndarray, description: Description, components: int
) -> None:
    """Each step of expectation maximisation keeps them; only the regularisation adds a thousandth."""
    mixture = Mixture(components).fit(latents, description)
    drawn = draw(mixture, 40_000)
    moments = description.moments
    np.testing.assert_allclose((drawn.mean(axis=0) - moments.mean) / moments.widths, 0, atol=5 / np.sqrt(40_000))
    scale = np.outer(moments.widths, moments.widths)
    np.testing.assert_allclose((np.cov(drawn.T) - moments.covariance) / scale, 0, atol=0.06)
    wide = latents.astype(np.float64)
    expected = np.square(wide).sum(axis=1).mean() + 1e-3 * description.axes.shrunk_variances.sum()
    law = mixture.radius_law()
    assert law.mean**2 + law.deviation**2 == pytest.approx(expected, rel=1e-4)


def test_a_mixture_finds_clusters_with_their_shares_centres_and_covariances(
    clusters: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    vectors, labels, covariances = clusters
    mixture = Mixture(3).fit(vectors)
    assert mixture.label() == "Mixture of 3"
    drawn = draw(mixture)
    nearest = np.linalg.norm(drawn[:, None] - CENTRES, axis=2).argmin(axis=1)
    found = np.sort(mixture.weights_)[::-1]
    np.testing.assert_allclose(found, np.bincount(labels) / len(labels), atol=2e-3)
    np.testing.assert_allclose(np.bincount(nearest) / DRAWN, SHARES, atol=0.02)
    for cluster in range(3):
        own = drawn[nearest == cluster]
        assert np.linalg.norm(own - CENTRES[cluster], axis=1).max() < 9
        np.testing.assert_allclose(own.mean(axis=0), CENTRES[cluster], atol=0.06)
        np.testing.assert_allclose(np.cov(own.T), covariances[cluster], atol=0.09)


def test_a_mixture_of_one_law_fills_the_gap_between_clusters_that_a_mixture_of_three_leaves(
    clusters: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    vectors = clusters[0]

    def in_the_gap(values: np.ndarray) -> float:
        return float((np.linalg.norm(values[:, None] - CENTRES, axis=2).min(axis=1) > 7).mean())

    one, three = (in_the_gap(draw(Mixture(m).fit(vectors))) for m in (1, 3))
    assert in_the_gap(vectors) < 0.001
    assert three < 0.001
    assert one > 0.2


def test_the_mean_square_of_the_radius_of_a_mixture_is_that_of_its_clusters(
    clusters: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Normal x has E|x|² = |μ|² + tr Σ; the clusters are weighted by their shares."""
    vectors, labels, covariances = clusters
    weights = np.bincount(labels) / len(labels)
    means = np.square(CENTRES).sum(axis=1) + np.trace(covariances, axis1=1, axis2=2)
    law = Mixture(3).fit(vectors).radius_law()
    assert law.mean**2 + law.deviation**2 == pytest.approx(weights @ means, rel=0.01)


def test_a_mixture_learns_the_same_each_time(latents: np.ndarray, description: Description) -> None:
    one, other = (Mixture(3).fit(latents, description) for _ in range(2))
    for name in Mixture.learned:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_a_mixture_ends_early_where_nothing_is_left_to_gain_and_goes_on_to_the_end_elsewhere(
    clusters: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    clear, hard = [], []
    Mixture(3).fit(clusters[0], report=clear.append)
    Mixture(8).fit(np.random.default_rng(0).gamma(0.1, size=(1500, 20)), report=hard.append)
    assert [p.share for p in clear] == [1.0]
    assert [p.share for p in hard] == [0.25, 0.5, 0.75, 1.0]


@pytest.mark.parametrize("count", [2, 7, 10])
def test_more_laws_than_vectors_mean_one_for_each_vector(count: int) -> None:
    few = 10 * np.random.default_rng(3).normal(size=(count, 30))
    mixture = Mixture(10).fit(few)
    assert mixture.label() == f"Mixture of {count}"
    np.testing.assert_allclose(mixture.weights_, 1 / count, rtol=1e-6)
    drawn = draw(mixture, 500)
    deviation = np.linalg.norm(drawn[:, None] - few, axis=2).min(axis=1) / np.linalg.norm(few - few.mean(axis=0))
    assert deviation.max() < 0.2


def test_more_laws_than_different_vectors_give_vectors_near_those() -> None:
    two = np.repeat(np.array([[5.0, 0.0, 1.0], [-5.0, 2.0, 1.0]]), 20, axis=0)
    drawn = draw(Mixture(6).fit(two), 500)
    assert np.linalg.norm(drawn[:, None] - two[[0, -1]], axis=2).min(axis=1).max() < 1.5


def test_a_mixture_does_not_lose_narrow_directions_beside_wide_ones() -> None:
    rng = np.random.default_rng(4)
    widths = np.geomspace(30, 0.1, 8)
    rotation = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    drawn = draw(Mixture(2).fit(rng.normal(size=(8000, 8)) * widths @ rotation))
    np.testing.assert_allclose((drawn @ rotation.T).std(axis=0), widths, rtol=0.06)


def test_a_mixture_of_single_numbers_is_a_mixture_too() -> None:
    rng = np.random.default_rng(1)
    numbers = np.where(rng.random(4000) < 0.25, 4.0, -4.0) + rng.normal(size=4000)
    mixture = Mixture(2).fit(numbers[:, None])
    assert np.sort(mixture.weights_)[0] == pytest.approx(0.25, abs=0.02)
    assert stats.ks_2samp(draw(mixture)[:, 0], numbers).statistic < 0.03


def test_a_mixture_of_more_vectors_than_memory_should_hold_is_as_likely_as_one_of_vectors_in_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(0)
    centres = 4 * rng.normal(size=(3, 6))
    vectors = (centres[rng.integers(3, size=9000)] + rng.gamma(2.0, size=(9000, 6))).astype(np.float32)
    whole = Mixture(3).fit(vectors)
    monkeypatch.setattr(Mixture, "AT_HAND", 8000)
    monkeypatch.setattr(Mixture, "STARTING", 4000)
    told: list[Progress] = []
    blocks = Mixture(3).fit(vectors, report=told.append)
    one, other = (mixture.log_density(vectors) for mixture in (whole, blocks))
    assert one is not None
    assert other is not None
    assert other.mean() > one.mean() - 0.002 * 6
    assert [progress.unit for progress in (told[0], told[-1])] == ["steps over some vectors", "steps over all vectors"]
    assert told[-1].share == 1
    again = Mixture(3).fit(vectors)
    np.testing.assert_array_equal(blocks.factors_, again.factors_)
