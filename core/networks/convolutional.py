"""The plain convolutional autoencoder: images to latent vectors and back."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.backend import to_bytes, unit_range
from core.networks.config import AutoencoderConfig
from core.networks.graph import NORMALISATION, Graph, Weights, check_weights, doubled, halved
from core.networks.kinds import Kind
from core.networks.runtime import BLOCK, Runner

__all__ = ["KIND", "ConvolutionalAutoencoder", "weight_shapes"]


class ConvolutionalAutoencoder:
    """Encoder and decoder of one configuration, run by ONNX Runtime.

    Parameters
    ----------
    config : AutoencoderConfig
    weights : mapping
        By name, ``encoder/conv_1/kernel`` and so on, as Keras lays them out; numbers of any type.

    Raises
    ------
    InputError
        If names or shapes of the weights do not fit the configuration.
    """

    HEADS: tuple[str, ...] = ("latent",)
    """Layers of the encoder that end it side by side; the first gives the latent vectors."""

    def __init__(self, config: AutoencoderConfig, weights: Weights) -> None:
        check_weights(weights, weight_shapes(config, self.HEADS))
        self.config, self._weights = config, weights

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        return self.config.image_shape

    @property
    def latent_size(self) -> int:
        """Dimension N of the latent space."""
        return self.config.latent_size

    def describe(self) -> tuple[str, ...]:
        """Return what the configuration tells of itself."""
        return self.config.describe()

    def encode(self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the latent vectors of images.

        Parameters
        ----------
        images : array of shape (n, image_size, image_size, channels)
            uint8 in 0 … 255 or float in [0, 1].

        Returns
        -------
        float32 array of shape (n, latent_size)
        """
        self.check_images(images)
        return self._encoder.run(images, unit_range, (self.latent_size,))[0]

    def check_images(self, images: npt.NDArray[Any]) -> None:
        """Raise `InputError` if images are not of the shape that the encoder takes."""
        if images.shape[1:] != self.image_shape:
            raise InputError(
                f"The images have the shape {images.shape[1:]}, this autoencoder takes {self.image_shape}."
            )

    def decode(self, latents: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return the decoded faces of latent vectors.

        Parameters
        ----------
        latents : array of shape (n, latent_size)

        Returns
        -------
        uint8 array of shape (n, image_size, image_size, channels)
        """
        return to_bytes(self.decode_exactly(latents))

    def decode_exactly(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the decoded faces unrounded, as float32 in [0, 1], shaped as in :meth:`decode`."""
        vectors = np.asarray(latents)
        if vectors.ndim != 2 or vectors.shape[1] != self.latent_size:
            raise InputError(f"The vectors have the shape {vectors.shape}, this decoder takes (n, {self.latent_size}).")
        return self._decoder.run(vectors, lambda block: block.astype(np.float32), self.image_shape)[0]

    def cycle(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the latent vectors of the decoded faces of latent vectors, shape (n, latent_size)."""
        return self.decode_and_cycle(latents)[1]

    def decode_and_cycle(self, latents: npt.ArrayLike) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        """Return what :meth:`decode` and :meth:`cycle` return, with one pass through the decoder."""
        vectors = np.asarray(latents)
        images = np.empty((len(vectors), *self.image_shape), np.uint8)
        again = np.empty((len(vectors), self.latent_size), np.float32)
        for start in range(0, len(vectors), BLOCK):
            block = slice(start, start + BLOCK)
            exact = self.decode_exactly(vectors[block])
            images[block], again[block] = to_bytes(exact), self.encode(exact)
        return images, again

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return all weights by name."""
        return {name: value.astype(np.float32) for name, value in self._weights.items()}

    def save(self, path: str | Path) -> None:
        """Write the weights to a safetensors file in float16; raise `InputError` if one is too large for that."""
        half = {}
        for name, value in self.weights().items():
            if not np.isfinite(value).all() or np.abs(value).max(initial=0) > np.finfo(np.float16).max:
                raise InputError(
                    f"The weight {name} does not fit into float16; train again with a lower learning rate."
                )
            half[name] = value.astype(np.float16)
        Path(path).write_bytes(safetensors.numpy.save(half))  # save_file hides the operating system's error number

    @classmethod
    def load(cls, path: str | Path, config: Any) -> Self:
        """Build the configured autoencoder and read its weights; the file carries numbers only, never code.

        Raises
        ------
        InputError
            If the file is missing, is no safetensors file, holds other than finite numbers, or does not fit.
        """
        path = Path(path)
        try:
            weights = safetensors.numpy.load_file(path)
        except (OSError, safetensors.SafetensorError, AttributeError) as error:  # numpy has no float8
            raise InputError(f"{path} cannot be read as weights ({error}); restore it from its source.") from None
        if wrong := next((n for n, w in weights.items() if not np.isfinite(w.astype(np.float32)).all()), None):
            raise InputError(f"{path} holds NaN or infinity in {wrong}; restore it from its source.")
        try:
            return cls(config, weights)
        except InputError as error:
            raise InputError(f"{path}: {error} Restore the file or the study.json that belong together.") from None

    @cached_property
    def _encoder(self) -> Runner:
        return Runner(_encoder_graph(self.config, _of("encoder", self._weights), self.HEADS))

    @cached_property
    def _decoder(self) -> Runner:
        return Runner(_decoder_graph(self.config, _of("decoder", self._weights)))


def weight_shapes(config: AutoencoderConfig, heads: tuple[str, ...] = ("latent",)) -> dict[str, tuple[int, ...]]:
    """Return names and shapes of all weights, as Keras names them and lays them out."""
    filters, size = config.filters, config.kernel_size
    side = _sides(config)[-1]
    flat, narrow = side * side * filters[-1], config.latent_size
    shapes: dict[str, tuple[int, ...]] = {}

    def layer(name: str, kernel: tuple[int, ...], units: int, normalised: bool = config.batch_normalisation) -> None:
        shapes.update({f"{name}/kernel": kernel, f"{name}/bias": (units,)})
        if normalised:
            shapes.update({f"{name}_norm/{part}": (units,) for part in NORMALISATION})

    for i, (before, after) in enumerate(zip((config.channels, *filters), filters, strict=False), 1):
        layer(f"encoder/conv_{i}", (size, size, before, after), after)
    for head in heads:
        layer(f"encoder/{head}", (flat, narrow), narrow, False)
    layer("decoder/expand", (narrow, flat), flat)
    for i, (before, after) in enumerate(zip(filters[:0:-1], filters[-2::-1], strict=True), 1):
        layer(f"decoder/deconv_{i}", (size, size, after, before), after)
    layer("decoder/pixels", (size, size, config.channels, filters[0]), config.channels, False)
    return shapes


def _encoder_graph(config: AutoencoderConfig, weights: Weights, heads: tuple[str, ...]) -> bytes:
    graph = Graph("encoder", config.image_shape, weights)
    x, side = graph.to_channels_first(graph.INPUT), config.image_size
    for i in range(1, len(config.filters) + 1):
        side, pads = halved(side, config.kernel_size)
        x = graph.activation(graph.convolution(x, f"conv_{i}", 2, (pads, pads)), config.activation)
    x = graph.flat(x)
    return graph.to_bytes(*(graph.dense(x, head, (side, side, config.filters[-1])) for head in heads))


def _decoder_graph(config: AutoencoderConfig, weights: Weights) -> bytes:
    graph = Graph("decoder", (config.latent_size,), weights)
    *sides, side = _sides(config)
    image = (side, side, config.filters[-1])
    x = graph.activation(graph.dense(graph.INPUT, "expand", image, gives=True), config.activation)
    x = graph.images(x, image)
    for i, out in enumerate(sides[::-1], 1):
        pads, last = doubled(side, config.kernel_size, out), i == len(sides)
        x = graph.transposed_convolution(x, "pixels" if last else f"deconv_{i}", (pads, pads))
        x, side = graph.activation(x, "sigmoid" if last else config.activation), out
    return graph.to_bytes(graph.to_channels_last(x))


def _sides(config: AutoencoderConfig) -> list[int]:
    """Return the side of the image, and after each convolution."""
    sides = [config.image_size]
    for _ in config.filters:
        sides.append(halved(sides[-1], config.kernel_size)[0])
    return sides


def _of(part: str, weights: Weights) -> Weights:
    """Return the weights of the encoder or the decoder, by the names that they have there."""
    return {name.removeprefix(f"{part}/"): value for name, value in weights.items() if name.startswith(f"{part}/")}


KIND = Kind(AutoencoderConfig.kind, AutoencoderConfig.from_dict, ConvolutionalAutoencoder.load)
"""For the registry of kinds."""
