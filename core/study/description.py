"""A study on disk: one trained autoencoder, the latent vectors of its images, and what is known of them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import safetensors

from core.errors import InputError
from core.networks import Autoencoder, AutoencoderConfig, Epoch, TrainingConfig
from core.storage import recover, sha256

__all__ = ["ROW_COLUMNS", "SCHEMA", "Source", "Study", "TrainingRecord", "open_study", "write_description"]

SCHEMA = 1
"""Version of the folder's layout; a study of another version is refused, not guessed at."""

DESCRIPTION, WEIGHTS, LATENTS, ROWS = "study.json", "weights.safetensors", "latents.npy", "rows.parquet"

ROW_COLUMNS = ("image", "partition", "reconstruction_error")
"""Columns of the rows before the attributes."""

BLOCK = 16_384
"""Vectors per block when the whole of a study is read."""


@dataclass(frozen=True)
class Source:
    """Where the images of a study came from and how they were prepared.

    ``crop`` is the side of the central square in pixels (0: the largest one), ``partitions`` counts the images of
    each partition, ``skipped`` the files that could not be read.
    """

    kind: str
    count: int
    crop: int
    image_size: int
    partitions: Mapping[str, int]
    skipped: int


@dataclass(frozen=True)
class TrainingRecord:
    """How the autoencoder of a study was trained: settings, loss of each epoch, seconds, versions of the software."""

    config: TrainingConfig
    history: tuple[Epoch, ...]
    seconds: float
    versions: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Study:
    """An opened study.

    Attributes
    ----------
    folder : Path
    name : str
        Of the folder, in file names.
    title : str
        Of the data, as a reader calls them: "CelebA", "my cells".
    fingerprint : str
        Changes with any byte of the study's files: the key of every cache.
    config : AutoencoderConfig
    source : Source
    training : TrainingRecord
    latents : float16 array of shape (n, latent_size), read-only, memory-mapped
    rows : DataFrame of n rows
        ``image``, ``partition``, ``reconstruction_error`` (mean squared, pixels in [0, 1]), then the attributes.
    digests : mapping of str to str
        SHA-256 of each file.
    """

    folder: Path
    name: str
    title: str
    fingerprint: str
    config: AutoencoderConfig
    source: Source
    training: TrainingRecord
    latents: npt.NDArray[np.float16]
    rows: pd.DataFrame
    digests: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.latents)

    @property
    def dimension(self) -> int:
        """Number of components N of the latent space."""
        return int(self.latents.shape[1])

    @property
    def attributes(self) -> tuple[str, ...]:
        """Names of the attributes, in the order of the columns."""
        return tuple(c for c in self.rows.columns if c not in ROW_COLUMNS)

    @property
    def weight_count(self) -> int:
        """Number of weights of encoder and decoder, read from the file's header alone."""
        with safetensors.safe_open(self.folder / WEIGHTS, framework="numpy") as file:
            return sum(math.prod(file.get_slice(name).get_shape()) for name in file.keys())  # noqa: SIM118

    def load_autoencoder(self) -> Autoencoder:
        """Build the autoencoder and read its weights (loads TensorFlow)."""
        return Autoencoder.load(self.folder / WEIGHTS, self.config)


def write_description(
    folder: Path, name: str, config: AutoencoderConfig, source: Source, training: TrainingRecord
) -> None:
    """Write ``study.json`` into a folder that holds the study's other files."""
    history = [{k: None if math.isnan(v) else v for k, v in asdict(epoch).items()} for epoch in training.history]
    description = {
        "schema": SCHEMA,
        "name": name,
        "source": asdict(source),
        "autoencoder": config.to_dict(),
        "training": {**asdict(training), "config": training.config.to_dict(), "history": history},
        "files": {file: sha256(folder / file) for file in (WEIGHTS, LATENTS, ROWS)},
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")


def open_study(folder: str | Path) -> Study:
    """Open a study and check that it is whole: schema, digests, shapes, finite numbers.

    Raises
    ------
    InputError
        If anything is missing, altered, swapped, of another version, or not finite; the sentence names the file.
    """
    folder = Path(folder).absolute()
    recover(folder)
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give the folder of a study, such as studies/celeba.")
    description = _read_description(folder / DESCRIPTION)
    digests = _check_files(folder, description)
    try:
        config = AutoencoderConfig.from_dict(description["autoencoder"])
        source = Source(**description["source"])
        record = description["training"]
        training = TrainingRecord(
            TrainingConfig.from_dict(record["config"]),
            tuple(_read_epoch(epoch) for epoch in record["history"]),
            record["seconds"],
            record["versions"],
        )
        name = str(description["name"])
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{folder / DESCRIPTION} is incomplete ({error}); restore it from its source.") from None
    except InputError as error:
        raise InputError(f"{folder / DESCRIPTION}: {error}") from None
    latents = _read_latents(folder / LATENTS, config.latent_size)
    rows = _read_rows(folder / ROWS, len(latents))
    canonical = json.dumps(description, sort_keys=True).encode()
    fingerprint = hashlib.sha256(canonical).hexdigest()[:16]
    return Study(
        folder, name, str(description.get("title", name)), fingerprint, config, source, training, latents, rows, digests
    )


def _read_description(path: Path) -> dict[str, Any]:
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(f"{path} is missing, so {path.parent} is no study; give the folder of a study.") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(f"{path} cannot be read ({error}); restore it from its source.") from None
    schema = description.get("schema") if isinstance(description, dict) else None
    if schema != SCHEMA:
        raise InputError(
            f"{path} has schema version {schema!r}, this program reads version {SCHEMA}; "
            "use the version of zpoints that wrote it, or make the study anew."
        )
    return dict(description)


def _read_epoch(values: dict[str, Any]) -> Epoch:
    """Return one epoch; ``null`` stands for the validation loss of a training without held-out images."""
    return Epoch(**(values if values["validation_loss"] is not None else {**values, "validation_loss": math.nan}))


def _check_files(folder: Path, description: Mapping[str, Any]) -> dict[str, str]:
    expected = description.get("files")
    if not isinstance(expected, dict) or set(expected) != {WEIGHTS, LATENTS, ROWS}:
        raise InputError(f"{folder / DESCRIPTION} does not list the study's three files; restore it from its source.")
    for file, digest in expected.items():
        path = folder / file
        if not path.is_file():
            raise InputError(f"{path} is missing; restore it from the study's source.")
        if sha256(path) != digest:
            raise InputError(
                f"{path} was altered or belongs to another study (its SHA-256 is not the one in {DESCRIPTION}); "
                "restore it from the study's source."
            )
    return {str(k): str(v) for k, v in expected.items()}


def _read_latents(path: Path, dimension: int) -> npt.NDArray[np.float16]:
    try:
        latents: npt.NDArray[np.float16] = np.lib.format.open_memmap(path, "r")
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} cannot be read as an array ({error}); restore it from the study's source.") from None
    if latents.dtype != np.float16 or latents.ndim != 2 or latents.shape[1] != dimension or not len(latents):
        raise InputError(
            f"{path} holds {latents.dtype} of shape {latents.shape}, not float16 of shape (n, {dimension}); "
            "make the study anew."
        )
    for start in range(0, len(latents), BLOCK):
        finite = np.isfinite(latents[start : start + BLOCK]).all(axis=1)
        if not finite.all():
            row = start + int(np.argmin(finite))
            raise InputError(f"{path} holds NaN or infinity in row {row}; make the study anew.")
    return latents


def _read_rows(path: Path, count: int) -> pd.DataFrame:
    try:
        rows = pd.read_parquet(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError(f"{path} cannot be read as a table ({error}); restore it from the study's source.") from None
    if len(rows) != count or tuple(rows.columns[: len(ROW_COLUMNS)]) != ROW_COLUMNS:
        raise InputError(f"{path} does not describe the {count} vectors of the study; restore it from its source.")
    return rows
