"""A picture of a user's own: where the encoder puts it among the vectors of a study."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks import Autoencoder
from core.networks.backend import unit_range
from core.sources.pixels import decode, size_of
from core.study import Study

__all__ = ["Brought", "bring"]

ALIKE = 2
"""A picture whose shorter side is less than so many crops is cut as the study's images were; a larger one is another
photograph, of which the crop would be a small piece."""


@dataclass(frozen=True, eq=False)
class Brought:
    """A picture that was encoded.

    Attributes
    ----------
    pixels, again : uint8 arrays (h, w, c)
        What of it the encoder saw, and what the decoder makes of its vector.
    vector : array (d,)
    error : float
        Mean squared difference of both, in [0, 1].
    crop : int
        Side in pixels of the central square that it was cut to, as the study's images were; 0 for the whole.
    """

    pixels: npt.NDArray[np.uint8]
    again: npt.NDArray[np.uint8]
    vector: npt.NDArray[np.float32]
    error: float
    crop: int


def bring(study: Study, autoencoder: Autoencoder, data: bytes) -> Brought:
    """Encode a picture from the bytes of its file.

    Raises
    ------
    InputError
        If it is no picture, or damaged.
    """
    usual = study.source.crop if study.source else 0
    try:
        crop = usual if usual <= min(size_of(data)) < ALIKE * usual else 0
        pixels = decode(data, crop, autoencoder.image_shape)
    except OSError as error:
        raise InputError(f"The picture cannot be read: {error}; choose a JPEG, PNG, WebP or BMP.") from None
    vector = autoencoder.encode(pixels[None])
    exact = autoencoder.decode_exactly(vector)
    differs = float(np.square(exact - unit_range(pixels[None])).mean())
    return Brought(pixels, autoencoder.decode(vector)[0], vector[0], differs, crop)
