"""All statistics of a set of latent vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors
from core.statistics.histograms import Histograms
from core.statistics.moments import Moments
from core.statistics.radii import radii

__all__ = ["Description", "describe"]


@dataclass(frozen=True, eq=False)
class Description:
    """What is known of a set of vectors.

    Attributes
    ----------
    title : str
        What the vectors are, as a reader calls them: "faces", "my cells".
    moments : Moments
    axes : PrincipalAxes
    histograms : Histograms
        Against the set's own means and widths, or those of the reference it was described with.
    radii, distances : arrays (n,)
        Euclidean length; Mahalanobis distance to the set's own or the reference's mean, in the order of the vectors.
    """

    title: str
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


def describe(vectors: npt.ArrayLike, reference: Description | None = None, title: str = "the data") -> Description:
    """Return the statistics of vectors (n, d).

    Parameters
    ----------
    vectors : array (n, d)
        Of any float type; memory-mapped files of any length are read in blocks.
    reference : Description, optional
        The set to compare with: its means and widths place the histogram bins, its centre and covariance measure the
        Mahalanobis distances. By default the set itself.
    title : str
        What the vectors are, as a reader calls them.

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
    return Description(title, moments, axes, histograms, radii(array), measure.mahalanobis(array))
