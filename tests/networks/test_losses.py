"""The structural similarity against its definition, written out once more with scipy."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from core.networks import AutoencoderConfig, TrainingConfig, train
from core.networks.backend import import_keras
from core.networks.losses import SIMILAR, loss_of, structural_similarity

pytestmark = pytest.mark.slow  # TensorFlow loads for seconds


def by_definition(x: np.ndarray, y: np.ndarray) -> float:
    """Return the index of Wang et al. 2004 as scikit-image computes it: Gaussian weights, borders of 5 left out."""

    def blur(a: np.ndarray) -> np.ndarray:
        return gaussian_filter(a, 1.5, truncate=3.5, axes=(0, 1))

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y, both = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2, blur(x * y) - mean_x * mean_y
    first, second = 0.01**2, 0.03**2
    top = (2 * mean_x * mean_y + first) * (2 * both + second)
    whole = top / ((mean_x**2 + mean_y**2 + first) * (var_x + var_y + second))
    return float(whole[5:-5, 5:-5].mean())


@pytest.fixture(scope="module")
def pairs() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    x = gaussian_filter(rng.random((4, 24, 31, 3)), (0, 1, 1, 0))
    return x, np.clip(x + rng.normal(0, [[[[0.0]]], [[[0.01]]], [[[0.1]]], [[[1.0]]]], x.shape), 0, 1)


def test_the_similarity_is_that_of_its_definition(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = pairs
    found = np.asarray(structural_similarity(x.astype(np.float32), y.astype(np.float32)))
    expected = [by_definition(a, b) for a, b in zip(x, y, strict=True)]
    np.testing.assert_allclose(found, expected, atol=2e-4)
    assert (np.diff(found) < 0).all()
    assert found[0] == pytest.approx(1)


def test_small_images_are_seen_through_a_smaller_window() -> None:
    x = np.random.default_rng(0).random((2, 8, 8, 1)).astype(np.float32)
    assert np.asarray(structural_similarity(x, x)) == pytest.approx(1)
    assert (np.asarray(structural_similarity(x, 1 - x)) < 0).all()


def test_the_loss_weighs_similarity_against_absolute_error(pairs: tuple[np.ndarray, np.ndarray]) -> None:
    x, y = (a.astype(np.float32) for a in pairs)
    loss = loss_of("l1_ssim")
    assert callable(loss)
    expected = [
        SIMILAR * (1 - by_definition(a, b)) + (1 - SIMILAR) * np.abs(a - b).mean() for a, b in zip(x, y, strict=True)
    ]
    np.testing.assert_allclose(np.asarray(loss(x, y)), expected, atol=3e-4)
    assert loss_of("mean_squared_error") == "mean_squared_error"


@pytest.mark.parametrize("loss", ["l1_ssim", "binary_crossentropy"])
def test_a_training_lowers_its_loss(tmp_path_factory: pytest.TempPathFactory, loss: str) -> None:
    size = np.arange(12)
    images = np.zeros((64, 12, 12, 1), np.uint8)
    for i, image in enumerate(images):
        image[(np.hypot(*np.meshgrid(size - 6, size - 6)) < 2 + i % 4)] = 200
    config, rows = AutoencoderConfig(12, 1, 4, (8,)), np.arange(64)
    training = TrainingConfig(epochs=6, batch_size=16, learning_rate=1e-2, loss=loss)
    folder = tmp_path_factory.mktemp("training")
    seen = []
    _, history = train(config, training, images, rows[:48], rows[48:], folder, None, lambda n, _: seen.append(n))
    assert history[-1].validation_loss < 0.8 * history[0].validation_loss
    assert seen == list(range(1, 7))
    assert import_keras().backend.floatx() == "float32"
