"""Picture, numbers, picture: what an autoencoder does, as one small drawing."""

from __future__ import annotations

import io
import math

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from core.figures.theme import NEUTRAL

__all__ = ["barcode", "round_trip"]

SIDE, GAP = 192, 96
"""Pixels of each of the three pictures, and between them."""

WIDEST = 2.5
"""Deviation in σ that is drawn black or white."""


def barcode(
    vector: npt.NDArray[np.floating], mean: npt.NDArray[np.floating], widths: npt.NDArray[np.floating]
) -> Image.Image:
    """Return the numbers of a vector (d,) as a nearly square field of grey cells.

    A cell is the lighter, the higher its number lies above the mean; cells that are left over are transparent.
    """
    columns = math.ceil(math.sqrt(len(vector)))
    rows = math.ceil(len(vector) / columns)
    deviations = np.divide(vector - mean, widths, out=np.zeros(len(vector)), where=widths > 0)
    cells = np.zeros((rows * columns, 2), np.uint8)
    cells[: len(vector), 0] = np.rint(255 * np.clip(0.5 + deviations / (2 * WIDEST), 0, 1))
    cells[: len(vector), 1] = 255
    field = Image.fromarray(cells.reshape(rows, columns, 2), "LA")
    return field.resize((SIDE, max(1, round(SIDE * rows / columns))), Image.Resampling.NEAREST)


def round_trip(before: npt.NDArray[np.uint8], numbers: Image.Image, after: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture, its numbers and the picture made of them side by side, with arrows, as PNG.

    Parameters
    ----------
    before, after : uint8 arrays (height, width, channels)
    numbers : Image
        As :func:`barcode` draws them.
    """
    parts = [_picture(before), numbers.convert("RGBA"), _picture(after)]
    sheet = Image.new("RGBA", (3 * SIDE + 2 * GAP, SIDE))
    pen = ImageDraw.Draw(sheet)
    for i, part in enumerate(parts):
        left = i * (SIDE + GAP)
        sheet.paste(part, (left + (SIDE - part.width) // 2, (SIDE - part.height) // 2))
        if i:
            tip, middle = left - GAP // 5, SIDE // 2
            pen.line([(left - GAP + GAP // 5, middle), (tip - 14, middle)], NEUTRAL, 6)
            pen.polygon([(tip, middle), (tip - 20, middle - 13), (tip - 20, middle + 13)], NEUTRAL)
    file = io.BytesIO()
    sheet.save(file, "PNG")
    return file.getvalue()


def _picture(image: npt.NDArray[np.uint8]) -> Image.Image:
    whole = Image.fromarray(image if image.shape[2] == 3 else image[..., 0]).convert("RGBA")
    scale = SIDE / max(whole.size)
    size = (max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
    return whole.resize(size, Image.Resampling.BICUBIC)
