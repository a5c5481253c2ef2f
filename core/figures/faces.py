"""Walls of decoded faces as one picture."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["BETWEEN", "wall"]

GAP = 2
"""Pixels between faces, at the decoder's resolution."""

SCALE = 2
"""Enlargement, so that a wall stays sharp on wide and on high-resolution screens."""

BETWEEN = GAP * SCALE
"""Pixels between faces of a finished wall."""

ENCODINGS: dict[str, dict[str, int]] = {"WEBP": {"quality": 90, "method": 0}, "PNG": {"compress_level": 1}}
"""WebP for the screen: a wall has 0.1 MB and is there at once; PNG, 13 times as large, where no digit may be lost."""


def wall(images: npt.NDArray[np.uint8], columns: int, encoding: str = "WEBP") -> bytes:
    """Return images (n, h, w, c) as one picture with the given number of columns, row by row, gaps transparent."""
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 4), np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        sheet[top : top + height, left : left + width, :3] = image if channels == 3 else image[..., :1]
        sheet[top : top + height, left : left + width, 3] = 255
    picture = Image.fromarray(sheet)
    size = (picture.width * SCALE, picture.height * SCALE)
    file = io.BytesIO()
    picture.resize(size, Image.Resampling.BICUBIC).save(file, encoding, **ENCODINGS[encoding])
    return file.getvalue()
