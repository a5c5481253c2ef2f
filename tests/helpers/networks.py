"""Networks with random weights, made without Keras."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from core.networks import (
    AttributeConfig,
    AttributeNetwork,
    AutoencoderConfig,
    ConvolutionalAutoencoder,
    VariationalAutoencoder,
    VariationalConfig,
)
from core.networks import attributes as classifier
from core.networks.convolutional import weight_shapes

__all__ = ["random_autoencoder", "random_network", "random_weights"]


def random_weights(shapes: Mapping[str, tuple[int, ...]], seed: int) -> dict[str, np.ndarray]:
    """Return weights of such a size that signals keep theirs, and batch normalisations that do something."""
    rng = np.random.default_rng(seed)

    def drawn(name: str, shape: tuple[int, ...]) -> np.ndarray:
        match name.rpartition("/")[2]:
            case "kernel":
                return rng.normal(0, math.sqrt(2 / math.prod(shape[:-1])), shape)
            case "gamma" | "moving_variance":
                return rng.uniform(0.5, 1.5, shape)
            case _:
                return rng.normal(0, 0.1, shape)

    return {name: drawn(name, shape).astype(np.float32) for name, shape in shapes.items()}


def random_autoencoder(config: AutoencoderConfig, seed: int = 0) -> ConvolutionalAutoencoder:
    """Return an autoencoder of the configuration's kind."""
    kind = VariationalAutoencoder if isinstance(config, VariationalConfig) else ConvolutionalAutoencoder
    return kind(config, random_weights(weight_shapes(config, kind.HEADS), seed))


def random_network(config: AttributeConfig, seed: int = 0) -> AttributeNetwork:
    """Return an attribute network."""
    return AttributeNetwork(config, random_weights(classifier.weight_shapes(config), seed))
