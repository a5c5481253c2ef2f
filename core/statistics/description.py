"""All statistics of a set of latent vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from core.progress import Listener, Progress
from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors
from core.statistics.histograms import Histograms
from core.statistics.moments import Moments
from core.statistics.radii import deviation, radii
from core.statistics.summary import Frame, Spans, Summary, moments_of, ordered_counts, ordered_quantiles, summarise

__all__ = ["EXACT", "Description", "describe"]

EXACT = 250_000
"""Vectors that are described by arrays in memory at most; more of them by a `Summary`."""


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
        Of more than `EXACT` vectors float32, and perhaps memory-mapped.
    summary : Summary, optional
        There where there are more than `EXACT` vectors.
    """

    title: str
    moments: Moments
    axes: PrincipalAxes
    histograms: Histograms
    radii: npt.NDArray[Any]
    distances: npt.NDArray[Any]
    summary: Summary | None = None

    def __len__(self) -> int:
        return self.moments.count

    @property
    def dimension(self) -> int:
        """Number of components N."""
        return len(self.moments.mean)

    @cached_property
    def mean_radius(self) -> float:
        """Mean Euclidean length ⟨|z|⟩."""
        return float(self.radii.mean(dtype=np.float64))

    @cached_property
    def radius_deviation(self) -> float:
        """Standard deviation of the Euclidean length; NaN of a single vector."""
        return deviation(self.radii) if self.summary is None else _deviation(self.radii, self.mean_radius)

    @cached_property
    def median_distance(self) -> float:
        """Median of the Mahalanobis distance."""
        return float(np.median(self.distances) if self.summary is None else self.distance_quantiles(0.5))

    @property
    def ordered_radii(self) -> npt.NDArray[np.floating] | None:
        """Euclidean lengths in ascending order where they are kept so, else None."""
        return None if self.summary is None else self.summary.ordered_radii

    @property
    def ordered_distances(self) -> npt.NDArray[np.floating] | None:
        """Mahalanobis distances in ascending order where they are kept so, else None."""
        return None if self.summary is None else self.summary.ordered_distances

    def radius_quantiles(self, probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return quantiles of the Euclidean length."""
        return _quantiles(self.radii, self.ordered_radii, probabilities)

    def distance_quantiles(self, probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return quantiles of the Mahalanobis distance."""
        return _quantiles(self.distances, self.ordered_distances, probabilities)

    def count_beyond(self, distance: float) -> int:
        """Return how many vectors lie beyond a Mahalanobis distance, counted over all of them."""
        return _count_beyond(self.distances, self.ordered_distances, distance)

    def share_longer(self, radius: float) -> float:
        """Return the share of all vectors that are longer than a radius."""
        return _count_beyond(self.radii, self.ordered_radii, radius) / len(self.radii)

    def share_beyond(self, distance: float) -> float:
        """Return the share of all vectors that lie beyond a Mahalanobis distance."""
        return self.count_beyond(distance) / len(self.distances)

    def share_within(self, distance: float) -> float:
        """Return the share of all vectors that lie nearer than a Mahalanobis distance."""
        ordered = self.ordered_distances
        count = (self.distances < distance).sum() if ordered is None else ordered_counts(ordered, distance)
        return int(count) / len(self.distances)

    def square_quantiles(self, probabilities: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Return quantiles of the squared Mahalanobis distance."""
        if self.summary is not None:
            return np.square(self.distance_quantiles(probabilities))
        return _quantiles(np.square(self.distances), None, probabilities)

    @property
    def origin_distance(self) -> float:
        """Mahalanobis distance of the origin from the centre."""
        return float(self.axes.mahalanobis(np.zeros((1, self.dimension)))[0])


def describe(
    vectors: npt.ArrayLike,
    reference: Description | None = None,
    title: str = "the data",
    report: Listener | None = None,
    spans: Spans | None = None,
) -> Description:
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
    report : callable, optional
        Told how far it is; each vector is read twice.
    spans : Spans, optional
        Who works on more than `EXACT` of them; by default all cores of this machine.

    Raises
    ------
    InputError
        If the shape is wrong or a number is not finite.
    """
    array = check_vectors(vectors, None if reference is None else reference.dimension)
    twice = 2 * len(array)

    def tell(done: int) -> None:
        if report:
            report(Progress("summarising", done, twice, "vectors, twice"))

    if reference is None and len(array) > EXACT:
        spans = spans or Spans(array)
        moments = moments_of(spans, tell)
        frame = Frame.of(array, moments, principal_axes(moments))
        summary, histograms, lengths, distances = summarise(spans, frame, lambda n: tell(len(array) + n))
        return Description(title, moments, frame.axes, histograms, lengths, distances, summary)
    moments = Moments.of(array, tell=tell)
    axes = principal_axes(moments)
    measure, grid = (axes, moments) if reference is None else (reference.axes, reference.moments)
    histograms = Histograms.of(array, grid.mean, grid.widths, moments.minimum, moments.maximum)
    known = Description(title, moments, axes, histograms, radii(array), measure.mahalanobis(array))
    tell(twice)
    return known


def _count_beyond(values: npt.NDArray[np.floating], ordered: npt.NDArray[np.floating] | None, bound: float) -> int:
    """Return how many of values (n,) exceed a bound, from those in ascending order where they are at hand."""
    if ordered is not None:
        return len(ordered) - int(ordered_counts(ordered, bound, within=True))
    return int((values > bound).sum())


def _deviation(values: npt.NDArray[np.floating], mean: float) -> float:
    """Return the standard deviation, with n - 1, of so many values (n,) that they are read block by block."""
    blocks = (values[start : start + EXACT] for start in range(0, len(values), EXACT))
    squares = sum(float(np.square(np.asarray(block, np.float64) - mean).sum()) for block in blocks)
    return math.sqrt(squares / (len(values) - 1))


def _quantiles(
    values: npt.NDArray[np.floating], ordered: npt.NDArray[np.floating] | None, probabilities: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Return quantiles of values (n,), from those in ascending order where they are at hand."""
    if ordered is not None:
        return ordered_quantiles(ordered, probabilities)
    found: npt.NDArray[np.float64] = np.quantile(
        values.astype(np.float64, copy=False), np.asarray(probabilities, float)
    )
    return found
