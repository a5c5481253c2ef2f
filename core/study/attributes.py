"""The attribute network of a study: trained on the study's own images, kept with it in one file."""

from __future__ import annotations

import copy
import hashlib
import json
import math
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks import Epoch, TrainingConfig
from core.networks.attribute_training import train_attributes
from core.networks.attributes import AttributeConfig, AttributeNetwork
from core.progress import Listener, Progress
from core.sources.images import ImageSource
from core.storage import whole_file
from core.study.description import Study
from core.study.sets import halves
from core.study.shared import ATTRIBUTES, attributes_file
from core.study.workplace import Prepared, prepare_images, workplace

__all__ = ["StudyAttributes", "load_attributes", "train_study_attributes"]

SCHEMA = 1
"""Version of the file's layout; a file of another version is refused, not guessed at."""

PRESENT = 0.5
"""Probability above which an attribute counts as present."""

BATCH = 256
"""Images read at a time."""

COMPARED = 64
"""Images whose latent vectors are compared with the study's before a training."""

NUMBERS = ("accuracies", "majority", "embedding_mean", "embedding_covariance", "shares")
"""Arrays of the file beside the weights."""

DAMAGE = (
    OSError,
    safetensors.SafetensorError,
    AttributeError,  # numpy has no float8
    KeyError,
    TypeError,
    ValueError,
    RecursionError,
    InputError,
)
"""What reading a cut off, altered or foreign file raises, depending on where it is damaged."""

Floats = npt.NDArray[np.float64]
Weights = dict[str, npt.NDArray[Any]]


@dataclass(frozen=True, eq=False)
class StudyAttributes:
    """The attribute network of a study, how good it is, and what it makes of the photographs.

    Attributes
    ----------
    network : AttributeNetwork
    names : tuple of str
        The study's attributes.
    training : TrainingConfig
    epochs : tuple of Epoch
        How the training went.
    accuracies : float array of shape (attributes,)
        Share of the validation images in which the network is right, an attribute being present above 0.5.
    majority : float array of shape (attributes,)
        The same of always saying the more frequent label of the training images.
    count : int
        Photographs of half B, which the following are of.
    embedding_mean : float array of shape (e,)
    embedding_covariance : float array of shape (e, e)
    shares : float array of shape (attributes,)
        Of the photographs in which the network sees each attribute.
    """

    network: AttributeNetwork
    names: tuple[str, ...]
    training: TrainingConfig
    epochs: tuple[Epoch, ...]
    accuracies: Floats
    majority: Floats
    count: int
    embedding_mean: Floats
    embedding_covariance: Floats
    shares: Floats


def train_study_attributes(
    study: Study,
    source: ImageSource,
    training: TrainingConfig,
    *,
    filters: tuple[int, ...] = AttributeConfig.filters,
    replace: bool = False,
    on_images: Listener | None = None,
    on_progress: Listener | None = None,
) -> StudyAttributes:
    """Train an attribute network on a study's images and write it into the study's folder.

    Images of the partition ``train`` are trained on, those of ``validation`` are held out; images with a missing
    attribute are left out of both. Prepared images and checkpoints lie in a folder ``.attributes`` beside the study
    until the file is written; the same call after an interruption goes on from there.

    Parameters
    ----------
    study : Study
    source : ImageSource
        The images that the study was made of; they are cropped as they were then.
    training : TrainingConfig
        Its loss is to be ``binary_crossentropy``.
    filters : tuple of int
        Of the network's stages.
    replace : bool
        Take the place of a file that is there.
    on_images, on_progress : callables, optional
        Called as in :func:`core.study.building.train_study`.

    Raises
    ------
    InputError
        If the file exists and may not be replaced, the study has no attributes or too few images for this, an image
        is missing, unreadable or not the study's, or the interrupted training differs.
    """
    path = study.folder / ATTRIBUTES
    if path.exists() and not replace:
        raise InputError(f"{path} exists already; add --replace to take its place.")
    rows = _choose_rows(study)
    config = _config(study, filters)
    source = _with_the_crop_of(study, source)
    with workplace(study.folder, "attributes") as work:
        prepared = prepare_images(source, tuple(study.rows["image"]), config.image_shape, work, on_images)
        _require_the_images_of(study, source, prepared)
        trained, epochs = train_attributes(
            config, training, prepared.pixels, rows.labels, rows.train, rows.validation, work, on_progress
        )
        network = _in_half_precision(trained)
        _, held_out = _predict(network, prepared.pixels, rows.validation, "checking attributes", on_images)
        embeddings, photographs = _predict(network, prepared.pixels, rows.half_b, "embedding images", on_images)
        truth, usual = rows.labels[rows.validation], rows.labels[rows.train].mean(axis=0) > 0.5
        attributes = StudyAttributes(
            network=network,
            names=study.attributes,
            training=training,
            epochs=tuple(epochs),
            accuracies=((held_out > PRESENT) == truth).mean(axis=0),
            majority=(usual == truth).mean(axis=0),
            count=len(rows.half_b),
            embedding_mean=embeddings.mean(axis=0, dtype=np.float64),
            embedding_covariance=np.cov(embeddings, rowvar=False, dtype=np.float64),
            shares=(photographs > PRESENT).mean(axis=0),
        )
        _write(path, attributes, study)
        shutil.rmtree(work)
    return attributes


def load_attributes(study: Study) -> StudyAttributes | None:
    """Return the attribute network of a study and what is kept with it; None where the study has none.

    Raises
    ------
    InputError
        If the file is damaged, holds other than finite numbers, is of another version or belongs to another study;
        or it is another study's and not the one it was.
    """
    path = attributes_file(study.folder)
    if path is None:
        return None
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            note = {name: json.loads(value) for name, value in (file.metadata() or {}).items()}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except DAMAGE as error:
        raise _damaged(path, error) from None
    if (schema := note.get("schema")) != SCHEMA:
        raise InputError(
            f"{path} has schema version {schema!r}, this program reads version {SCHEMA}; "
            "use the version of zpoints that wrote it, or train the attribute network anew."
        )
    if wrong := next((name for name, array in arrays.items() if not np.isfinite(array).all()), None):
        raise InputError(f"{path} holds NaN or infinity in {wrong}; restore it, or train the attribute network anew.")
    if note.get("digest") != _digest(arrays, note):
        raise _damaged(path, "its digest is another")
    fitting = _note_of(study)
    if misfit := next((name for name, value in fitting.items() if note.get(name) != value), None):
        raise InputError(
            f"{path} belongs to another study, its {misfit.replace('_', ' ')} not being this one's; "
            "restore the study's own, or train the attribute network anew."
        )
    try:
        return _read(study, note, arrays)
    except DAMAGE as error:
        raise _damaged(path, error) from None


def _config(study: Study, *shape: Any) -> AttributeConfig:
    """Return the shape of a network for a study's images; filters and embedding as usual unless they are given."""
    network = study.require_decoder()
    height, width, channels = network.image_shape
    return AttributeConfig(height if height == width else (height, width), channels, study.attributes, *shape)


class _Rows(NamedTuple):
    """Labels of all images, (n, attributes), and the rows to train on, of those held out, and of half B."""

    labels: npt.NDArray[np.bool_]
    train: npt.NDArray[np.intp]
    validation: npt.NDArray[np.intp]
    half_b: npt.NDArray[np.intp]


def _choose_rows(study: Study) -> _Rows:
    if not study.attributes:
        raise InputError(f"The study {study.folder} knows no attributes; make it anew with a list of attributes.")
    table = study.rows[list(study.attributes)]
    known = table.notna().all(axis=1)
    train, validation = (np.flatnonzero(known & (study.rows["partition"] == p)) for p in ("train", "validation"))
    half_b = np.flatnonzero(~halves(study.rows))
    if not len(train) or not len(validation) or len(half_b) < 2:
        raise InputError(
            f"The study {study.folder} has {len(train)} training and {len(validation)} validation images with "
            f"attributes and {len(half_b)} in half B, too few for an attribute network; make it of more images."
        )
    return _Rows(table.fillna(False).to_numpy(bool), train, validation, half_b)


def _with_the_crop_of(study: Study, source: ImageSource) -> ImageSource:
    """Return the source, cropping as the study does; raise `InputError` if it lacks an image."""
    if missing := sorted(set(study.rows["image"]) - set(source.names)):
        raise InputError(
            f"{source.path} lacks {len(missing):,} of the study's {len(study):,} images, {missing[0]} for one; "
            "give the images that the study was made of."
        )
    source = copy.copy(source)
    source.crop = study.require_images().crop
    return source


def _require_the_images_of(study: Study, source: ImageSource, prepared: Prepared) -> None:
    """Raise `InputError` if an image cannot be read, or the images' latent vectors are not those of the study."""
    if prepared.skipped:
        first = prepared.skipped[0]
        raise InputError(
            f"{source.path} holds {len(prepared.skipped):,} of the study's images that cannot be read "
            f"(the first, {first.name}: {first.reason}); give a sound copy."
        )
    rows = np.unique(np.linspace(0, len(study) - 1, COMPARED).astype(np.intp))
    known = study.stored[rows].astype(np.float32)
    encoded = study.load_autoencoder().encode(prepared.pixels[rows])
    distances, spread = np.linalg.norm(encoded - known, axis=1), np.linalg.norm(known - known.mean(axis=0), axis=1)
    if np.median(distances) > 0.5 * np.median(spread):
        raise InputError(
            f"{source.path} holds other images under the names of the study's, their latent vectors differ; "
            "give the images that the study was made of."
        )


def _in_half_precision(network: AttributeNetwork) -> AttributeNetwork:
    """Return the network as it is kept: weights rounded to float16, arithmetic in float32."""
    weights = network.weights()
    if not all(np.abs(w).max(initial=0) <= np.finfo(np.float16).max for w in weights.values()):  # not so of NaN
        raise InputError("The attribute network's weights do not fit into float16; train with a lower learning rate.")
    return AttributeNetwork(network.config, {name: w.astype(np.float16) for name, w in weights.items()})


def _predict(
    network: AttributeNetwork,
    images: npt.NDArray[np.uint8],
    rows: npt.NDArray[np.intp],
    title: str,
    report: Listener | None,
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Return embeddings and probabilities of some of the images, which may be memory-mapped."""
    parts = []
    for start in range(0, len(rows), BATCH):
        parts.append(network.predict(images[rows[start : start + BATCH]]))
        if report:
            report(Progress(title, min(start + BATCH, len(rows)), len(rows), "images"))
    embeddings, probabilities = zip(*parts, strict=True)
    return np.concatenate(embeddings), np.concatenate(probabilities)


def _note_of(study: Study) -> dict[str, Any]:
    """Return what the file of a study must agree with."""
    images = json.dumps([list(study.rows["image"]), study.require_images().crop])
    height, width, channels = study.require_decoder().image_shape
    return {
        "image_size": height if height == width else [height, width],
        "channels": channels,
        "attributes": list(study.attributes),
        "images": hashlib.sha256(images.encode()).hexdigest(),
    }


def _write(path: Path, attributes: StudyAttributes, study: Study) -> None:
    config = attributes.network.config
    arrays: Weights = {f"network/{n}": w.astype(np.float16) for n, w in attributes.network.weights().items()}
    arrays |= {name: getattr(attributes, name) for name in NUMBERS}
    note = _note_of(study) | {
        "schema": SCHEMA,
        "filters": list(config.filters),
        "embedding": config.embedding,
        "training": attributes.training.to_dict(),
        "history": [asdict(epoch) for epoch in attributes.epochs],
        "count": attributes.count,
    }
    note = json.loads(json.dumps(note))
    note["digest"] = _digest(arrays, note)
    with whole_file(path) as partial:
        partial.write_bytes(safetensors.numpy.save(arrays, {name: json.dumps(value) for name, value in note.items()}))


def _read(study: Study, note: Mapping[str, Any], arrays: Weights) -> StudyAttributes:
    """Return what a file holds; raise one of `DAMAGE` if that is not what :func:`_write` writes."""
    e, a = note["embedding"], len(study.attributes)
    shapes = dict(zip(NUMBERS, ((a,), (a,), (e,), (e, e), (a,)), strict=True))
    if wrong := next((name for name, shape in shapes.items() if arrays[name].shape != shape), None):
        raise ValueError(f"{wrong} has the shape {arrays[wrong].shape}, not {shapes[wrong]}")
    epochs = tuple(Epoch(**epoch) for epoch in note["history"])
    if not all(math.isfinite(value) for epoch in epochs for value in asdict(epoch).values()):
        raise ValueError("its history holds NaN or infinity")
    config = _config(study, tuple(note["filters"]), e)
    own = {n.removeprefix("network/"): w for n, w in arrays.items() if n not in NUMBERS}
    network = AttributeNetwork(config, own)
    training, count = TrainingConfig.from_dict(note["training"]), int(note["count"])
    numbers = {name: arrays[name].astype(np.float64) for name in NUMBERS}
    return StudyAttributes(network, study.attributes, training, epochs, count=count, **numbers)


def _digest(arrays: Weights, note: Mapping[str, Any]) -> str:
    """Return the SHA-256 of arrays and of all that is noted but the digest itself."""
    told = {name: value for name, value in note.items() if name != "digest"}
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name}{array.dtype}{array.shape}".encode())
        digest.update(array.tobytes())
    return digest.hexdigest()


def _damaged(path: Path, reason: object) -> InputError:
    return InputError(
        f"{path} is damaged ({str(reason).rstrip('.')}); restore it, or train the attribute network anew."
    )
