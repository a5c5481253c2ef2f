"""A small convolutional classifier of attributes: images to probabilities, and to their embedding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import BLOCK, import_keras, unit_range

if TYPE_CHECKING:
    import keras

__all__ = ["AttributeConfig", "AttributeNetwork"]

MAX_SIZE = 4096
"""Of images, filters and embedding."""

DROPOUT = 0.3
"""Share of the embedding that is dropped at random in training."""


@dataclass(frozen=True)
class AttributeConfig:
    """Shape of an attribute network.

    Attributes
    ----------
    image_size : int or tuple of int
        Side of square images, or height and width.
    channels : int
        Of the images.
    attributes : tuple of str
        What the outputs are.
    filters : tuple of int
        Of the stages, each of which halves the image.
    embedding : int
        Units of the penultimate layer.
    """

    image_size: int | tuple[int, int]
    channels: int
    attributes: tuple[str, ...]
    filters: tuple[int, ...] = (32, 64, 128, 256)
    embedding: int = 128

    def __post_init__(self) -> None:
        sides = self.image_size if isinstance(self.image_size, tuple) else (self.image_size,)
        sizes = (*sides, self.channels, self.embedding, *self.filters)
        if not all(type(size) is int and 1 <= size <= MAX_SIZE for size in sizes):
            raise InputError(f"The sizes of an attribute network are whole numbers from 1 to {MAX_SIZE}, not {sizes}.")
        if not self.filters or not self.attributes:
            raise InputError("An attribute network needs at least one stage of filters and one attribute.")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        height, width = self.image_size if isinstance(self.image_size, tuple) else (self.image_size, self.image_size)
        return height, width, self.channels


class AttributeNetwork:
    """A convolutional classifier with random weights until they are trained or loaded.

    Each stage is a strided 3×3 convolution and, from the second on, a plain one, each with batch normalisation and
    ReLU; then the mean over the image, the embedding with ReLU, and one sigmoid per attribute.

    Parameters
    ----------
    config : AttributeConfig
    seed : int
        Of the initial weights.
    precision : str
        Of the arithmetic: float32, or bfloat16 with float32 weights.
    """

    def __init__(self, config: AttributeConfig, seed: int = 0, precision: str = "float32") -> None:
        self.config = config
        self.model = _build(config, seed, precision)
        keras = import_keras()
        outputs = [self.model.get_layer("embedding").output, self.model.output]
        self._both = keras.Model(self.model.input, outputs)

    def predict(
        self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return embeddings (n, embedding) and probabilities (n, attributes) of images (n, size, size, channels).

        The images are uint8 in 0 … 255 or float in [0, 1].

        Raises
        ------
        InputError
            If the images have another shape.
        """
        config = self.config
        if images.shape[1:] != config.image_shape:
            raise InputError(f"The images have the shape {images.shape[1:]}, this network takes {config.image_shape}.")
        embeddings = np.empty((len(images), config.embedding), np.float32)
        probabilities = np.empty((len(images), len(config.attributes)), np.float32)
        for start in range(0, len(images), BLOCK):
            block = slice(start, start + BLOCK)
            embeddings[block], probabilities[block] = self._both.predict_on_batch(unit_range(images[block]))
        return embeddings, probabilities

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return all weights by name, ``conv_1/kernel`` and so on."""
        return {name: np.asarray(variable.numpy()) for name, variable in self._variables().items()}

    def set_weights(self, weights: dict[str, npt.NDArray[Any]]) -> None:
        """Take over weights as :meth:`weights` returns them; raise `InputError` if names or shapes do not fit."""
        variables = self._variables()
        shapes = {name: tuple(v.shape) for name, v in variables.items()}
        if shapes != {name: w.shape for name, w in weights.items()}:
            raise InputError("The weights do not fit the attribute network; restore the file that belongs to it.")
        for name, variable in variables.items():
            variable.assign(weights[name].astype(np.float32))

    def _variables(self) -> dict[str, keras.Variable]:
        return {f"{layer.name}/{v.name}": v for layer in self.model.layers for v in layer.weights}


def _build(config: AttributeConfig, seed: int, precision: str) -> keras.Model:
    keras = import_keras()
    layers = keras.layers
    policy = keras.DTypePolicy("float32" if precision == "float32" else f"mixed_{precision}")
    seeds = np.random.SeedSequence(seed).generate_state(2 * len(config.filters) + 3).tolist()

    def convolution(x: Any, filters: int, strides: int, name: str) -> Any:
        start = keras.initializers.HeUniform(seed=seeds.pop())
        x = layers.Conv2D(
            filters, 3, strides, "same", use_bias=False, kernel_initializer=start, dtype=policy, name=name
        )(x)
        x = layers.BatchNormalization(dtype=policy, name=f"{name}_norm")(x)
        return layers.ReLU(dtype=policy, name=f"{name}_relu")(x)

    x = image = keras.Input(config.image_shape, name="image")
    for i, filters in enumerate(config.filters, 1):
        x = convolution(x, filters, 2, f"conv_{i}")
        if i > 1:
            x = convolution(x, filters, 1, f"conv_{i}_again")
    x = layers.GlobalAveragePooling2D(dtype="float32", name="mean")(x)
    start = keras.initializers.HeUniform(seed=seeds.pop())
    x = layers.Dense(config.embedding, "relu", kernel_initializer=start, dtype="float32", name="embedding")(x)
    x = layers.Dropout(DROPOUT, seed=seeds.pop(), dtype="float32", name="dropout")(x)
    start = keras.initializers.GlorotUniform(seed=seeds.pop())
    x = layers.Dense(len(config.attributes), "sigmoid", kernel_initializer=start, dtype="float32", name="attributes")(x)
    return keras.Model(image, x, name="attribute_network")
