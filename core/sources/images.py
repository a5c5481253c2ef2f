"""Images from a folder, an archive or a table, streamed, cropped and resized.

An image that cannot be read is skipped, counted and listed with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from core.errors import InputError
from core.sources.distant import Distant, Place
from core.sources.known import KNOWN
from core.sources.members import Members, Skipped, folder_members, zip_members
from core.sources.names import IMAGE_SUFFIXES
from core.sources.parquets import is_parquet, parquet_members
from core.sources.pixels import ImageShape, decode, image_shape, size_of, upright
from core.sources.tars import is_tar, tar_members

__all__ = ["ImageSource", "Images", "Skipped", "open_images"]


@dataclass(frozen=True)
class Images:
    """A batch of prepared images.

    Attributes
    ----------
    names : tuple of str
        File names, one per image.
    pixels : uint8 array of shape (n, height, width, channels)
    skipped : tuple of Skipped
        What was asked for in this batch and could not be read.
    """

    names: tuple[str, ...]
    pixels: npt.NDArray[np.uint8]
    skipped: tuple[Skipped, ...]


class ImageSource:
    """Named images behind one path, read one at a time.

    Parameters
    ----------
    members : Members
    crop : int, optional
        Side in pixels of the central square to cut; 0 for the largest one. By default that of a known data set when the
        first readable image has the size of its images, the largest square otherwise. Where prepared images are not
        square, the largest part of their aspect is cut from that square, or with 0 from the whole image.

    Raises
    ------
    InputError
        If there is no image, or the crop is negative.
    """

    def __init__(self, members: Members, crop: int | None = None) -> None:
        if not members.readers:
            raise InputError(
                f"{members.path} holds no images ({', '.join(sorted(IMAGE_SUFFIXES))}); "
                f"give the folder or archive that contains them{_first(members.skipped)}."
            )
        if crop is not None and crop < 0:
            raise InputError(f"A crop of {crop} pixels is not possible; give 0 for the largest square or a side.")
        self.path = members.path
        self.kind = members.kind
        self.names: tuple[str, ...] = tuple(members.readers if members.ordered else sorted(members.readers))
        self.known = members.known
        self.skipped = members.skipped
        self._readers = members.readers
        self.crop = self._usual_crop() if crop is None else crop

    def __len__(self) -> int:
        return len(self.names)

    @property
    def local(self) -> Path:
        """The path on this machine; raises `InputError` for an address."""
        if isinstance(self.path, Distant):
            raise InputError(f"{self.path} is an address; this needs the images on this machine, copy them first.")
        return self.path

    def __contains__(self, name: str) -> bool:
        return name in self._readers

    def image(self, name: str) -> Image.Image:
        """Return one image, decoded, upright, in RGB, at its original size.

        Raises
        ------
        OSError
            If the file is empty, truncated, too large or not an image.
        """
        return upright(self._readers[name]())

    def size(self, name: str) -> tuple[int, int]:
        """Return width and height of one image, upright, from its header; raise `OSError` as :meth:`image` does."""
        return size_of(self._readers[name]())

    def batches(self, names: Sequence[str], shape: int | ImageShape, batch_size: int = 256) -> Iterator[Images]:
        """Yield the named images, cropped and resized by area, in batches; memory does not grow with their number.

        Parameters
        ----------
        names : sequence of str
            Which images, in which order.
        shape : int or tuple of int
            Height, width and channels of the prepared images; one number stands for a square in colour.
        batch_size : int
            How many names make a batch; unreadable images leave a batch shorter.
        """

        def attempt(name: str) -> npt.NDArray[np.uint8] | Skipped:
            try:
                return decode(self._readers[name](), self.crop, shape)
            except OSError as error:
                return Skipped(name, str(error))

        whole = image_shape(shape)
        with ThreadPoolExecutor() as pool:
            for start in range(0, len(names), batch_size):
                chunk = names[start : start + batch_size]
                results = list(pool.map(attempt, chunk))
                read = [(n, r) for n, r in zip(chunk, results, strict=True) if not isinstance(r, Skipped)]
                pixels = np.stack([r for _, r in read]) if read else np.empty((0, *whole), np.uint8)
                yield Images(tuple(n for n, _ in read), pixels, tuple(r for r in results if isinstance(r, Skipped)))

    def _usual_crop(self) -> int:
        for name in self.names[:100]:
            try:
                size = size_of(self._readers[name]())
            except OSError:
                continue
            return next((known.crop for known in KNOWN if known.image_size == size), 0)
        return 0


def _first(skipped: Sequence[Skipped]) -> str:
    return f" (passed over is {skipped[0].name}: {skipped[0].reason})" if skipped else ""


def open_images(path: str | Place, crop: int | None = None) -> ImageSource:
    """Open a folder, a zip, a tar (plain or packed with gzip) or a parquet file of images, or a zip behind an address.

    Parameters
    ----------
    path : path or Distant
    crop : int, optional
        As :class:`ImageSource` has it.

    Raises
    ------
    InputError
        If nothing is there, the archive is damaged, is a saved web page or contains unsafe names, or no image is found.
    """
    if isinstance(path, Distant):
        return ImageSource(zip_members(path), crop)
    path = Path(path)
    if path.is_dir():
        return ImageSource(folder_members(path), crop)
    if not path.is_file():
        raise InputError(f"{path} does not exist; give the folder, zip, tar or parquet file that holds the images.")
    try:
        read = parquet_members if is_parquet(path) else tar_members if is_tar(path) else zip_members
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None
    return ImageSource(read(path), crop)
