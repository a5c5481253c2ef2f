"""A study as one file, to be passed on: a zip that has the same bytes whenever and wherever it is made.

Its first member, ``zpoints.json``, lists the others with size and SHA-256. Times, order and modes are fixed and nothing
is compressed: vectors and weights hardly can be, and a file whose members are as large as they say cannot grow when it
is unpacked. What is read is checked against the list, and every name is one that a study's folder may hold.
"""

from __future__ import annotations

import hashlib
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

from core.errors import InputError
from core.progress import Listener, Progress
from core.settings import is_public
from core.storage import output_file, sha256, whole_file, whole_folder
from core.study.archive_file import (
    CHUNK,
    DERIVED,
    INDEX,
    Index,
    Member,
    check_arrays,
    copy_member,
    manifest_of,
    opened,
)
from core.study.description import Study, open_study, verify_study
from core.study.schema import (
    DESCRIPTION,
    read_manifest,
    readable_json,
    write_manifest,
)
from core.study.shared import ATTRIBUTES, attributes_file

__all__ = ["Exported", "export_study", "install_export", "is_export", "open_exported"]

TIME = (1980, 1, 1, 0, 0, 0)
MODE = stat.S_IFREG | 0o644


@dataclass(frozen=True)
class Exported:
    """A study in a file, looked at and not yet installed.

    Attributes
    ----------
    path : Path
    title : str
        Of the data; empty where the study has none.
    count, dimension : int
        Vectors and their components; 0 where the description does not say.
    kind : str
        Of the autoencoder; ``"none"`` for vectors alone.
    size : int
        Bytes of all files.
    derived : tuple of str
        Names of the files that follow from the study and come with it: fits, scores.
    """

    path: Path
    title: str
    count: int
    dimension: int
    kind: str
    size: int
    derived: tuple[str, ...]

    def describe(self) -> str:
        """Return what was found, in one line."""
        vectors = f"{self.count:,} vectors of {self.dimension} components" if self.count else "a study of schema 1"
        with_them = f", with {len(self.derived)} derived files" if self.derived else ""
        return f"an exported study, {self.title or 'without a title'}: {vectors}, {self.size / 1e6:,.1f} MB{with_them}"


def export_study(
    folder: Path,
    out: Path | IO[bytes],
    *,
    derived: bool = True,
    replace: bool = False,
    report: Listener | None = None,
) -> None:
    """Write a study into one file.

    Parameters
    ----------
    folder : path
    out : path or binary file
    derived : bool
        Add what follows from the study and is kept in its folder: statistics, fits, the attribute network, scores.
    replace : bool
        Take the place of a file that is there.
    report : callable, optional
        Told how far it is.

    Raises
    ------
    InputError
        If the study is damaged, or the file cannot be written.
    """
    study = open_study(folder)
    if isinstance(out, Path):
        with whole_file(output_file(out, replace)) as partial, partial.open("wb") as file:
            _write(study, file, derived, report)
    else:
        _write(study, out, derived, report)


def is_export(path: Path) -> bool:
    """Return whether a file begins as an exported study does; it may be damaged all the same."""
    try:
        with path.open("rb") as file:
            start = file.read(30 + len(INDEX))
    except OSError:
        return False
    return start[:4] == b"PK\3\4" and start[26:] == struct.pack("<HH", len(INDEX), 0) + INDEX.encode()


def open_exported(path: Path) -> Exported:
    """Look at an exported study; nothing is written.

    Raises
    ------
    InputError
        If the file is no exported study, damaged, or holds what a study does not.
    """
    with opened(path) as (archive, index):
        manifest = manifest_of(path, archive, index)
        vectors = manifest.vectors
        return Exported(
            path,
            manifest.title or "",
            vectors.count if vectors else 0,
            vectors.dimension if vectors else 0,
            str(manifest.autoencoder["kind"]),
            sum(member.size for member in index.files.values()),
            tuple(name for name in index.files if DERIVED.fullmatch(name)),
        )


def install_export(
    path: Path, folder: Path, *, replace: bool = False, derived: bool = True, report: Listener | None = None
) -> Study:
    """Make a study's folder of an exported one, whole or not at all; return the study, which is the user's own.

    Parameters
    ----------
    path, folder : path
    replace : bool
        Take the place of a study that is there.
    derived : bool
        Take along what follows from the study, where it comes with it.
    report : callable, optional
        Told how far it is.

    Raises
    ------
    InputError
        As :func:`open_exported`; or a file is not the one that was exported, or the folder cannot be written.
    """
    if is_public():
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    with opened(path) as (archive, index):
        manifest = manifest_of(path, archive, index)
        if folder.exists() and not (folder / DESCRIPTION).is_file():
            raise InputError(f"{folder} is not a study, so it is not replaced; choose another folder.")
        with whole_folder(folder, replace) as partial:
            try:
                names = [name for name in index.files if derived or not DERIVED.fullmatch(name)]
                for name in _told(names, index, "unpacking the study", report):
                    target = partial / name
                    target.parent.mkdir(exist_ok=True)
                    with target.open("wb") as file:
                        copy_member(path, archive, name, index.files[name], file)
                    if target.suffix == ".npz":
                        check_arrays(path, name, target)
                write_manifest(partial / DESCRIPTION, msgspec.structs.replace(manifest, shipped=False))
                verify_study(open_study(partial))
            except InputError as error:
                raise InputError(str(error).replace(f"{partial}", str(path))) from None
    return open_study(folder)


def _write(study: Study, file: IO[bytes], derived: bool, report: Listener | None) -> None:
    manifest = read_manifest(study.folder / DESCRIPTION)
    described = readable_json(msgspec.structs.replace(manifest, shipped=False))
    sources = {name: study.folder / name for name in sorted(study.digests)}
    if derived:
        found = {name: study.folder / name for name in _files_of(study.folder) if DERIVED.fullmatch(name)}
        network = attributes_file(study.folder)
        if network and not network.is_symlink():
            found[ATTRIBUTES] = network
        sources |= dict(sorted(found.items()))
    members = {DESCRIPTION: Member(hashlib.sha256(described).hexdigest(), len(described))}
    for name, source in sources.items():
        members[name] = Member(study.digests.get(name) or sha256(source), source.stat().st_size)
    index = Index(1, members)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(_info(INDEX, 0), readable_json(index))
        archive.writestr(_info(DESCRIPTION, 0), described)
        for name in _told(sources, index, "exporting the study", report):
            digest = hashlib.sha256()
            info = _info(name, members[name].size)
            with sources[name].open("rb") as given, archive.open(info, "w") as to:
                while chunk := given.read(CHUNK):
                    digest.update(chunk)
                    to.write(chunk)
            if digest.hexdigest() != members[name].sha256:
                raise InputError(
                    f"{sources[name]} was altered since the study was made; restore it from the study's source."
                )


def _info(name: str, size: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, TIME)
    info.external_attr, info.create_system, info.file_size = MODE << 16, 3, size
    return info


def _files_of(folder: Path) -> Iterator[str]:
    """Yield the regular files of a study's folder and of the folders in it."""
    for path in (*folder.glob("*"), *folder.glob("*/*")):
        if path.is_file() and not path.is_symlink():
            yield path.relative_to(folder).as_posix()


def _told(names: Iterable[str], index: Index, task: str, report: Listener | None) -> Iterator[str]:
    """Yield names, and tell how many bytes of their files are done."""
    wanted = list(names)
    total, done = sum(index.files[name].size for name in wanted), 0
    for name in wanted:
        if report:
            report(Progress(task, done // 2**20, max(1, total // 2**20), "MiB", name))
        yield name
        done += index.files[name].size
    if report:
        report(Progress(task, max(1, total // 2**20), max(1, total // 2**20), "MiB"))
