"""The file of an exported study, and whether one is what it says: every member is checked before it is read."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal

import msgspec
from msgspec import Meta

from core.errors import InputError
from core.networks import read_configuration
from core.sources.parts import MAX_PARTS
from core.study.files import PARTS, vector_files
from core.study.schema import DESCRIPTION, MAX_BYTES, Count, Digest, Facts, Manifest, in_one_line, parse_manifest

__all__ = ["CHUNK", "DERIVED", "INDEX", "Index", "Member", "check_arrays", "copy_member", "manifest_of", "opened"]

INDEX = "zpoints.json"

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.=,+-]{0,150}")
"""Of a file in a study's folder."""

PART = re.compile(rf"{PARTS}/part-\d{{5}}\.npy")
"""Of a file of vectors, where they lie in several."""

DERIVED = re.compile(
    r"(?:statistics|umap)\.npz|attributes\.safetensors|(?:scores|liars|memorising)\.csv|fits/[A-Za-z0-9_][A-Za-z0-9_.=,+-]{0,150}\.npz"
)
"""What follows from a study and may come with it."""

LONGEST_INDEX = 2**20
"""Bytes of the list of members, which is read into memory."""

MOST_MEMBERS, LONGEST_DIRECTORY = 400 + MAX_PARTS, 2**18
"""Members of a zip, and bytes of its directory, which Python reads whole; looked at before."""

LARGEST_DERIVED = 2**30
"""Bytes that a derived file's arrays have when they are unpacked."""

CHUNK = 2**20

DAMAGED = (OSError, EOFError, NotImplementedError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile)
"""What `zipfile` raises on a file that is damaged or was made to look like a zip."""


class Member(Facts, frozen=True):
    """A file of the study, as the index has it."""

    sha256: Digest
    size: Count


class Index(Facts, frozen=True):
    """The first member of an export: its version and the other members by name."""

    export: Literal[1]
    files: Annotated[dict[str, Member], Meta(max_length=MOST_MEMBERS)]


@contextmanager
def opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Index]]:
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


def _checked_index(path: Path, archive: zipfile.ZipFile, size: int) -> Index:
    members = {info.filename: info for info in archive.infolist()}
    if INDEX not in members:
        raise InputError(f"{path} is a zip without {INDEX}, so it is no exported study; export one anew.")
    if len(members) != len(archive.infolist()) or sum(info.file_size for info in members.values()) > size:
        raise InputError(f"{path} holds files twice or one within the other, which no export does; export it anew.")
    for name, info in members.items():
        _check_member(path, name, info)
    try:
        index = msgspec.json.decode(_small(path, archive, INDEX, LONGEST_INDEX), type=Index)
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


def manifest_of(path: Path, archive: zipfile.ZipFile, index: Index) -> Manifest:
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


def copy_member(path: Path, archive: zipfile.ZipFile, name: str, member: Member, to: IO[bytes]) -> None:
    """Unpack a member; raise `InputError` if it is not the file that was exported."""
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


def check_arrays(path: Path, name: str, file: Path) -> None:
    """Raise `InputError` if a file of arrays would be huge when it is opened."""
    with _reading(path), file.open("rb") as handle:
        _check_directory(path, handle)
        with zipfile.ZipFile(handle) as archive:
            unpacked = sum(info.file_size for info in archive.infolist())
    if unpacked > LARGEST_DERIVED:
        raise InputError(
            f"{path}: the arrays of {name} are larger than those of a fit; export without what is derived."
        )
