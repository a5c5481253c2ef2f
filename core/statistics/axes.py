"""Principal axes of the bulk, and Mahalanobis distances in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.statistics.blocks import check_vectors, map_blocks, single_threaded_algebra
from core.statistics.moments import Moments

__all__ = ["PrincipalAxes", "principal_axes"]

Floats = npt.NDArray[np.float64]

FLOOR = 1e-12
"""Smallest variance, as a share of the largest, that a distance divides by: a flat direction stays finite.

Where all vectors are the same, it is a share of their square, so that what lies elsewhere is far off and no more."""


@dataclass(frozen=True, eq=False)
class PrincipalAxes:
    """Eigenvectors and eigenvalues of a covariance, from the longest axis to the shortest.

    Attributes
    ----------
    mean : array (d,)
    axes : array (d, d)
        One axis per row; its largest entry is positive, so that the sign is no accident.
    variances : array (d,)
        Eigenvalues of the unbiased covariance.
    shrinkage : float
        Ledoit-Wolf intensity s. Distances use (1 - s) λ_i + s λ̄ in place of λ_i; axes and variances are untouched.
    """

    mean: Floats
    axes: Floats
    variances: Floats
    shrinkage: float

    @property
    def shrunk_variances(self) -> Floats:
        """Eigenvalues after the Ledoit-Wolf shrinkage, never below a tiny share of the largest, shape (d,)."""
        shrunk = (1 - self.shrinkage) * self.variances + self.shrinkage * self.variances.mean()
        largest = shrunk.max() or self.mean @ self.mean or 1.0
        return np.asarray(np.maximum(shrunk, max(FLOOR * largest, np.finfo(float).tiny)))

    @property
    def cumulative_share(self) -> Floats:
        """Share of the total variance in the first 1, 2, … axes, shape (d,)."""
        total = self.variances.sum()
        return np.asarray(np.cumsum(self.variances) / total) if total > 0 else np.ones_like(self.variances)

    def variances_of(self, covariance: Floats) -> Floats:
        """Return the variances along these axes of vectors with another covariance (d, d), shape (d,)."""
        return np.asarray(np.einsum("ij,ij->i", self.axes @ covariance, self.axes))

    def project(self, vectors: npt.ArrayLike, count: int | None = None) -> Floats:
        """Return coordinates of vectors (n, d) along the first ``count`` axes, shape (n, count)."""
        axes = self.axes[:count].T
        array = check_vectors(vectors, len(self.mean))
        return np.concatenate(list(map_blocks(lambda block: (block - self.mean) @ axes, array)))

    def along(self, vectors: npt.ArrayLike, directions: Sequence[tuple[str, int]]) -> Floats:
        """Return coordinates of vectors (n, d) along principal axes and components, shape (n, len(directions)).

        A direction is ``("axis", i)``, measured from the mean, or ``("component", j)``, measured from the origin.
        """
        array = check_vectors(vectors, len(self.mean))
        basis = self.basis(directions)
        offset = np.array(
            [row @ self.mean if kind == "axis" else 0.0 for row, (kind, _) in zip(basis, directions, strict=True)]
        )
        return np.concatenate(list(map_blocks(lambda block: block @ basis.T - offset, array)))

    def basis(self, directions: Sequence[tuple[str, int]]) -> Floats:
        """Return unit vectors along directions as in :meth:`along`, shape (len(directions), d)."""
        unit = np.eye(len(self.mean))
        return np.stack([self.axes[i] if kind == "axis" else unit[i] for kind, i in directions])

    def restore(self, coordinates: npt.ArrayLike) -> Floats:
        """Return the vectors (n, d) at coordinates (n, m) along the first m axes, the others at the mean."""
        array = np.asarray(coordinates, np.float64)
        return np.asarray(self.mean + array @ self.axes[: array.shape[1]])

    def mahalanobis(self, vectors: npt.ArrayLike) -> Floats:
        """Return Mahalanobis distances of vectors (n, d) to the mean, shape (n,), with the shrunk covariance."""
        whiten = self.axes.T / np.sqrt(self.shrunk_variances)

        def distances(block: Floats) -> Floats:
            white = (block - self.mean) @ whiten
            return np.asarray(np.sqrt(np.einsum("ij,ij->i", white, white)))

        return np.concatenate(list(map_blocks(distances, check_vectors(vectors, len(self.mean)))))


def principal_axes(moments: Moments) -> PrincipalAxes:
    """Return the principal axes of the vectors behind the moments."""
    with single_threaded_algebra:  # on busy cores the threads of the library take a hundred times as long
        values, vectors = np.linalg.eigh(moments.covariance)
    axes = vectors[:, ::-1].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    axes = axes * np.where(largest < 0, -1.0, 1.0)
    return PrincipalAxes(moments.mean, axes, np.maximum(values[::-1], 0.0), moments.shrinkage)
