"""Kinds of autoencoder are found by their key, and what is no kind is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.networks import Autoencoder, AutoencoderConfig, load_autoencoder, read_configuration
from core.networks.registry import KINDS, NO_AUTOENCODER
from tests.helpers.networks import random_autoencoder

SMALL = AutoencoderConfig(image_size=16, latent_size=6, filters=(4, 8), activation="elu", batch_normalisation=True)


def test_every_kind_is_registered_under_its_own_key() -> None:
    assert all(kind.key == key for key, kind in KINDS.items())
    assert NO_AUTOENCODER not in KINDS


def test_a_configuration_comes_back_by_its_kind() -> None:
    assert read_configuration({"kind": SMALL.kind, **SMALL.to_dict()}) == SMALL
    assert read_configuration({"kind": NO_AUTOENCODER}) is None


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "The kind of autoencoder 'None' is not known; this one reads convolutional, variational,"),
        ({"kind": "torch"}, "The kind of autoencoder 'torch' is not known; this one reads convolutional"),
        ({"kind": "onnx", "height": 0}, "The configuration cannot be read ("),
        ({"kind": "none", "image_size": 8}, "'none' is not known"),
        ({"kind": {"a": 1}}, "is not known"),
        ({"kind": "convolutional", "image_size": 9, "filters": [4, 4, 4, 4]}, "image_size 9 cannot be halved 4 times"),
    ],
)
def test_what_is_no_kind_is_refused(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_configuration(values)
    assert complaint in str(caught.value)


def test_what_is_loaded_does_what_every_autoencoder_does(tmp_path: Path) -> None:
    saved = random_autoencoder(SMALL, seed=2)
    saved.save(tmp_path / "w.safetensors")
    loaded: Autoencoder = load_autoencoder(tmp_path / "w.safetensors", SMALL)
    assert (loaded.image_shape, loaded.latent_size, loaded.config) == ((16, 16, 3), 6, SMALL)
    vectors = np.random.default_rng(0).normal(size=(3, 6)).astype(np.float32)
    assert loaded.decode(vectors).shape == (3, *loaded.image_shape)
    np.testing.assert_allclose(loaded.cycle(vectors), loaded.encode(loaded.decode_exactly(vectors)))


def test_a_configuration_describes_its_layers_in_the_order_of_the_network() -> None:
    encoder, decoder = SMALL.describe()
    assert encoder.startswith("**Encoder**: 2 strided convolutions of 4×4 pixels (4 → 8 filters), then 6 linear units")
    assert "elu in between, with batch normalisation" in decoder
    assert random_autoencoder(SMALL).describe() == (encoder, decoder)
