"""All statistics of a set of latent vectors, computed once per study and kept with it."""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors
from core.statistics.histograms import BINS_PER_WIDTH, Histograms
from core.statistics.moments import Moments
from core.statistics.radii import radii
from core.storage import whole_file
from core.study import LATENTS, Study

__all__ = ["Description", "describe", "describe_study"]

FILE = "statistics.npz"

DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What reading an absent, cut off, altered or foreign file raises, depending on where it is damaged."""


@dataclass(frozen=True, eq=False)
class Description:
    """What is known of a set of vectors.

    Attributes
    ----------
    moments : Moments
    axes : PrincipalAxes
    histograms : Histograms
        Against the set's own means and widths, or those of the reference it was described with.
    radii, distances : arrays (n,)
        Euclidean length; Mahalanobis distance to the set's own or the reference's mean, in the order of the vectors.
    """

    moments: Moments
    axes: PrincipalAxes
    histograms: Histograms
    radii: npt.NDArray[np.float64]
    distances: npt.NDArray[np.float64]

    @property
    def dimension(self) -> int:
        """Number of components N."""
        return len(self.moments.mean)

    @property
    def mean_radius(self) -> float:
        """Mean Euclidean length ⟨|z|⟩."""
        return float(self.radii.mean())

    @property
    def origin_distance(self) -> float:
        """Mahalanobis distance of the origin from the centre."""
        return float(self.axes.mahalanobis(np.zeros((1, self.dimension)))[0])


def describe(vectors: npt.ArrayLike, reference: Description | None = None) -> Description:
    """Return the statistics of vectors (n, d).

    Parameters
    ----------
    vectors : array (n, d)
        Of any float type; memory-mapped files of any length are read in blocks.
    reference : Description, optional
        The set to compare with: its means and widths place the histogram bins, its centre and covariance measure the
        Mahalanobis distances. By default the set itself.

    Raises
    ------
    InputError
        If the shape is wrong or a number is not finite.
    """
    array = check_vectors(vectors, None if reference is None else reference.dimension)
    moments = Moments.of(array)
    axes = principal_axes(moments)
    measure, grid = (axes, moments) if reference is None else (reference.axes, reference.moments)
    histograms = Histograms.of(array, grid.mean, grid.widths, moments.minimum, moments.maximum)
    return Description(moments, axes, histograms, radii(array), measure.mahalanobis(array))


def describe_study(study: Study) -> Description:
    """Return the statistics of a study, from its ``statistics.npz`` where that belongs to its latent vectors.

    The file is derived: it carries the digest of the latent vectors it was made from and one of its own content. Where
    it is absent, stale or damaged, it is made anew; a folder that cannot be written is no obstacle.
    """
    path = study.folder / FILE
    key = f"{study.digests[LATENTS]} {BINS_PER_WIDTH}"
    try:
        with path.open("rb") as kept, np.load(kept, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        if arrays.pop("digest").item() == _digest(arrays, key):
            return _unpack(arrays)
    except DAMAGE:
        pass  # derived anew below
    description = describe(study.latents)
    arrays = _pack(description)
    if os.access(study.folder, os.W_OK):
        try:
            with whole_file(path) as partial, partial.open("wb") as file:
                np.savez_compressed(file, **{"digest": np.array(_digest(arrays, key)), **arrays})  # type: ignore[arg-type]
        except InputError:
            pass  # a read-only folder or a full disk: the numbers are at hand all the same
    return _unpack(arrays)


def _pack(description: Description) -> dict[str, npt.NDArray[np.generic]]:
    arrays = {f"moments_{f.name}": np.asarray(getattr(description.moments, f.name)) for f in fields(Moments)}
    arrays["axes"] = description.axes.axes
    arrays["variances"] = description.axes.variances
    arrays["histogram_first"] = np.asarray(description.histograms.first)
    arrays["histogram_counts"] = description.histograms.counts.astype(np.int32)
    arrays["radii"] = description.radii.astype(np.float32)
    arrays["distances"] = description.distances.astype(np.float32)
    return arrays


def _unpack(arrays: dict[str, npt.NDArray[np.generic]]) -> Description:
    raw = {f.name: arrays[f"moments_{f.name}"] for f in fields(Moments)}
    scalars = {"count": int(raw.pop("count")), "radial_fourth": float(raw.pop("radial_fourth"))}
    moments = Moments(**scalars, **raw)  # type: ignore[arg-type]
    axes = PrincipalAxes(moments.mean, arrays["axes"], arrays["variances"], moments.shrinkage)  # type: ignore[arg-type]
    width = np.where(moments.widths > 0, moments.widths, 1.0)
    counts = arrays["histogram_counts"].astype(np.int64)
    histograms = Histograms(moments.mean, width, int(arrays["histogram_first"]), counts)
    return Description(
        moments, axes, histograms, arrays["radii"].astype(np.float64), arrays["distances"].astype(np.float64)
    )


def _digest(arrays: dict[str, npt.NDArray[np.generic]], key: str) -> str:
    digest = hashlib.sha256(key.encode())
    for name in sorted(arrays):
        digest.update(f"{name}{arrays[name].dtype}{arrays[name].shape}".encode())
        digest.update(np.ascontiguousarray(arrays[name]).tobytes())
    return digest.hexdigest()
