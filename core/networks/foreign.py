"""Autoencoders that were made elsewhere: two networks, and how images and vectors are laid out for them."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import BLOCK, unit_range
from core.networks.config import PlainData, require_choice, require_integers
from core.networks.kinds import HIGHEST, LOWEST

__all__ = [
    "LAYOUTS",
    "MAX_SIDE",
    "RANGES",
    "ForeignAutoencoder",
    "ForeignConfig",
    "Network",
    "at_size",
    "from_range",
    "images_of",
    "tensor_of",
    "to_range",
]

Floats = npt.NDArray[np.float32]
ImageShape = tuple[int, int, int]

RANGES: dict[str, tuple[float, float]] = {"0,1": (0.0, 1.0), "-1,1": (-1.0, 1.0), "0,255": (0.0, 255.0)}
"""What pixels from black to white may be for a network."""

LAYOUTS = ("nhwc", "nchw")
"""Order of number, height, width and channels."""

MAX_SIDE, MAX_LATENT, MAX_LAYERS = 4096, 4096, 2000
"""Of an image in pixels, of the latent space, and layers in a description."""


class Network(Protocol):
    """One of the two networks: a block of tensors in, blocks of tensors out; nothing is known of what they mean."""

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """Shape of an input without the number in a block; None where any size will do."""

    @property
    def output_shapes(self) -> tuple[tuple[int | None, ...], ...]:
        """Shapes of the outputs, likewise."""

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of what it consists of, in their order."""

    @property
    def weight_count(self) -> int:
        """Number of its weights."""

    def run(self, block: Floats) -> tuple[Floats, ...]:
        """Return the outputs for at most `BLOCK` inputs."""


@dataclass(frozen=True)
class ForeignConfig(PlainData):
    """What is known of an autoencoder that was made elsewhere, besides its networks themselves.

    Attributes
    ----------
    height, width, channels : int
        Of the images; 3 channels are red, green and blue, 1 is grey.
    latent_size : int
        Dimension N of the latent space.
    has_encoder : bool
        False for a decoder alone.
    input_range, output_range : str
        What black and white are for the encoder, and from the decoder.
    input_layout, output_layout : str
        Whether channels come last or first.
    latent_output : int
        Which of the encoder's outputs is the latent vector, counted from 0.
    weights : int
        Number of weights.
    encoder_layers, decoder_layers : tuple of str
        What they consist of.
    log_variance_output : int, optional
        Which output holds the log variances of posteriors, whose means are the latent vectors; None where a vector is
        just a vector.
    """

    kind: ClassVar[str]

    height: int
    width: int
    channels: int
    latent_size: int
    has_encoder: bool
    input_range: str
    output_range: str
    input_layout: str
    output_layout: str
    latent_output: int
    weights: int
    encoder_layers: tuple[str, ...]
    decoder_layers: tuple[str, ...]
    log_variance_output: int | None = None

    def __post_init__(self) -> None:
        require_integers(
            self,
            ("height", 1, MAX_SIDE),
            ("width", 1, MAX_SIDE),
            ("latent_size", 1, MAX_LATENT),
            ("latent_output", 0, 99),
            ("weights", 0, 10**12),
        )
        if self.log_variance_output is not None:
            require_integers(self, ("log_variance_output", 0, 99))
            if self.log_variance_output == self.latent_output or not self.has_encoder:
                raise InputError("log_variance_output must be another output of an encoder than latent_output.")
        require_choice(self, "channels", (1, 3))
        require_choice(self, "has_encoder", (True, False))
        for name in ("input_range", "output_range"):
            require_choice(self, name, tuple(RANGES))
        for name in ("input_layout", "output_layout"):
            require_choice(self, name, LAYOUTS)
        for name in ("encoder_layers", "decoder_layers"):
            layers = getattr(self, name)
            words = isinstance(layers, tuple) and len(layers) <= MAX_LAYERS
            if not words or not all(isinstance(w, str) and w.isidentifier() and len(w) <= 60 for w in layers):
                raise InputError(f"{name} must be at most {MAX_LAYERS:,} names of layers.")

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values; without laws as before there were any, for the same fingerprint."""
        values = super().to_dict()
        return {k: v for k, v in values.items() if k != "log_variance_output" or v is not None}

    @property
    def image_shape(self) -> ImageShape:
        """Height, width and channels of an image."""
        return self.height, self.width, self.channels

    def describe(self) -> tuple[str, ...]:
        """Return encoder and decoder in words, one line of Markdown each."""
        encoder = (
            f"{_listed(self.encoder_layers)}; pixels in [{self.input_range.replace(',', ', ')}], {self.input_layout}"
            if self.has_encoder
            else "none, so nothing can be encoded"
        )
        if self.log_variance_output is not None:
            encoder += f"; output {self.latent_output} the mean, output {self.log_variance_output} the log variance"
        return (
            f"**Encoder**: {encoder}",
            f"**Decoder**: {_listed(self.decoder_layers)}; pixels in [{self.output_range.replace(',', ', ')}], "
            f"{self.output_layout}",
        )


class ForeignAutoencoder(ABC):
    """Encoder and decoder of a user, with the conversions that let them take and give images as all others do.

    Parameters
    ----------
    config : ForeignConfig
    encoder : Network, optional
        None for a decoder alone.
    decoder : Network
    """

    def __init__(self, config: ForeignConfig, encoder: Network | None, decoder: Network) -> None:
        self.config, self.encoder, self.decoder = config, encoder, decoder
        last = max(config.latent_output, config.log_variance_output or 0)
        if encoder is not None and last >= len(encoder.output_shapes):
            raise InputError(f"The encoder has no output {last}; restore the study from its source.")

    @property
    def image_shape(self) -> ImageShape:
        """Height, width and channels of an image."""
        return self.config.image_shape

    @property
    def latent_size(self) -> int:
        """Dimension N of the latent space."""
        return self.config.latent_size

    def describe(self) -> tuple[str, ...]:
        """Return what the configuration tells of itself."""
        return self.config.describe()

    @abstractmethod
    def save(self, path: str | Path) -> None:
        """Write the first of the files that the kind names, and the others beside it."""

    def encode(self, images: npt.NDArray[np.uint8] | Floats) -> Floats:
        """Return the latent vectors of images (n, height, width, channels), shape (n, latent_size)."""
        return self.encoded(images, self.config.latent_output)

    @property
    def gives_laws(self) -> bool:
        """Whether the latent vectors are the means of posteriors."""
        return self.config.log_variance_output is not None

    def encode_law(self, images: npt.NDArray[np.uint8] | Floats) -> tuple[Floats, Floats]:
        """Return means and log variances of the posteriors of images, two arrays of shape (n, latent_size).

        Raises
        ------
        InputError
            If the encoder gives none, or one is not a number.
        """
        if self.config.log_variance_output is None:
            raise InputError("This encoder gives no log variances.")
        means, log_variances = self._outputs(images, self.config.latent_output, self.config.log_variance_output)
        if np.isnan(log_variances).any():
            raise InputError("The encoder gives NaN as a log variance; leave them out with --log-variance none.")
        return means, np.clip(log_variances, LOWEST, HIGHEST)

    def encoded(self, images: npt.NDArray[np.uint8] | Floats, output: int) -> Floats:
        """Return one of the encoder's outputs for images, shape (n, latent_size)."""
        return self._outputs(images, output)[0]

    def _outputs(self, images: npt.NDArray[np.uint8] | Floats, *chosen: int) -> list[Floats]:
        """Return some of the encoder's outputs for images, each of shape (n, latent_size), of one pass."""
        if self.encoder is None:
            raise InputError("This autoencoder has no encoder, so no image can be encoded.")
        if images.shape[1:] != self.image_shape:
            raise InputError(
                f"The images have the shape {images.shape[1:]}, this autoencoder takes {self.image_shape}."
            )
        found = [np.empty((len(images), self.latent_size), np.float32) for _ in chosen]
        for block in _blocks(len(images)):
            tensor = to_range(images[block], self.config.input_range)
            outputs = self.encoder.run(tensor_of(tensor, self.config.input_layout, self.encoder.input_shape))
            for out, output in zip(found, chosen, strict=True):
                out[block] = outputs[output].reshape(-1, self.latent_size)
        return found

    def decode(self, latents: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return the decoded images of latent vectors (n, latent_size), shape (n, height, width, channels)."""
        return _to_bytes(self.decode_exactly(latents))

    def decode_exactly(self, latents: npt.ArrayLike) -> Floats:
        """Return the same images unrounded; beyond [0, 1] where the decoder does not keep to its range."""
        return from_range(self.decoded(latents), self.config.output_range)

    def decoded(self, latents: npt.ArrayLike) -> Floats:
        """Return what the decoder makes of latent vectors, in its own range, shaped as images."""
        vectors = np.asarray(latents)
        if vectors.ndim != 2 or vectors.shape[1] != self.latent_size:
            raise InputError(f"The vectors have the shape {vectors.shape}, this decoder takes (n, {self.latent_size}).")
        out = np.empty((len(vectors), *self.image_shape), np.float32)
        for block in _blocks(len(vectors)):
            tensor = vectors[block].astype(np.float32).reshape(-1, *_filled(self.decoder.input_shape, self.latent_size))
            out[block] = images_of(self.decoder.run(tensor)[0], self.config.output_layout, self.image_shape)
        return out

    def cycle(self, latents: npt.ArrayLike) -> Floats:
        """Return the latent vectors of the decoded images of latent vectors, shape (n, latent_size); NaN unencoded."""
        if self.encoder is None:
            return np.full(np.shape(latents), np.nan, np.float32)
        return self.decode_and_cycle(latents)[1]

    def decode_and_cycle(self, latents: npt.ArrayLike) -> tuple[npt.NDArray[np.uint8], Floats]:
        """Return what :meth:`decode` and :meth:`cycle` return, with one pass through the decoder."""
        vectors = np.asarray(latents)
        images = np.empty((len(vectors), *self.image_shape), np.uint8)
        again = np.full((len(vectors), self.latent_size), np.nan, np.float32)
        for block in _blocks(len(vectors)):
            exact = self.decode_exactly(vectors[block])
            images[block] = _to_bytes(exact)
            if self.encoder is not None:
                again[block] = self.encode(exact)
        return images, again


def to_range(images: npt.NDArray[Any], name: str) -> Floats:
    """Return pixels, uint8 or float in [0, 1], as float32 in a range."""
    low, high = RANGES[name]
    if (low, high) == (0.0, 255.0) and images.dtype == np.uint8:
        return images.astype(np.float32)
    return unit_range(images) * np.float32(high - low) + np.float32(low)


def from_range(values: Floats, name: str) -> Floats:
    """Return values of a range as pixels in [0, 1]."""
    low, high = RANGES[name]
    return (values - np.float32(low)) / np.float32(high - low)


def tensor_of(images: Floats, layout: str, shape: tuple[int | None, ...]) -> Floats:
    """Return images (n, height, width, channels) in a layout and in the shape that a network takes, or flat."""
    laid = images if layout == "nhwc" else images.transpose(0, 3, 1, 2)
    if len(shape) == 3:
        return np.ascontiguousarray(laid)
    size = images.shape[1:3] if len(shape) == 2 else (-1,)
    return np.ascontiguousarray(laid.reshape(len(images), *size))


def images_of(tensor: Floats, layout: str, shape: ImageShape) -> Floats:
    """Return what a decoder gave as images (n, height, width, channels).

    Raises
    ------
    InputError
        If it has another number of values.
    """
    height, width, channels = shape
    if tensor[0].size != math.prod(shape):
        raise InputError(f"The decoder gives {tensor.shape[1:]} for an image of shape {shape}; give the one that fits.")
    if layout == "nhwc":
        return tensor.reshape(-1, height, width, channels)
    return tensor.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)


def at_size(shape: Sequence[int | None], size: tuple[int, int] | None) -> tuple[int | None, ...]:
    """Return the shape of an image tensor with its open height and width filled in, where it has just these two."""
    if size is None or list(shape).count(None) != 2:
        return tuple(shape)
    given = iter(size)
    return tuple(next(given) if side is None else side for side in shape)


def _filled(shape: tuple[int | None, ...], size: int) -> tuple[int, ...]:
    """Return the shape of a latent tensor with its one unknown size, if any, such that it holds a vector."""
    known = math.prod(side for side in shape if side is not None)
    return tuple(size // known if side is None else side for side in shape)


def _to_bytes(images: Floats) -> npt.NDArray[np.uint8]:
    pixels = np.nan_to_num(np.clip(images, 0, 1))
    return np.asarray(np.rint(pixels * np.float32(255)), np.uint8)


def _blocks(count: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, count, BLOCK))


def _listed(layers: tuple[str, ...]) -> str:
    """Return layers in their order, equal neighbours counted; the frequent ones alone where there are many."""
    runs = [(name, len(list(same))) for name, same in groupby(layers)]
    if len(runs) > 12:
        runs = Counter(layers).most_common(6)
        return f"{len(layers)} layers, {_joined(runs, ', ')}"
    return _joined(runs, " → ") or "nothing"


def _joined(runs: list[tuple[str, int]], between: str) -> str:
    return between.join(f"{count}× {name}" if count > 1 else name for name, count in runs)
