"""A small convolutional classifier of attributes: images to probabilities, and to their embedding."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import unit_range
from core.networks.graph import NORMALISATION, Graph, Weights, check_weights, halved
from core.networks.runtime import Runner

__all__ = ["KERNEL", "AttributeConfig", "AttributeNetwork", "weight_shapes"]

MAX_SIZE = 4096
"""Of images, filters and embedding."""

KERNEL = 3
"""Side of the convolution kernels in pixels."""


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

    @property
    def convolutions(self) -> tuple[tuple[str, int, int, int], ...]:
        """Name, channels before and after, and stride of each convolution: of each stage a strided one, then a plain.

        The first stage has the strided one alone.
        """
        found = []
        before = self.channels
        for i, filters in enumerate(self.filters, 1):
            found.append((f"conv_{i}", before, filters, 2))
            if i > 1:
                found.append((f"conv_{i}_again", filters, filters, 1))
            before = filters
        return tuple(found)


class AttributeNetwork:
    """A convolutional classifier, run by ONNX Runtime.

    Each stage is a strided 3×3 convolution and, from the second on, a plain one, each with batch normalisation and
    ReLU; then the mean over the image, the embedding with ReLU, and one sigmoid per attribute.

    Parameters
    ----------
    config : AttributeConfig
    weights : mapping
        By name, ``conv_1/kernel`` and so on, as Keras lays them out; numbers of any type.

    Raises
    ------
    InputError
        If names or shapes of the weights do not fit the configuration.
    """

    def __init__(self, config: AttributeConfig, weights: Weights) -> None:
        try:
            check_weights(weights, weight_shapes(config))
        except InputError:
            raise InputError(
                "The weights do not fit the attribute network; restore the file that belongs to it."
            ) from None
        self.config, self._weights = config, weights

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
        embeddings, probabilities = self._runner.run(images, unit_range, (config.embedding,), (len(config.attributes),))
        return embeddings, probabilities

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return all weights by name."""
        return {name: value.astype(np.float32) for name, value in self._weights.items()}

    @cached_property
    def _runner(self) -> Runner:
        return Runner(_graph(self.config, self._weights))


def weight_shapes(config: AttributeConfig) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of all weights, as Keras names them and lays them out."""
    shapes: dict[str, tuple[int, ...]] = {}
    for name, before, after, _ in config.convolutions:
        shapes[f"{name}/kernel"] = (KERNEL, KERNEL, before, after)
        shapes |= {f"{name}_norm/{part}": (after,) for part in NORMALISATION}
    widths = (config.filters[-1], config.embedding, len(config.attributes))
    for name, before, after in (("embedding", *widths[:2]), ("attributes", *widths[1:])):
        shapes |= {f"{name}/kernel": (before, after), f"{name}/bias": (after,)}
    return shapes


def _graph(config: AttributeConfig, weights: Weights) -> bytes:
    graph = Graph("attributes", config.image_shape, weights)
    x, (height, width, _) = graph.to_channels_first(graph.INPUT), config.image_shape
    for name, _, _, stride in config.convolutions:
        (height, rows), (width, columns) = (halved(side, KERNEL, stride) for side in (height, width))
        x = graph.activation(graph.convolution(x, name, stride, (rows, columns)), "relu")
    embedding = graph.activation(graph.dense(graph.mean(x), "embedding"), "relu")
    return graph.to_bytes(embedding, graph.activation(graph.dense(embedding, "attributes"), "sigmoid"))
