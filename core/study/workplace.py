"""Where images are prepared and what a long work has done so far lies, until its study is written."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.locks import locked
from core.networks.epochs import CHECKPOINT
from core.progress import Listener, Progress
from core.sources.images import Images, ImageSource, Skipped
from core.sources.pixels import ImageShape
from core.storage import appending, whole_file, writing

__all__ = ["BATCH", "Prepared", "origin", "place_of_work", "prepare_images", "require_images", "workplace"]

BATCH = 256
"""Images read at a time."""


@dataclass(frozen=True)
class Prepared:
    """Prepared images in a memory-mapped file, so that each is decoded once and memory does not grow."""

    names: tuple[str, ...]
    pixels: npt.NDArray[np.uint8]
    skipped: tuple[Skipped, ...]

    def batch(self, names: Sequence[str]) -> Images:
        """Return some of the images that follow each other."""
        start = self._places[names[0]]
        return Images(tuple(names), self.pixels[start : start + len(names)], ())

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: place for place, name in enumerate(self.names)}


def place_of_work(folder: Path, purpose: str = "training") -> Path:
    """Return where :func:`workplace` puts prepared images and checkpoints."""
    return folder.with_name(f"{folder.name}.{purpose}")


@contextmanager
def workplace(folder: Path, purpose: str = "training", keep: bool = False) -> Iterator[Path]:
    """Yield the folder for prepared images and checkpoints, beside the study and named after it and the purpose.

    An error before the first checkpoint removes it, unless all that lies there is to be kept.

    Raises
    ------
    InputError
        If another process is in such a block already, or the folder cannot be written.
    """
    work = place_of_work(folder, purpose)

    def busy(who: str) -> None:
        raise InputError(f"{who[:1].upper()}{who[1:]} is at work in {work}; wait until it is done, or end it.")

    with writing(work):
        work.parent.mkdir(parents=True, exist_ok=True)
        with locked(work, busy):
            try:
                with writing(work):
                    work.mkdir(exist_ok=True)
                    yield work
            except InputError:
                if not keep and not (work / CHECKPOINT).exists():
                    shutil.rmtree(work, ignore_errors=True)
                raise


def prepare_images(
    source: ImageSource, names: tuple[str, ...], shape: ImageShape, work: Path, report: Listener | None
) -> Prepared:
    """Decode, crop and resize the named images into a workplace, or take those that lie there already.

    Raises
    ------
    InputError
        If no image can be read, or a checkpoint of a training on other images lies there.
    """
    pixels_file, note_file = work / "images.npy", work / "images.json"
    wanted = hashlib.sha256(json.dumps([origin(source, shape), names]).encode()).hexdigest()
    note = json.loads(note_file.read_text()) if note_file.exists() and pixels_file.exists() else {}
    if note and note["wanted"] != wanted and (work / CHECKPOINT).exists():
        raise InputError(
            f"{work} belongs to an interrupted training on other images or another image size; "
            "repeat the interrupted command, or delete the folder to start anew."
        )
    if note.get("wanted") != wanted:
        note_file.unlink(missing_ok=True)
        kept: list[str] = []
        skipped: list[Skipped] = []
        with appending(pixels_file, np.uint8, shape) as append:
            for batch in source.batches(names, shape, BATCH):
                append(batch.pixels)
                kept += batch.names
                skipped += batch.skipped
                if report:
                    report(Progress("preparing images", len(kept) + len(skipped), len(names), "images"))
        require_images(source, kept, skipped)
        note = {"wanted": wanted, "names": kept, "skipped": [[s.name, s.reason] for s in skipped]}
        with whole_file(note_file) as partial:
            partial.write_text(json.dumps(note))
    pixels = np.load(pixels_file, mmap_mode="r")
    return Prepared(tuple(note["names"]), pixels, tuple(Skipped(*s) for s in note["skipped"]))


def require_images(source: ImageSource, kept: list[str], skipped: list[Skipped]) -> None:
    """Raise `InputError` if no image was kept, with the reason why the first was skipped."""
    if not kept:
        example = f" (the first, {skipped[0].name}: {skipped[0].reason})" if skipped else ""
        raise InputError(f"None of the images in {source.path} can be read{example}; give a sound copy.")


def origin(source: ImageSource, shape: ImageShape) -> list[Any]:
    """Return what prepared images follow from."""
    return [str(source.path.absolute()), source.path.stat().st_mtime_ns, source.crop, shape]
