"""Latent scores sit at their floor for one law, react to the fault they are for, and are what direct loops give."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.spatial.distance import cdist
from sklearn.covariance import LedoitWolf

from core.errors import InputError
from core.scores import Need, registry
from core.scores.context import Context
from core.scores.copies import Originals, nearer_than_unseen
from core.scores.latent import LatentReference

SCORES = [score for score in registry.SCORES if score.needs is Need.VECTORS]
KEYS = [score.key for score in SCORES]

MANIFOLDS = {"density", "coverage", "precision", "recall"}

HALF, COUNT, N = 3000, 2000, 8

MANY = 4500
"""Where chance has to be small: the AUC of 2,000 vectors of the same law scatters by 0.014, that of these by 0.01."""

MEAN = np.random.default_rng(50).normal(size=N)
FACTOR = np.linalg.qr(np.random.default_rng(51).normal(size=(N, N)))[0] * np.geomspace(3, 0.2, N)
"""Of the planted covariance: widths from 3 to 0.2 along its axes."""


def latent_scores(vectors: np.ndarray, reference: LatentReference) -> dict[str, float]:
    """The scores of vectors that need nothing else."""
    sample = Context(vectors, reference)
    return {column: value for score in SCORES for column, value in score.of(sample).items()}


def floor_of(reference: LatentReference) -> float:
    """The share of real vectors that count as copied although nothing was."""
    return float(reference.originals.gaps_to(reference.chosen)[1].mean())


Law = Callable[[int, np.random.Generator], np.ndarray]
Fault = Callable[[np.ndarray, float, np.random.Generator], np.ndarray]


def normal(count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.normal(size=(count, N)) @ FACTOR.T + MEAN


def student(count: int, rng: np.random.Generator, freedom: float = 4.0) -> np.ndarray:
    """An elliptical law with heavy tails and the covariance of the normal one."""
    scale = np.sqrt((freedom - 2) / rng.chisquare(freedom, (count, 1)))
    return (normal(count, rng) - MEAN) * scale + MEAN


def two_modes(count: int, rng: np.random.Generator, second: float = 0.5) -> np.ndarray:
    """Two normal laws far apart, in the order in which a mixture draws: one after the other."""
    labels = np.arange(count) >= (1 - second) * count
    return normal(count, rng) + 8 * labels[:, None] * FACTOR[:, 0]


def reference_of(law: Law, half: int = HALF, count: int = COUNT, seed: int = 0) -> LatentReference:
    rng = np.random.default_rng((60, seed))
    return LatentReference.of(law(half, rng), law(half, rng), count, seed)


@pytest.fixture(scope="module")
def references() -> dict[Law, LatentReference]:
    return {law: reference_of(law) for law in (normal, student, two_modes)}


@pytest.mark.slow
@pytest.mark.parametrize("law", [normal, student, two_modes])
def test_another_draw_of_the_same_law_is_at_the_floor(law: Law) -> None:
    rng = np.random.default_rng(70)
    draws: list[list[dict[str, float]]] = [[], []]
    for seed in range(2):
        reference = reference_of(law, MANY, MANY, seed)
        for rows in draws:
            scores = latent_scores(law(MANY, rng), reference)
            assert list(scores) == KEYS
            assert 0.9 < scores["radius_overlap"] < 1
            assert scores["marginal_distance"] < 0.06
            assert scores["correlation_error"] < 0.08
            assert abs(scores["median_mahalanobis"] / reference.median_mahalanobis - 1) < 0.05
            assert scores["sliced_wasserstein"] < 0.06
            assert 0.47 < scores["c2st"] < 0.53
            assert abs(scores["copied"] - floor_of(reference)) < 0.05
            assert abs(scores["nearer"] - 0.5) < 0.03
            rows.append(scores)
    means = [{key: np.mean([scores[key] for scores in rows]) for key in KEYS} for rows in draws]
    for first, second in (means, means[::-1]):
        assert 0.98 < first["in_bulk"] < 1
        assert abs(first["density"] - second["density"]) < 0.03
        assert abs(first["coverage"] - second["coverage"]) < 0.03
        assert abs(first["precision"] - second["precision"]) < 0.03
        assert (
            abs(first["recall"] - first["precision"]) < 0.03
        )  # of two samples of one law neither is the other's judge
        assert abs(first["density"] - 1) < 0.05
        assert abs(first["coverage"] - (1 - 2**-5)) < 0.02  # with five neighbours, half of the vectors of either kind
        assert abs(first["c2st"] - 0.5) < 0.02


def shifted(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return x + strength * FACTOR[:, 0]


def scaled(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return MEAN + (1 + strength) * (x - MEAN)


def collapsed(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return scaled(x, -strength, rng)


def uncorrelated(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    """A share of the vectors exchanges its components, each on its own: the marginals stay what they are."""
    x, some = x.copy(), int(strength * len(x))
    x[:some] = rng.permuted(x[:some], axis=0)
    return x


def heavy_tailed(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return student(len(x), rng, 2 + 1 / strength)


def one_mode_rarer(x: np.ndarray, strength: float, rng: np.random.Generator) -> np.ndarray:
    return two_modes(len(x), rng, (1 - strength) / 2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("law", "fault", "strengths", "rising", "falling"),
    [
        (
            normal,
            shifted,
            (0.5, 1.0, 2.0),
            ["marginal_distance", "median_mahalanobis", "sliced_wasserstein", "c2st"],
            ["radius_overlap", "in_bulk", "density", "coverage", "precision"],
        ),
        (
            normal,
            scaled,
            (0.2, 0.5, 1.5),
            ["marginal_distance", "median_mahalanobis", "sliced_wasserstein", "c2st"],
            ["radius_overlap", "in_bulk", "density", "coverage"],
        ),
        (
            normal,
            collapsed,
            (0.3, 0.6, 0.9),
            ["marginal_distance", "sliced_wasserstein", "density", "c2st"],
            ["radius_overlap", "median_mahalanobis", "coverage"],
        ),
        (
            normal,
            uncorrelated,
            (0.3, 0.6, 1.0),
            ["correlation_error", "c2st", "median_mahalanobis"],
            ["in_bulk", "density", "coverage"],
        ),
        (normal, heavy_tailed, (0.1, 0.3, 1.0), ["c2st"], ["median_mahalanobis", "radius_overlap"]),
        (
            two_modes,
            one_mode_rarer,
            (0.4, 0.8, 1.0),
            ["marginal_distance", "correlation_error", "sliced_wasserstein", "c2st"],
            ["coverage"],
        ),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_scores_follow_a_planted_fault(
    references: dict[Law, LatentReference],
    law: Law,
    fault: Fault,
    strengths: tuple[float, ...],
    rising: list[str],
    falling: list[str],
) -> None:
    rng = np.random.default_rng(71)
    reference, sound = references[law], law(COUNT, rng)
    rows = [latent_scores(sound, reference)]
    rows += [latent_scores(fault(sound, strength, rng), reference) for strength in strengths]
    for sign, keys in ((1, rising), (-1, falling)):
        for key in keys:
            steps = sign * np.diff([row[key] for row in rows])
            assert (steps > 0).all(), (key, [row[key] for row in rows])


@pytest.mark.slow
def test_faults_that_a_score_is_blind_to_leave_it_where_it_is(references: dict[Law, LatentReference]) -> None:
    rng = np.random.default_rng(72)
    sound = normal(COUNT, rng)
    floor = latent_scores(sound, references[normal])
    apart = latent_scores(uncorrelated(sound, 1.0, rng), references[normal])
    assert apart["marginal_distance"] == pytest.approx(floor["marginal_distance"])
    inside = latent_scores(collapsed(sound, 0.9, rng), references[normal])
    assert inside["in_bulk"] == 1
    assert inside["correlation_error"] == pytest.approx(floor["correlation_error"])


@pytest.mark.slow
def test_precision_sees_what_does_not_belong_there_and_recall_what_is_missing(
    references: dict[Law, LatentReference],
) -> None:
    rng = np.random.default_rng(78)
    whole, one_mode = rng.permutation(two_modes(COUNT, rng)), one_mode_rarer(two_modes(COUNT, rng), 1.0, rng)
    beside = np.concatenate([whole[: COUNT // 2], whole[COUNT // 2 :] + 50 * FACTOR[:, 0]])
    sound, missing, strange = (latent_scores(x, references[two_modes]) for x in (whole, one_mode, beside))
    assert min(sound["precision"], sound["recall"]) > 0.95
    assert missing["precision"] > 0.95
    assert missing["recall"] == pytest.approx(0.5, abs=0.05)
    assert strange["precision"] == pytest.approx(0.5, abs=0.05)
    assert strange["recall"] > 0.95


@pytest.mark.slow
def test_copies_of_fitted_vectors_are_found_in_proportion() -> None:
    rng = np.random.default_rng(73)
    fitted, sound = normal(HALF, rng), normal(COUNT, rng)
    reference = LatentReference.of(fitted, normal(HALF, rng))
    shares = (0.0, 0.2, 0.5, 1.0)
    found, nearer = [], []
    for share in shares:
        vectors, some = sound.copy(), int(share * COUNT)
        vectors[:some] = fitted[:some] + 0.01 * rng.normal(size=(some, N))
        scores = latent_scores(vectors, reference)
        found.append(scores["copied"])
        nearer.append(scores["nearer"])
    floor = floor_of(reference)
    np.testing.assert_allclose(found, [share + (1 - share) * floor for share in shares], atol=0.03)
    assert found[-1] > 0.99
    np.testing.assert_allclose(nearer, [share + (1 - share) / 2 for share in shares], atol=0.03)


@pytest.mark.parametrize("centre", [0.0, 1e4])
def test_gaps_are_distances_to_the_nearest_original_however_far_all_are_from_the_origin(centre: float) -> None:
    rng = np.random.default_rng(89)
    known, x = (centre + rng.normal(size=(count, 3)) for count in (80, 40))
    originals = Originals.of(known, known.mean(axis=0))
    apart = cdist(known, known) + np.diag(np.full(80, np.inf))
    np.testing.assert_allclose(originals.gaps, apart.min(axis=1), rtol=1e-4)
    gaps, copied = originals.gaps_to(x)
    between = cdist(x, known)
    np.testing.assert_allclose(gaps, between.min(axis=1), rtol=1e-4)
    np.testing.assert_array_equal(copied, between.min(axis=1) < apart.min(axis=1)[between.argmin(axis=1)])
    again, all_copied = originals.gaps_to(known)
    np.testing.assert_allclose(again, 0, atol=2e-3)
    assert all_copied.all()


def test_nobody_copies_a_vector_that_there_is_twice() -> None:
    twice = np.array([[0.0, 0.0], [0.0, 0.0], [5.0, 0.0]])
    gaps, copied = Originals.of(twice, np.zeros(2)).gaps_to(np.array([[0.0, 0.0], [5.0, 0.0]]))
    assert gaps.tolist() == [0, 0]
    assert copied.tolist() == [False, True]


GAPS = st.lists(st.integers(0, 4), min_size=1, max_size=12).map(lambda values: np.array(values, float))


@given(GAPS, GAPS)
def test_nearer_is_the_share_of_pairs_in_which_the_sample_is_nearer_and_half_of_the_ties(
    gaps: np.ndarray, usual: np.ndarray
) -> None:
    pairs = [(a < b) + 0.5 * (a == b) for a in gaps for b in usual]
    assert nearer_than_unseen(gaps, usual) == pytest.approx(np.mean(pairs))
    assert nearer_than_unseen(usual, gaps) == pytest.approx(1 - np.mean(pairs))
    assert nearer_than_unseen(gaps, gaps) == pytest.approx(0.5)


def test_nearer_is_one_half_for_the_same_law_one_for_copies_and_less_for_what_keeps_away() -> None:
    rng = np.random.default_rng(90)
    fitted = normal(500, rng)
    reference = LatentReference.of(fitted, normal(400, rng), 400)
    same = latent_scores(normal(400, rng), reference)["nearer"]
    assert same == pytest.approx(0.5, abs=4 * np.sqrt(1 / (12 * 400) * 2))
    assert latent_scores(fitted[:400], reference)["nearer"] == 1
    assert latent_scores(normal(400, rng) + 8 * FACTOR[:, 0], reference)["nearer"] < 0.1


def test_a_vector_as_far_from_its_nearest_as_that_one_is_from_its_own_is_no_copy() -> None:
    fitted = np.array([[0.0], [10.0], [20.0]])
    reference = LatentReference.of(fitted, fitted)
    expected = {-10.0: 0, -9.9: 1, 5.0: 1, 20.1: 1, 29.9: 1, 30.0: 0, 1000.0: 0}
    assert {x: latent_scores([[x]], reference)["copied"] for x in expected} == expected


@pytest.mark.slow
def test_the_order_of_a_sample_does_not_matter_to_the_classifier(references: dict[Law, LatentReference]) -> None:
    """Folds of neighbouring rows would test it on modes that it has not seen, and the AUC would fall below 0.5."""
    x = two_modes(COUNT, np.random.default_rng(74))
    order = np.argsort(x[:, 0])
    for rows in (order, order[::-1], np.random.default_rng(75).permutation(COUNT)):
        assert 0.47 < latent_scores(x[rows], references[two_modes])["c2st"] < 0.53


@pytest.mark.slow
def test_the_classifier_works_in_as_many_dimensions_as_a_study_has() -> None:
    rng = np.random.default_rng(76)
    fitted, reference, x = (rng.normal(size=(count, 256)) for count in (HALF, COUNT, COUNT))
    prepared = LatentReference.of(fitted, reference)
    tails = x * np.sqrt(8 / rng.chisquare(10, (COUNT, 1)))
    assert 0.47 < latent_scores(x, prepared)["c2st"] < 0.53
    assert latent_scores(tails, prepared)["c2st"] > 0.75


def directly(x: np.ndarray, fitted: np.ndarray, z: np.ndarray, reference: LatentReference) -> dict[str, float]:
    """The scores by other means: scipy, scikit-learn, numpy and loops over single vectors; B is used whole."""
    d, widths = x.shape[1], z.std(axis=0, ddof=1)
    law = LedoitWolf().fit(fitted)
    biased = law.covariance_
    n, s = len(fitted), law.shrinkage_
    empirical = np.cov(fitted.T)
    covariance = (1 - s) * empirical + s * np.trace(empirical) / d * np.eye(d)
    np.testing.assert_allclose(covariance, biased * n / (n - 1))
    to_mean = {
        name: cdist(v, fitted.mean(axis=0)[None], "mahalanobis", VI=np.linalg.inv(covariance))[:, 0]
        for name, v in (("x", x), ("z", z))
    }
    beside = ~np.eye(d, dtype=bool)
    values, vectors = np.linalg.eigh(empirical)
    kept = next(k for k in range(1, d + 1) if values[-k:].sum() >= 0.99 * values.sum())
    u, w = x @ vectors[:, -kept:], z @ vectors[:, -kept:]
    radii = [np.sort(np.linalg.norm(w - point, axis=1))[5] for point in w]
    inside = np.array([[np.linalg.norm(p - q) < radius for q, radius in zip(w, radii, strict=True)] for p in u])
    own_radii = [np.sort(np.linalg.norm(u - point, axis=1))[5] for point in u]
    reached = [any(np.linalg.norm(p - q) < radius for p, radius in zip(u, own_radii, strict=True)) for q in w]
    copied, own = 0, []
    for vector in x:
        nearest = np.linalg.norm(fitted - vector, axis=1)
        own.append(nearest.min())
        gaps = np.sort(np.linalg.norm(fitted - fitted[nearest.argmin()], axis=1))
        copied += nearest.min() < gaps[1]
    return {
        "marginal_distance": np.mean(
            [stats.wasserstein_distance(a, b) / c for a, b, c in zip(x.T, z.T, widths, strict=True)]
        ),
        "correlation_error": np.sqrt(np.mean((np.corrcoef(x.T) - np.corrcoef(z.T))[beside] ** 2)),
        "in_bulk": np.mean(to_mean["x"] <= np.quantile(to_mean["z"], 0.99)),
        "median_mahalanobis": np.median(to_mean["x"]),
        "sliced_wasserstein": np.mean([stats.wasserstein_distance(x @ e, z @ e) for e in reference.directions])
        / widths.mean(),
        "density": inside.sum() / (5 * len(x)),
        "coverage": inside.any(axis=0).mean(),
        "precision": inside.any(axis=1).mean(),
        "recall": np.mean(reached),
        "copied": copied / len(x),
        "nearer": np.mean([a < b for a in own for b in cdist(z, fitted).min(axis=1)]),
    }


@pytest.mark.parametrize(
    ("sizes", "dtype"),
    [((300, 170, 130), np.float64), ((170, 90, 90), np.float32), ((60, 200, 23), np.float16)],
    ids=str,
)
def test_scores_are_those_of_other_implementations(sizes: tuple[int, int, int], dtype: type) -> None:
    rng = np.random.default_rng(77)
    fitted, z, x = (normal(size, rng).astype(dtype) for size in sizes)
    x[:20] = fitted[:20]
    reference = LatentReference.of(fitted, z, count=400)
    assert len(reference.chosen) == len(z)
    assert reference.points.shape[1] < N
    scores = latent_scores(x, reference)
    expected = directly(*(v.astype(np.float64) for v in (x, fitted, z)), reference)
    for key, value in expected.items():
        assert scores[key] == pytest.approx(value, rel=1e-5), key


def test_directions_are_unit_vectors_without_a_preferred_side(references: dict[Law, LatentReference]) -> None:
    directions = references[normal].directions
    assert directions.shape == (512, N)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    assert np.abs(directions.mean(axis=0)).max() < 4.5 / np.sqrt(512 * N)


def test_radii_overlap_by_the_probability_that_two_known_laws_share() -> None:
    """Uniform radii on [1, 2] and on [1 + t, 2 + t] share 1 - t; the bins are twentieths of the reference."""
    rng = np.random.default_rng(78)

    def ring(low: float, count: int) -> np.ndarray:
        angle, radius = rng.uniform(0, 2 * np.pi, count), rng.uniform(low, low + 1, count)
        return radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])

    reference = LatentReference.of(ring(1, 500), ring(1, 4000), count=10)
    for shift in (0.0, 0.3, 0.7, 1.0, 3.0):
        found = latent_scores(ring(1 + shift, 4000), reference)["radius_overlap"]
        assert found == pytest.approx(max(0.0, 1 - shift), abs=0.04)


def test_radii_that_are_all_equal_overlap_with_their_equals_alone() -> None:
    sphere = np.array([[3.0, 4.0], [5.0, 0.0], [-4.0, 3.0], [0.0, -5.0]])
    reference = LatentReference.of(sphere, sphere)
    assert latent_scores(sphere[:2], reference)["radius_overlap"] == 1
    assert latent_scores(1.001 * sphere, reference)["radius_overlap"] == 0
    assert latent_scores(0.999 * sphere, reference)["radius_overlap"] == 0


def test_scores_repeat_exactly_and_another_seed_chooses_other_vectors_and_directions() -> None:
    rng = np.random.default_rng(79)
    fitted, z, x = normal(400, rng), normal(400, rng), normal(300, rng)
    first, again, other = (LatentReference.of(fitted, z, 100, seed) for seed in (0, 0, 1))
    assert latent_scores(x, first) == latent_scores(x, again)
    assert first.dimension == N
    assert len(first.chosen) == len(other.chosen) == 100
    assert not np.array_equal(first.chosen, other.chosen)
    assert not np.array_equal(first.directions, other.directions)
    known = {tuple(row) for row in z.astype(np.float32)}
    assert all(tuple(row) in known for row in first.chosen)


def test_scores_of_pairs_see_as_many_vectors_as_were_chosen() -> None:
    """A sample ten times as large covers no more: its vectors are thinned to the size of the reference."""
    rng = np.random.default_rng(80)
    reference = LatentReference.of(normal(1000, rng), normal(1000, rng), 500)
    scores = latent_scores(normal(5000, rng), reference)
    assert scores["coverage"] == pytest.approx(1 - 2**-5, abs=0.03)
    assert abs(scores["c2st"] - 0.5) < 0.06


def test_a_component_that_is_constant_in_the_reference_has_no_weight() -> None:
    rng = np.random.default_rng(81)
    fitted, z, x = normal(200, rng), normal(200, rng), normal(200, rng)
    plain = latent_scores(x, LatentReference.of(fitted, z))

    def beside_a_constant(v: np.ndarray) -> np.ndarray:
        return np.column_stack([v, np.full(len(v), 0.1)])

    scores = latent_scores(beside_a_constant(x), LatentReference.of(beside_a_constant(fitted), beside_a_constant(z)))
    assert all(np.isfinite(list(scores.values())))
    for key in ("marginal_distance", "correlation_error", "density", "coverage", "copied"):
        assert scores[key] == pytest.approx(plain[key])


def test_a_sample_that_is_one_vector_again_and_again_has_no_correlations() -> None:
    rng = np.random.default_rng(82)
    z = normal(500, rng)
    reference = LatentReference.of(normal(500, rng), z)
    scores = latent_scores(np.tile(MEAN, (100, 1)), reference)
    correlations = np.corrcoef(z.T)[~np.eye(N, dtype=bool)]
    assert scores["correlation_error"] == pytest.approx(np.sqrt(np.mean(correlations**2)))
    assert scores["c2st"] > 0.99
    assert scores["in_bulk"] == 1


@pytest.mark.parametrize(
    ("count", "missing"),
    [
        (1, {"correlation_error", "c2st"} | MANIFOLDS),
        (2, {"c2st"} | MANIFOLDS),
        (5, {"c2st"} | MANIFOLDS),
        (6, {"c2st"}),
        (49, {"c2st"}),
        (50, set()),
    ],
)
def test_scores_that_need_more_vectors_are_missing_and_the_others_stay(
    references: dict[Law, LatentReference], count: int, missing: set[str]
) -> None:
    x = normal(count, np.random.default_rng(83))
    scores = latent_scores(x, references[normal])
    assert {key for key, value in scores.items() if np.isnan(value)} == missing


@pytest.mark.parametrize(("count", "missing"), [(5, {"c2st"} | MANIFOLDS), (6, {"c2st"}), (50, set())])
def test_a_small_reference_has_no_scores_that_need_more(count: int, missing: set[str]) -> None:
    rng = np.random.default_rng(84)
    reference = LatentReference.of(normal(60, rng), normal(60, rng), count)
    scores = latent_scores(normal(60, rng), reference)
    assert {key for key, value in scores.items() if np.isnan(value)} == missing


def test_two_vectors_a_half_are_enough_for_a_reference() -> None:
    rng = np.random.default_rng(85)
    scores = latent_scores(normal(3, rng), LatentReference.of(normal(2, rng), normal(2, rng)))
    assert {key for key, value in scores.items() if np.isnan(value)} == {"c2st"} | MANIFOLDS


def test_one_dimension_has_no_correlations() -> None:
    rng = np.random.default_rng(86)
    fitted, z, x = (normal(200, rng)[:, :1] for _ in range(3))
    scores = latent_scores(x, LatentReference.of(fitted, z))
    assert {key for key, value in scores.items() if np.isnan(value)} == {"correlation_error"}
    assert scores["sliced_wasserstein"] == pytest.approx(scores["marginal_distance"])


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.zeros((3, N + 1)), "are expected"),
        (np.zeros(N), "shape"),
        (np.zeros((0, N)), "at least 1"),
        (np.full((3, N), np.nan), "NaN"),
        (np.full((3, N), np.inf), "NaN or infinity"),
        (np.full((3, N), "a"), "numbers"),
    ],
)
def test_vectors_that_cannot_be_scored_are_refused(
    references: dict[Law, LatentReference], vectors: np.ndarray, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        latent_scores(vectors, references[normal])


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize(
    ("half", "message"),
    [
        (np.full((40, N), np.nan), "NaN"),
        (np.zeros(N), "shape"),
        (np.zeros((40, N + 1)), "are expected"),
        (np.full((40, N), 0.1), "different vectors"),
        (np.ones((1, N)), "different vectors"),
    ],
)
def test_halves_that_are_no_reference_are_refused(place: int, half: np.ndarray, message: str) -> None:
    parts = [normal(40, np.random.default_rng(87))] * 2
    parts[place] = half
    with pytest.raises(InputError, match=message):
        LatentReference.of(*parts)


@pytest.mark.parametrize("count", [0, -3, 10_001])
def test_a_number_of_reference_vectors_out_of_range_is_refused(count: int) -> None:
    half = normal(40, np.random.default_rng(88))
    with pytest.raises(InputError, match="from 1 to 10,000"):
        LatentReference.of(half, half, count)
