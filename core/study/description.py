"""A study on disk: latent vectors, what is known of each, and the autoencoder that they come from where it is there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError, MissingError
from core.networks import (
    Autoencoder,
    Configuration,
    count_weights,
    load_autoencoder,
    network_files,
    read_configuration,
)
from core.networks.registry import NO_AUTOENCODER
from core.parted import parts_of
from core.plain import as_text
from core.progress import Listener, Progress
from core.sources.known import recognise
from core.statistics import EXACT, Posteriors
from core.storage import recover
from core.study.columns import Column, Kind, columns_of
from core.study.files import (
    LATENTS,
    LOG_VARIANCES,
    PARTS,
    ROWS,
    WEIGHTS,
    check_file,
    check_whole_file,
    file_facts,
    vector_files,
)
from core.study.origin import Source, TrainingRecord, source_facts, source_of, training_facts, training_of
from core.study.pictures import Pictures
from core.study.row_table import RowTable, any_of, pick_rows
from core.study.rows import GROUP, PICTURE, ROW_COLUMNS, read_rows
from core.study.schema import (
    DESCRIPTION,
    SCHEMA,
    Manifest,
    VectorFacts,
    in_one_line,
    read_manifest,
    write_manifest,
)
from core.study.vectors import Vectors, check_numbers, open_codes, open_latents

__all__ = [
    "DESCRIPTION",
    "GROUP",
    "LATENTS",
    "LOG_VARIANCES",
    "ROWS",
    "ROW_COLUMNS",
    "SCHEMA",
    "WEIGHTS",
    "Study",
    "open_study",
    "verify_study",
    "write_description",
]


MEANS = "means"
"""Folder of what follows from the means alone."""


@dataclass(frozen=True, eq=False)
class Study:
    """An opened study.

    Attributes
    ----------
    folder : Path
    name : str
        Of the folder, in file names.
    title : str
        Of the data, as a reader calls them: "Digits", "my cells". Nothing in it is markup.
    fingerprint : str
        Changes with the vectors, the rows, the weights or the configuration, and with nothing else: the key of every
        cache. A study keeps it under another name or title.
    config : Configuration, optional
        Of the autoencoder; None for vectors alone.
    source : Source, optional
        Of the images; None for vectors alone.
    training : TrainingRecord, optional
        Of the autoencoder; None where it is not known.
    stored : float array of shape (n, latent_size), read-only, memory-mapped
        The vectors of the file in float16, float32 or float64; of a variational autoencoder, the means.
    rows : DataFrame of n rows
        ``image``, ``partition``, ``reconstruction_error`` (mean squared, pixels in [0, 1]), ``group`` where vectors
        belong together, then the attributes and whatever else is known of each. Of more than `EXACT` vectors a
        `RowTable` stands in its place, which reads what is asked for.
    digests : mapping of str to str
        SHA-256 of each file.
    shipped : bool
        Whether the study comes with the program.
    rounding : float, optional
        What float16 cost when the vectors were written: the root mean square of the rounding in units of σ, in the
        component where it is largest; None where they are as they came, or nobody knows.
    codes : uint8 array of shape (n, latent_size), optional, read-only, memory-mapped
        Log variances where the vectors are means of posteriors (see :class:`core.statistics.Posteriors`).
    means_alone : bool
        Whether the means stand for the data, without their noise: the second view of such a study.
    place : Path, optional
        Folder or archive in which vectors have pictures to look up; relative to the study's folder, or absolute.
    part : str
        Digest of what chose these vectors from those of the study in the folder; "" for all of them.
    """

    folder: Path
    name: str
    title: str
    fingerprint: str
    config: Configuration | None
    source: Source | None
    training: TrainingRecord | None
    stored: Vectors
    rows: pd.DataFrame | RowTable
    digests: Mapping[str, str]
    shipped: bool = False
    rounding: float | None = None
    codes: npt.NDArray[np.uint8] | None = None
    means_alone: bool = False
    place: Path | None = None
    part: str = ""

    def __len__(self) -> int:
        return len(self.stored)

    @property
    def dimension(self) -> int:
        """Number of components N of the latent space."""
        return int(self.stored.shape[1])

    @cached_property
    def latents(self) -> Vectors:
        """The latent vectors that everything is held against, (n, latent_size).

        Of a variational autoencoder these are a sample of the aggregate posterior, one vector of each image: the
        decoder was trained on such vectors, not on the means.
        """
        noisy = self.posteriors is not None and not self.means_alone
        return self.posteriors.one_of_each() if noisy else self.stored  # type: ignore[union-attr]

    def latents_between(self, first: int, last: int) -> Vectors:
        """Return some of the latent vectors, without those of other rows; ``first`` is a multiple of 4,096."""
        noisy = self.posteriors is not None and not self.means_alone
        return self.posteriors.one_of_each(first, last) if noisy else self.stored[first:last]  # type: ignore[union-attr]

    @cached_property
    def posteriors(self) -> Posteriors | None:
        """The posteriors of the images; None where a vector is just a vector."""
        return None if self.codes is None else Posteriors(self.stored, self.codes)

    @cached_property
    def vectors_digest(self) -> str:
        """Digest of the latent vectors: the key of all that follows from them alone."""
        digest = _digest_of_vectors(self.digests)
        if self.codes is not None and not self.means_alone:
            digest = hashlib.sha256(f"posteriors {digest} {self.digests[LOG_VARIANCES]}".encode()).hexdigest()
        return hashlib.sha256(f"part {digest} {self.part}".encode()).hexdigest() if self.part else digest

    @property
    def derived(self) -> Path:
        """Folder of what follows from the vectors: the study's, and one in it for the second view."""
        return self.folder / MEANS if self.means_alone else self.folder

    def with_means_alone(self) -> Study:
        """Return the second view of a study whose vectors have posteriors: the means without their noise."""
        if self.codes is None or self.means_alone:
            return self
        return replace(self, means_alone=True, fingerprint=f"{self.fingerprint}-{MEANS}")

    def with_only(self, chosen: npt.NDArray[np.bool_], digest: str) -> Study:
        """Return a part of the study: the vectors chosen by a bool array (n,), known by the digest of what chose them.

        It is nobody's own: what follows from it is kept in the cache.
        """
        part = replace(
            self,
            stored=self.stored[chosen],
            rows=pick_rows(self.rows, np.flatnonzero(chosen), list(self.rows.columns)),
            codes=None if self.codes is None else self.codes[chosen],
            part=digest,
            fingerprint=f"{self.fingerprint}-{digest[:16]}",
        )
        part.__dict__["latents"] = self.latents[chosen]  # of a variational autoencoder, with the same noise
        return part

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The attributes of any kind, in their order."""
        return columns_of(self.rows)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes that a vector has or has not, which are the columns of bool, in their order."""
        return tuple(column.name for column in self.columns if column.kind is Kind.BOOL)

    def column(self, name: str) -> Column:
        """Return the attribute of a name; raise `InputError` where there is none."""
        if (found := next((column for column in self.columns if column.name == name), None)) is None:
            raise InputError(f"The study {self.name} has no attribute {name!r}.")
        return found

    @property
    def has_decoder(self) -> bool:
        """Whether there is an autoencoder, so that vectors can be decoded."""
        return self.config is not None

    @property
    def has_images(self) -> bool:
        """Whether the vectors are those of images."""
        return self.source is not None

    @property
    def has_training(self) -> bool:
        """Whether it is known how the autoencoder was trained."""
        return self.training is not None

    @cached_property
    def has_errors(self) -> bool:
        """Whether the reconstruction error of any image is known."""
        return any_of(self.rows, "reconstruction_error", lambda values: values.notna())

    @cached_property
    def has_partitions(self) -> bool:
        """Whether it is known of any vector whether it was trained on."""
        return any_of(self.rows, "partition", lambda values: values != "")

    @property
    def has_attributes(self) -> bool:
        """Whether there are attributes."""
        return bool(self.attributes)

    @property
    def has_pictures(self) -> bool:
        """Whether there are pictures of the vectors to look up."""
        return self.place is not None and PICTURE in self.rows

    @property
    def shows_faces(self) -> bool:
        """Whether a vector can be shown: decoded, or by the picture of the nearest one."""
        return self.has_decoder or self.has_pictures

    @property
    def subject(self) -> str:
        """What a picture is called: what the known data set shows that the study is of, or just a picture."""
        known = recognise(self.attributes, self.source.crop if self.source else 0)
        return "picture" if known is None else known.subject

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of the vectors; raise `InputError` where there are none."""
        if self.place is None or PICTURE not in self.rows:
            raise MissingError(
                f"The study {self.name} has neither a decoder nor pictures of its vectors, so none can be shown; "
                "import the vectors again and name their pictures with --images."
            )
        return Pictures(self.folder / self.place, self.rows[PICTURE])

    @property
    def has_groups(self) -> bool:
        """Whether some vectors belong together."""
        return GROUP in self.rows

    @property
    def weight_count(self) -> int:
        """Number of weights of encoder and decoder, read from the file's header alone; 0 without an autoencoder."""
        return 0 if self.config is None else count_weights(_networks(self.folder, self.config), self.config)

    def require_decoder(self) -> Configuration:
        """Return the autoencoder's configuration; raise `InputError` where the study has none."""
        if self.config is None:
            raise MissingError(
                f"The study {self.name} holds vectors without an autoencoder, so nothing can be encoded or decoded; "
                "choose a study with one."
            )
        return self.config

    def require_images(self) -> Source:
        """Return where the images came from; raise `InputError` where the study was not made of images."""
        if self.source is None:
            raise MissingError(f"The study {self.name} was not made of images; choose a study that was.")
        return self.source

    def load_autoencoder(self) -> Autoencoder:
        """Build the autoencoder and read its weights (of the kind ``keras``, loads TensorFlow).

        Raises
        ------
        InputError
            If the study has none, or its weights are altered or those of another configuration.
        """
        config = self.require_decoder()
        for name in network_files(config):
            check_whole_file(self.folder / name, self.digests[name])
        return load_autoencoder(_networks(self.folder, config), config)


def _digest_of_vectors(digests: Mapping[str, str]) -> str:
    if LATENTS in digests:
        return digests[LATENTS]
    parts = sorted(name for name in digests if name.startswith(f"{PARTS}/"))
    return hashlib.sha256(" ".join(["parts", *(digests[name] for name in parts)]).encode()).hexdigest()


def write_description(
    folder: Path,
    title: str | None,
    config: Configuration | None,
    source: Source | None,
    training: TrainingRecord | None,
    rounding: float | None = None,
    pictures: Path | None = None,
) -> None:
    """Write ``study.json`` into a folder that holds the study's other files; without a title it gets that of its data.

    Raises
    ------
    InputError
        If the title is too long or cannot be printed.
    """
    latents = open_latents(folder)
    lengths = None if (parts := parts_of(latents)) is None else tuple(map(len, parts))
    vectors = VectorFacts(
        count=len(latents), dimension=latents.shape[1], precision=latents.dtype.name, rounding=rounding, parts=lengths
    )
    manifest = Manifest(
        title=title,
        source=None if source is None else source_facts(source),
        vectors=vectors,
        pictures=None if pictures is None else str(pictures),
        autoencoder={"kind": NO_AUTOENCODER} if config is None else {"kind": config.kind, **config.to_dict()},
        training=None if training is None else training_facts(training),
        files={
            name: file_facts(folder / name)
            for name in (*_required(config, vectors), LOG_VARIANCES)
            if name != LOG_VARIANCES or (folder / name).exists()
        },
    )
    try:
        msgspec.convert(msgspec.to_builtins(manifest), Manifest)
    except msgspec.ValidationError as error:
        raise InputError(f"The study cannot be described so: {in_one_line(error)}; choose another value.") from None
    write_manifest(folder / DESCRIPTION, manifest)


def open_study(folder: str | Path) -> Study:
    """Open a study without trust: every value is checked, no array is read whole.

    Of the vectors and the weights, the size and a few pieces are compared with the description and looked at;
    :func:`verify_study` looks at all of them.

    Raises
    ------
    InputError
        If anything is missing, altered, swapped, of a later version, out of range or not finite; the sentence names
        the file and the field.
    """
    folder = Path(folder).absolute()
    recover(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder of a study.")
    path = folder / DESCRIPTION
    manifest = read_manifest(path)
    try:
        config = read_configuration(manifest.autoencoder)
        training = None if manifest.training is None else training_of(manifest.training)
    except InputError as error:
        raise InputError(f"{path}: {in_one_line(error)}.") from None
    if set(manifest.files) - {LOG_VARIANCES} != set(_required(config, manifest.vectors)):
        raise InputError(f"{path} does not list the study's files, as it should; restore it from its source.")
    for name, facts in manifest.files.items():
        check_file(folder / name, facts)
    latents = open_latents(folder)
    _require_agreement(path, manifest, config, latents)
    check_numbers(_place_of(folder, latents), latents)
    has_laws = LOG_VARIANCES in manifest.files
    codes = open_codes(folder / LOG_VARIANCES, latents.shape) if has_laws else None
    if config is not None:
        count_weights(_networks(folder, config), config)
    many = len(latents) > EXACT
    rows = RowTable(folder / ROWS, len(latents)) if many else read_rows(folder / ROWS, len(latents))
    study = Study(
        folder=folder,
        name=folder.name,
        title=as_text(manifest.title or folder.name),
        fingerprint=_fingerprint(manifest, config),
        config=config,
        source=None if manifest.source is None else source_of(manifest.source),
        training=training,
        stored=latents,
        rows=rows,
        digests={name: facts.sha256 for name, facts in manifest.files.items()},
        place=None if manifest.pictures is None else Path(manifest.pictures),
        shipped=manifest.shipped,
        rounding=manifest.vectors.rounding if manifest.vectors else None,
        codes=codes,
    )
    data_set = recognise(study.attributes, study.source.crop if study.source else 0)
    return study if manifest.title or data_set is None else replace(study, title=data_set.title)


def verify_study(study: Study, report: Listener | None = None) -> None:
    """Read all files of a study whole, compare their digests, and look at every number of its vectors.

    Parameters
    ----------
    study : Study
    report : callable, optional
        Called with how many files are read.

    Raises
    ------
    InputError
        If a file was altered or a vector is not finite; the sentence names it.
    """
    for done, (name, digest) in enumerate(study.digests.items(), 1):
        check_whole_file(study.folder / name, digest)
        if report:
            report(Progress("verifying", done, len(study.digests), "files"))
    check_numbers(_place_of(study.folder, study.stored), study.stored, whole=True)


def _required(config: Configuration | None, vectors: VectorFacts | None) -> tuple[str, ...]:
    parts = vectors.parts if vectors is not None else None
    names = (*vector_files(len(parts or ())), ROWS)
    return names if config is None else (*network_files(config), *names)


def _place_of(folder: Path, latents: Vectors) -> Path:
    return folder / (LATENTS if parts_of(latents) is None else PARTS)


def _require_agreement(path: Path, manifest: Manifest, config: Configuration | None, latents: Vectors) -> None:
    """Raise `InputError` if the parts of a description contradict each other or the vectors."""
    count, dimension = latents.shape
    vectors, source = manifest.vectors, manifest.source
    said: list[tuple[str, Any, Any]] = []
    if vectors is not None:
        said += [("vectors.count", vectors.count, count), ("vectors.dimension", vectors.dimension, dimension)]
        said += [("vectors.precision", vectors.precision, latents.dtype.name)]
        lengths = None if (parts := parts_of(latents)) is None else tuple(map(len, parts))
        said += [("vectors.parts", vectors.parts, lengths)]
    if config is not None:
        said += [("autoencoder.latent_size", config.latent_size, dimension)]
    if source is not None:
        said += [("source.count", source.count, count)]
    for field, value, found in said:
        if value != found:
            raise InputError(f"{path} has {value} as {field}, {LATENTS} has {found}; restore both from their source.")


def _fingerprint(manifest: Manifest, config: Configuration | None) -> str:
    order = (*_required(config, manifest.vectors), LOG_VARIANCES)
    files = {name: manifest.files[name].sha256 for name in order if name in manifest.files}
    network = None if config is None else [config.kind, config.to_dict()]
    return hashlib.sha256(json.dumps([files, network], sort_keys=True).encode()).hexdigest()[:16]


def _networks(folder: Path, config: Configuration) -> Path:
    """Return the first of the files that an autoencoder has in a study's folder."""
    return folder / network_files(config)[0]
