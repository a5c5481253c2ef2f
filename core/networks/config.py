"""What an autoencoder is built from and how it is trained, as checked plain data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, ClassVar, Self

from core.errors import InputError

__all__ = [
    "LOSSES",
    "AutoencoderConfig",
    "PlainData",
    "TrainingConfig",
    "require_choice",
    "require_integers",
    "usual_filters",
]

ACTIVATIONS = ("relu", "leaky_relu", "elu", "silu", "gelu")
PRECISIONS = ("float32", "bfloat16")
LOSSES = ("mean_squared_error", "mean_absolute_error", "binary_crossentropy", "l1_ssim")

FEWEST_PIXELS = 8
"""Side of an image that is not halved any more."""

FIRST_FILTERS, MOST_FILTERS = 32, 256
"""Filters of the first convolution, which double from one to the next, and of the last."""


MOST_HELD_OUT = 0.5
"""Share of images that validate, at most."""


def usual_filters(image_size: int) -> tuple[int, ...]:
    """Return the filters for images of a size: halved until less than eight pixels remain on a side."""
    halvings = 0
    while image_size >= FEWEST_PIXELS:
        image_size, halvings = -(-image_size // 2), halvings + 1
    return tuple(min(FIRST_FILTERS * 2**i, MOST_FILTERS) for i in range(halvings))


class PlainData:
    """Plain data that reads itself back from JSON without trusting it."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Build from what :meth:`to_dict` returned; raise `InputError` on unknown names, wrong types or values."""
        known = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        if unknown := sorted(set(values) - known):
            raise InputError(f"The configuration names {', '.join(unknown)}, which this version does not know.")
        try:
            return cls(**{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})
        except InputError:
            raise
        except (TypeError, ValueError) as error:  # a number of more digits than Python prints among them
            raise InputError(f"The configuration cannot be read ({error}).") from None


@dataclass(frozen=True)
class AutoencoderConfig(PlainData):
    """A plain convolutional autoencoder, as in the series: strided convolutions, no variational term.

    Attributes
    ----------
    image_size : int
        Side of the square images in pixels.
    channels : int
        Colour channels.
    latent_size : int
        Dimension N of the latent space.
    filters : tuple of int
        Filters of the encoder's convolutions, each of which halves the image, rounded up; the decoder mirrors them.
        Without any, they follow from the size (see :func:`usual_filters`).
    kernel_size : int
        Side of the convolution kernels in pixels.
    activation : str
        One of relu, leaky_relu, elu, silu, gelu.
    batch_normalisation : bool
        Normalise after each convolution.
    """

    kind: ClassVar[str] = "convolutional"

    image_size: int = 96
    channels: int = 3
    latent_size: int = 256
    filters: tuple[int, ...] = field(default=(), metadata={"usual": "by the size"})
    kernel_size: int = 4
    activation: str = "relu"
    batch_normalisation: bool = False

    def __post_init__(self) -> None:
        require_integers(
            self, ("image_size", 8, 1024), ("channels", 1, 4), ("latent_size", 1, 4096), ("kernel_size", 2, 9)
        )
        if self.filters == ():
            object.__setattr__(self, "filters", usual_filters(self.image_size))
        if not self.filters or not all(type(f) is int and 1 <= f <= 4096 for f in self.filters):
            raise InputError(f"filters must be whole numbers from 1 to 4096, not {self.filters}.")
        if 2 ** len(self.filters) > self.image_size:
            raise InputError(
                f"image_size {self.image_size} cannot be halved {len(self.filters)} times; "
                "choose a larger size or fewer filters."
            )
        require_choice(self, "activation", ACTIVATIONS)
        require_choice(self, "batch_normalisation", (True, False))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""
        return self.image_size, self.image_size, self.channels

    def describe(self) -> tuple[str, ...]:
        """Return encoder and decoder in words, one line of Markdown each."""
        layers = " → ".join(str(f) for f in self.filters)
        norm = "with" if self.batch_normalisation else "without"
        return (
            f"**Encoder**: {len(self.filters)} strided convolutions of {self.kernel_size}×{self.kernel_size} pixels "
            f"({layers} filters), then {self.latent_size} linear units; no variational term",
            f"**Decoder**: the mirrored transposed convolutions, sigmoid at the end; {self.activation} in between, "
            f"{norm} batch normalisation",
        )


@dataclass(frozen=True)
class TrainingConfig(PlainData):
    """How an autoencoder is trained: Adam under a cosine schedule with a short warm-up.

    Attributes
    ----------
    epochs : int
        Passes over the training images; the learning rate reaches its end after the last.
    batch_size : int
        Images per step.
    learning_rate : float
        Peak of the schedule.
    loss : str
        One of mean_squared_error, mean_absolute_error, binary_crossentropy, l1_ssim; pixels are in [0, 1].
    flip : bool
        Mirror half of the images, chosen at random, left to right.
    precision : str
        Of the arithmetic in the layers, float32 or bfloat16; weights and losses are float32 in both. Processors with
        bfloat16 instructions train about 1.5 times faster with them.
    seed : int
        Of the initial weights, the order of the images and the mirroring.
    held_out : float
        Share of the images that validate the training, where no list and no folder says which.
    """

    epochs: int = 24
    batch_size: int = 64
    learning_rate: float = 1e-3
    loss: str = "mean_squared_error"
    flip: bool = True
    precision: str = "float32"
    seed: int = 0
    held_out: float = 0.1

    def __post_init__(self) -> None:
        require_integers(self, ("epochs", 1, 10_000), ("batch_size", 1, 65_536), ("seed", 0, 2**32 - 1))
        if not isinstance(self.learning_rate, float) or not (
            math.isfinite(self.learning_rate) and self.learning_rate > 0
        ):
            raise InputError(f"learning_rate must be a positive number, not {self.learning_rate}.")
        if type(self.held_out) is not float or not 0 <= self.held_out <= MOST_HELD_OUT:
            raise InputError(f"held_out must be a number from 0 to {MOST_HELD_OUT}, not {self.held_out!r}.")
        require_choice(self, "loss", LOSSES)
        require_choice(self, "flip", (True, False))
        require_choice(self, "precision", PRECISIONS)


def require_integers(config: object, *limits: tuple[str, int, int]) -> None:
    """Raise `InputError` unless each named field is a whole number within its limits."""
    for name, low, high in limits:
        value = getattr(config, name)
        if type(value) is not int or not low <= value <= high:
            raise InputError(f"{name} must be a whole number from {low:,} to {high:,}, not {value!r}.")


def require_choice(config: object, name: str, choices: tuple[object, ...]) -> None:
    """Raise `InputError` unless a field is one of some values, and of their type."""
    value = getattr(config, name)
    if not any(type(value) is type(choice) and value == choice for choice in choices):  # 1 is not True
        raise InputError(f"{name} must be one of {', '.join(map(str, choices))}, not {value!r}.")
