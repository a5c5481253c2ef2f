"""A first look at images: how many, how large, what is wrong with them, and how they look when they are cut.

A sample is read, not everything, and in runs of neighbours, which lie side by side in archives.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.sources.images import ImageSource
from core.sources.labels import find_lists
from core.sources.members import Skipped
from core.sources.names import CLASS

__all__ = ["Preview", "is_grey", "preview_images"]

SAMPLE, RUN = 240, 12
"""Images that are read, at most, and how many of them are neighbours."""

PATIENCE = 4.0
"""Seconds after which no further run is begun."""

SHEET, SIDE = 24, 64
"""Images of the contact sheet and pixels of their side."""

GREY = 2
"""Levels that the channels of a grey image may differ by, which a lossy format makes of none."""

FEW = 32
"""Images that are looked at for colour alone."""


@dataclass(frozen=True, eq=False)
class Preview:
    """What a sample of images shows.

    Attributes
    ----------
    path : Path
    kind : str
        ``"folder"``, ``"zip"``, ``"tar"`` or ``"parquet"``.
    count : int
        Images that were found by their names.
    read : int
        Of these, how many were looked at.
    sizes : mapping of (int, int) to int
        Width and height of those that could be read, and how many there are of each, the most frequent first.
    bad : mapping of str to tuple of str
        Why images of the sample cannot be read, and the names of those.
    passed_over : mapping of str to int
        Why other files are none of the images, and how many.
    grey : bool
        Whether all that were read are grey.
    crop : int
        Side of the central square that is cut in pixels; 0 for the largest one.
    sheet : uint8 array of shape (m, 64, 64, 3)
        Some of them, cut.
    classes : mapping of str to int
        How many of all images are of each class, where folders or a column say so; the most frequent first.
    lists : tuple of Path
        Lists of attributes and partitions that lie beside the images.
    columns : tuple of str
        What else is known of each image.
    seconds : float
        That reading and cutting one image takes.
    """

    path: Path
    kind: str
    count: int
    read: int
    sizes: Mapping[tuple[int, int], int]
    bad: Mapping[str, tuple[str, ...]]
    passed_over: Mapping[str, int]
    grey: bool
    crop: int
    sheet: npt.NDArray[np.uint8]
    classes: Mapping[str, int]
    lists: tuple[Path, ...]
    columns: tuple[str, ...]
    seconds: float

    @property
    def smallest_side(self) -> int:
        """Side in pixels of the square that is cut from the smallest image of the sample; 0 where none can be read."""
        return self.crop or min((min(size) for size in self.sizes), default=0)


def preview_images(source: ImageSource) -> Preview:
    """Look at a sample of images; takes some seconds, whatever their number."""
    began, read = time.monotonic(), 0
    sizes: Counter[tuple[int, int]] = Counter()
    bad: dict[str, list[str]] = {}
    pixels: list[npt.NDArray[np.uint8]] = []
    for names in _runs(source):
        for name, size in zip(names, _sizes(source, names), strict=True):
            if not isinstance(size, Skipped):
                sizes[size] += 1
            else:
                bad.setdefault(size.reason, []).append(name)
        sound = [name for name in names if not any(name in named for named in bad.values())]
        for batch in source.batches(sound, SIDE):
            pixels.append(batch.pixels)
            for skipped in batch.skipped:
                bad.setdefault(skipped.reason, []).append(skipped.name)
        read += len(names)
        if time.monotonic() - began > PATIENCE:
            break
    cut = np.concatenate(pixels) if pixels else np.empty((0, SIDE, SIDE, 3), np.uint8)
    known = source.known
    classes = dict(known[CLASS].value_counts()) if CLASS in known else {}
    return Preview(
        path=source.local,
        kind=source.kind,
        count=len(source),
        read=read,
        sizes=dict(sizes.most_common()),
        bad={reason: tuple(names) for reason, names in bad.items()},
        passed_over=dict(Counter(skipped.reason for skipped in source.skipped).most_common()),
        grey=len(cut) > 0 and _all_grey(cut),
        crop=source.crop,
        sheet=cut[np.unique(np.linspace(0, len(cut) - 1, min(SHEET, len(cut))).astype(int))],
        classes={str(name): int(count) for name, count in classes.items()},
        lists=tuple(path for path in find_lists(source.path) if path is not None),
        columns=tuple(name for name in map(str, known) if name not in (CLASS, "partition")),
        seconds=(time.monotonic() - began) / max(1, read),
    )


def is_grey(source: ImageSource) -> bool:
    """Return whether a few images from all over a source are all grey."""
    places = np.unique(np.linspace(0, len(source) - 1, min(FEW, len(source))).astype(int))
    (batch,) = source.batches([source.names[i] for i in places], SIDE)
    return len(batch.pixels) > 0 and _all_grey(batch.pixels)


def _runs(source: ImageSource) -> Iterator[list[str]]:
    """Yield names of neighbours, the first and the last ones among them, in an order that covers all soon."""
    count = len(source)
    if count <= SAMPLE:
        starts = list(range(0, count, RUN))
    else:
        starts = np.linspace(0, count - RUN, SAMPLE // RUN).astype(int).tolist()
    for start in [*starts[::2], *starts[1::2]]:
        yield list(source.names[start : start + RUN])


def _sizes(source: ImageSource, names: list[str]) -> list[tuple[int, int] | Skipped]:
    def attempt(name: str) -> tuple[int, int] | Skipped:
        try:
            return source.size(name)
        except OSError as error:
            return Skipped(name, str(error))

    with ThreadPoolExecutor() as pool:
        return list(pool.map(attempt, names))


def _all_grey(pixels: npt.NDArray[np.uint8]) -> bool:
    levels = pixels.astype(np.int16)
    return bool((levels.max(axis=3) - levels.min(axis=3)).max() <= GREY)
