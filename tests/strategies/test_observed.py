"""Strategies that draw from the latent vectors: whole ones, their components, points between two and around some."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scipy import stats

from core.statistics import Moments, describe
from core.strategies import Data, LocalNormal, Marginal, MultivariateNormal, Neighbours, stream

TOTAL = 2000


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """Vectors that carry their row number, so that each can be told."""
    values = np.random.default_rng(0).normal(size=(TOTAL, 5)).astype(np.float16)
    values[:, 0] = np.arange(TOTAL)
    return values


@pytest.fixture(scope="module")
def reference(latents: np.ndarray) -> Data:
    return Data().fit(latents)


@pytest.mark.parametrize("count", [1, 500, TOTAL, TOTAL + 1, 5 * TOTAL])
def test_every_vector_drawn_is_the_row_that_it_says(reference: Data, latents: np.ndarray, count: int) -> None:
    rows = reference.rows(count, stream(4, reference))
    np.testing.assert_array_equal(reference.sample(count, stream(4, reference)), latents[rows].astype(np.float32))


@pytest.mark.parametrize("count", [1, 500, TOTAL])
def test_no_vector_comes_twice_while_there_are_enough(reference: Data, count: int) -> None:
    rows = reference.rows(count, stream(0, reference))
    assert len(np.unique(rows)) == count


def test_more_vectors_than_there_are_repeat_some(reference: Data) -> None:
    rows = reference.rows(10 * TOTAL, stream(0, reference))
    counts = np.bincount(rows, minlength=TOTAL)
    assert counts.sum() == 10 * TOTAL
    assert 20 < counts.max() < 40


def test_every_image_is_drawn_equally_often(reference: Data) -> None:
    rng = np.random.default_rng(0)
    counts = sum(np.bincount(reference.rows(200, rng), minlength=TOTAL) for _ in range(500))
    assert counts.mean() == pytest.approx(50)
    assert counts.var() == pytest.approx(500 * 0.1 * 0.9, rel=0.15)


def test_the_latent_vectors_are_not_copied_to_be_drawn_from(latents: np.ndarray, reference: Data) -> None:
    assert np.shares_memory(reference.latents_, latents)


@pytest.fixture(scope="module")
def cloud() -> np.ndarray:
    """Some vectors in two dimensions, few enough to look at every pair."""
    return np.random.default_rng(2).standard_t(4, (70, 2)).astype(np.float16)


def nearest_by_hand(latents: np.ndarray, k: int) -> list[tuple[int, int]]:
    """Pairs (i, j) of rows where fewer than k other rows are nearer to row i than row j is."""
    wide = latents.astype(np.float64)
    pairs = []
    for i, here in enumerate(wide):
        distances = [float(np.sum((there - here) ** 2)) for there in wide]
        for j, distance in enumerate(distances):
            nearer = sum(other < distance for m, other in enumerate(distances) if m not in (i, j))
            if j != i and nearer < k:
                pairs.append((i, j))
    return pairs


def beside_segments(points: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Distance of each point to the nearest of some segments."""
    along = ends - starts
    length = np.maximum(np.square(along).sum(axis=1), 1e-300)
    share = np.clip(np.einsum("psi,si->ps", points[:, None] - starts, along) / length, 0, 1)
    return np.linalg.norm(points[:, None] - starts - share[:, :, None] * along, axis=2).min(axis=1)


def test_every_component_is_one_that_was_observed_there(latents: np.ndarray) -> None:
    marginal = Marginal().fit(latents)
    drawn = marginal.sample(3000, stream(0, marginal))
    for j in range(5):
        assert np.isin(drawn[:, j], latents[:, j].astype(np.float32)).all()
        assert stats.ks_2samp(drawn[:, j], latents[:, j].astype(np.float32)).statistic < 0.05


def test_the_components_of_a_vector_come_from_rows_of_their_own() -> None:
    rows = np.tile(np.arange(500.0)[:, None], (1, 6))
    marginal = Marginal().fit(rows)
    drawn = marginal.sample(20_000, stream(0, marginal))
    assert stats.kstest(drawn.ravel(), stats.randint(0, 500).cdf).statistic < 0.005
    assert np.abs(np.corrcoef(drawn.T)[~np.eye(6, dtype=bool)]).max() < 4.5 / np.sqrt(len(drawn))
    repeated = (drawn[:, 0] == drawn[:, 1]).mean()
    assert repeated == pytest.approx(1 / 500, abs=5 * np.sqrt(1 / 500 / len(drawn)))


def test_the_mean_square_of_the_radius_of_independent_components_is_the_sum_of_theirs() -> None:
    rng = np.random.default_rng(6)
    values = rng.gamma(1.5, 2.0, (5000, 64)) * np.geomspace(0.5, 2, 64) - 3
    law = Marginal().fit(values).radius_law()
    assert law is not None
    assert law.mean**2 + law.deviation**2 == pytest.approx(np.square(values).sum(axis=1).mean(), rel=2e-3)


@pytest.mark.parametrize("k", [1, 3, 10])
@pytest.mark.parametrize("count", [50, 400])
def test_every_vector_lies_between_a_vector_and_one_of_its_nearest(cloud: np.ndarray, k: int, count: int) -> None:
    pairs = np.array(nearest_by_hand(cloud, k))
    assert len(cloud) * k <= len(pairs) < len(cloud) * (k + 1)
    wide = cloud.astype(np.float64)
    neighbours = Neighbours(k).fit(cloud)
    drawn = neighbours.sample(count, stream(3, neighbours)).astype(np.float64)
    assert beside_segments(drawn, wide[pairs[:, 0]], wide[pairs[:, 1]]).max() < 1e-5
    assert beside_segments(drawn + 0.3, wide[pairs[:, 0]], wide[pairs[:, 1]]).max() > 0.05


def test_the_partners_are_those_that_a_sample_lies_between(cloud: np.ndarray) -> None:
    neighbours = Neighbours(4).fit(cloud)
    first, second = neighbours.partners(60, stream(5, neighbours))
    start, end = cloud[first].astype(np.float64), cloud[second].astype(np.float64)
    drawn = neighbours.sample(60, stream(5, neighbours))
    sides = [np.linalg.norm(drawn - x, axis=1) for x in (start, end)]
    np.testing.assert_allclose(sides[0] + sides[1], np.linalg.norm(end - start, axis=1), atol=1e-5)
    assert set(zip(first, second, strict=True)) <= set(nearest_by_hand(cloud, 4))
    assert len(set(first)) == 60


def test_each_of_the_nearest_and_each_place_between_is_met_equally_often(cloud: np.ndarray) -> None:
    neighbours = Neighbours(3).fit(cloud)
    count = 60_000
    first, second = neighbours.partners(count, stream(0, neighbours))
    met = np.unique(np.stack([first, second]), axis=1, return_counts=True)[1]
    assert len(met) == 3 * len(cloud)
    assert np.abs(met - count / len(met)).max() < 5 * np.sqrt(count / len(met))
    drawn = neighbours.sample(count, stream(0, neighbours)).astype(np.float64)
    start, end = cloud[first].astype(np.float64), cloud[second].astype(np.float64)
    place = np.linalg.norm(drawn - start, axis=1) / np.linalg.norm(end - start, axis=1)
    assert stats.kstest(place, stats.uniform.cdf).statistic < 0.01


def test_points_between_neighbours_stay_within_the_range_of_the_data(latents: np.ndarray) -> None:
    neighbours = Neighbours().fit(latents)
    drawn = neighbours.sample(3 * TOTAL, stream(0, neighbours))
    wide = latents.astype(np.float32)
    assert (drawn >= wide.min(axis=0)).all()
    assert (drawn <= wide.max(axis=0)).all()


def test_more_neighbours_than_the_study_has_mean_all_others(cloud: np.ndarray) -> None:
    few = cloud[:6]
    many, all_others = Neighbours(50).fit(few), Neighbours(5).fit(few)
    drawn = [n.sample(500, stream(0, n)) for n in (many, all_others)]
    np.testing.assert_array_equal(*drawn)
    first, second = many.partners(2000, stream(0, many))
    assert set(zip(first, second, strict=True)) == {(i, j) for i in range(6) for j in range(6) if i != j}
    assert many.label() == "Neighbours, k = 50"


def test_the_only_other_vector_is_the_neighbour() -> None:
    neighbours = Neighbours().fit([[0.0, 0.0], [1.0, 2.0]])
    drawn = neighbours.sample(4000, stream(0, neighbours))
    np.testing.assert_allclose(drawn[:, 1], 2 * drawn[:, 0], rtol=1e-6)
    assert stats.kstest(drawn[:, 0], stats.uniform.cdf).statistic < 0.03


def test_a_single_vector_is_its_own_neighbour() -> None:
    neighbours = Neighbours().fit([[3.0, -4.0]])
    np.testing.assert_array_equal(neighbours.sample(5, stream(0, neighbours)), np.tile(np.float32([3, -4]), (5, 1)))
    first, second = neighbours.partners(5, stream(0, neighbours))
    np.testing.assert_array_equal(first, second)


def test_a_vector_among_equal_ones_has_them_as_neighbours_and_never_itself() -> None:
    """Nine times each, so that a vector need not be found among its own six nearest."""
    distinct = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float16)
    repeated = np.repeat(distinct, 9, axis=0)
    neighbours = Neighbours(5).fit(repeated)
    first, second = neighbours.partners(3000, stream(0, neighbours))
    assert (first != second).all()
    np.testing.assert_array_equal(first // 9, second // 9)
    drawn = neighbours.sample(3000, stream(0, neighbours))
    np.testing.assert_allclose(drawn, repeated[first].astype(np.float32), rtol=1e-6)


def test_a_vector_that_is_there_twice_has_its_copy_and_others_as_neighbours(cloud: np.ndarray) -> None:
    twice = np.vstack([cloud, cloud])
    neighbours = Neighbours(2).fit(twice)
    first, second = neighbours.partners(8000, stream(0, neighbours))
    assert (first != second).all()
    copies = first % len(cloud) == second % len(cloud)
    assert copies.mean() == pytest.approx(0.5, abs=0.03)
    assert set(zip(first, second, strict=True)) <= set(nearest_by_hand(twice, 2))


def test_nearest_is_meant_without_regard_to_how_far_the_data_is_from_the_origin(cloud: np.ndarray) -> None:
    far = cloud.astype(np.float64) * 2**-3 + 512
    neighbours = Neighbours(2).fit(far)
    first, second = neighbours.partners(4000, stream(0, neighbours))
    assert set(zip(first, second, strict=True)) <= set(nearest_by_hand(far.astype(np.float32), 2))


def around_by_hand(latents: np.ndarray, k: int) -> np.ndarray:
    """The k vectors nearest to each, itself first, shape (n, k, d)."""
    wide = latents.astype(np.float64)
    return np.stack([wide[np.argsort([np.sum((there - here) ** 2) for there in wide])[:k]] for here in wide])


def groups(count: int, size: int, dimension: int) -> np.ndarray:
    """Groups of vectors that are far from each other, shape (count, size, dimension)."""
    rng = np.random.default_rng(9)
    centres = 1000 * (1 + np.arange(count))[:, None] * np.eye(dimension)[np.arange(count) % dimension]
    return centres[:, None] + rng.standard_t(5, (count, size, dimension)) @ rng.normal(size=(dimension, dimension))


def group_of(vectors: np.ndarray, planted: np.ndarray) -> np.ndarray:
    """Which group each vector is in."""
    return np.linalg.norm(vectors[:, None] - planted.mean(axis=1), axis=2).argmin(axis=1)


def covariance_errors(drawn: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Deviations of the covariances of vectors of a normal law from given ones in standard errors."""
    variances = np.diagonal(covariance)
    deviations = np.sqrt((np.outer(variances, variances) + covariance**2) / len(drawn))
    return np.asarray((np.cov(drawn.T) - covariance) / deviations)


def test_a_law_of_all_vectors_is_normal_with_their_mean_and_unbiased_covariance() -> None:
    few = groups(1, 12, 3)[0]
    local = LocalNormal(12, 1.0).fit(few)
    drawn = local.sample(100_000, stream(0, local)).astype(np.float64)
    covariance = np.cov(few.T, ddof=1)
    errors = (drawn.mean(axis=0) - few.mean(axis=0)) / np.sqrt(np.diagonal(covariance) / len(drawn))
    assert np.abs(errors).max() < 4.5
    assert np.abs(covariance_errors(drawn, covariance)).max() < 4.5
    white = np.linalg.solve(np.linalg.cholesky(covariance), (drawn - few.mean(axis=0)).T)
    assert stats.kstest(np.square(white).sum(axis=0), stats.chi2(3).cdf).statistic < 0.006


@pytest.mark.parametrize("spread", [0.1, 1.0, 2.5])
def test_a_law_has_the_mean_of_its_vectors_and_their_covariance_times_the_square_of_the_spread(spread: float) -> None:
    planted = groups(3, 8, 2)
    local = LocalNormal(8, spread).fit(planted.reshape(-1, 2))
    drawn = local.sample(60_000, stream(1, local)).astype(np.float64)
    for group, own in enumerate(planted):
        mine = drawn[group_of(drawn, planted) == group]
        assert len(mine) == pytest.approx(20_000, abs=5 * np.sqrt(60_000 * 2 / 9))
        covariance = spread**2 * np.cov(own.T, ddof=1)
        errors = (mine.mean(axis=0) - own.mean(axis=0)) / np.sqrt(np.diagonal(covariance) / len(mine))
        assert np.abs(errors).max() < 4.5
        assert np.abs(covariance_errors(mine, covariance)).max() < 4.5


@pytest.mark.slow
@pytest.mark.parametrize(("k", "spread"), [(2, 0.5), (2, 1.4), (10, 1.0), (10, 1.4), (30, 3.0)])
def test_all_laws_together_have_the_covariance_of_their_means_and_the_mean_of_their_covariances(
    cloud: np.ndarray, k: int, spread: float
) -> None:
    around = around_by_hand(cloud, k)
    means = around.mean(axis=1)
    within = np.mean([np.cov(own.T, ddof=1) for own in around], axis=0)
    expected = np.cov(means.T, ddof=0) + spread**2 * within
    local = LocalNormal(k, spread).fit(cloud)
    drawn = Moments.of(local.sample(200_000, stream(2, local)))
    np.testing.assert_allclose(drawn.mean, means.mean(axis=0), atol=5 * drawn.widths.max() / np.sqrt(drawn.count))
    np.testing.assert_allclose(drawn.covariance, expected, rtol=0.03, atol=0.01 * drawn.variances.min())


@pytest.mark.parametrize("k", [2, 3, 5])
def test_every_vector_lies_in_the_flat_through_its_nearest_vectors_and_fills_it(k: int) -> None:
    """Two vectors span a line, three a plane; it goes on beyond them."""
    planted = groups(40, k, 7)
    local = LocalNormal(k, 2.0).fit(planted.reshape(-1, 7))
    drawn = local.sample(5 * 40 * k, stream(0, local)).astype(np.float64)
    of = group_of(drawn, planted)
    for group, own in enumerate(planted):
        mine = drawn[of == group] - own.mean(axis=0)
        axes = np.linalg.svd(own - own.mean(axis=0), full_matrices=False)[2][: k - 1]
        along = mine @ axes.T
        assert np.abs(mine - along @ axes).max() < 0.01  # float32 has steps of 0.004 out there
        assert np.linalg.svd(along, compute_uv=False).min() > 0.1


@pytest.mark.parametrize("k", [2, 3, 5])
def test_each_vector_has_its_turn_while_there_are_enough(k: int) -> None:
    planted = groups(40, k, 7)
    local = LocalNormal(k, 2.0).fit(planted.reshape(-1, 7))
    drawn = local.sample(40 * k, stream(3, local)).astype(np.float64)
    np.testing.assert_array_equal(np.bincount(group_of(drawn, planted)), k)


def test_nothing_falls_between_two_clusters_that_are_larger_than_k() -> None:
    planted = groups(2, 60, 3)
    sizes = [np.linalg.norm(own - own.mean(axis=0), axis=1).max() for own in planted]

    def away(k: int) -> np.ndarray:
        """How far each of 5000 vectors is from the middle of the nearer cluster."""
        local = LocalNormal(k, 4.0).fit(planted.reshape(-1, 3))
        drawn = local.sample(5000, stream(0, local)).astype(np.float64)
        return np.linalg.norm(drawn[:, None] - planted.mean(axis=1), axis=2).min(axis=1)

    assert away(10).max() < away(60).max() < 8 * max(sizes) < 300
    assert (away(61) > 300).mean() > 0.3
    assert (away(120) > 300).mean() > 0.8


def test_a_bulk_with_a_hole_is_followed_around_it_and_not_by_a_single_normal_law() -> None:
    rng = np.random.default_rng(12)
    turns = rng.uniform(0, 2 * np.pi, 3000)
    ring = np.stack([10 * np.cos(turns), 10 * np.sin(turns), *np.zeros((4, 3000))], axis=1)
    latents = ring + 0.1 * rng.normal(size=ring.shape)
    local, normal = LocalNormal(20, 1.4).fit(latents), MultivariateNormal().fit(latents)
    followed, filled = (np.hypot(*s.sample(3000, stream(0, s)).T[:2]) for s in (local, normal))
    assert np.abs(followed - 10).max() < 1
    assert (np.abs(filled - 10) > 1).mean() > 0.7


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 257, 900])
@pytest.mark.parametrize(("k", "spread"), [(2, 4.0), (7, 1.4), (40, 0.3)])
def test_a_sample_is_what_the_formula_gives_vector_by_vector(count: int, k: int, spread: float) -> None:
    latents = np.random.default_rng(8).normal(3.0, 2.0, (300, 4)).astype(np.float32)
    local = LocalNormal(k, spread).fit(latents)
    rng = stream(6, local)
    around = around_by_hand(latents, k)[rng.choice(300, count, replace=count > 300)]
    expected = []
    for own, epsilon in zip(around, rng.standard_normal((count, k)), strict=True):
        middle = sum(own) / k
        steps = [e * (z - middle) for e, z in zip(epsilon, own, strict=True)]
        expected.append(middle + spread / np.sqrt(k - 1) * sum(steps))
    np.testing.assert_allclose(local.sample(count, stream(6, local)), expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("at_once", [1, 1000])
def test_how_many_are_drawn_at_a_time_changes_nothing(
    cloud: np.ndarray, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = LocalNormal(5).fit(cloud)
    drawn = local.sample(300, stream(0, local))
    monkeypatch.setattr(LocalNormal, "AT_ONCE", at_once)
    np.testing.assert_allclose(local.sample(300, stream(0, local)), drawn, rtol=1e-5, atol=1e-6)


def test_more_vectors_for_a_law_than_the_study_has_mean_all(cloud: np.ndarray) -> None:
    many, all_vectors = LocalNormal(200).fit(cloud), LocalNormal(70).fit(cloud)
    np.testing.assert_array_equal(*(s.sample(500, stream(0, s)) for s in (many, all_vectors)))
    assert many.label() == "Local normal, k = 200, s = 1.4"


def test_a_law_of_one_vector_or_of_equal_ones_is_that_vector(cloud: np.ndarray) -> None:
    """Nine times each, so that a vector need not be found among its own nearest."""
    for latents in (cloud[:1], np.repeat(cloud[:8], 9, axis=0)):
        local = LocalNormal(9, 4.0).fit(latents)
        drawn = local.sample(len(latents), stream(0, local))
        rows = stream(0, local).choice(len(latents), len(latents), replace=False)
        np.testing.assert_allclose(drawn, latents[rows].astype(np.float32), rtol=1e-6)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(
    npst.arrays(np.int64, npst.array_shapes(min_dims=2, max_dims=2, max_side=12), elements=st.integers(-40, 40)),
    st.integers(2, 14),
    st.sampled_from([-2.0, -1.0, 0.125, 1.0, 8.0]),
    st.integers(-3000, 3000),
)
def test_vectors_that_are_shifted_mirrored_or_scaled_give_samples_that_are(
    latents: np.ndarray, k: int, factor: float, shift: int
) -> None:
    """Whole numbers, so that all distances are exact and equal ones stay so."""
    local = LocalNormal(k)
    drawn = local.fit(latents).sample(20, stream(0, local)).astype(np.float64)
    moved = local.fit(factor * latents + shift).sample(20, stream(0, local))
    np.testing.assert_allclose(moved, factor * drawn + shift, rtol=1e-6, atol=1e-3)


@pytest.mark.parametrize("kind", [Marginal, LocalNormal, Neighbours])
def test_vectors_on_disk_are_not_copied_to_be_drawn_from(kind: type, latents: np.ndarray) -> None:
    assert np.shares_memory(kind().fit(latents, describe(latents)).latents_, latents)
