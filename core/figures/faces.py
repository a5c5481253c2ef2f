"""Walls of decoded faces as one picture."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["GAP", "SHEET_COLUMNS", "sheet", "wall"]

GAP = 2
"""Pixels between faces, at the decoder's resolution."""

SCALE = 2
"""Enlargement of a picture that is kept as a file, so that it stays sharp on wide and on high-resolution screens."""

ENCODINGS: dict[str, dict[str, int]] = {"WEBP": {"quality": 95, "method": 0}, "PNG": {"compress_level": 1}}
"""WebP for the screen: a wall has 60 kB, takes a quarter of the time, and the browser enlarges it; PNG to keep."""


SHEET_COLUMNS, SHEET_SIDE = 30, 40
"""Faces in a row of a sheet, and pixels of each side."""


def sheet(images: npt.NDArray[np.uint8], most: int) -> bytes:
    """Return many images (n, h, w, c), made small, as one WebP of squares without gaps.

    Of ever lower quality until it has at most so many bytes, which even noise does from 550 bytes for each image on.
    """
    rows = -(-len(images) // SHEET_COLUMNS)
    picture = Image.new("RGB", (SHEET_COLUMNS * SHEET_SIDE, rows * SHEET_SIDE))
    for i, image in enumerate(images):
        small = Image.fromarray(image if image.shape[2] == 3 else np.repeat(image[..., :1], 3, axis=2))
        small = small.resize((SHEET_SIDE, SHEET_SIDE), Image.Resampling.BOX)
        picture.paste(small, (i % SHEET_COLUMNS * SHEET_SIDE, i // SHEET_COLUMNS * SHEET_SIDE))
    for quality in (80, 60, 40, 20, 5):
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality, method=2)
        if file.tell() <= most:
            break
    return file.getvalue()


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
