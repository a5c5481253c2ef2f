"""All statistics of a set of latent vectors, computed once per study and kept with it."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors
from core.statistics.histograms import BINS_PER_WIDTH, Histograms
from core.statistics.moments import Moments
from core.statistics.radii import radii
from core.study.description import LATENTS, Study
from core.study.kept import Arrays, keep_derived, load_derived

__all__ = ["Description", "describe", "describe_study"]

FILE = "statistics.npz"


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

    The file is derived (see :mod:`core.study.kept`): where it is absent, stale or damaged, it is made anew.
    """
    path, key = study.folder / FILE, f"{study.digests[LATENTS]} {BINS_PER_WIDTH}"
    arrays = load_derived(path, key)
    if arrays is None:
        arrays = _pack(describe(study.latents))
        if study.folder.is_dir():  # one that was removed meanwhile does not come back as a folder of statistics
            keep_derived(path, key, arrays)
    return _unpack(arrays)


def _pack(description: Description) -> Arrays:
    arrays = {f"moments_{f.name}": np.asarray(getattr(description.moments, f.name)) for f in fields(Moments)}
    arrays["axes"] = description.axes.axes
    arrays["variances"] = description.axes.variances
    arrays["histogram_first"] = np.asarray(description.histograms.first)
    arrays["histogram_counts"] = description.histograms.counts.astype(np.int32)
    arrays["radii"] = description.radii.astype(np.float32)
    arrays["distances"] = description.distances.astype(np.float32)
    return arrays


def _unpack(arrays: Arrays) -> Description:
    raw = {f.name: arrays[f"moments_{f.name}"] for f in fields(Moments)}
    scalars = {"count": int(raw.pop("count")), "radial_fourth": float(raw.pop("radial_fourth"))}
    moments = Moments(**scalars, **raw)  # type: ignore[arg-type]
    axes = PrincipalAxes(moments.mean, arrays["axes"], arrays["variances"], moments.shrinkage)
    width = np.where(moments.widths > 0, moments.widths, 1.0)
    counts = arrays["histogram_counts"].astype(np.int64)
    histograms = Histograms(moments.mean, width, int(arrays["histogram_first"]), counts)
    return Description(
        moments, axes, histograms, arrays["radii"].astype(np.float64), arrays["distances"].astype(np.float64)
    )
