"""From images or vectors to a study on disk: prepare, train, encode, write."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.locks import locked
from core.networks import (
    Autoencoder,
    AutoencoderConfig,
    TrainingConfig,
    Variational,
    load_autoencoder,
    network_files,
    train,
)
from core.networks.backend import unit_range
from core.networks.epochs import CHECKPOINT
from core.progress import Listener, Progress
from core.sources.images import Images, ImageSource, Skipped
from core.sources.labels import Labels
from core.sources.pixels import ImageShape
from core.statistics import log_variance_codes
from core.storage import appending, recover, sha256, whole_file, whole_folder, writing
from core.study.description import (
    DESCRIPTION,
    LATENTS,
    LOG_VARIANCES,
    ROWS,
    Source,
    Study,
    TrainingRecord,
    open_study,
    write_description,
)
from core.study.groups import with_groups
from core.study.kept import Arrays, keep_derived, load_derived
from core.study.precision import keep_vectors
from core.study.rows import ROW_COLUMNS, check_rows
from core.study.sheets import SHOWN, Sheets
from core.study.vectors import Vectors, open_vectors

__all__ = [
    "Prepared",
    "Report",
    "choose_images",
    "encode_images",
    "encode_study",
    "place_of_work",
    "prepare_images",
    "train_study",
    "workplace",
    "write_vectors",
]

BATCH = 256
"""Images read at a time."""


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
    _require_free(folder, replace)
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
) -> Report:
    """Write a study of other images with the weights of a given one; ``title`` as in :func:`train_study`.

    What is encoded lies block by block in a folder ``.encoding`` beside the study until it is written; the same call
    after an interruption goes on from there.

    Raises
    ------
    InputError
        If the target exists and may not be replaced, or no image can be read.
    """
    study.require_decoder()
    _require_free(Path(folder).absolute(), replace)
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
) -> Report:
    """Write a study of images with an autoencoder, and how that was trained where it is known.

    Raises
    ------
    InputError
        As :func:`encode_study`.
    """
    folder = Path(folder).absolute()
    _require_free(folder, replace)
    check_rows(labels.rows, source.path)

    def load(names: Sequence[str]) -> Images:
        return next(source.batches(names, autoencoder.image_shape, BATCH))

    with workplace(folder, "encoding") as work:
        report = _write_study(
            folder, replace, title, autoencoder, training, source, labels, load, source.skipped, work, on_images
        )
        shutil.rmtree(work)
    return report


def write_vectors(
    vectors: Vectors,
    folder: str | Path,
    rows: pd.DataFrame | None = None,
    *,
    title: str | None = None,
    replace: bool = False,
    log_variances: npt.NDArray[np.floating] | None = None,
    autoencoder: Autoencoder | None = None,
    source: Source | None = None,
    pictures: Path | None = None,
) -> Study:
    """Write a study of vectors that are there already.

    Parameters
    ----------
    vectors : float array of shape (n, d)
        In float16, float32 or float64; may be memory-mapped.
    folder : path
    rows : DataFrame of n rows, optional
        What is known of each, in columns as :func:`core.study.rows.read_rows` returns them; any may be missing.
    title : str, optional
        Of the data; the folder's name stands for it otherwise.
    replace : bool
        Take the place of a study that is there.
    log_variances : float array of shape (n, d), optional
        Where the vectors are means of posteriors.
    autoencoder : Autoencoder, optional
        That decodes them; without one it is a study of vectors alone.
    source : Source, optional
        Of the images that they are vectors of.
    pictures : Path, optional
        Folder or archive in which the column ``picture`` of the rows names one of each vector.

    Raises
    ------
    InputError
        If the study exists and may not be replaced, the shapes do not match, a vector is not finite, or a row holds
        what it must not.
    """
    folder = Path(folder).absolute()
    _require_free(folder, replace)
    rows = pd.DataFrame(index=range(len(vectors))) if rows is None else rows.reset_index(drop=True)
    if len(rows) != len(vectors):
        raise InputError(f"There are {len(rows):,} rows for {len(vectors):,} vectors; give one for each.")
    if log_variances is not None and (log_variances.shape != vectors.shape or not np.isfinite(log_variances).all()):
        raise InputError(f"The log variances must be finite, of the shape {vectors.shape} of their means.")
    if "image" not in rows:
        rows = rows.assign(image=rows.index.astype("str"))
    texts = {str(name): _as_text(rows[name]) for name in rows.select_dtypes("category")}
    rows = rows.assign(**texts)
    rows = rows[[*(c for c in ROW_COLUMNS if c in rows), *(c for c in rows if c not in ROW_COLUMNS)]]
    with whole_folder(folder, replace) as partial:
        rounding = keep_vectors(vectors, partial / LATENTS)
        if log_variances is not None:
            with appending(partial / LOG_VARIANCES, np.uint8, vectors.shape[1:]) as append:
                append(log_variance_codes(log_variances))
        _write_rows(partial, rows)
        if autoencoder is not None:
            autoencoder.save(partial / network_files(autoencoder.config)[0])
        config = None if autoencoder is None else autoencoder.config
        write_description(partial, title, config, source, None, rounding, pictures)
        open_study(partial)  # so that nothing is written that could not be opened
    return open_study(folder)


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


def _require_free(folder: Path, replace: bool) -> None:
    recover(folder)
    if folder.exists() and not replace:
        raise InputError(f"{folder} exists already; choose another folder, or add --replace to take its place.")
    if folder.exists() and not (folder / DESCRIPTION).is_file():
        raise InputError(f"{folder} is not a study, so it is not replaced; choose another folder.")


def place_of_work(folder: Path, purpose: str = "training") -> Path:
    """Return where :func:`workplace` puts prepared images and checkpoints."""
    return folder.with_name(f"{folder.name}.{purpose}")


@contextmanager
def workplace(folder: Path, purpose: str = "training") -> Iterator[Path]:
    """Yield the folder for prepared images and checkpoints, beside the study and named after it and the purpose.

    An error before the first checkpoint removes it.

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
                if not (work / CHECKPOINT).exists():
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
    wanted = hashlib.sha256(json.dumps([_origin(source, shape), names]).encode()).hexdigest()
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
        _require_images(source, kept, skipped)
        note = {"wanted": wanted, "names": kept, "skipped": [[s.name, s.reason] for s in skipped]}
        with whole_file(note_file) as partial:
            partial.write_text(json.dumps(note))
    pixels = np.load(pixels_file, mmap_mode="r")
    return Prepared(tuple(note["names"]), pixels, tuple(Skipped(*s) for s in note["skipped"]))


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


def _require_images(source: ImageSource, kept: list[str], skipped: list[Skipped]) -> None:
    if not kept:
        example = f" (the first, {skipped[0].name}: {skipped[0].reason})" if skipped else ""
        raise InputError(f"None of the images in {source.path} can be read{example}; give a sound copy.")


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
) -> Report:
    config = autoencoder.config
    with whole_folder(folder, replace) as partial:
        networks = partial / network_files(config)[0]
        autoencoder.save(networks)
        shipped = load_autoencoder(networks, config)
        exact = partial / f"exact_{LATENTS}"
        saved = [sha256(partial / name) for name in network_files(config) if (partial / name).exists()]
        wanted = [_origin(source, config.image_shape), saved]
        blocks = _encoded(shipped, tuple(labels.rows["image"]), load, work, json.dumps(wanted), report)
        names, errors, unread = _gather(blocks, exact, shipped.latent_size)
        skipped = (*skipped, *unread)
        _require_images(source, names, list(skipped))
        rounding = keep_vectors(open_vectors(exact), partial / LATENTS)
        exact.unlink()
        rows = labels.rows.set_index("image", drop=False).loc[names].reset_index(drop=True)
        rows.insert(2, "reconstruction_error", np.asarray(errors, np.float32))
        _write_rows(partial, rows)
        counts = {str(p or "unknown"): int(n) for p, n in rows["partition"].value_counts(sort=False).items()}
        described = Source(source.kind, len(names), source.crop, config.image_shape[:2], counts, len(skipped))
        write_description(partial, title, config, described, record, rounding)
    return Report(open_study(folder), skipped)


def _as_text(values: pd.Series) -> pd.Series:
    """Return categories as texts: numbers that are categories would come back as numbers."""
    return values.astype("str").where(values.notna(), None)


def _write_rows(folder: Path, rows: pd.DataFrame) -> None:
    """Write the rows of the vectors that lie in a folder, those with the same vector as one group."""
    rows = with_groups(rows, open_vectors(folder / LATENTS))
    rows.to_parquet(folder / ROWS, compression="zstd", index=False)


def _origin(source: ImageSource, shape: ImageShape) -> list[Any]:
    """Return what prepared images follow from."""
    return [str(source.path.absolute()), source.path.stat().st_mtime_ns, source.crop, shape]


def _encoded(
    autoencoder: Autoencoder,
    names: Sequence[str],
    load: Callable[[Sequence[str]], Images],
    work: Path,
    wanted: str,
    report: Listener | None,
) -> Iterator[Arrays]:
    """Yield the latent vectors of images block by block, each from the workplace if an interrupted call left it there.

    A block holds ``names``, ``vectors``, mean squared ``errors`` of the reconstructions, names and reasons of those
    ``skipped`` and, where vectors are means of posteriors, ``log_variances`` in 8 bits.
    """
    for start in range(0, len(names), BATCH):
        chunk = names[start : start + BATCH]
        path, key = work / f"block-{start:09d}.npz", json.dumps([wanted, *chunk])
        block = load_derived(path, key)
        if block is None:
            block = _encode(autoencoder, load(chunk))
            keep_derived(path, key, block)
        yield block
        if report:
            report(Progress("encoding images", min(start + BATCH, len(names)), len(names), "images"))


def _encode(autoencoder: Autoencoder, batch: Images) -> Arrays:
    block: dict[str, npt.NDArray[Any]] = {
        "names": np.array(batch.names, np.str_),
        "skipped": np.array([(s.name, s.reason) for s in batch.skipped], np.str_).reshape(-1, 2),
    }
    if isinstance(autoencoder, Variational):
        block["vectors"], log_variances = autoencoder.encode_law(batch.pixels)
        block["log_variances"] = log_variance_codes(log_variances)
    else:
        block["vectors"] = autoencoder.encode(batch.pixels)
    difference = autoencoder.decode_exactly(block["vectors"]) - unit_range(batch.pixels)
    block["errors"] = np.square(difference).mean(axis=(1, 2, 3))
    return block


def _gather(blocks: Iterable[Arrays], path: Path, size: int) -> tuple[list[str], list[float], list[Skipped]]:
    """Write the vectors of blocks into one file; return names, errors of reconstructions, and what was skipped.

    Log variances go into a file beside them.
    """
    names: list[str] = []
    errors: list[float] = []
    skipped: list[Skipped] = []
    with ExitStack() as files:
        append = files.enter_context(appending(path, np.float32, (size,)))
        append_codes: Callable[[npt.ArrayLike], None] | None = None
        for block in blocks:
            append(block["vectors"])
            if "log_variances" in block:
                if append_codes is None:
                    append_codes = files.enter_context(appending(path.with_name(LOG_VARIANCES), np.uint8, (size,)))
                append_codes(block["log_variances"])
            names += block["names"].tolist()
            errors += block["errors"].tolist()
            skipped += [Skipped(name, reason) for name, reason in block["skipped"].tolist()]
    return names, errors, skipped


def _versions() -> dict[str, str]:
    packages = ("keras", "tensorflow", "numpy")
    return {"python": platform.python_version(), **{p: version(p) for p in packages}}
