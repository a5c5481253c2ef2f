"""How long the vectors are, in pictures with their words."""

from __future__ import annotations

from core.captions.radii import about_cubes, about_distances, about_radii
from core.exhibits.exhibit import Exhibit
from core.figures.radii import cube_bands, distance_histogram, radius_histogram
from core.space.sample import Sample
from core.statistics import Description
from core.strategies import Cube

__all__ = ["cubes", "distances", "radii"]


def radii(study: Description, sample: Sample) -> Exhibit:
    """Return the radii of a study and of a sample."""
    alt = f"radii of {study.title} and of {sample.strategy.label()}"
    return Exhibit("radii", "", radius_histogram(study, sample), alt, about_radii(study, sample))


def cubes(study: Description, sample: Sample) -> Exhibit:
    """Return the scan of cubes; a sample that is one is marked in it."""
    half_width = sample.strategy.half_width_ if isinstance(sample.strategy, Cube) else None
    alt = f"radius bands of cubes against the radii of {study.title}"
    return Exhibit("cube_bands", "Which cube matches?", cube_bands(study, half_width), alt, about_cubes(study))


def distances(study: Description, sample: Sample) -> Exhibit:
    """Return the Mahalanobis distances of a study and of a sample."""
    alt = f"Mahalanobis distances of {study.title} and of {sample.strategy.label()}"
    figure, caption = distance_histogram(study, sample), about_distances(study, sample)
    return Exhibit("distances", "Mahalanobis distance", figure, alt, caption)
