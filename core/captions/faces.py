"""What the two walls show, in words."""

from __future__ import annotations

import numpy as np

from core.space.sample import Sample
from core.statistics import Description

__all__ = ["about_faces"]


def about_faces(reference_error: float, sample_error: float, sample: Sample, study: Description) -> str:
    """Return what the two walls show."""
    ratio = sample_error / reference_error
    edge = np.quantile(study.distances, 0.99)
    inside = (sample.description.distances <= edge).mean()
    return (
        f"Decoded and encoded again, these vectors move {ratio:.1f} times as far as CelebA's. Of them {inside:.0%} "
        "lie inside the bulk, that is within the Mahalanobis distance of 99 % of CelebA. The series found that "
        "uniform vectors decode to no faces whatever their radius, and vectors inside the bulk to clear ones: a vector "
        "must lie where the encoder puts faces."
    )
