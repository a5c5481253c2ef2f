"""Graphs give what the Keras models give whose weights they are built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest

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
from core.networks.runtime import _threads
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
