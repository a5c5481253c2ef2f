"""From what was found (:func:`core.study.looking.look`) to a study on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.networks import encodes_laws
from core.networks.backend import BLOCK, unit_range
from core.progress import Listener, Progress
from core.sources.images import Skipped
from core.study.building import Report, encode_images
from core.study.groups import declare_group
from core.study.looking import Found
from core.study.origin import Source
from core.study.pictures import match_pictures
from core.study.writing import write_vectors

__all__ = ["write_found"]


def write_found(
    found: Found,
    folder: str | Path,
    *,
    title: str | None = None,
    group: str | None = None,
    replace: bool = False,
    on_images: Listener | None = None,
) -> Report:
    """Write a study of what was found.

    Images are encoded, with the error of each reconstruction. Vectors are kept as they came; where their images are
    given, too, the errors are those of the vectors. The log variances of posteriors are kept where the encoder gives
    them and the vectors are its means.

    Parameters
    ----------
    found : Found
    folder : path
    title : str, optional
        Of the data; the folder's name stands for it otherwise.
    group : str, optional
        As :func:`core.study.groups.declare_group` has it.
    replace : bool
        Take the place of a study that is there.
    on_images : callable, optional
        Told how many images are encoded or compared.

    Raises
    ------
    InputError
        If the study exists and may not be replaced, no image can be read, or a vector is not finite.
    """
    if found.images is not None and found.labels is not None and found.autoencoder is not None:
        rows, _ = declare_group(found.rows, group)
        if found.vectors is not None:
            return _with_vectors(found, rows, folder, title, replace, on_images)
        labels = type(found.labels)(rows, found.labels.images_without_row, found.labels.rows_without_image)
        return encode_images(
            found.autoencoder, found.images, labels, folder, title=title, replace=replace, on_images=on_images
        )
    if found.vectors is None:
        raise InputError("There is nothing to write; give vectors, or images with a model.")
    rows, _ = declare_group(found.rows, group)
    if found.vectors.names is not None:
        rows = rows.assign(image=found.vectors.names)
    if found.pictures is not None:
        rows, *_ = match_pictures(rows, found.pictures)
    study = write_vectors(
        found.vectors.array,
        folder,
        rows,
        title=title,
        replace=replace,
        autoencoder=found.autoencoder,
        pictures=found.pictures,
    )
    return Report(study, ())


def _with_vectors(
    found: Found, rows: pd.DataFrame, folder: str | Path, title: str | None, replace: bool, report: Listener | None
) -> Report:
    vectors, source, autoencoder, matched = found.vectors, found.images, found.autoencoder, found.matched
    if vectors is None or source is None or autoencoder is None or matched is None:
        raise InputError("There are no vectors whose images are known; give both.")
    place = dict(zip(matched.names, matched.rows, strict=True))
    laws: list[npt.NDArray[np.float32]] = []
    kept: list[str] = []
    errors: list[float] = []
    skipped: list[Skipped] = list(source.skipped)
    for batch in source.batches(matched.names, autoencoder.image_shape, BLOCK):
        known = np.asarray(vectors.array[[place[name] for name in batch.names]], np.float32)
        difference = autoencoder.decode_exactly(known) - unit_range(batch.pixels)
        errors += np.square(difference).mean(axis=(1, 2, 3)).tolist()
        if encodes_laws(autoencoder) and matched.are_means:
            laws.append(autoencoder.encode_law(batch.pixels)[1])
        kept += batch.names
        skipped += batch.skipped
        if report:
            report(Progress("comparing images", len(kept) + len(skipped), len(matched.names), "images"))
    if not kept:
        raise InputError(f"None of the images in {source.path} can be read; give a sound copy.")
    rows = rows.set_index("image", drop=False).loc[kept].reset_index(drop=True)
    rows = rows.assign(reconstruction_error=np.asarray(errors, np.float32))
    counts = {str(p or "unknown"): int(n) for p, n in rows["partition"].value_counts(sort=False).items()}
    facts = Source(source.kind, len(kept), source.crop, autoencoder.image_shape[:2], counts, len(skipped))
    array = vectors.array[[place[name] for name in kept]]
    study = write_vectors(
        array,
        folder,
        rows,
        title=title,
        replace=replace,
        log_variances=np.concatenate(laws) if laws else None,
        autoencoder=autoencoder,
        source=facts,
    )
    return Report(study, tuple(skipped))
