"""Face images from a folder or a zip, streamed, cropped and resized.

CelebA is met in several layouts: ``img_align_celeba.zip`` alone, its folder, Kaggle's doubled folder
``img_align_celeba/img_align_celeba``, or the official tree with ``Img``, ``Anno`` and ``Eval``. All of them, and any
other folder or zip of face images, open with :func:`open_images`.

Zip members are read in memory and never unpacked to disk. An image that cannot be read is skipped, counted and
listed with its reason.
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from core.errors import InputError
from core.sources.celeba import CELEBA_CROP, CELEBA_SIZE

__all__ = ["ImageSource", "Images", "Skipped", "open_images", "prepare"]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
LIST_SUFFIXES = frozenset({".txt", ".csv"})

MAX_MEMBER_BYTES = 64 * 2**20
"""Larger files are skipped unread: no face image needs 64 MiB, a decompression bomb does."""

MAX_PIXELS = 64 * 10**6
"""Larger images are skipped before their pixels are decoded."""

DAMAGED_MEMBER = (
    zipfile.BadZipFile,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    lzma.LZMAError,
    struct.error,
    zlib.error,
)
"""What `zipfile` raises on a member that is damaged or packed in an unknown way."""

warnings.filterwarnings("ignore", module=r"PIL\.")  # notes on damaged metadata; the pixels are sound
warnings.simplefilter("error", Image.DecompressionBombWarning)  # caught where an image is opened


@dataclass(frozen=True)
class Skipped:
    """A file that was passed over, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Images:
    """A batch of prepared images.

    Attributes
    ----------
    names : tuple of str
        File names, one per image.
    pixels : uint8 array of shape (n, size, size, 3)
    skipped : tuple of Skipped
        What was asked for in this batch and could not be read.
    """

    names: tuple[str, ...]
    pixels: npt.NDArray[np.uint8]
    skipped: tuple[Skipped, ...]


class ImageSource:
    """Named face images behind one path, read one at a time.

    Parameters
    ----------
    path : Path
        The folder or zip, for messages.
    kind : str
        ``"folder"`` or ``"zip"``.
    members : dict of str to str
        Public image name (``000001.jpg``) to where it lies inside the folder or zip.
    read : callable
        Returns the bytes of a member.
    skipped : sequence of Skipped
        Files that are no images.
    crop : int, optional
        Side in pixels of the central square to cut; 0 for the largest one. By default :data:`CELEBA_CROP` when the
        first readable image has CelebA's size, the largest square otherwise.

    Raises
    ------
    InputError
        If there is no image, or the crop is negative.
    """

    def __init__(
        self,
        path: Path,
        kind: str,
        members: dict[str, str],
        read: Callable[[str], bytes],
        skipped: Sequence[Skipped] = (),
        crop: int | None = None,
    ) -> None:
        if not members:
            raise InputError(
                f"{path} holds no face images ({', '.join(sorted(IMAGE_SUFFIXES))}); "
                "give the folder or zip that contains them."
            )
        if crop is not None and crop < 0:
            raise InputError(f"A crop of {crop} pixels is not possible; give 0 for the largest square or a side.")
        self.path = path
        self.kind = kind
        self.names: tuple[str, ...] = tuple(sorted(members))
        self.skipped = tuple(skipped)
        self._members = members
        self._read = read
        self.crop = self._default_crop() if crop is None else crop

    def __len__(self) -> int:
        return len(self.names)

    def image(self, name: str) -> Image.Image:
        """Return one image, decoded, upright, in RGB, at its original size.

        Raises
        ------
        OSError
            If the file is empty, truncated, too large or not an image.
        """
        data = self._read(self._members[name])
        if not data:
            raise OSError("the file is empty")
        try:
            picture = Image.open(io.BytesIO(data))
            if picture.width * picture.height > MAX_PIXELS:
                raise OSError("the image has too many pixels")
            return ImageOps.exif_transpose(picture).convert("RGB")
        except UnidentifiedImageError:
            raise OSError("the file is not an image") from None
        except (SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise OSError(f"the image is damaged ({error})") from None

    def batches(self, names: Sequence[str], image_size: int, batch_size: int = 256) -> Iterator[Images]:
        """Yield the named images, cropped and resized by area, in batches; memory does not grow with their number.

        Parameters
        ----------
        names : sequence of str
            Which images, in which order.
        image_size : int
            Side in pixels of the prepared images.
        batch_size : int
            How many names make a batch; unreadable images leave a batch shorter.
        """

        def attempt(name: str) -> npt.NDArray[np.uint8] | Skipped:
            try:
                return prepare(self.image(name), self.crop, image_size)
            except OSError as error:
                return Skipped(name, str(error))

        with ThreadPoolExecutor() as pool:
            for start in range(0, len(names), batch_size):
                chunk = names[start : start + batch_size]
                results = list(pool.map(attempt, chunk))
                read = [(n, r) for n, r in zip(chunk, results, strict=True) if not isinstance(r, Skipped)]
                pixels = np.stack([r for _, r in read]) if read else np.empty((0, image_size, image_size, 3), np.uint8)
                yield Images(tuple(n for n, _ in read), pixels, tuple(r for r in results if isinstance(r, Skipped)))

    def _default_crop(self) -> int:
        for name in self.names[:100]:
            try:
                return CELEBA_CROP if self.image(name).size == CELEBA_SIZE else 0
            except OSError:
                continue
        return CELEBA_CROP


def prepare(image: Image.Image, crop: int, image_size: int) -> npt.NDArray[np.uint8]:
    """Cut the central square and resize it by area averaging.

    Parameters
    ----------
    image : PIL image, RGB
    crop : int
        Side of the square in pixels; 0 for the largest central one.
    image_size : int
        Side in pixels of the result.

    Returns
    -------
    uint8 array of shape (image_size, image_size, 3)

    Raises
    ------
    OSError
        If the image is smaller than the crop.
    """
    side = crop or min(image.size)
    if side > min(image.size):
        raise OSError(f"the image has {image.width}×{image.height} pixels, less than the crop of {crop}")
    left, top = (image.width - side) // 2, (image.height - side) // 2
    pixels = np.asarray(image.crop((left, top, left + side, top + side)), np.float64)
    for _ in range(2):  # down the rows, then, transposed, down the columns
        pixels = _area_average(pixels, image_size).swapaxes(0, 1)
    return np.rint(pixels).astype(np.uint8)


def _area_average(pixels: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """Average rows (n, ...) to ``count`` rows by the areas that they share, as differences of a running total.

    Pillow's box filter gives every source pixel whole to one target, which is no average of areas from 148 to 96.
    """
    total = np.concatenate([np.zeros_like(pixels[:1]), np.cumsum(pixels, axis=0)])
    edges = np.linspace(0, len(pixels), count + 1)
    below = np.minimum(edges.astype(np.intp), len(pixels) - 1)
    share = (edges - below).reshape(-1, *[1] * (pixels.ndim - 1))
    at_edges = total[below] * (1 - share) + total[below + 1] * share
    return np.asarray(np.diff(at_edges, axis=0) * (count / len(pixels)))


def open_images(path: str | Path, crop: int | None = None) -> ImageSource:
    """Open a folder or a zip of face images.

    A folder without images of its own that holds exactly one zip, as CelebA's downloads do, stands for that zip.

    Raises
    ------
    InputError
        If nothing is there, the zip is damaged, is a saved web page or contains unsafe names, or no image is found.
    """
    path = Path(path)
    if path.is_dir():
        return _open_folder(path, crop)
    if path.is_file():
        return _open_zip(path, crop)
    raise InputError(f"{path} does not exist; give the folder or the zip that holds the images.")


def _open_folder(folder: Path, crop: int | None) -> ImageSource:
    files = [p for p in sorted(folder.rglob("*")) if not _hidden(p.relative_to(folder)) and p.is_file()]
    images = [p for p in files if p.suffix.lower() in IMAGE_SUFFIXES]
    archives = [p for p in files if p.suffix.lower() == ".zip"]
    if not images and len(archives) == 1:
        return _open_zip(archives[0], crop)
    if not images and archives:
        listed = ", ".join(str(p.relative_to(folder)) for p in archives[:4])
        raise InputError(f"{folder} holds several zips ({listed}) and no images; name the one to read.")
    relative = [p.relative_to(folder).as_posix() for p in images]
    others = [p for p in files if p.suffix.lower() not in IMAGE_SUFFIXES | LIST_SUFFIXES | {".zip"}]
    skipped = [Skipped(p.relative_to(folder).as_posix(), "not an image file") for p in others]

    def read(member: str) -> bytes:
        file = folder / member
        if file.stat().st_size > MAX_MEMBER_BYTES:
            raise OSError("the file is too large for an image")
        return file.read_bytes()

    return ImageSource(folder, "folder", _short_names(relative), read, skipped, crop)


def _open_zip(path: Path, crop: int | None) -> ImageSource:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        raise InputError(f"{path} {_what_instead(path)}") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror or error}); check its permissions.") from None
    infos = [i for i in archive.infolist() if i.filename and not i.is_dir()]
    for info in archive.infolist():
        _check_member(path, info)
    visible = [i.filename for i in infos if not _hidden(PurePosixPath(i.filename))]
    images = [n for n in visible if PurePosixPath(n).suffix.lower() in IMAGE_SUFFIXES]
    others = [n for n in visible if PurePosixPath(n).suffix.lower() not in IMAGE_SUFFIXES | LIST_SUFFIXES]
    skipped = [Skipped(n, "not an image file") for n in others]

    def read(member: str) -> bytes:
        size = archive.getinfo(member).file_size
        if size > MAX_MEMBER_BYTES:
            raise OSError("the file is too large for an image")
        try:
            with archive.open(member) as file:
                return file.read(size + 1)  # bounded, because a bomb lies about its size
        except DAMAGED_MEMBER as error:
            raise OSError(f"the zip member is damaged ({error})") from None

    return ImageSource(path, "zip", _short_names(images), read, skipped, crop)


def _check_member(path: Path, info: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(info.filename.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts or (parts.parts[:1] and parts.parts[0].endswith(":")):
        raise InputError(
            f"{path} holds the unsafe path {info.filename!r}; use an archive from a source that you trust."
        )
    if stat.S_ISLNK(info.external_attr >> 16):
        raise InputError(f"{path} holds the link {info.filename!r}; make the archive anew with the files themselves.")
    if info.flag_bits & 0x1:
        raise InputError(f"{path} is encrypted; unpack it with its password and give the folder.")


def _what_instead(path: Path) -> str:
    """Say what a file that is no readable zip is, and what to do."""
    with path.open("rb") as file:
        head = file.read(4096)
    if not head:
        return "is empty; download it again."
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        return (
            "is a web page and not a zip, probably the 'quota exceeded' page of the download; "
            "try the download again later or from another mirror."
        )
    if head.startswith(b"PK"):
        return "is a truncated or damaged zip; download it again (CelebA's has 1,443,490,838 bytes)."
    return "is neither a folder nor a zip; give the folder or the zip that holds the images."


def _hidden(path: Path | PurePosixPath) -> bool:
    """Tell the droppings of file managers (``__MACOSX``, ``.DS_Store``, ``Thumbs.db``) from what the user put there."""
    return any(p.startswith(".") or p in {"__MACOSX", "Thumbs.db"} for p in path.parts)


def _short_names(members: Sequence[str]) -> dict[str, str]:
    """Map public names to members: the file name where that is unique, the whole relative path otherwise."""
    short = {PurePosixPath(m).name: m for m in members}
    return short if len(short) == len(members) else {m: m for m in members}
