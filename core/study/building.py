"""From images to a study on disk: prepare, train, encode, write."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from core.cluster import Cluster
from core.errors import InputError
from core.networks import (
    Autoencoder,
    AutoencoderConfig,
    TrainingConfig,
    load_autoencoder,
    network_files,
    train,
)
from core.progress import Listener
from core.sources.images import Images, ImageSource, Skipped
from core.sources.labels import Labels
from core.storage import sha256, whole_folder
from core.study.description import (
    LATENTS,
    Study,
    open_study,
    write_description,
)
from core.study.encoding import blocks_in, encoded_blocks, gather
from core.study.origin import Source, TrainingRecord
from core.study.precision import keep_vectors
from core.study.rows import check_rows
from core.study.sheets import SHOWN, Sheets
from core.study.vectors import open_vectors
from core.study.workers import Encoders, encoders
from core.study.workplace import BATCH, origin, prepare_images, require_images, workplace
from core.study.writing import require_free, write_rows

__all__ = ["Report", "choose_images", "encode_images", "encode_study", "train_study"]


@dataclass(frozen=True)
class Report:
    """A study that was written, and what was passed over on the way."""

    study: Study
    skipped: tuple[Skipped, ...]


def choose_images(source: ImageSource, limit: int | None, seed: int) -> tuple[str, ...]:
    """Return the names of the images to use, sorted: all, or a random ``limit`` of them."""
    if limit is not None and limit < 2:
        raise InputError(f"A limit of {limit} images is too small; give at least 2.")
    if seed < 0:
        raise InputError(f"seed must be a whole number from 0, not {seed}.")
    if limit is None or limit >= len(source):
        return source.names
    chosen = np.random.default_rng(seed).choice(len(source), limit, replace=False)
    return tuple(source.names[i] for i in np.sort(chosen))


def train_study(
    source: ImageSource,
    labels: Labels,
    config: AutoencoderConfig,
    training: TrainingConfig,
    folder: str | Path,
    *,
    title: str | None = None,
    replace: bool = False,
    on_images: Listener | None = None,
    on_progress: Listener | None = None,
) -> Report:
    """Train an autoencoder on the images that ``labels.rows`` names and write the study of all of them.

    Images of the partition ``train`` are trained on, those of ``validation`` are held out; without partitions, a
    random share is held out and marked so. Prepared images, checkpoints and sheets of reconstructions (see
    :mod:`core.study.sheets`) lie in a folder ``.training`` beside the study until it is written; the same call after an
    interruption goes on from there. The data are called by a ``title``; without one they get that of a known data set
    or the name of the folder.

    Raises
    ------
    InputError
        If the study exists and may not be replaced, no image can be read, or the interrupted training differs.
    """
    folder = Path(folder).absolute()
    require_free(folder, replace)
    check_rows(labels.rows, source.path)
    with workplace(folder) as work:
        prepared = prepare_images(source, tuple(labels.rows["image"]), config.image_shape, work, on_images)
        rows = _with_partitions(labels.rows, prepared.names, training)
        trained_on, held_out = (np.flatnonzero(rows["partition"] == part) for part in ("train", "validation"))
        sheets = Sheets(work, prepared.pixels[held_out[:SHOWN]], training.epochs)
        trained, history = train(
            config, training, prepared.pixels, trained_on, held_out, work, on_progress, sheets.write
        )
        record = TrainingRecord(training, tuple(history), sum(e.seconds for e in history), _versions())
        labels = Labels(rows, labels.images_without_row, labels.rows_without_image)
        skipped = (*source.skipped, *prepared.skipped)
        study = _write_study(
            folder, replace, title, trained, record, source, labels, prepared.batch, skipped, work, on_images
        )
        shutil.rmtree(work)
    return study


def encode_study(
    study: Study,
    source: ImageSource,
    labels: Labels,
    folder: str | Path,
    *,
    title: str | None = None,
    replace: bool = False,
    on_images: Listener | None = None,
    cluster: Cluster | None = None,
) -> Report:
    """Write a study of other images with the weights of a given one; ``title`` as in :func:`train_study`.

    What is encoded lies block by block in a folder ``.encoding`` beside the study until it is written; the same call
    after an interruption goes on from there. With a cluster its workers encode, with the same result; all of them need
    the images, the given study and that folder under the same paths.

    Raises
    ------
    InputError
        If the target exists and may not be replaced, no image can be read, or a worker fails.
    """
    study.require_decoder()
    require_free(Path(folder).absolute(), replace)
    autoencoder = study.load_autoencoder()
    return encode_images(
        autoencoder,
        source,
        labels,
        folder,
        title=title,
        replace=replace,
        training=study.training,
        on_images=on_images,
        encoders=None if cluster is None else encoders(cluster, study, source),
    )


def encode_images(
    autoencoder: Autoencoder,
    source: ImageSource,
    labels: Labels,
    folder: str | Path,
    *,
    title: str | None = None,
    replace: bool = False,
    training: TrainingRecord | None = None,
    on_images: Listener | None = None,
    encoders: Encoders | None = None,
) -> Report:
    """Write a study of images with an autoencoder, and how that was trained where it is known.

    ``encoders`` encode in the place of this process.

    Raises
    ------
    InputError
        As :func:`encode_study`.
    """
    folder = Path(folder).absolute()
    require_free(folder, replace)
    check_rows(labels.rows, source.path)

    def load(names: Sequence[str]) -> Images:
        return next(source.batches(names, autoencoder.image_shape, BATCH))

    with workplace(folder, "encoding", keep=encoders is not None) as work:
        report = _write_study(
            folder,
            replace,
            title,
            autoencoder,
            training,
            source,
            labels,
            load,
            source.skipped,
            work,
            on_images,
            encoders,
        )
        shutil.rmtree(work)
    return report


def _with_partitions(rows: pd.DataFrame, names: tuple[str, ...], training: TrainingConfig) -> pd.DataFrame:
    """Return the rows of the named images; where none is for validation, a random share of the others is.

    Images that are in no partition are trained on where none is known to be.
    """
    rows = rows.set_index("image", drop=False).loc[list(names)].reset_index(drop=True)
    partition = rows["partition"].to_numpy(copy=True)
    if not (partition == "train").any():
        partition[partition == ""] = "train"
    if not (partition == "validation").any():
        held_out = np.random.default_rng(training.seed).random(len(rows)) < training.held_out
        partition[held_out & (partition == "train")] = "validation"
    rows["partition"] = partition
    return rows


def _write_study(
    folder: Path,
    replace: bool,
    title: str | None,
    autoencoder: Autoencoder,
    record: TrainingRecord | None,
    source: ImageSource,
    labels: Labels,
    load: Callable[[Sequence[str]], Images],
    skipped: tuple[Skipped, ...],
    work: Path,
    report: Listener | None,
    encoders: Encoders | None = None,
) -> Report:
    config = autoencoder.config
    with whole_folder(folder, replace) as partial:
        networks = partial / network_files(config)[0]
        autoencoder.save(networks)
        shipped = load_autoencoder(networks, config)
        exact = partial / f"exact_{LATENTS}"
        saved = [sha256(partial / name) for name in network_files(config) if (partial / name).exists()]
        wanted = [origin(source, config.image_shape), saved]
        blocks = blocks_in(work, tuple(labels.rows["image"]), json.dumps(wanted))
        encoded = encoders(blocks, report) if encoders else encoded_blocks(shipped, blocks, load, report)
        names, errors, unread = gather(encoded, exact, shipped.latent_size)
        skipped = (*skipped, *unread)
        require_images(source, names, list(skipped))
        rounding = keep_vectors(open_vectors(exact), partial / LATENTS)
        exact.unlink()
        rows = labels.rows.set_index("image", drop=False).loc[names].reset_index(drop=True)
        rows.insert(2, "reconstruction_error", np.asarray(errors, np.float32))
        write_rows(partial, rows)
        counts = {str(p or "unknown"): int(n) for p, n in rows["partition"].value_counts(sort=False).items()}
        described = Source(source.kind, len(names), source.crop, config.image_shape[:2], counts, len(skipped))
        write_description(partial, title, config, described, record, rounding)
    return Report(open_study(folder), skipped)


def _versions() -> dict[str, str]:
    packages = ("keras", "tensorflow", "numpy")
    return {"python": platform.python_version(), **{p: version(p) for p in packages}}
