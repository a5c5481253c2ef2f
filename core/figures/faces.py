"""Walls of decoded faces as one picture."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["GAP", "wall"]

GAP = 2
"""Pixels between faces, at the decoder's resolution."""

SCALE = 2
"""Enlargement of a picture that is kept as a file, so that it stays sharp on wide and on high-resolution screens."""

ENCODINGS: dict[str, dict[str, int]] = {"WEBP": {"quality": 95, "method": 0}, "PNG": {"compress_level": 1}}
"""WebP for the screen: a wall has 60 kB, takes a quarter of the time, and the browser enlarges it; PNG to keep."""


def wall(images: npt.NDArray[np.uint8], columns: int, encoding: str = "WEBP") -> bytes:
    """Return images (n, h, w, c) as one picture with the given number of columns, row by row, gaps transparent.

    As PNG it is twice as large.
    """
    count, height, width, channels = images.shape
    rows = -(-count // columns)
    sheet = np.zeros((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 4), np.uint8)
    for i, image in enumerate(images):
        top, left = i // columns * (height + GAP), i % columns * (width + GAP)
        sheet[top : top + height, left : left + width, :3] = image if channels == 3 else image[..., :1]
        sheet[top : top + height, left : left + width, 3] = 255
    picture = Image.fromarray(sheet)
    if encoding == "PNG":
        picture = picture.resize((picture.width * SCALE, picture.height * SCALE), Image.Resampling.BICUBIC)
    file = io.BytesIO()
    picture.save(file, encoding, **ENCODINGS[encoding])
    return file.getvalue()
