"""``study.json``: its fields, their types and limits, as records that are checked while they are read.

Two versions are read, the second is written. The first had a name instead of a title, and of the files their digests
alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from core.errors import InputError
from core.sources.parts import MAX_PARTS

__all__ = [
    "DESCRIPTION",
    "FORBIDDEN",
    "MAX_BYTES",
    "SCHEMA",
    "EpochFacts",
    "FileFacts",
    "Manifest",
    "SourceFacts",
    "TrainingFacts",
    "VectorFacts",
    "in_one_line",
    "parse_manifest",
    "read_manifest",
    "readable_json",
    "write_manifest",
]

SCHEMA = 2
"""Version of the folder's layout that is written; a study of a later one is refused, not guessed at."""

DESCRIPTION = "study.json"

MAX_BYTES = 8 * 2**20
"""A description of ten thousand epochs has less."""

FORBIDDEN = r"\x{0}-\x{1f}\x{7f}-\x{9f}\x{2028}-\x{202e}\x{2066}-\x{2069}"
"""Characters that no name may hold, as a range of regular expressions (RE2): those that control a terminal, end a line
or turn the direction of reading."""

_PRINTABLE = r"\A[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*\Z"

Text = Annotated[str, Meta(min_length=1, max_length=200, pattern=_PRINTABLE)]
Place = Annotated[str, Meta(min_length=1, max_length=4096, pattern=_PRINTABLE)]
Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Count = Annotated[int, Meta(ge=0, le=10**12)]
Positive = Annotated[int, Meta(ge=1, le=10**12)]
Pixels = Annotated[int, Meta(ge=0, le=65_536)]
Sides = Annotated[tuple[Pixels, ...], Meta(min_length=2, max_length=2)]  # tuple[Pixels, Pixels] crashes msgspec 0.22
Seconds = Annotated[float, Meta(ge=0, le=1e10)]
Loss = Annotated[float, Meta(ge=0, le=1e30)]


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A record of ``study.json``."""


class SourceFacts(Facts, frozen=True):
    """Where images came from; ``image_size`` is the side of squares, or height and width."""

    kind: Text
    count: Count
    crop: Pixels
    image_size: Pixels | Sides
    partitions: Annotated[dict[Text, Count], Meta(max_length=1000)]
    skipped: Count


class EpochFacts(Facts, frozen=True):
    """One epoch; a training without held-out images has no validation loss."""

    epoch: Positive
    loss: Loss
    validation_loss: Loss | None
    seconds: Seconds


class TrainingFacts(Facts, frozen=True):
    """How the autoencoder was trained; the settings are checked by their own class."""

    config: dict[str, Any]
    history: Annotated[tuple[EpochFacts, ...], Meta(max_length=10_000)]
    seconds: Seconds
    versions: Annotated[dict[Text, Text], Meta(max_length=100)]


class VectorFacts(Facts, frozen=True):
    """How many vectors there are, of how many components, and what rounding cost them.

    ``rounding`` is the loss in the worst component in units of its σ, null where it was not measured. ``parts``
    are the numbers of vectors in each file, where they lie in several.
    """

    count: Positive
    dimension: Positive
    precision: Annotated[str, Meta(pattern=r"\A(float16|float32|float64)\Z")]
    rounding: Annotated[float, Meta(ge=0, le=1e6)] | None = None
    parts: Annotated[tuple[Positive, ...], Meta(min_length=1, max_length=MAX_PARTS)] | None = None


class FileFacts(Facts, frozen=True):
    """What a file of the folder is known by: its digest, its size, and the digest of some pieces of it."""

    sha256: Digest
    size: Count | None
    sampled: Digest | None


class Manifest(Facts, frozen=True, kw_only=True):
    """All of ``study.json``, schema 2.

    What is null is not there: a ``title`` that a reader can guess, the ``source`` and ``training`` of a study of
    vectors alone, the ``vectors`` of a study of schema 1. ``autoencoder`` holds its ``kind`` and what that kind knows
    to read. ``pictures`` is the folder or archive in which vectors have pictures to look up. ``summary`` is the place
    of a few numbers for lists of studies.
    """

    schema: Literal[2] = 2
    title: Text | None = None
    shipped: bool = False
    source: SourceFacts | None = None
    vectors: VectorFacts | None = None
    autoencoder: dict[str, Any]
    training: TrainingFacts | None = None
    pictures: Place | None = None
    summary: None = None
    files: Annotated[dict[Text, FileFacts], Meta(max_length=100 + MAX_PARTS)]


class _Version(msgspec.Struct):
    schema: int | None = None


class _First(Facts, frozen=True, kw_only=True):
    """All of ``study.json``, schema 1."""

    schema: Literal[1]
    name: Text
    title: Text | None = None
    source: SourceFacts
    autoencoder: dict[str, Any]
    training: TrainingFacts
    files: Annotated[dict[Text, Digest], Meta(max_length=100)]

    def upgraded(self) -> Manifest:
        return Manifest(
            title=self.title,
            source=self.source,
            autoencoder={"kind": "convolutional", **self.autoencoder},
            training=self.training,
            files={name: FileFacts(sha256=digest, size=None, sampled=None) for name, digest in self.files.items()},
        )


def read_manifest(path: Path) -> Manifest:
    """Read ``study.json`` of either version.

    Raises
    ------
    InputError
        If it is missing, no JSON, of another version, or a field is missing, unknown, of another type or out of
        range; the sentence names the field.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes, so it describes no study; restore it.")
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} is missing, so {path.parent} is no study; give the folder of a study.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); restore it from its source.") from None
    return parse_manifest(path, data)


def parse_manifest(path: Path, data: bytes) -> Manifest:
    """Return what the bytes of a ``study.json`` say; the path is for messages. Raises as :func:`read_manifest`."""
    try:
        schema = msgspec.json.decode(data, type=_Version).schema
        if schema == SCHEMA:
            return msgspec.json.decode(data, type=Manifest)
        if schema == 1:
            return msgspec.json.decode(data, type=_First).upgraded()
    except msgspec.ValidationError as error:
        raise InputError(f"{path} has a wrong value: {in_one_line(error)}; restore it from its source.") from None
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read ({in_one_line(error)}); restore it from its source.") from None
    raise InputError(
        f"{path} has schema version {schema}, this program reads versions 1 and {SCHEMA}; "
        "use the version of zpoints that wrote it, or make the study anew."
    )


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write ``study.json``, indented for a reader."""
    path.write_bytes(readable_json(manifest))


def readable_json(record: msgspec.Struct) -> bytes:
    """Return a record as JSON, indented."""
    return msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n"


def in_one_line(error: BaseException, longest: int = 300) -> str:
    """Return what an exception says, in one line without a full stop."""
    text = " ".join(str(error).split()).rstrip(".")
    return text if len(text) <= longest else text[:longest] + " …"
