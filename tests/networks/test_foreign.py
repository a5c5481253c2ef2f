"""An autoencoder of a user's gives images and what they are encoded to in one pass through its decoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InputError
from core.networks.foreign import ForeignAutoencoder, ForeignConfig


class Linear:
    """A matrix as a network, from tensors of a shape to vectors or images of another, that counts its rows."""

    layers, weight_count = ("MatMul",), 0

    def __init__(self, matrix: np.ndarray, before: tuple[int, ...], after: tuple[int, ...]) -> None:
        self.matrix, self.input_shape, self.output_shapes, self.rows = matrix, before, (after,), 0

    def run(self, block: np.ndarray) -> tuple[np.ndarray, ...]:
        self.rows += len(block)
        found = block.reshape(len(block), -1) @ self.matrix
        return (found.reshape(-1, *self.output_shapes[0]).astype(np.float32),)


class Made(ForeignAutoencoder):
    """An autoencoder that is never saved."""

    def save(self, path: str | Path) -> None:
        raise NotImplementedError


def made(layout: str, pixels: str, encodes: bool) -> Made:
    """Return an autoencoder of colour images of 2×4 pixels and vectors of 5 numbers, beyond the range of pixels."""
    shape = (2, 4, 3) if layout == "nhwc" else (3, 2, 4)
    rng = np.random.default_rng(0)
    config = ForeignConfig(2, 4, 3, 5, encodes, pixels, pixels, layout, layout, 0, 0, ("MatMul",), ("MatMul",))
    encoder = Linear(rng.normal(size=(24, 5)), shape, (5,)) if encodes else None
    return Made(config, encoder, Linear(rng.normal(size=(5, 24)), (5,), shape))


@pytest.mark.parametrize("count", [0, 1, 70])
@pytest.mark.parametrize(("layout", "pixels"), [("nhwc", "0,1"), ("nchw", "-1,1"), ("nchw", "0,255")])
def test_images_and_cycle_in_one_pass_are_those_of_two(layout: str, pixels: str, count: int) -> None:
    autoencoder = made(layout, pixels, encodes=True)
    vectors = np.random.default_rng(1).normal(size=(count, 5))
    images, again = autoencoder.decode_and_cycle(vectors)
    assert autoencoder.decoder.rows == count
    np.testing.assert_array_equal(images, autoencoder.decode(vectors))
    np.testing.assert_array_equal(again, autoencoder.cycle(vectors))
    np.testing.assert_allclose(again, autoencoder.encode(autoencoder.decode_exactly(vectors)), atol=1e-4)


def test_without_an_encoder_images_come_and_nothing_comes_back() -> None:
    autoencoder = made("nhwc", "0,1", encodes=False)
    vectors = np.random.default_rng(1).normal(size=(3, 5))
    images, again = autoencoder.decode_and_cycle(vectors)
    np.testing.assert_array_equal(images, autoencoder.decode(vectors))
    assert np.isnan(again).all()
    assert again.shape == (3, 5)
    assert np.isnan(autoencoder.cycle(vectors)).all()
    with pytest.raises(InputError, match=r"^This autoencoder has no encoder"):
        autoencoder.encode(images)
