"""The attribute network: what goes in, what comes out, and that its weights travel whole."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from core.errors import InputError
from core.networks import AttributeConfig, AttributeNetwork
from core.networks.attribute_training import build_classifier
from core.networks.trainees import weights_of
from core.sources.images import ImageSource
from core.sources.labels import Labels
from tests.helpers.networks import random_network

CONFIG = AttributeConfig(16, 3, ("Hat", "Smiling", "Young"), filters=(4, 8, 8), embedding=6)

SIZES = "The sizes of an attribute network are whole numbers from 1 to 4096, not"


@pytest.fixture(scope="module")
def pixels(celeba_source: ImageSource, celeba_labels: Labels) -> np.ndarray:
    """Return 70 faces of 16×16 pixels, more than the network takes at once."""
    (batch,) = celeba_source.batches(list(celeba_labels.rows["image"][:70]), 16)
    return batch.pixels


@pytest.fixture(scope="module")
def network() -> AttributeNetwork:
    return random_network(CONFIG, seed=1)


def test_images_become_embeddings_and_probabilities(network: AttributeNetwork, pixels: np.ndarray) -> None:
    embeddings, probabilities = network.predict(pixels)
    assert (embeddings.shape, probabilities.shape) == ((70, 6), (70, 3))
    assert (embeddings.dtype, probabilities.dtype) == (np.float32, np.float32)
    assert (embeddings >= 0).all()
    assert ((probabilities > 0) & (probabilities < 1)).all()


def test_no_image_depends_on_those_beside_it(network: AttributeNetwork, pixels: np.ndarray) -> None:
    for whole, single in zip(network.predict(pixels), network.predict(pixels[67:68]), strict=True):
        np.testing.assert_allclose(whole[67:68], single, rtol=1e-4, atol=1e-6)


def test_bytes_and_shares_of_full_brightness_are_the_same_image(network: AttributeNetwork, pixels: np.ndarray) -> None:
    for a, b in zip(network.predict(pixels), network.predict((pixels / 255).astype(np.float32)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6)


def test_no_images_have_no_embeddings(network: AttributeNetwork, pixels: np.ndarray) -> None:
    embeddings, probabilities = network.predict(pixels[:0])
    assert (embeddings.shape, probabilities.shape) == ((0, 6), (0, 3))


@pytest.mark.parametrize("shape", [(2, 15, 16, 3), (2, 16, 15, 3), (2, 16, 16, 1), (16, 16, 3), (2, 16, 16)])
def test_images_of_another_shape_are_refused(network: AttributeNetwork, shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as caught:
        network.predict(np.zeros(shape, np.uint8))
    assert str(caught.value) == f"The images have the shape {shape[1:]}, this network takes (16, 16, 3)."


@pytest.mark.slow
def test_the_seed_decides_the_weights_that_a_training_begins_with() -> None:
    first, same, other = (weights_of(build_classifier(CONFIG, seed)) for seed in (1, 1, 2))
    assert all(np.array_equal(first[name], same[name]) for name in first)
    kernels = [name for name in first if name.endswith("kernel")]
    assert len(kernels) == 7  # five convolutions and two dense layers
    assert not any(np.array_equal(first[name], other[name]) for name in kernels)


@pytest.mark.parametrize("change", ["lost", "extra", "shape"])
def test_weights_that_do_not_fit_are_refused(network: AttributeNetwork, change: str) -> None:
    weights = network.weights()
    match change:
        case "lost":
            del weights["conv_2/kernel"]
        case "extra":
            weights["conv_9/kernel"] = np.zeros(3, np.float32)
        case "shape":
            weights["embedding/bias"] = np.zeros(7, np.float32)
    with pytest.raises(InputError, match=r"The weights do not fit the attribute network; restore the file"):
        AttributeNetwork(CONFIG, weights)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"image_size": 0}, f"{SIZES} (0, 3, 6, 4, 8, 8)."),
        ({"channels": 1.0}, f"{SIZES} (16, 1.0, 6, 4, 8, 8)."),
        ({"embedding": 5000}, f"{SIZES} (16, 3, 5000, 4, 8, 8)."),
        ({"filters": (4, "8")}, f"{SIZES} (16, 3, 6, 4, '8')."),
        ({"filters": ()}, "An attribute network needs at least one stage of filters and one attribute."),
        ({"attributes": ()}, "An attribute network needs at least one stage of filters and one attribute."),
    ],
)  # fmt: skip
def test_impossible_shapes_are_refused(change: dict[str, Any], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        dataclasses.replace(CONFIG, **change)
    assert str(caught.value) == complaint


def test_the_network_of_celeba_has_a_few_megabytes() -> None:
    config = AttributeConfig(96, 3, tuple(map(str, range(40))))
    assert (config.filters, config.embedding) == ((32, 64, 128, 256), 128)
    assert 2 * sum(w.size for w in random_network(config).weights().values()) < 4e6
