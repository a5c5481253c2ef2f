"""Normal strategies on a planted normal bulk: each keeps what it claims to keep, and loses exactly the rest."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.statistics import Description, Moments, describe, radii
from core.strategies import Ellipsoid, Gaussian, MultivariateNormal, StandardNormal, Strategy, stream

COUNT, N = 50_000, 256
DRAWN = 20_000

KEPT = {2.0: 7e-6, 2.5: 0.04, 3.0: 0.50, 3.5: 0.89, 4.0: 0.98}
"""Share of a normal bulk in 256 dimensions whose every principal component lies within ±kσ, from the series."""

KEPT_IN_PAIRS = {3.0: 0.0004, 3.5: 0.05, 4.0: 0.43, 4.5: 0.84, 5.0: 0.98}
"""The same where every pair of principal components lies within its k-ellipse."""

CUT_RADIUS = {1.0: 8.6, 1.5: 11.9, 2.0: 14.1, 2.5: 15.3, 3.0: 15.8}
"""Whitened radius of a normal vector in 256 dimensions that is cut at ±kσ along each axis, from the series."""


@pytest.fixture(scope="module")
def latents() -> np.ndarray:
    """50,000 vectors of a normal law, off-centre and strongly correlated, as float16."""
    rng = np.random.default_rng(20)
    rotation = np.linalg.qr(rng.normal(size=(N, N)))[0]
    mixing = (rotation * np.geomspace(4, 0.2, N)).astype(np.float32)
    centre = rng.normal(size=N) * 0.4
    centre[:6] = [2.1, -1.8, 1.5, -1.2, 1.0, 0.9]
    return (rng.standard_normal((COUNT, N), np.float32) @ mixing.T + centre).astype(np.float16)


@pytest.fixture(scope="module")
def description(latents: np.ndarray) -> Description:
    return describe(latents)


def draw(strategy: Strategy, latents: np.ndarray, description: Description, count: int = DRAWN) -> np.ndarray:
    strategy.fit(latents, description)
    return strategy.sample(count, stream(0, strategy))


def whiten(description: Description, vectors: np.ndarray) -> np.ndarray:
    """Coordinates along the principal axes in units of their standard deviations."""
    return description.axes.project(vectors) / np.sqrt(description.axes.variances)


def mean_errors(drawn: Moments, moments: Moments) -> np.ndarray:
    """Deviations of the means in units of their standard errors."""
    return (drawn.mean - moments.mean) / (moments.widths / np.sqrt(drawn.count))


def covariance_errors(drawn: Moments, covariance: np.ndarray) -> np.ndarray:
    """Deviations of the covariances in units of their standard errors for a normal law."""
    variances = np.diagonal(covariance)
    return (drawn.covariance - covariance) / np.sqrt((np.outer(variances, variances) + covariance**2) / drawn.count)


def test_the_planted_bulk_is_correlated_and_off_centre(description: Description) -> None:
    correlations = description.moments.correlations[~np.eye(N, dtype=bool)]
    assert np.abs(correlations).max() > 0.3
    assert description.origin_distance > 8


def test_independent_normals_keep_means_and_widths_and_lose_exactly_the_correlations(
    latents: np.ndarray, description: Description
) -> None:
    drawn = Moments.of(draw(Gaussian(), latents, description))
    moments = description.moments
    assert np.abs(mean_errors(drawn, moments)).max() < 4.5
    assert np.abs(covariance_errors(drawn, np.diag(moments.variances))).max() < 5.5
    assert np.abs(covariance_errors(drawn, moments.covariance)).max() > 30
    assert np.abs(drawn.skewness).max() < 0.1
    assert np.abs(drawn.excess_kurtosis).max() < 0.2


def test_without_correlations_the_radii_fit_and_the_distances_do_not(
    latents: np.ndarray, description: Description
) -> None:
    drawn = describe(draw(Gaussian(), latents, description, 4000), description)
    assert drawn.mean_radius == pytest.approx(description.mean_radius, rel=0.02)
    assert drawn.radii.std() < 0.8 * description.radii.std()
    assert np.quantile(drawn.distances, 0.01) > np.quantile(description.distances, 0.999)


def test_the_standard_normal_knows_nothing_of_the_data(latents: np.ndarray, description: Description) -> None:
    vectors = draw(StandardNormal(), latents, description)
    drawn = Moments.of(vectors)
    assert np.abs(drawn.mean).max() < 4.5 / np.sqrt(DRAWN)
    assert np.abs(covariance_errors(drawn, np.eye(N))).max() < 5.5
    assert (radii(vectors).mean(), radii(vectors).std()) == pytest.approx((15.98, 0.71), abs=0.015)
    other = StandardNormal().fit(latents[:10] + np.float16(5))
    np.testing.assert_array_equal(other.sample(3, stream(0, other)), vectors[:3])


def test_the_multivariate_normal_keeps_means_and_all_covariances(latents: np.ndarray, description: Description) -> None:
    drawn = Moments.of(draw(MultivariateNormal(), latents, description))
    assert np.abs(mean_errors(drawn, description.moments)).max() < 4.5
    assert np.abs(covariance_errors(drawn, description.moments.covariance)).max() < 5.5


def test_the_multivariate_normal_is_where_the_bulk_is(latents: np.ndarray, description: Description) -> None:
    drawn = describe(draw(MultivariateNormal(), latents, description), description)
    shares = [0.01, 0.5, 0.8, 0.95, 0.99]
    expected = np.quantile(description.distances, shares)
    np.testing.assert_allclose(np.quantile(drawn.distances, shares), expected, atol=0.06)
    assert stats.ks_2samp(drawn.radii, description.radii).statistic < 0.015
    assert drawn.histograms.overlap_distance(description.histograms).max() < 0.05


@pytest.mark.parametrize(("k", "share"), KEPT.items())
def test_limiting_every_principal_component_keeps_the_share_of_the_series(
    latents: np.ndarray, description: Description, k: float, share: float
) -> None:
    assert (2 * stats.norm.cdf(k) - 1) ** N == pytest.approx(share, rel=0.06, abs=0.005 if share > 0.01 else 0)
    white = whiten(description, draw(MultivariateNormal(), latents, description))
    assert (np.abs(white) <= k).all(axis=1).mean() == pytest.approx(share, abs=0.015)


def test_limiting_every_pair_to_its_ellipse_keeps_the_share_of_the_series(
    latents: np.ndarray, description: Description
) -> None:
    white = whiten(description, draw(MultivariateNormal(), latents, description))
    widest_pair = np.sqrt(np.partition(np.square(white), -2, axis=1)[:, -2:].sum(axis=1))
    for k, share in KEPT_IN_PAIRS.items():
        assert (widest_pair <= k).mean() == pytest.approx(share, abs=0.015)


@pytest.mark.parametrize(("k", "radius"), CUT_RADIUS.items())
def test_an_ellipsoid_of_all_axes_has_the_whitened_radius_of_the_series(
    latents: np.ndarray, description: Description, k: float, radius: float
) -> None:
    white = whiten(description, draw(Ellipsoid(N, k), latents, description, 4000))
    assert np.sqrt(N * stats.truncnorm(-k, k).var()) == pytest.approx(radius, abs=0.06)
    assert np.linalg.norm(white, axis=1).mean() == pytest.approx(radius, abs=0.08)
    assert np.abs(white).max() <= k * (1 + 1e-3)


def test_an_ellipsoid_follows_the_cut_normal_law_along_each_axis(latents: np.ndarray, description: Description) -> None:
    white = whiten(description, draw(Ellipsoid(N, 1.5), latents, description))
    law = stats.truncnorm(-1.5, 1.5)
    assert max(stats.kstest(white[:, i], law.cdf).statistic for i in (0, 1, 10, 100, 255)) < 0.015
    np.testing.assert_allclose(white.var(axis=0), law.var(), rtol=0.05)
    assert np.abs(np.corrcoef(white, rowvar=False)[~np.eye(N, dtype=bool)]).max() < 5.5 / np.sqrt(DRAWN)


@pytest.mark.parametrize("components", [1, 20, 120])
def test_an_ellipsoid_of_few_axes_stays_at_the_mean_along_the_others(
    latents: np.ndarray, description: Description, components: int
) -> None:
    coordinates = description.axes.project(draw(Ellipsoid(components, 3.0), latents, description, 3000))
    np.testing.assert_allclose(coordinates[:, components:], 0, atol=1e-5)
    widths = coordinates[:, :components].std(axis=0)
    np.testing.assert_allclose(widths, np.sqrt(description.axes.variances[:components] * 0.9733), rtol=0.06)
    np.testing.assert_allclose(coordinates.mean(axis=0), 0, atol=5 * np.sqrt(description.axes.variances[0] / 3000))


def test_an_ellipsoid_cut_far_out_is_the_multivariate_normal(latents: np.ndarray, description: Description) -> None:
    drawn = Moments.of(draw(Ellipsoid(N, 6.0), latents, description))
    assert np.abs(mean_errors(drawn, description.moments)).max() < 4.5
    assert np.abs(covariance_errors(drawn, description.moments.covariance)).max() < 5.5


def test_more_axes_than_components_mean_all_of_them(latents: np.ndarray, description: Description) -> None:
    many, all_axes = Ellipsoid(4096, 2.0), Ellipsoid(N, 2.0)
    drawn = [draw(e, latents, description, 5) for e in (many, all_axes)]
    np.testing.assert_array_equal(*drawn)
    assert many.components_ == N
    assert many.label() == "Ellipsoid, m = 256, k = 2"


def test_a_smaller_cut_brings_vectors_nearer_to_the_mean_face(latents: np.ndarray, description: Description) -> None:
    medians = [
        np.median(describe(draw(Ellipsoid(N, k), latents, description, 500), description).distances)
        for k in (0.5, 1.0, 2.0, 4.0)
    ]
    assert medians == sorted(medians)
    assert medians[0] < 0.35 * medians[-1]


def cut_in_pairs(k: float, dimension: int, count: int) -> np.ndarray:
    """Normal vectors drawn until enough of them have all pairs of coordinates in their ellipses of k σ."""
    rng = np.random.default_rng(31)
    kept: list[np.ndarray] = []
    while sum(map(len, kept)) < count:
        values = rng.standard_normal((200_000, dimension))
        pairs = np.square(values)[:, :, None] + np.square(values)[:, None, :]
        pairs[:, np.arange(dimension), np.arange(dimension)] = 0
        kept.append(values[(pairs <= k**2).all(axis=(1, 2))])
    return np.concatenate(kept)[:count]


@pytest.mark.parametrize(("k", "reached"), [(1.0, 0.98), (3.0, 0.9), (4.0, 0.8)])
def test_every_pair_of_coordinates_lies_in_its_ellipse(
    latents: np.ndarray, description: Description, k: float, reached: float
) -> None:
    white = whiten(description, draw(Ellipsoid(N, k, "pairs"), latents, description, 2000))
    widest_pair = np.sqrt(np.partition(np.square(white), -2, axis=1)[:, -2:].sum(axis=1))
    assert widest_pair.max() <= k * (1 + 1e-3)
    assert np.median(widest_pair) > reached * k


def test_the_cut_by_pairs_is_what_is_left_of_a_normal_law_when_the_rest_is_rejected(
    latents: np.ndarray, description: Description
) -> None:
    reference = cut_in_pairs(2.0, 5, DRAWN)
    white = whiten(description, draw(Ellipsoid(5, 2.0, "pairs"), latents, description))[:, :5]
    assert stats.ks_2samp(*(np.linalg.norm(x, axis=1) for x in (white, reference))).statistic < 0.02
    assert stats.ks_2samp(*(np.abs(x).max(axis=1) for x in (white, reference))).statistic < 0.02
    for i in range(5):
        assert stats.ks_2samp(white[:, i], reference[:, i]).statistic < 0.02
    np.testing.assert_allclose(np.cov(white.T), np.cov(reference.T), atol=0.02)
    squares = (np.cov(np.square(x).T) for x in (white, reference))
    np.testing.assert_allclose(*squares, atol=0.02)


def test_the_cut_by_pairs_in_a_plane_is_an_ellipse(latents: np.ndarray, description: Description) -> None:
    ellipse = Ellipsoid(2, 1.5, "pairs")
    white = whiten(description, draw(ellipse, latents, description))[:, :2]
    radius = np.linalg.norm(white, axis=1)
    inside = -np.expm1(-(1.5**2) / 2)
    assert np.exp(ellipse.log_kept) == pytest.approx(inside, rel=1e-3)
    assert stats.kstest(radius, lambda r: -np.expm1(-np.square(r) / 2) / inside).statistic < 0.015
    assert stats.kstest(np.arctan2(*white.T), stats.uniform(-np.pi, 2 * np.pi).cdf).statistic < 0.015


def test_a_single_axis_has_no_pairs_and_is_cut_as_an_axis(latents: np.ndarray, description: Description) -> None:
    ellipsoids = [Ellipsoid(1, 1.5, cut) for cut in ("axes", "pairs")]
    white = [whiten(description, draw(e, latents, description))[:, 0] for e in ellipsoids]
    assert all(stats.kstest(w, stats.truncnorm(-1.5, 1.5).cdf).statistic < 0.015 for w in white)
    assert np.exp(ellipsoids[1].log_kept) == pytest.approx(np.exp(ellipsoids[0].log_kept), rel=2e-3)
    laws = [e.radius_law() for e in ellipsoids]
    assert laws[1].mean == pytest.approx(laws[0].mean, rel=1e-9)


@pytest.mark.parametrize(("k", "share"), KEPT_IN_PAIRS.items())
def test_the_ellipsoid_says_which_share_its_pairs_keep(
    latents: np.ndarray, description: Description, k: float, share: float
) -> None:
    fitted = Ellipsoid(N, k, "pairs").fit(latents, description)
    # the series counts vectors, the law is exact
    assert np.exp(fitted.log_kept) == pytest.approx(share, rel=0.08 if share > 0.001 else 0.4)


@pytest.mark.parametrize(("k", "share"), KEPT.items())
def test_the_ellipsoid_says_which_share_its_axes_keep(
    latents: np.ndarray, description: Description, k: float, share: float
) -> None:
    fitted = Ellipsoid(N, k).fit(latents, description)
    assert np.exp(fitted.log_kept) == pytest.approx((stats.norm.cdf(k) - stats.norm.cdf(-k)) ** N, rel=1e-9)
    assert np.exp(fitted.log_kept) == pytest.approx(share, rel=0.06, abs=0.005 if share > 0.01 else 0)


@pytest.mark.parametrize("k", [0.5, 2.0, 3.0, 4.5])
def test_pairs_keep_less_than_axes_and_more_than_axes_cut_at_the_inscribed_cube(
    latents: np.ndarray, description: Description, k: float
) -> None:
    """The region of the pairs lies between the cubes of half-widths k/√2 and k."""
    cuts = (Ellipsoid(N, k / np.sqrt(2)), Ellipsoid(N, k, "pairs"), Ellipsoid(N, k))
    smaller, pairs, larger = (np.exp(e.fit(latents, description).log_kept) for e in cuts)
    assert 0 < smaller < pairs < larger < 1


@pytest.mark.parametrize(
    ("ellipsoid", "note"),
    [
        (
            Ellipsoid(60, 3.0),
            "Cutting every axis keeps 85.03% of a normal law in 60 dimensions at k = 3; what is drawn comes from that "
            "part.",
        ),
        (
            Ellipsoid(N, 2.0),
            "Cutting every axis keeps 10^-5 of a normal law in 256 dimensions at k = 2; what is drawn comes from that "
            "part.",
        ),
        (
            Ellipsoid(4096, 4.0, "pairs"),
            "The ellipses of all pairs keep 43.35% of a normal law in 256 dimensions at k = 4; what is drawn comes "
            "from that part.",
        ),
        (
            Ellipsoid(2, 2.5, "pairs"),
            "The ellipses of all pairs keep 95.61% of a normal law in 2 dimensions at k = 2.5; what is drawn comes "
            "from that part.",
        ),
    ],
    ids=lambda v: "" if isinstance(v, str) else f"{v.components}-{v.cut}",
)
def test_an_ellipsoid_notes_how_much_of_the_normal_law_is_left(
    latents: np.ndarray, description: Description, ellipsoid: Ellipsoid, note: str
) -> None:
    assert ellipsoid.fit(latents, description).note() == note


@pytest.mark.slow
@pytest.mark.parametrize(("components", "k"), [(2, 1.0), (5, 2.0), (5, 3.5)])
def test_the_radius_of_a_cut_by_pairs_is_that_of_a_normal_law_with_the_rest_rejected(
    latents: np.ndarray, description: Description, components: int, k: float
) -> None:
    values = cut_in_pairs(k, components, 100_000) * np.sqrt(description.axes.variances[:components])
    squares = np.square(description.moments.mean + values @ description.axes.axes[:components]).sum(axis=1)
    ellipsoid = Ellipsoid(components, k, "pairs").fit(latents, description)
    if (law := ellipsoid.radius_law()) is None:
        assert components == 2
        assert "Few axes" in ellipsoid.no_law
        return
    drawn = np.sqrt(squares)
    assert law.mean == pytest.approx(drawn.mean(), abs=5 * drawn.std() / np.sqrt(len(drawn)))
    assert stats.kstest(drawn, law.cdf).statistic < 1.95 / np.sqrt(len(drawn)) + 1e-3


@pytest.mark.parametrize("k", [1.0, 3.0, 4.0])
def test_the_radii_of_a_cut_by_pairs_of_all_axes_are_those_of_theory(
    latents: np.ndarray, description: Description, k: float
) -> None:
    ellipsoid = Ellipsoid(N, k, "pairs")
    drawn = radii(draw(ellipsoid, latents, description, 6000))
    assert stats.kstest(drawn, ellipsoid.radius_law().cdf).statistic < 1.95 / np.sqrt(6000)


def test_an_ellipsoid_whose_pairs_are_cut_far_out_is_the_multivariate_normal(
    latents: np.ndarray, description: Description
) -> None:
    drawn = Moments.of(draw(Ellipsoid(N, 6.0, "pairs"), latents, description))
    assert np.abs(mean_errors(drawn, description.moments)).max() < 4.5
    assert np.abs(covariance_errors(drawn, description.moments.covariance)).max() < 5.5


def test_an_ellipsoid_is_headed_by_what_it_cuts(latents: np.ndarray, description: Description) -> None:
    headings = [Ellipsoid(20, 2.5, cut).fit(latents, description).label() for cut in ("axes", "pairs")]
    assert headings == ["Ellipsoid, m = 20, k = 2.5", "Ellipsoid, m = 20, pairs at k = 2.5"]


def test_the_other_normal_strategies_have_nothing_to_note(latents: np.ndarray, description: Description) -> None:
    notes = [s().fit(latents, description).note() for s in (Gaussian, StandardNormal, MultivariateNormal)]
    assert notes == [None] * 3
