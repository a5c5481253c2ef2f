"""What every autoencoder can do, whatever it is built from, and what a kind of them has to bring along."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeGuard, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt
import safetensors

from core.errors import InputError

__all__ = [
    "HIGHEST",
    "LOWEST",
    "WEIGHTS",
    "Autoencoder",
    "Configuration",
    "Kind",
    "Variational",
    "count_weights",
    "encodes_laws",
]

WEIGHTS = "weights.safetensors"
"""File of the weights of the kinds that need no other."""

LOWEST, HIGHEST = -12.0, 3.9
"""Limits of the log variances: a spread of 0.0025 is none, and one of 7 is more than the prior's."""


class Configuration(Protocol):
    """What an autoencoder is built from, as checked plain data that needs no Keras."""

    @property
    def kind(self) -> str:
        """Key of the kind, as in ``study.json``."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height and width in pixels, and channels of an image: 3 for colour, 1 for grey."""

    @property
    def latent_size(self) -> int:
        """Dimension N of the latent space."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-ready values, without the kind."""

    def describe(self) -> tuple[str, ...]:
        """Return what a reader wants to know of the network, one line of Markdown for each of its parts."""


class Autoencoder(Protocol):
    """Encoder and decoder: images to latent vectors and back.

    Images are arrays of shape (n, height, width, channels), uint8 in 0 … 255 or float in [0, 1]; latent vectors are
    arrays of shape (n, latent_size). Arrays of another shape are refused with an `InputError`.
    """

    @property
    def config(self) -> Configuration:
        """What it is built from."""

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of an image."""

    @property
    def latent_size(self) -> int:
        """Dimension N of the latent space."""

    def encode(self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the latent vectors of images."""

    def decode(self, latents: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return the images that latent vectors decode to."""

    def decode_exactly(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the same images unrounded, in [0, 1]."""

    def cycle(self, latents: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Return the latent vectors of the unrounded images that latent vectors decode to; NaN without an encoder."""

    def decode_and_cycle(self, latents: npt.ArrayLike) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
        """Return what ``decode`` and ``cycle`` return, with one pass through the decoder."""

    def save(self, path: str | Path) -> None:
        """Write the first of the files that the kind names, and the others beside it; none of them is ever executed."""

    def describe(self) -> tuple[str, ...]:
        """Return what the configuration tells of itself."""


@runtime_checkable
class Variational(Autoencoder, Protocol):
    """What an autoencoder can do besides whose latent vectors are the means of normal laws."""

    @property
    def gives_laws(self) -> bool:
        """Whether this one does: of networks that were made elsewhere, some do."""

    def encode_law(
        self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return means and log variances of the posteriors of images, two arrays of shape (n, latent_size)."""


def encodes_laws(autoencoder: Autoencoder) -> TypeGuard[Variational]:
    """Return whether the latent vectors of an autoencoder are the means of normal laws."""
    return isinstance(autoencoder, Variational) and autoencoder.gives_laws


C = TypeVar("C", bound=Configuration)


@dataclass(frozen=True)
class Kind(Generic[C]):
    """A kind of autoencoder: how ``study.json`` calls it, and how it is read.

    Attributes
    ----------
    key : str
        In ``study.json``.
    read_config : callable
        Returns the configuration from what its ``to_dict`` returned; raises `InputError` on anything else.
    load : callable
        Returns the autoencoder from the first of its files; raises `InputError` if they do not fit.
    files : callable
        Returns the names of the files that a configuration has in a study's folder.
    count : callable
        Returns the number of weights, from the first of the files and without reading it whole; raises `InputError`
        where it is no such file.
    """

    key: str
    read_config: Callable[[Mapping[str, Any]], C]
    load: Callable[[str | Path, C], Autoencoder]
    files: Callable[[C], tuple[str, ...]] = lambda _: (WEIGHTS,)
    count: Callable[[Path, C], int] = lambda path, _: count_weights(path)


def count_weights(path: Path) -> int:
    """Return the number of weights in a safetensors file, from its header alone.

    Raises
    ------
    InputError
        If it is no such file.
    """
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118
    except (OSError, safetensors.SafetensorError) as error:
        said = " ".join(str(error).split())[:300].rstrip(".")
        raise InputError(f"{path} cannot be read as weights ({said}); restore it from its source.") from None
