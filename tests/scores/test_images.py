"""Scores of decoded images."""

from __future__ import annotations

import math
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFilter
from scipy import linalg

from core.errors import InputError
from core.progress import Progress
from core.scores import Need, registry
from core.scores import images as scores
from core.scores.context import Context
from core.scores.images import ImageReference, count_faces, diversity, frechet_distance
from core.scores.latent import LatentReference
from core.scores.spaces import ATTRIBUTES, FeatureReference
from core.study import Study


class Means:
    """Embeds an image as the means of its quarters; an attribute is a bright quarter."""

    def predict(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        half = images.shape[1] // 2
        parts = [images[:, i : i + half, j : j + half] for i in (0, half) for j in (0, half)]
        embedding = np.stack([part.mean(axis=(1, 2, 3)) for part in parts], axis=1).astype(np.float32)
        return embedding, embedding / 255


def image_scores(images: np.ndarray, network: Means, reference: ImageReference) -> dict[str, float]:
    """The scores of images that need the attribute network."""
    line = np.arange(len(images), dtype=float)[:, None]
    spaces = {ATTRIBUTES.key: FeatureReference.of(network.predict(noise(400, 4))[0])}
    sample = Context(line, LatentReference.of(line, line), network=network, images=reference, spaces=spaces)
    sample.decoded = images
    chosen = [score for score in registry.SCORES if score.needs is Need.NETWORK]
    return {column: value for score in chosen for column, value in score.of(sample).items()}


@pytest.fixture(scope="module")
def decoded(bundled: Study) -> np.ndarray:
    """Return 100 decoded latent vectors of real images."""
    return bundled.load_autoencoder().decode(bundled.latents[::300])


def noise(count: int, seed: int, low: int = 0, high: int = 256) -> np.ndarray:
    return np.random.default_rng(seed).integers(low, high, (count, 16, 16, 3), np.uint8)


def normal(seed: int, dimension: int = 5) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(dimension, dimension))
    return rng.normal(size=dimension), mixing @ mixing.T


def test_a_face_is_found_in_most_reconstructions_and_in_no_noise(decoded: np.ndarray) -> None:
    assert count_faces(decoded).share > 0.8
    assert count_faces(np.random.default_rng(0).integers(0, 256, (30, 96, 96, 3), np.uint8)).share == 0
    assert count_faces(np.full((5, 96, 96, 3), 255, np.uint8)).share == 0


def test_the_more_a_face_is_blurred_the_less_it_is_found(decoded: np.ndarray) -> None:
    shares = []
    for radius in (0, 3, 8):
        blurred = [np.asarray(Image.fromarray(i).filter(ImageFilter.GaussianBlur(radius))) for i in decoded[:60]]
        shares.append(count_faces(np.stack(blurred)).share)
    assert shares[0] > shares[1] > shares[2]
    assert shares[2] < 0.1


def test_faces_are_found_in_grey_images_too(decoded: np.ndarray) -> None:
    grey = np.stack([np.asarray(Image.fromarray(image).convert("L")) for image in decoded[:20]])[..., None]
    assert count_faces(grey).share > 0.7


def test_the_interval_is_wilsons(decoded: np.ndarray) -> None:
    found = count_faces(decoded)
    n, p, z = len(decoded), found.share, 1.959963984540054
    centre, half = p + z**2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert found.low == pytest.approx((centre - half) / (1 + z**2 / n))
    assert found.high == pytest.approx((centre + half) / (1 + z**2 / n))


def test_the_detector_reports_as_it_goes(decoded: np.ndarray) -> None:
    seen: list[tuple[int, int]] = []
    count_faces(decoded, lambda progress: seen.append((progress.done, progress.total)))
    assert seen == [(100, 100)]


@pytest.mark.parametrize("threads", [1, 3])
def test_as_many_faces_are_found_as_by_one_detector_in_one_image_after_another(
    decoded: np.ndarray, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dlib = pytest.importorskip("dlib")
    monkeypatch.setattr("os.cpu_count", lambda: threads)
    find = dlib.get_frontal_face_detector()
    few = decoded[:40]
    blurred = np.stack([np.asarray(Image.fromarray(i).filter(ImageFilter.GaussianBlur(3))) for i in few])
    shares = []
    for images in (blurred, np.concatenate([few, blurred]), few):
        found = [len(find(image, 1)) > 0 for image in images]
        shares.append(count_faces(images).share)
        assert shares[-1] == sum(found) / len(images)
    assert 0 < shares[0] < shares[1] < shares[2]


def test_an_image_that_the_detector_refuses_is_not_passed_over(decoded: np.ndarray) -> None:
    with pytest.raises(RuntimeError, match="Unsupported image type"):
        count_faces(decoded[:5].astype(np.complex64))


@pytest.mark.slow
def test_an_interruption_leaves_the_images_that_are_not_looked_at_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def look(image: np.ndarray) -> bool:
        time.sleep(0.001)
        looked.append(1)
        return True

    def interrupt(_: Progress) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(scores, "_has_face", look)
    with pytest.raises(KeyboardInterrupt):
        count_faces(noise(5000, 0), interrupt)
    assert 100 <= len(looked) < 2500


def test_a_detector_that_cannot_be_loaded_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "find_spec", lambda name: name)
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(InputError, match=r"^The face detector is installed and cannot be loaded \([^\n]*\.$"):
        count_faces(noise(3, 0))


def test_a_detector_that_is_not_installed_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scores, "find_spec", lambda name: None)
    with pytest.raises(
        InputError, match=r"^The face detector is not installed; install it with 'pip install dlib-bin'"
    ):
        count_faces(noise(3, 0))


def test_no_images_hold_no_faces() -> None:
    with pytest.raises(InputError, match=r"^There are no images to look for faces in\.$"):
        count_faces(noise(0, 0))


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_the_distance_of_two_normals_is_that_of_the_matrix_root(first: int, second: int) -> None:
    (a, one), (b, two) = normal(first), normal(second)
    root = linalg.sqrtm(one @ two).real
    expected = np.square(a - b).sum() + np.trace(one + two - 2 * root)
    assert frechet_distance(a, one, b, two) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert frechet_distance(a, one, b, two) == pytest.approx(frechet_distance(b, two, a, one), rel=1e-6, abs=1e-6)
    assert frechet_distance(a, one, a, one) == pytest.approx(0, abs=1e-6)


def test_a_shift_costs_its_square() -> None:
    mean, covariance = normal(1)
    for shift in (0.5, 1.0, 2.0):
        moved = frechet_distance(mean, covariance, mean + shift, covariance)
        assert moved == pytest.approx(5 * shift**2, rel=1e-6, abs=1e-6)


def test_diversity_is_the_mean_over_all_pairs() -> None:
    values = np.random.default_rng(2).normal(size=(12, 3)).astype(np.float32)
    pairs = [np.linalg.norm(values[i] - values[j]) for i in range(12) for j in range(i)]
    assert diversity(values) == pytest.approx(np.mean(pairs), rel=1e-6)


def test_the_same_law_scores_near_the_reconstructions_and_a_collapse_and_a_shift_do_not() -> None:
    network, photographs = Means(), noise(400, 3)
    embedding = network.predict(photographs)[0].astype(np.float64)
    moments = embedding.mean(axis=0), np.cov(embedding, rowvar=False)
    reference = ImageReference.of(*moments, *network.predict(noise(400, 4)))
    assert reference.count == 400
    same = image_scores(noise(400, 5), network, reference)
    assert same["diversity"] == pytest.approx(1, abs=0.1)
    assert same["attribute_gap"] < 0.1
    assert same["frechet"] == pytest.approx(same["frechet_ratio"] * reference.frechet)
    brighter = [image_scores(noise(400, 5, low), network, reference) for low in (40, 90, 140)]
    assert same["frechet_ratio"] < brighter[0]["frechet_ratio"] < brighter[1]["frechet_ratio"]
    assert brighter[1]["frechet_ratio"] < brighter[2]["frechet_ratio"]
    assert same["attribute_gap"] < brighter[0]["attribute_gap"]
    for column in ("distance_attributes", "kernel_attributes"):
        rising = [scored[column] for scored in (same, *brighter)]
        assert rising == sorted(rising)
        assert 10 * abs(rising[0]) < rising[1]
    collapsed = image_scores(np.repeat(noise(1, 6), 400, axis=0), network, reference)
    assert collapsed["diversity"] == 0


def test_too_few_images_leave_their_scores_blank() -> None:
    mean, covariance = normal(0, 4)
    for count, compared, known in ((49, 50, False), (50, 49, False), (50, 50, True)):
        reference = ImageReference(mean, covariance, 1.0, 1.0, np.zeros(4), compared)
        found = image_scores(noise(count, 0), Means(), reference)
        asked = {"frechet", "frechet_ratio", "diversity", "attribute_gap", "distance_attributes", "kernel_attributes"}
        assert set(found) == asked
        assert all(math.isfinite(value) == known for value in found.values())


def test_a_score_whose_judge_is_missing_is_refused_with_a_sentence() -> None:
    line = np.arange(100.0)[:, None]
    sample = Context(line, LatentReference.of(line, line))
    for key, name in (("faces", "autoencoder"), ("cycle_error", "autoencoder"), ("frechet_ratio", "attribute network")):
        score = next(score for score in registry.SCORES if score.key == key)
        with pytest.raises(InputError, match=rf"^There is no {name} to score with\.$"):
            score.of(sample)
