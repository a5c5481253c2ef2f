"""Distances in spaces of features: without bias, those of direct loops, and large where images differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.scores import images
from core.scores.needs import Need
from core.scores.spaces import ATTRIBUTES, FEATURES, MOST, SPACES, FeatureReference, kernel_distance
from core.study import Study


def by_loops(x: np.ndarray, y: np.ndarray) -> float:
    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        return float((a @ b / len(a) + 1) ** 3)

    within = [np.mean([kernel(a, b) for i, a in enumerate(v) for j, b in enumerate(v) if i != j]) for v in (x, y)]
    return float(sum(within) - 2 * np.mean([kernel(a, b) for a in x for b in y]))


def features(count: int, seed: int, shift: float = 0.0, width: float = 1.0) -> np.ndarray:
    """Return correlated features of a law that is not normal, float32 (count, 128)."""
    rng = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(20, FEATURES))
    return (10 + shift + width * np.abs(rng.normal(size=(count, 20))) @ mixing).astype(np.float32)


@settings(deadline=None)
@given(st.integers(2, 9), st.integers(2, 9), st.integers(1, 5), st.integers(0, 10_000))
def test_the_kernel_distance_is_that_of_direct_loops(n: int, m: int, dimension: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(n, dimension)), 1 + 2 * rng.normal(size=(m, dimension))
    assert kernel_distance(x, y) == pytest.approx(by_loops(x, y), rel=1e-9, abs=1e-9)
    assert kernel_distance(x, y) == pytest.approx(kernel_distance(y, x), rel=1e-9, abs=1e-9)
    assert kernel_distance(x[::-1], y) == pytest.approx(kernel_distance(x, y), rel=1e-9, abs=1e-9)


def test_the_kernel_distance_of_one_law_is_zero_on_average_and_often_negative() -> None:
    """With small samples, where a biased one is far from it."""
    rng = np.random.default_rng(0)
    found = [kernel_distance(*rng.normal(size=(2, 15, 8))) for _ in range(600)]
    assert abs(np.mean(found)) < 4 * np.std(found, ddof=1) / np.sqrt(len(found))
    assert 0.2 < np.mean(np.array(found) < 0) < 0.8
    apart = [kernel_distance(rng.normal(size=(15, 8)), 1 + rng.normal(size=(15, 8))) for _ in range(50)]
    assert np.mean(apart) > 10 * np.std(found)


def test_features_are_held_against_the_reference_in_its_own_units() -> None:
    known, sample = features(500, 0), features(300, 1, shift=0.5)
    reference = FeatureReference.of(known)
    np.testing.assert_allclose(reference.features.mean(axis=0), 0, atol=1e-5)
    assert np.square(reference.features).mean() == pytest.approx(1, rel=0.01)
    moments = [images.embedding_moments(part) for part in (known, sample)]
    assert reference.frechet(sample) == pytest.approx(images.frechet_distance(*moments[0], *moments[1]))
    scale = np.sqrt(known.astype(float).var(axis=0, ddof=1).mean())
    expected = kernel_distance((sample - known.mean(axis=0)) / scale, (known - known.mean(axis=0)) / scale)
    assert reference.kernel(sample) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("measure", ["frechet", "kernel"])
def test_both_distances_grow_with_a_shift_and_with_a_wrong_width_and_not_with_a_unit(measure: str) -> None:
    def distances(unit: float) -> list[float]:
        of = getattr(FeatureReference.of(unit * features(400, 0)), measure)
        return [of(unit * features(400, 1, *fault)) for fault in ((0, 1), (0.3, 1), (1, 1), (0, 0.7), (0, 0.4))]

    same, little, much, narrow, narrower = distances(1)
    assert same < little < much
    assert same < narrow < narrower
    factor = 1000**2 if measure == "frechet" else 1
    np.testing.assert_allclose(distances(1000), np.multiply(factor, [same, little, much, narrow, narrower]), rtol=1e-3)


def test_a_reference_of_one_image_again_and_again_has_no_unit() -> None:
    reference = FeatureReference.of(np.ones((60, FEATURES), np.float32))
    assert reference.scale == 1
    assert reference.kernel(np.ones((60, FEATURES), np.float32)) == pytest.approx(0, abs=1e-9)


def test_kernels_are_computed_of_the_first_images_alone() -> None:
    many = features(MOST + 500, 0)
    reference = FeatureReference.of(many)
    assert len(reference.features) == MOST
    assert reference.kernel(many) == reference.kernel(np.concatenate([many[:MOST], many[:100] + 50]))
    np.testing.assert_allclose(reference.mean, many.astype(float).mean(axis=0))  # moments are those of all


def test_two_of_the_spaces_need_nothing_but_images_and_one_the_attribute_network() -> None:
    assert [space.needs for space in SPACES] == [Need.NETWORK, Need.IMAGES, Need.IMAGES]
    assert ATTRIBUTES.see is None
    assert len({space.key for space in SPACES}) == len(SPACES)


@pytest.mark.parametrize("space", [space for space in SPACES if space.see], ids=lambda space: space.key)
def test_real_faces_are_nearer_to_other_real_faces_than_those_of_a_cube(bundled: Study, space: object) -> None:
    autoencoder, vectors = bundled.load_autoencoder(), bundled.latents[:140].astype(np.float32)
    reference = FeatureReference.of(space.see(autoencoder.decode(vectors[:80])))
    half = np.abs(vectors).mean() * 2
    cube = np.random.default_rng(0).uniform(-half, half, (60, bundled.dimension))
    real, wrong = (space.see(autoencoder.decode(part)) for part in (vectors[80:], cube))
    assert real.shape == (60, FEATURES)
    assert reference.kernel(real) < 0.2 * reference.kernel(wrong)
    assert reference.frechet(real) < 0.6 * reference.frechet(wrong)


def test_only_scores_of_images_need_a_decoder() -> None:
    assert [need for need in Need if not need.of_images] == [Need.VECTORS, Need.LAW]
