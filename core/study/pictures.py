"""Pictures of vectors that a user gives: looked up where they lie, when they are shown, and never copied."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.plain import as_text
from core.sources.images import ImageSource, open_images
from core.sources.members import read_below
from core.sources.names import IMAGE_SUFFIXES
from core.sources.pixels import decode
from core.study.rows import PICTURE

__all__ = ["SIDE", "Pictures", "Portraits", "find_pictures", "match_pictures"]

SIDE = 96
"""Pixels of a picture that is shown, each way."""

COLUMNS = (PICTURE, "image_path", "path", "file", "filename", "photo", "image")
"""Columns that may hold the paths of pictures, the likeliest first."""

LOOKED_AT = 1000
"""Values of a column that say whether it holds paths."""


class Portraits(NamedTuple):
    """Pictures, uint8 (n, :data:`SIDE`, :data:`SIDE`, 3), and why some of them are missing, one sentence or ""."""

    images: npt.NDArray[np.uint8]
    complaint: str


@dataclass(frozen=True)
class Pictures:
    """The pictures of a study in a folder or archive, which is opened when the first is asked for.

    Attributes
    ----------
    place : Path
    names : Series of str
        Of the picture of each vector, within the place; missing where a vector has none.
    """

    place: Path
    names: pd.Series[str]

    def read(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Portraits:
        """Return the pictures of some vectors; a placeholder where one is missing or cannot be read."""
        images = np.repeat(placeholder()[None], len(rows), axis=0)
        asked = self.names.iloc[np.asarray(rows)].fillna("").tolist()
        reasons: dict[str, str] = {}
        for place, name in enumerate(asked):
            try:
                images[place] = self._picture(name)
            except OSError as error:
                reasons.setdefault(name, str(error))
        missing = sum(name in reasons for name in asked)
        if not missing:
            return Portraits(images, "")
        first = next(iter(reasons))
        why = f"the first, {as_text(first) or 'without a name'}: {reasons[first]}"
        return Portraits(images, f"{missing:,} of {len(asked):,} pictures are missing in {self.place} ({why}).")

    def _picture(self, name: str) -> npt.NDArray[np.uint8]:
        if self._archive is None:
            return decode(read_below(self.place, name), 0, SIDE)
        if name not in self._archive.names:
            raise OSError("it is not there")
        (batch,) = self._archive.batches([name], SIDE)
        if batch.skipped:
            raise OSError(batch.skipped[0].reason)
        return np.asarray(batch.pixels[0])

    @cached_property
    def _archive(self) -> ImageSource | None:
        """The pictures in an archive; None where they lie in a folder, or nowhere."""
        try:
            return open_images(self.place, 0) if self.place.is_file() else None
        except InputError as error:
            raise OSError(str(error)) from None


def placeholder() -> npt.NDArray[np.uint8]:
    """Return what stands for a picture that is missing: grey, with a cross."""
    across, up = np.meshgrid(np.arange(SIDE), np.arange(SIDE))
    crossed = (np.abs(across - up) < 2) | (np.abs(across + up - SIDE + 1) < 2)
    return np.repeat(np.where(crossed, 150, 190).astype(np.uint8)[..., None], 3, axis=2)


def match_pictures(rows: pd.DataFrame, place: Path) -> tuple[pd.DataFrame, Path, str]:
    """Return rows with the picture of each, the place of the pictures, and what is to be said of it.

    Values of a column are matched with the paths of pictures, or with their names with or without suffix.

    Parameters
    ----------
    rows : DataFrame of n rows
    place : Path
        Folder or archive of pictures.

    Raises
    ------
    InputError
        If no picture is there, or none matches.
    """
    source = open_images(place, 0)
    known = _lookup(_paths(source))
    columns = [name for name in COLUMNS if name in rows]
    matches = {name: [_match(value, known) for value in rows[name]] for name in columns}
    best = max(columns, key=lambda name: sum(map(bool, matches[name])), default=None)
    if best is None or not any(matches[best]):
        raise _no_match(place, source.names[0][:60], str(rows[best].iloc[0])[:60] if best else None)
    count = sum(map(bool, matches[best]))
    said = f"{count:,} of {len(rows):,} vectors have one of {len(source):,} pictures, by the column {best}"
    return rows.assign(picture=pd.Series(matches[best], index=rows.index, dtype="str")), source.local, said


def _no_match(place: Path, picture: str, row: str | None) -> InputError:
    """Say that no picture matches a row, and what to do where rows have names, and where they have none."""
    if row is None:
        return InputError(
            f"The vectors have no names that the pictures in {place} could match; "
            f"give a table of their rows with a column {PICTURE} that names them, {picture!r} for one."
        )
    return InputError(
        f"No picture in {place} matches a row: rows are called {row!r} and pictures {picture!r}; "
        "rename one or the other."
    )


def _paths(source: ImageSource) -> tuple[str, ...]:
    """Return the pictures of a source as they are read again: those of a folder by their paths from there."""
    if source.kind != "folder":
        return source.names
    folder = source.local
    paths = {p.name: p.relative_to(folder).as_posix() for p in folder.rglob("*")}
    return tuple(name if (folder / name).is_file() else paths[name] for name in source.names)


def find_pictures(rows: pd.DataFrame, beside: Path) -> Path | None:
    """Return the folder of the pictures that a column of paths leads to from a folder; None where none does."""
    for name in COLUMNS:
        if name not in rows:
            continue
        values = [str(value) for value in rows[name].dropna().iloc[:LOOKED_AT]]
        paths = [PurePosixPath(value) for value in values]
        if not paths or sum(path.suffix.lower() in IMAGE_SUFFIXES for path in paths) < len(paths) / 2:
            continue
        folder = beside / _common(path.parent for path in paths)
        if any((beside / path).is_file() for path in paths[:100]):
            return folder
    return None


def _common(folders: Iterable[PurePosixPath]) -> PurePosixPath:
    """Return the folder that all folders lie in."""
    first, *others = {tuple(folder.parts) for folder in folders}
    length = 0
    while length < len(first) and all(parts[: length + 1] == first[: length + 1] for parts in others):
        length += 1
    return PurePosixPath(*first[:length])


def _lookup(names: Sequence[str]) -> dict[str, str]:
    """Return pictures by all that a row may call them; what would call two of them calls none."""
    found: dict[str, str | None] = {}
    for name in names:
        path = PurePosixPath(name)
        for call in {path.name, path.stem, str(path.with_suffix("")), *_tails(path)}:
            found[call] = name if found.get(call, name) == name else None
    return {call: name for call, name in found.items() if name is not None} | {name: name for name in names}


def _tails(path: PurePosixPath) -> list[str]:
    return ["/".join(path.parts[start:]) for start in range(len(path.parts))]


def _match(value: object, known: dict[str, str]) -> str | None:
    if not isinstance(value, str) or not value:
        return None
    path = PurePosixPath(value.replace("\\", "/"))
    return next((known[tail] for tail in (str(path), *_tails(path)) if tail in known), None)
