"""What the two walls show, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from core.space.sample import Sample
from core.statistics import Description

__all__ = ["about_faces", "about_neighbours"]


def about_faces(reference_error: float, sample_error: float, sample: Sample, study: Description) -> str:
    """Return what the two walls show."""
    ratio = (
        f"{sample_error / reference_error:.1f} times that of {study.title}"
        if reference_error > 0
        else f"{study.title} not at all"
    )
    edge = np.quantile(study.distances, 0.99)
    inside = (sample.description.distances <= edge).mean()
    return (
        f"Decoded and encoded again, a vector of {sample.title} moves {sample_error:.3f} σ per component, {ratio}. "
        f"Of the sample {inside:.0%} lie within the Mahalanobis distance of 99 % of {study.title}. The series "
        f"found that "
        "uniform vectors decode to no faces whatever their radius, and vectors inside the bulk to clear ones: a vector "
        "must lie where the encoder puts faces."
    )


def about_neighbours(distances: Iterable[float], data: str) -> str:
    """Return how far the nearest vectors of the data are."""
    return f"The nearest vectors of {data}, decoded; Euclidean distances {', '.join(f'{d:.1f}' for d in distances)}."
