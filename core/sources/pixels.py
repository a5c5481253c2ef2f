"""Pixels of one image: decoded in bounded memory, cut to its central part, averaged by area.

A file of a few hundred kilobytes may hold an image of many millions of pixels. Its header says so: such images wait for
each other, are decoded at a reduced size where their format allows that, and are never copied as a whole.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import numpy as np
import numpy.typing as npt
from PIL import Image, UnidentifiedImageError

__all__ = ["ImageShape", "decode", "image_shape", "prepare", "size_of", "upright"]

ImageShape = tuple[int, int, int]
"""Height and width in pixels, and channels: 3 for red, green and blue, 1 for grey."""

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
"""What is decoded, whatever the file is called."""

MAX_PIXELS = 64 * 10**6
"""Larger images are skipped before their pixels are decoded."""

LARGE = 8 * 10**6
"""Pixels of an image above which it is decoded by itself, since each takes up to ten bytes."""

STRIP = 2**17
"""Pixels that a worker has at a time in double precision."""

DRAFT = 8
"""A JPEG is decoded at a reduced size where what remains is this many times as large as what is asked for."""

ORIENTATION = 0x0112
"""Tag of the orientation in a photograph's metadata."""

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes an image upright, by its orientation."""

SIDEWAYS = (5, 6, 7, 8)
"""Orientations of images that lie on their side."""

DAMAGE = (
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    MemoryError,
    OverflowError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What decoding a damaged image raises besides `OSError`, depending on where it is damaged."""

warnings.filterwarnings("ignore", module=r"PIL\.")  # notes on damaged metadata; the pixels are sound
warnings.simplefilter("error", Image.DecompressionBombWarning)  # caught where an image is opened


_alone = ThreadPoolExecutor(1, "large images")
"""Decodes large images one after the other. One thread takes the memory of one for the next; of several, the C library
would keep an arena for each."""


def size_of(data: bytes) -> tuple[int, int]:
    """Return width and height of an image, upright, from its header; raise `OSError` as :func:`decode` does."""
    with _opened(data) as picture:
        width, height = picture.size
        return (height, width) if _orientation(picture) in SIDEWAYS else (width, height)


def upright(data: bytes) -> Image.Image:
    """Return an image as a whole, upright, in red, green and blue; raise `OSError` as :func:`decode` does."""
    with _opened(data) as picture:
        turn = TURNS.get(_orientation(picture))
        coloured = picture.convert("RGB")
        return coloured if turn is None else coloured.transpose(turn)


def image_shape(shape: int | ImageShape) -> ImageShape:
    """Return height, width and channels; one number stands for a square in colour."""
    return (shape, shape, 3) if isinstance(shape, int) else shape


def decode(data: bytes, crop: int, shape: int | ImageShape) -> npt.NDArray[np.uint8]:
    """Return the central part of an image, resized by area, in colour or in grey.

    Parameters
    ----------
    data : bytes
        Of the file.
    crop : int
        Side in pixels of the central square that the part is cut from; 0 to cut it from the whole image.
    shape : int or tuple of int
        Height, width and channels of the result; one number stands for a square in colour.

    Returns
    -------
    uint8 array of that shape

    Raises
    ------
    OSError
        If the file is empty, truncated, too large or not an image, or the image is smaller than the crop.
    """
    if _is_large(data):
        return _alone.submit(_decoded, data, crop, image_shape(shape)).result()
    return _decoded(data, crop, image_shape(shape))


def _decoded(data: bytes, crop: int, shape: ImageShape) -> npt.NDArray[np.uint8]:
    with _opened(data) as picture:
        width, height = picture.size
        part, result = _part(picture, crop, shape), _as_it_lies(picture, shape)
        reduced = max(1, min(side // (DRAFT * wanted) for side, wanted in zip(part, result, strict=True)))
        if reduced > 1 and picture.draft("RGB", (width // reduced, height // reduced)):
            crop = round(crop * min(picture.size) / min(width, height))
        return prepare(picture, crop, shape)


def _is_large(data: bytes) -> bool:
    """Return whether an image takes much memory; of a WebP one that is not known before it is decoded."""
    if data[8:12] == b"WEBP":
        return True
    with _opened(data) as picture:
        return picture.width * picture.height > LARGE


def prepare(image: Image.Image, crop: int, shape: int | ImageShape) -> npt.NDArray[np.uint8]:
    """Cut the central part of an image that may lie on its side, and resize it by area averaging.

    Works in strips, so that no copy of the whole image is made; 16 bits are scaled to 8.

    Parameters
    ----------
    image : PIL image
    crop, shape : int, int or tuple of int
        As :func:`decode` has them.

    Returns
    -------
    uint8 array of that shape

    Raises
    ------
    OSError
        If the image is smaller than the crop.
    """
    shape = image_shape(shape)
    (width, height), (columns, lines) = _part(image, crop, shape), _as_it_lies(image, shape)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    strip = max(1, STRIP // width)
    rows = [
        _area_average(_colours(image.crop((left, i, left + width, min(i + strip, top + height))), shape[2]), columns, 1)
        for i in range(top, top + height, strip)
    ]
    pixels = np.rint(_area_average(np.concatenate(rows), lines, 0)).astype(np.uint8)
    turn = TURNS.get(_orientation(image))
    if turn is None:
        return pixels
    flat = pixels if shape[2] == 3 else pixels[..., 0]
    return np.asarray(Image.fromarray(flat).transpose(turn)).reshape(shape)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """Yield an image whose pixels are not decoded yet; turn what goes wrong with it into an `OSError` with a reason."""
    if not data:
        raise OSError("the file is empty")
    try:
        with closing(Image.open(io.BytesIO(data), formats=FORMATS)) as picture:  # its pixels, too, are let go of
            if picture.width * picture.height > MAX_PIXELS:
                raise OSError("the image has too many pixels")
            yield picture
    except UnidentifiedImageError:
        raise OSError("the file is not an image") from None
    except DAMAGE as error:
        raise OSError(f"the image is damaged ({error})") from None


def _as_it_lies(image: Image.Image, shape: ImageShape) -> tuple[int, int]:
    """Return width and height of a result before the image that it is made of is put upright."""
    height, width, _ = shape
    return (height, width) if height != width and _orientation(image) in SIDEWAYS else (width, height)


def _part(image: Image.Image, crop: int, shape: ImageShape) -> tuple[int, int]:
    """Return width and height of the largest central part that has the aspect of a shape."""
    if crop > min(image.size):
        raise OSError(f"the image has {image.width}×{image.height} pixels, less than the crop of {crop}")
    across, down = (crop, crop) if crop else image.size
    width, height = _as_it_lies(image, shape)
    if across * height <= down * width:
        return across, max(1, across * height // width)
    return max(1, down * width // height), down


def _colours(part: Image.Image, channels: int) -> npt.NDArray[np.float64]:
    """Return red, green and blue of a part of an image, or its grey, shape (h, w, channels), in 0 … 255."""
    if part.mode.startswith("I"):
        grey = np.asarray(part, np.float64) / 257
        return np.repeat(grey[..., None], channels, axis=2)
    if channels == 1:
        return np.asarray(part.convert("L"), np.float64)[..., None]
    return np.asarray(part.convert("RGB"), np.float64)


def _orientation(image: Image.Image) -> int:
    """Return how a photograph lies, 1 for upright; metadata that cannot be read say nothing."""
    try:
        return int(image.getexif().get(ORIENTATION, 1))
    except (OSError, *DAMAGE):
        return 1


def _area_average(pixels: npt.NDArray[np.float64], count: int, axis: int) -> npt.NDArray[np.float64]:
    """Average an array along an axis to ``count`` values by the areas that they share, as differences of running sums.

    Pillow's box filter gives every source pixel whole to one target, which is no average of areas from 148 to 96.
    """
    pixels = np.moveaxis(pixels, axis, 0)
    total = np.concatenate([np.zeros_like(pixels[:1]), np.cumsum(pixels, axis=0)])
    edges = np.linspace(0, len(pixels), count + 1)
    below = np.minimum(edges.astype(np.intp), len(pixels) - 1)
    share = (edges - below).reshape(-1, *[1] * (pixels.ndim - 1))
    at_edges = total[below] * (1 - share) + total[below + 1] * share
    return np.moveaxis(np.diff(at_edges, axis=0) * (count / len(pixels)), 0, axis)
