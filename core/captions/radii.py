"""What radii and distances show, in words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.space.sample import Sample
from core.statistics import AUTHOR_MATCH, Description, deviation, matched_half_width, normal_radius

__all__ = ["about_cubes", "about_distances", "about_radii", "mean_and_deviation"]


def mean_and_deviation(values: npt.NDArray[np.floating]) -> str:
    """Return mean ± standard deviation as they are read; the mean alone of a single value."""
    text = f"{values.mean():.2f}"
    return f"{text} ± {deviation(values):.2f}" if len(values) > 1 else text


def about_radii(study: Description, sample: Sample) -> str:
    """Return what the distributions of the radii show."""
    drawn = sample.description.radii
    return (
        f"CelebA's {len(study.radii):,} vectors have the radius {mean_and_deviation(study.radii)}; "
        f"this sample ({sample.strategy.label()}) has {mean_and_deviation(drawn)}. As the series found, "
        f"independent components give a thin shell in {study.dimension} dimensions; the bulk is broader, because its "
        "components are correlated and its outer layers heavier than a normal's."
    )


def about_cubes(study: Description) -> str:
    """Return what the scan of cubes shows."""
    match = matched_half_width(study.mean_radius, study.dimension)
    return (
        r"A cube $[-b, b]^N$ has the radius $b\sqrt{N/3}$ with standard deviation $b/\sqrt{15}$. It matches CelebA's "
        rf"mean radius at $b^* = \langle|z|\rangle\sqrt{{3/N}}$ = {match:.2f}. The author found {AUTHOR_MATCH} best "
        "for his autoencoder; his other three cubes lie at 2/3, 4/3 and 10/3 of it. A matching radius is necessary "
        "for a face, not sufficient."
    )


def about_distances(study: Description, sample: Sample) -> str:
    """Return what the distributions of the Mahalanobis distances show."""
    centre, width = normal_radius(study.dimension)
    inner = (study.distances <= study.origin_distance).mean()
    return (
        f"Distance to the centre in units of the spread in each direction. A normal bulk would lie at {centre:.1f} ± "
        f"{width:.1f}; CelebA's median is {np.median(study.distances):.1f}, its 1 % and 99 % quantiles "
        f"{np.quantile(study.distances, 0.01):.1f} and {np.quantile(study.distances, 0.99):.1f}. The origin lies at "
        f"{study.origin_distance:.1f}, farther out than {inner:.1%} of CelebA's vectors; the median of this sample "
        f"is {np.median(sample.description.distances):.1f}. Covariance with Ledoit-Wolf shrinkage "
        f"{study.axes.shrinkage:.2g}."
    )
