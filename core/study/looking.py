"""What a user brings, looked at before anything is written: vectors, a model, images, and a table of what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.networks.foreign import ForeignAutoencoder
from core.sources.components import take_names
from core.sources.images import ImageSource, open_images
from core.sources.labels import Labels, find_lists, join_labels, read_attributes, read_partitions
from core.sources.names import ARCHIVE_SUFFIXES, IMAGE_SUFFIXES
from core.sources.parts import is_parted
from core.sources.tables import read_table
from core.sources.vectors import Vectors, open_vectors
from core.study.models import Model, Wishes, is_model, open_model, try_model
from core.study.pictures import find_pictures, match_pictures

__all__ = ["Found", "Matched", "look"]

VERIFIED = 64
"""Images that are encoded again where vectors are given, too."""

SAME = 0.1
"""How far vectors may lie from those encoded again, in units of their spread, to be the same: a photograph that was
reduced in another way moves its vector a little."""


@dataclass(frozen=True, eq=False)
class Matched:
    """Vectors and images that belong together.

    Attributes
    ----------
    rows : int array (m,)
        Of the vectors that have an image.
    names : tuple of str
        Of their images, in the same order.
    by : str
        Whether they were matched by ``name`` or by ``order``.
    distance, spread : float
        Medians: of the vectors from those that the encoder makes of the images again, and from their mean.
    """

    rows: npt.NDArray[np.intp]
    names: tuple[str, ...]
    by: str
    distance: float
    spread: float

    @property
    def are_means(self) -> bool:
        """Whether the vectors are what the encoder gives, and no samples about it."""
        return self.distance <= SAME * self.spread


@dataclass(frozen=True, eq=False)
class Found:
    """What was found; whatever is None was not given.

    Attributes
    ----------
    vectors : Vectors, optional
    model : Model, optional
        Tried, so that its ranges and layouts are known.
    images : ImageSource, optional
    labels : Labels, optional
        What lists beside the images and a table say of each of them.
    matched : Matched, optional
        Where there are vectors and images.
    columns : DataFrame of n rows, optional
        What is known of each vector, where there are no images.
    pictures : Path, optional
        Where the vectors have pictures to look up, without a model.
    notes : tuple of str
        What else is to be said, one sentence each.
    """

    vectors: Vectors | None = None
    model: Model | None = None
    images: ImageSource | None = None
    labels: Labels | None = None
    matched: Matched | None = None
    columns: pd.DataFrame | None = None
    notes: tuple[str, ...] = field(default=())
    pictures: Path | None = None

    @property
    def autoencoder(self) -> ForeignAutoencoder | None:
        """The autoencoder, if a model was given."""
        return None if self.model is None else self.model.autoencoder

    @property
    def rows(self) -> pd.DataFrame:
        """What is known of each vector or image."""
        if self.labels is not None:
            return self.labels.rows
        if self.columns is not None:
            return self.columns
        return pd.DataFrame() if self.vectors is None else self.vectors.columns

    def describe(self) -> tuple[str, ...]:
        """Return what was found, one sentence each."""
        lines: list[str] = []
        if self.vectors is not None:
            lines.append(f"{self.vectors.path.name}: {self.vectors.describe()}")
        if self.model is not None:
            lines += self.model.describe()
        if self.images is not None:
            crop = f"cut to the central {self.images.crop} pixels" if self.images.crop else "cut as large as possible"
            lines.append(f"{self.images.path.name}: {len(self.images):,} images, {crop}")
        if self.matched is not None:
            lines.append(
                f"{len(self.matched.rows):,} vectors have an image by its {self.matched.by}; {VERIFIED} encoded again "
                f"lie {self.matched.distance:.2g} from them, where they lie {self.matched.spread:.2g} from their mean"
            )
            if self.autoencoder is not None and self.autoencoder.gives_laws and not self.matched.are_means:
                lines.append("the vectors are no means of the encoder's posteriors, so no log variances are kept")
        return (*lines, *self.notes)


def look(
    paths: Sequence[str | Path],
    images: str | Path | None = None,
    rows: str | Path | None = None,
    *,
    wishes: Wishes | None = None,
    crop: int | None = None,
    key: str | None = None,
) -> Found:
    """Look at what a user brings, and find out what it is; nothing is written.

    Parameters
    ----------
    paths : sequence of path
        Vectors; an encoder and a decoder, one Keras model that is both, or a decoder alone; or vectors with a model. A
        folder stands for the models, or the parts of vectors, in it.
    images : path, optional
        Folder or archive of images.
    rows : path, optional
        Table of what is known of each image or vector, joined by name, or by order.
    wishes : Wishes, optional
        What is said of the model instead of being found.
    crop : int, optional
        As :func:`core.sources.images.open_images` has it.
    key : str, optional
        As :func:`core.sources.vectors.open_vectors` has it.

    Raises
    ------
    InputError
        If anything is refused, damaged, or does not fit together; the sentence names the file.
    """
    wishes = wishes or Wishes()
    given = [Path(path) for path in paths]
    models = [path for path in given if is_model(path)]
    others = [path for path in given if not is_model(path)]
    if len(others) > 1:
        raise InputError(f"{others[0]} and {others[1].name} would both be vectors; give one file of them.")
    if others and _may_hold_images(others[0]):
        raise InputError(
            f"{others[0]} holds no vectors; give images as --images beside a model or vectors, or train on them with "
            "the command train."
        )
    vectors = open_vectors(others[0], key) if others else None
    model = open_model(models, wishes) if models else None
    source = None if images is None else open_images(images, crop)
    table = None if rows is None else read_table(rows)
    if model is None:
        if vectors is None:
            raise InputError("There are neither vectors nor a model; give the file of the one or the other.")
        return _with_pictures(_without_images(vectors, None, wishes, table, rows), vectors, source)
    if source is None:
        return _without_images(vectors, model, wishes, table, rows)
    return _with_images(vectors, model, source, wishes, table, rows)


def _may_hold_images(path: Path) -> bool:
    return (path.is_dir() and not is_parted(path)) or path.suffix.lower() in ARCHIVE_SUFFIXES | IMAGE_SUFFIXES


def _without_images(
    vectors: Vectors | None, model: Model | None, wishes: Wishes, table: pd.DataFrame | None, rows: str | Path | None
) -> Found:
    if vectors is None:
        named = "the model" if model is None else model.paths[0].name
        raise InputError(f"Nothing is there for {named} to encode or decode; give images, or vectors.")
    if model is not None:
        _require_dimension(vectors, model)
        model = try_model(model, wishes, vectors=np.asarray(vectors.array[:VERIFIED]))
    if table is None:
        return Found(vectors=vectors, model=model, columns=vectors.columns)
    names = None if vectors.names is None else list(vectors.names)
    joined, note = _joined(table, names, len(vectors), str(rows))
    columns = pd.concat([vectors.columns.drop(columns=list(joined.columns), errors="ignore"), joined], axis=1)
    return Found(vectors=vectors, model=model, columns=columns, notes=(note,))


def _with_pictures(found: Found, vectors: Vectors, source: ImageSource | None) -> Found:
    """Return vectors with the pictures to look up that are given, or that a column of paths leads to."""
    rows = found.rows if vectors.names is None else found.rows.assign(image=vectors.names)
    place = find_pictures(rows, vectors.path.absolute().parent) if source is None else source.local.absolute()
    if place is None:
        return found
    _, place, said = match_pictures(rows, place)
    return replace(found, pictures=place, notes=(*found.notes, f"{place.name}: {said}"))


def _with_images(
    vectors: Vectors | None,
    model: Model,
    source: ImageSource,
    wishes: Wishes,
    table: pd.DataFrame | None,
    rows: str | Path | None,
) -> Found:
    if not model.autoencoder.config.has_encoder and vectors is None:
        raise InputError(f"{model.paths[0].name} is a decoder alone, which encodes no image; give its encoder, too.")
    chosen = [source.names[i] for i in np.unique(np.linspace(0, len(source) - 1, VERIFIED).astype(np.intp))]
    sample = next(source.batches(chosen, model.autoencoder.image_shape, len(chosen)))
    if not len(sample.names):
        raise InputError(f"None of {len(chosen)} images in {source.path} can be read ({sample.skipped[0].reason}).")
    if vectors is not None:
        _require_dimension(vectors, model)
    known = None if vectors is None else np.asarray(vectors.array[:VERIFIED])
    seen = sample.pixels if model.autoencoder.config.has_encoder else None
    model = try_model(model, wishes, seen, known)
    matched = None if vectors is None else _matched(vectors, model, source)
    attributes, partitions = find_lists(source.path)
    labels = join_labels(
        source.names if matched is None else matched.names,
        read_attributes(attributes) if attributes else None,
        read_partitions(partitions) if partitions else None,
        source.known,
    )
    notes = [f"{path.name}: joined by file name" for path in (attributes, partitions) if path is not None]
    if table is not None:
        joined, note = _joined(table, list(labels.rows["image"]), len(labels.rows), str(rows))
        kept = labels.rows.drop(columns=[c for c in joined if c in labels.rows])
        whole = pd.concat([kept, joined], axis=1)
        labels = Labels(whole, labels.images_without_row, labels.rows_without_image)
        notes.append(note)
    return Found(vectors, model, source, labels, matched, None, tuple(notes))


def _require_dimension(vectors: Vectors, model: Model) -> None:
    size = model.autoencoder.latent_size
    if vectors.array.shape[1] != size:
        raise InputError(
            f"{vectors.path} holds vectors of {vectors.array.shape[1]:,} components, {model.paths[-1].name} decodes "
            f"{size:,}; give those that belong together."
        )


def _matched(vectors: Vectors, model: Model, source: ImageSource) -> Matched:
    """Match vectors and images by name, or by order, and encode some of the images again to see whether that is so."""
    if vectors.names is not None:
        called = {name: name for name in source.names} | {Path(name).stem: name for name in source.names}
        found = [(row, called[name]) for row, name in enumerate(vectors.names) if name in called]
        by = "name"
        if not found:
            raise InputError(
                f"None of the images in {source.path} is called as a vector in {vectors.path} is "
                f"({str(vectors.names[0])!r}, for example); give names that agree."
            )
    elif len(vectors) == len(source):
        found, by = list(enumerate(source.names)), "order"
    else:
        raise InputError(
            f"{vectors.path} holds {len(vectors):,} vectors without names, {source.path} {len(source):,} images; give "
            "as many, or a table with their names."
        )
    rows, names = np.array([row for row, _ in found], np.intp), tuple(name for _, name in found)
    if not model.autoencoder.config.has_encoder:
        return Matched(rows, names, by, np.nan, np.nan)
    some = np.unique(np.linspace(0, len(rows) - 1, VERIFIED).astype(np.intp))
    sample = next(source.batches([names[i] for i in some], model.autoencoder.image_shape, len(some)))
    place = {name: i for i, name in enumerate(names)}
    known = np.asarray(vectors.array[rows[[place[name] for name in sample.names]]], np.float32)
    encoded = model.autoencoder.encode(sample.pixels)
    distance = float(np.median(np.linalg.norm(encoded - known, axis=1)))
    spread = float(np.median(np.linalg.norm(known - known.mean(axis=0), axis=1)))
    if len(known) > 1 and not distance <= 0.5 * spread:
        raise InputError(
            f"{vectors.path} and {source.path} do not agree: {len(known)} images, matched by their {by} and encoded "
            f"again, lie {distance:.3g} from their vectors, which lie {spread:.3g} from their mean; check the order, "
            "the encoder, or how images are cut (--crop)."
        )
    return Matched(rows, names, by, distance, spread)


def _joined(table: pd.DataFrame, names: list[str] | None, count: int, path: str) -> tuple[pd.DataFrame, str]:
    """Return the rows of a table for each of some names, or in their order where either has none, and what was done."""
    called, known = take_names(table)
    if called is None or names is None:
        if len(known) != count:
            raise InputError(f"{path} has {len(known):,} rows without names for {count:,} vectors; give one for each.")
        if names is None and called is not None and not pd.Index(called).has_duplicates:
            known = known.assign(image=called)
        return known.reset_index(drop=True), f"{Path(path).name}: {count:,} rows joined by order"
    if pd.Index(called).has_duplicates:
        twice = called[pd.Index(called).duplicated()][0]
        raise InputError(f"{path} names {str(twice)!r} twice; remove one of the rows.")
    by_name = known.set_index(pd.Index(called))
    if not by_name.index.isin(names).any():
        by_name.index = pd.Index([Path(name).stem for name in called])
        names = [Path(name).stem for name in names]
    matching = int(pd.Index(names).isin(by_name.index).sum())
    if not matching or by_name.index.has_duplicates:
        raise InputError(
            f"{path} names none of the vectors or images ({str(called[0])!r}, for example); give their names."
        )
    joined = by_name.convert_dtypes().reindex(names).reset_index(drop=True)
    return joined, f"{Path(path).name}: {matching:,} of {count:,} rows joined by name"
