"""Graphs give what the Keras models give whose weights they are built from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage

from core.errors import InputError
from core.networks import (
    AttributeConfig,
    AttributeNetwork,
    AutoencoderConfig,
    ConvolutionalAutoencoder,
    VariationalAutoencoder,
    VariationalConfig,
)
from core.networks.attribute_training import build_classifier
from core.networks.backend import unit_range
from core.networks.graph import Graph
from core.networks.runtime import Runner, _threads
from core.networks.trainees import TRAINABLE, weights_of
from core.study import Study, open_study
from tests.helpers.networks import random_autoencoder, random_weights

CONFIGS = (
    AutoencoderConfig(16, 3, 6, (4, 8)),
    AutoencoderConfig(27, 1, 3, (2, 3, 4), 4, "elu"),
    AutoencoderConfig(29, 3, 5, (3, 4), 5, "gelu", batch_normalisation=True),
    AutoencoderConfig(13, 4, 5, (2, 3), 9, "silu"),
    AutoencoderConfig(11, 1, 1, (3,), 2, "leaky_relu"),
    AutoencoderConfig(32, 1, 6, (4, 8, 8), 3, batch_normalisation=True),
    VariationalConfig(15, 3, 4, (4, 8), 4),
)
RNG = np.random.default_rng(0)


def assign(model: Any, part: str, weights: Mapping[str, np.ndarray]) -> None:
    """Give a Keras model its weights."""
    for layer in model.layers:
        for variable in layer.weights:
            variable.assign(weights[f"{part}/{layer.name}/{variable.name}"])


def give(model: Any) -> None:
    """Give a Keras model random weights, those of its batch normalisations among them."""
    drawn = random_weights({f"model/{name}": value.shape for name, value in weights_of(model).items()}, 3)
    assign(model, "model", drawn)


@pytest.mark.slow
@pytest.mark.parametrize("config", CONFIGS, ids=str)
def test_pictures_and_vectors_are_those_of_keras(config: AutoencoderConfig) -> None:
    trainee = TRAINABLE[config.kind](config)
    for model in (trainee.encoder, trainee.decoder):
        give(model)
    autoencoder = trainee.autoencoder()
    vectors = RNG.normal(0, 2, (9, config.latent_size)).astype(np.float32)
    pictures = np.asarray(trainee.decoder(vectors, training=False))
    assert pictures.std() > 0.05
    np.testing.assert_allclose(autoencoder.decode_exactly(vectors), pictures, atol=1e-4)
    apart = np.abs(autoencoder.decode(vectors).astype(int) - np.floor(pictures * 255 + 0.5))
    assert apart.max() <= 1
    assert apart.mean() < 0.001
    said = trainee.encoder(pictures, training=False)
    laws = [np.asarray(part) for part in (said if isinstance(said, list | tuple) else [said])]
    assert laws[0].std() > 0.05
    np.testing.assert_allclose(autoencoder.encode(pictures), laws[0], atol=1e-4)
    np.testing.assert_allclose(autoencoder.cycle(vectors), laws[0], atol=1e-4)
    if isinstance(autoencoder, VariationalAutoencoder):
        for ours, theirs in zip(autoencoder.encode_law(pictures), laws, strict=True):
            np.testing.assert_allclose(ours, theirs, atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(16, 3), ((21, 15), 1)])
def test_embeddings_and_probabilities_are_those_of_keras(shape: tuple[Any, int]) -> None:
    config = AttributeConfig(*shape, ("Hat", "Smiling"), filters=(4, 8, 8), embedding=6)
    model = build_classifier(config)
    give(model)
    pictures = RNG.random((5, *config.image_shape), np.float32)
    embeddings, probabilities = AttributeNetwork(config, weights_of(model)).predict(pictures)
    np.testing.assert_allclose(probabilities, model(pictures, training=False), atol=1e-5)
    weights = weights_of(model)
    logits = embeddings @ weights["attributes/kernel"] + weights["attributes/bias"]
    np.testing.assert_allclose(probabilities, 1 / (1 + np.exp(-logits)), rtol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["celeba", "celeba-batchnorm", "celeba-vae"])
def test_the_bundled_studies_decode_and_encode_as_with_keras(bundled: Study, name: str) -> None:
    study = open_study(bundled.folder.with_name(name))
    autoencoder = study.load_autoencoder()
    assert isinstance(autoencoder, ConvolutionalAutoencoder)
    trainee = TRAINABLE[study.config.kind](study.config)
    assign(trainee.encoder, "encoder", autoencoder.weights())
    assign(trainee.decoder, "decoder", autoencoder.weights())
    vectors = np.asarray(study.latents[:12], np.float32)
    pictures = np.asarray(trainee.decoder(vectors, training=False))
    assert np.abs(autoencoder.decode(vectors).astype(int) - np.floor(pictures * 255 + 0.5)).max() <= 1
    np.testing.assert_allclose(autoencoder.decode_exactly(vectors), pictures, atol=1e-4)
    again = np.asarray(trainee.encoder(pictures, training=False))
    means = again[0] if study.config.kind == "variational" else again  # the log variances follow
    np.testing.assert_allclose(autoencoder.encode(pictures), means, atol=1e-4)


def test_the_same_vectors_give_the_same_bytes_however_often_and_from_several_threads() -> None:
    autoencoder = random_autoencoder(CONFIGS[0])
    vectors = RNG.normal(0, 2, (70, 6)).astype(np.float32)
    first = autoencoder.cycle(vectors)
    found: list[np.ndarray] = []
    threads = [Thread(target=lambda: found.append(autoencoder.cycle(vectors))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [f.tobytes() for f in found] == 3 * [first.tobytes()]
    np.testing.assert_array_equal(random_autoencoder(CONFIGS[0]).cycle(vectors), first)


def test_a_negative_variance_is_refused() -> None:
    autoencoder = random_autoencoder(replace(CONFIGS[0], batch_normalisation=True))
    weights = autoencoder.weights()
    weights["encoder/conv_1_norm/moving_variance"][0] = -1
    with pytest.raises(InputError, match=r"^The weights cannot be used: encoder/conv_1_norm/moving_variance is negat"):
        type(autoencoder)(autoencoder.config, weights)


def test_the_cores_that_are_used_can_be_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert _threads() == 1
    for all_of_them in ("", "0", "many"):
        monkeypatch.setenv("OMP_NUM_THREADS", all_of_them)
        assert _threads() >= 1


def computed(graph: Graph, x: str, images: np.ndarray, *shape: int) -> np.ndarray:
    """Return what a graph that ends in an operator gives for images."""
    return Runner(graph.to_bytes(x)).run(images, unit_range, shape)[0]


def test_a_depthwise_convolution_is_one_for_each_channel() -> None:
    kernel = RNG.normal(size=(3, 5, 2, 1)).astype(np.float32)
    images = RNG.normal(size=(4, 7, 9, 2)).astype(np.float32)
    graph = Graph("depthwise", (7, 9, 2), {"deep/kernel": kernel})
    x = graph.depthwise(graph.to_channels_first(graph.INPUT), "deep", ((1, 1), (2, 2)))
    found = computed(graph, graph.to_channels_last(x), images, 7, 9, 2)
    for image, said in zip(images, found, strict=True):
        for channel in range(2):
            expected = ndimage.correlate(image[..., channel], kernel[..., channel, 0], mode="constant")
            np.testing.assert_allclose(said[..., channel], expected, atol=1e-5)


def test_the_largest_of_a_window_is_never_what_was_added_at_the_edge() -> None:
    images = -1 - RNG.random((3, 8, 8, 2), np.float32)
    graph = Graph("largest", (8, 8, 2), {})
    x = graph.largest(graph.to_channels_first(graph.INPUT), 3, 2, ((0, 1), (0, 1)))
    found = computed(graph, graph.to_channels_last(x), images, 4, 4, 2)
    for i, j in np.ndindex(4, 4):
        window = images[:, 2 * i : 2 * i + 3, 2 * j : 2 * j + 3]
        np.testing.assert_array_equal(found[:, i, j], window.max(axis=(1, 2)))


def test_averages_and_sums_are_those_of_numpy() -> None:
    images = RNG.normal(size=(3, 8, 8, 2)).astype(np.float32)
    graph = Graph("averages", (8, 8, 2), {})
    first = graph.to_channels_first(graph.INPUT)
    x = graph.averages(graph.sum(first, graph.activation(first, "relu")), 4)
    found = computed(graph, graph.to_channels_last(x), images, 2, 2, 2)
    expected = (images + np.maximum(images, 0)).reshape(3, 2, 4, 2, 4, 2).mean(axis=(2, 4))
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize(("before", "after"), [((96, 96), (64, 64)), ((28, 28), (64, 64)), ((48, 96), (64, 64))])
def test_images_are_scaled_as_pillow_scales_them_with_their_edges_repeated(
    before: tuple[int, int], after: tuple[int, int]
) -> None:
    images = RNG.random((3, *before, 1), np.float32)
    graph = Graph("resized", (*before, 1), {})
    x = graph.to_channels_last(graph.resized(graph.to_channels_first(graph.INPUT), before, after))
    found = computed(graph, x, images, *after, 1)
    steps = [math.gcd(*sides) for sides in zip(before, after, strict=True)]
    (height, width), (rows, columns) = (
        [side // step for side, step in zip(s, steps, strict=True)] for s in (before, after)
    )
    size = after[1] + 2 * columns, after[0] + 2 * rows
    for image, said in zip(images, found, strict=True):
        padded = np.pad(image[..., 0], ((height, height), (width, width)), mode="edge")
        expected = np.asarray(Image.fromarray(padded).resize(size, Image.Resampling.BILINEAR))
        np.testing.assert_allclose(said[..., 0], expected[rows:-rows, columns:-columns], atol=1e-5)
