"""Vectors and what is known of each, as a study on disk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from core.errors import InputError
from core.networks import Autoencoder, network_files
from core.sources.names import shown
from core.statistics import log_variance_codes
from core.storage import appending, recover, whole_folder
from core.study.description import (
    DESCRIPTION,
    LATENTS,
    LOG_VARIANCES,
    ROWS,
    Study,
    open_study,
    write_description,
)
from core.study.groups import with_groups
from core.study.origin import Source
from core.study.precision import keep_vectors
from core.study.rows import ROW_COLUMNS
from core.study.vectors import Vectors, open_latents

__all__ = ["require_free", "write_rows", "write_vectors"]


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
    require_free(folder, replace)
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
        write_rows(partial, rows)
        if autoencoder is not None:
            autoencoder.save(partial / network_files(autoencoder.config)[0])
        config = None if autoencoder is None else autoencoder.config
        write_description(partial, title, config, source, None, rounding, pictures)
        open_study(partial)  # so that nothing is written that could not be opened
    return open_study(folder)


def require_free(folder: Path, replace: bool) -> None:
    """Raise `InputError` if a study cannot be written there: one exists that may not be replaced, or something else."""
    recover(folder)
    if folder.exists() and not replace:
        raise InputError(f"{folder} exists already; choose another folder, or add --replace to take its place.")
    if folder.exists() and not (folder / DESCRIPTION).is_file():
        raise InputError(f"{folder} is not a study, so it is not replaced; choose another folder.")


def _as_text(values: pd.Series) -> pd.Series:
    """Return categories as texts: numbers that are categories would come back as numbers."""
    return values.astype("str").where(values.notna(), None)


def write_rows(folder: Path, rows: pd.DataFrame) -> None:
    """Write the rows of the vectors that lie in a folder, those with the same vector as one group."""
    rows = with_groups(rows, open_latents(folder))
    for name in (name for name in rows if rows[name].dtype == object):
        _require_one_type(str(name), rows[name])
    rows.to_parquet(folder / ROWS, compression="zstd", index=False)


def _require_one_type(name: str, values: pd.Series) -> None:
    try:
        pa.array(values, from_pandas=True)
    except (OverflowError, pa.ArrowException):
        raise InputError(
            f"The column {shown(name)!r} of the rows holds values of several types, or whole numbers of more than 64 "
            "bits, which no table keeps; leave it out, or write it as text."
        ) from None
