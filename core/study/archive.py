"""A study as one file, to be passed on: a zip that has the same bytes whenever and wherever it is made.

Its first member, ``zpoints.json``, lists the others with size and SHA-256. Times, order and modes are fixed and nothing
is compressed: vectors and weights hardly can be, and a file whose members are as large as they say cannot grow when it
is unpacked. What is read is checked against the list, and every name is one that a study's folder may hold.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from msgspec import Meta

from core.errors import InputError
from core.networks import read_configuration
from core.progress import Listener, Progress
from core.settings import is_public
from core.sources.parts import MAX_PARTS
from core.storage import output_file, sha256, whole_file, whole_folder
from core.study.description import Study, open_study, verify_study
from core.study.files import PARTS, vector_files
from core.study.schema import (
    DESCRIPTION,
    MAX_BYTES,
    Count,
    Digest,
    Facts,
    Manifest,
    in_one_line,
    parse_manifest,
    read_manifest,
    readable_json,
    write_manifest,
)
from core.study.shared import ATTRIBUTES, attributes_file

__all__ = ["Exported", "export_study", "install_export", "is_export", "open_exported"]

INDEX = "zpoints.json"

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=,+-]{0,150}")
"""Of a file in a study's folder."""

PART = re.compile(rf"{PARTS}/part-\d{{5}}\.npy")
"""Of a file of vectors, where they lie in several."""

DERIVED = re.compile(
    r"statistics\.npz|attributes\.safetensors|(?:scores|liars|memorising)\.csv|fits/[A-Za-z0-9_][A-Za-z0-9_.=,+-]{0,150}\.npz"
)
"""What follows from a study and may come with it."""

LONGEST_INDEX = 2**20
"""Bytes of the list of members, which is read into memory."""

MOST_MEMBERS, LONGEST_DIRECTORY = 400 + MAX_PARTS, 2**18
"""Members of a zip, and bytes of its directory, which Python reads whole; looked at before."""

LARGEST_DERIVED = 2**30
"""Bytes that a derived file's arrays have when they are unpacked."""

TIME = (1980, 1, 1, 0, 0, 0)
MODE = stat.S_IFREG | 0o644
CHUNK = 2**20

DAMAGED = (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile)
"""What `zipfile` raises on a file that is damaged or was made to look like a zip."""


class _Member(Facts, frozen=True):
    sha256: Digest
    size: Count


class _Index(Facts, frozen=True):
    export: Literal[1]
    files: Annotated[dict[str, _Member], Meta(max_length=MOST_MEMBERS)]


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
    with _opened(path) as (archive, index):
        manifest = _manifest(path, archive, index)
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
    with _opened(path) as (archive, index):
        manifest = _manifest(path, archive, index)
        if folder.exists() and not (folder / DESCRIPTION).is_file():
            raise InputError(f"{folder} is not a study, so it is not replaced; choose another folder.")
        with whole_folder(folder, replace) as partial:
            try:
                names = [name for name in index.files if derived or not DERIVED.fullmatch(name)]
                for name in _told(names, index, "unpacking the study", report):
                    target = partial / name
                    target.parent.mkdir(exist_ok=True)
                    with target.open("wb") as file:
                        _copy(path, archive, name, index.files[name], file)
                    if target.suffix == ".npz":
                        _check_arrays(path, name, target)
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
    members = {DESCRIPTION: _Member(hashlib.sha256(described).hexdigest(), len(described))}
    for name, source in sources.items():
        members[name] = _Member(study.digests.get(name) or sha256(source), source.stat().st_size)
    index = _Index(1, members)
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


def _told(names: Iterable[str], index: _Index, task: str, report: Listener | None) -> Iterator[str]:
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


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, _Index]]:
    """Open an exported study and read its index; every member is one that the index names, and as large as it says."""
    with ExitStack() as stack:
        with _reading(path):
            file = stack.enter_context(path.open("rb"))
            _check_directory(path, file)
            archive = stack.enter_context(zipfile.ZipFile(file))
            index = _checked_index(path, archive, path.stat().st_size)
        yield archive, index


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what `zipfile` raises on a damaged file into one sentence."""
    try:
        yield
    except InputError:
        raise
    except DAMAGED as error:
        raise InputError(
            f"{path} cannot be read as an exported study ({in_one_line(error)}); export or copy it again."
        ) from None


def _check_directory(path: Path, file: IO[bytes]) -> None:
    """Raise `InputError` where the directory at the end of a zip is not as Python writes it, or too long to be read."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 98))
    end = file.read()
    if len(end) < 22 or end[-22:-18] != b"PK\5\6" or end[-2:] != b"\0\0":
        raise InputError(f"{path} is no exported study, or the end of it is missing; export or copy it again.")
    members, length = struct.unpack("<HI", end[-12:-6])
    if end[-42:-38] == b"PK\6\7":  # of a study beyond 4 GiB
        place = struct.unpack("<Q", end[-34:-26])[0]
        if end[:12] != b"PK\6\6" + struct.pack("<Q", 44) or place != size - 98:
            raise InputError(f"{path} has a directory that no export has; export the study anew.")
        members, length = struct.unpack("<QQ", end[32:48])
    if members > MOST_MEMBERS or length > LONGEST_DIRECTORY:
        raise InputError(f"{path} holds {members:,} files, an exported study at most {MOST_MEMBERS}; export it anew.")
    file.seek(0)


def _checked_index(path: Path, archive: zipfile.ZipFile, size: int) -> _Index:
    members = {info.filename: info for info in archive.infolist()}
    if INDEX not in members:
        raise InputError(f"{path} is a zip without {INDEX}, so it is no exported study; export one anew.")
    if len(members) != len(archive.infolist()) or sum(info.file_size for info in members.values()) > size:
        raise InputError(f"{path} holds files twice or one within the other, which no export does; export it anew.")
    for name, info in members.items():
        _check_member(path, name, info)
    try:
        index = msgspec.json.decode(_small(path, archive, INDEX, LONGEST_INDEX), type=_Index)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(f"{path}: {INDEX} cannot be read ({in_one_line(error)}); export the study anew.") from None
    if set(index.files) != set(members) - {INDEX}:
        raise InputError(f"{path} holds other files than {INDEX} lists; export the study anew.")
    for name, member in index.files.items():
        if member.size != members[name].file_size:
            raise InputError(f"{path}: {name} has another size than {INDEX} says; export the study anew.")
    return index


def _check_member(path: Path, name: str, info: zipfile.ZipInfo) -> None:
    if not any(pattern.fullmatch(name) for pattern in (NAME, PART, DERIVED)):
        raise InputError(f"{path} holds {name[:100]!r}, which is no file of a study; export the study anew.")
    mode = info.external_attr >> 16
    if not (stat.S_ISREG(mode) or stat.S_IFMT(mode) == 0) or info.is_dir():
        raise InputError(f"{path}: {name} is a link or no regular file; export the study anew.")
    if info.compress_type != zipfile.ZIP_STORED or info.file_size != info.compress_size or info.flag_bits & 0x1:
        raise InputError(f"{path}: {name} is compressed or encrypted, which no export is; export the study anew.")


def _manifest(path: Path, archive: zipfile.ZipFile, index: _Index) -> Manifest:
    """Return the description of an exported study, which lists the same files as the index."""
    if DESCRIPTION not in index.files:
        raise InputError(f"{path} holds no {DESCRIPTION}, so it is no exported study; export one anew.")
    data = _small(path, archive, DESCRIPTION, MAX_BYTES)
    manifest = parse_manifest(path / DESCRIPTION, data)
    read_configuration(manifest.autoencoder)
    rest = {name for name in index.files if name != DESCRIPTION and not DERIVED.fullmatch(name)}
    parts = manifest.vectors.parts if manifest.vectors is not None else None
    if rest != set(manifest.files) or not set(vector_files(len(parts or ()))) <= rest:
        raise InputError(f"{path} holds other files than its {DESCRIPTION} lists; export the study anew.")
    for name, facts in manifest.files.items():
        if facts.sha256 != index.files[name].sha256:
            raise InputError(f"{path}: {name} has another SHA-256 in {DESCRIPTION} than in {INDEX}; export it anew.")
    return manifest


def _small(path: Path, archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    size = archive.getinfo(name).file_size
    if size > most:
        raise InputError(f"{path}: {name} has {size:,} bytes, that of a study at most {most:,}; export it anew.")
    with _reading(path), archive.open(name) as file:
        return file.read(most)


def _copy(path: Path, archive: zipfile.ZipFile, name: str, member: _Member, to: IO[bytes]) -> None:
    digest = hashlib.sha256()
    with _reading(path):
        file = archive.open(name)
    with file:
        while chunk := _chunk(path, file):
            digest.update(chunk)
            to.write(chunk)
    if digest.hexdigest() != member.sha256:
        raise InputError(f"{path}: {name} is not the file that was exported (its SHA-256 is another); copy it again.")


def _chunk(path: Path, file: IO[bytes]) -> bytes:
    with _reading(path):
        return file.read(CHUNK)


def _check_arrays(path: Path, name: str, file: Path) -> None:
    """Raise `InputError` if a file of arrays would be huge when it is opened."""
    with _reading(path), file.open("rb") as handle:
        _check_directory(path, handle)
        with zipfile.ZipFile(handle) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > LARGEST_DERIVED:
        raise InputError(
            f"{path}: the arrays of {name} are larger than those of a fit; export without what is derived."
        )
