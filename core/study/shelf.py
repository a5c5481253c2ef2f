"""The studies at hand: those that were named, those that come with the program, and the user's own.

They are listed without opening them: what ``study.json`` says, the header of the vectors and the sizes of the files.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from core.errors import InputError
from core.networks import read_configuration
from core.networks.registry import NO_AUTOENCODER
from core.settings import bundled_folder, is_public, studies_folder
from core.sources.known import recognise
from core.storage import recover
from core.study.files import ROWS
from core.study.rows import GROUP, ROW_COLUMNS
from core.study.schema import DESCRIPTION, Manifest, in_one_line, read_manifest
from core.study.vectors import open_latents

__all__ = ["Entry", "entry", "find_study", "printable", "studies", "study_folders"]


@dataclass(frozen=True)
class Entry:
    """A study as a list shows it.

    Attributes
    ----------
    name : str
        By which it is chosen; the folder's, with a number where two have the same.
    folder : Path
    title : str
        Of the data; the folder's name where the study is damaged.
    shipped : bool
        Whether it comes with the program.
    owned : bool
        Whether its folder and its description may be changed.
    size : int
        Bytes on the disk, with what was derived from it.
    count, dimension : int
        Vectors and their components; 0 where the study is damaged.
    kind : str
        Of the autoencoder; ``"none"`` for vectors alone.
    problem : str
        What is wrong with a damaged study, in one sentence; empty for a sound one.
    """

    name: str
    folder: Path
    title: str
    shipped: bool
    owned: bool
    size: int
    count: int
    dimension: int
    kind: str
    problem: str = ""

    @property
    def at_home(self) -> bool:
        """Whether it lies among the user's own studies, where a list finds it under any name."""
        return self.folder.parent == studies_folder()


def study_folders(named: Sequence[Path] = ()) -> dict[str, Path]:
    """Return the folders of studies by name: those that are named, then the bundled ones, then the user's own."""
    bundled, own = (_below(folder) for folder in (bundled_folder(), studies_folder()))
    found: dict[str, Path] = {}
    seen: set[Path] = set()
    for folder in (*named, *bundled, *own):
        if folder.resolve() not in seen:  # named a second time, or through a link
            found[_free_name(folder.name, found)] = folder.absolute()
            seen.add(folder.resolve())
    return found


def studies(named: Sequence[Path] = ()) -> tuple[Entry, ...]:
    """Return what a list shows of each study of :func:`study_folders`; no array is read."""
    return tuple(entry(folder, name) for name, folder in study_folders(named).items())


def find_study(study: str | Path) -> Path:
    """Return the folder of a study that is given by its path, or by the name of a bundled one or of the user's own.

    Raises
    ------
    InputError
        If there is none.
    """
    folder = Path(study)
    if folder.is_dir() or folder.name != str(study):
        return folder  # or to be refused with what it lacks
    known = study_folders()
    if str(study) in known:
        return known[str(study)]
    raise InputError(f"There is no study {str(study)[:200]!r}; give the folder of one, or one of {', '.join(known)}.")


def entry(folder: Path, name: str = "") -> Entry:
    """Return what a list shows of a study; a damaged one is described by its problem."""
    recover(folder)
    size, kind, shipped, owned = _size(folder), NO_AUTOENCODER, False, _may_change(folder)
    try:
        manifest = read_manifest(folder / DESCRIPTION)
        shipped, kind = manifest.shipped, str(manifest.autoencoder.get("kind"))
        owned = owned and not shipped
        read_configuration(manifest.autoencoder)
        for file, facts in manifest.files.items():
            _require_size(folder / file, facts.size)
        count, dimension = open_latents(folder).shape
        title = manifest.title or _guessed_title(folder, manifest)
    except InputError as error:
        return Entry(
            name or folder.name, folder, folder.name, shipped, owned, size, 0, 0, kind, f"{in_one_line(error)}."
        )
    return Entry(name or folder.name, folder, title, shipped, owned, size, count, dimension, kind)


def printable(name: str) -> str:
    """Return a name that any terminal and any page can show: characters that control one are written as escapes."""
    return name if name.isprintable() else ascii(name)[1:-1]


def _below(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob(f"[!.]*/{DESCRIPTION}"))


def _free_name(name: str, taken: dict[str, Path]) -> str:
    name = printable(name)
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _may_change(folder: Path) -> bool:
    """Return whether a folder can be renamed and rewritten: no link, in a place that can be written to."""
    writable = os.access(folder, os.W_OK) and os.access(folder.parent, os.W_OK)
    return writable and not folder.is_symlink() and not is_public()


def _size(folder: Path) -> int:
    try:
        return sum(path.lstat().st_size for path in folder.rglob("*") if path.is_file())
    except OSError:  # a file that has just gone
        return 0


def _require_size(path: Path, size: int | None) -> None:
    try:
        found = path.stat().st_size
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); restore it from the study's source.") from None
    if size is not None and found != size:
        raise InputError(
            f"{path} has {found:,} bytes, {DESCRIPTION} says {size:,}; restore it from the study's source."
        )


def _guessed_title(folder: Path, manifest: Manifest) -> str:
    """Return the title of a known data set, or the folder's name, as opening the study does."""
    try:
        schema = pq.read_schema(folder / ROWS)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(
            f"{folder / ROWS} cannot be read as a table ({in_one_line(error)}); restore it from the study's source."
        ) from None
    bools = [field.name for field in schema if pa.types.is_boolean(field.type)]
    attributes = [name for name in bools if name not in (*ROW_COLUMNS, GROUP)]
    known = recognise(attributes, manifest.source.crop if manifest.source else 0)
    return known.title if known else folder.name
