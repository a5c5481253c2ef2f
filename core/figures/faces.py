"""Walls of decoded faces as one picture."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["png", "wall"]

GAP = 2
"""Pixels between faces, at the decoder's resolution."""

SCALE = 2
"""Enlargement, so that a wall stays sharp on wide and on high-resolution screens."""


def wall(images: npt.NDArray[np.uint8], columns: int) -> bytes:
    """Return images (n, h, w, c) as one PNG with the given number of columns, row by row, gaps transparent."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 4), np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        sheet[top : top + height, left : left + width, :3] = image if channels == 3 else image[..., :1]
        sheet[top : top + height, left : left + width, 3] = 255
    picture = Image.fromarray(sheet)
    size = (picture.width * SCALE, picture.height * SCALE)
    return _encode(picture.resize(size, Image.Resampling.BICUBIC))


def png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return one image (h, w, c) as PNG, enlarged as in a wall."""
    return wall(image[None], 1)


def _encode(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()
