"""Random features are the same for good, know of no colour or size more than of others, and tell textures apart."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from core.networks.random_features import FEATURES, KERNELS, RandomNetwork, random_network
from core.study import Study


def pictures(count: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)


def test_another_network_has_the_same_kernels() -> None:
    images = pictures(3, 64, 64, 3)
    first, second = (RandomNetwork((64, 64, 3)).features(images) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert random_network((64, 64, 3)) is random_network((64, 64, 3))


@pytest.mark.parametrize("shape", [(28, 28, 1), (48, 96, 3), (96, 96, 3), (1, 1, 1)])
def test_images_of_any_size_have_as_many_finite_features(shape: tuple[int, int, int]) -> None:
    found = random_network(shape).features(pictures(40, *shape))
    assert found.shape == (40, FEATURES)
    assert np.isfinite(found).all()
    assert (found >= 0).all()  # means of what ReLU leaves


def test_a_grey_image_and_the_same_in_three_equal_channels_look_the_same() -> None:
    grey = pictures(5, 40, 40, 1)
    found = random_network((40, 40, 1)).features(grey)
    np.testing.assert_allclose(random_network((40, 40, 3)).features(np.repeat(grey, 3, axis=3)), found, atol=1e-4)


def test_a_bright_quarter_is_seen_in_its_place() -> None:
    """Channels come first, then rows and columns of the quarters."""
    quarter = np.zeros((1, 64, 64, 1), np.uint8)
    quarter[:, 8:24, 40:56] = pictures(1, 16, 16, 1)
    by_place = random_network((64, 64, 1)).features(quarter).reshape(KERNELS[-1][2], 2, 2).sum(axis=0)
    assert by_place[0, 1] > 0
    assert by_place.sum() - by_place[0, 1] < 0.05 * by_place[0, 1]


def test_a_face_that_is_blurred_or_noisy_is_farther_from_itself_the_more_it_is(bundled: Study) -> None:
    faces = bundled.load_autoencoder().decode(bundled.latents[::3000])
    network = random_network(bundled.config.image_shape)
    sound, noise = network.features(faces), np.random.default_rng(1).normal(size=faces.shape)
    moved = []
    for strength in (0, 5, 20, 60):
        noisy = np.clip(faces + strength * noise, 0, 255).astype(np.uint8)
        moved.append(np.linalg.norm(network.features(noisy) - sound, axis=1).mean())
    assert moved == sorted(moved)
    assert moved[0] == 0 < moved[1]
    small = [np.asarray(Image.fromarray(face).resize((12, 12)).resize(face.shape[:2])) for face in faces]
    assert np.linalg.norm(network.features(np.stack(small)) - sound, axis=1).mean() > moved[1]
