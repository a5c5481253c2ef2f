"""Captions: what a figure shows, in one or two sentences with the study's own numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.sampling import Sample
from core.statistics import Description, matched_half_width, normal_radius

__all__ = [
    "AUTHOR_MATCH",
    "about_components",
    "about_cubes",
    "about_distances",
    "about_faces",
    "about_radii",
    "about_spectrum",
    "about_the_bulk",
]

AUTHOR_MATCH = 1.5
"""The half-width that the author found to match his radii: the b* of his autoencoder."""


def about_faces(reference_error: float, sample_error: float, sample: Sample, study: Description) -> str:
    """Return what the two walls show."""
    ratio = sample_error / reference_error
    edge = np.quantile(study.distances, 0.99)
    inside = (sample.description.distances <= edge).mean()
    return (
        f"Decoded and encoded again, these vectors move {ratio:.1f} times as far as CelebA's. Of them {inside:.0%} "
        "lie inside the bulk, that is within the Mahalanobis distance of 99 % of CelebA. A fitting radius alone "
        "makes no face: a vector must lie where the encoder puts faces."
    )


def about_components(study: Description, table: pd.DataFrame, title: str) -> str:
    """Return what the histograms of the components show, from a component table with a sample."""
    moments = study.moments
    off = int((np.abs(moments.mean) > moments.widths).sum())
    return (
        "The series found each component roughly normal, with a centre and a width of its own. Here the means lie "
        f"between {moments.mean.min():.2f} and {moments.mean.max():.2f}, {off} of {study.dimension} of them farther "
        f"than one σ from 0; σ lies between {moments.widths.min():.2f} and {moments.widths.max():.2f}; the mean "
        f"|skewness| is {np.abs(moments.skewness).mean():.2f}, the mean excess kurtosis "
        f"{moments.excess_kurtosis.mean():.2f} (both 0 for a normal). The histograms of {title} differ from CelebA's "
        f"by {table['difference'].mean():.2f} on average."
    )


def about_radii(study: Description, sample: Sample) -> str:
    """Return what the distributions of the radii show."""
    drawn = sample.description.radii
    return (
        f"CelebA's {len(study.radii):,} vectors have the radius {study.radii.mean():.2f} ± {study.radii.std():.2f}; "
        f"this sample ({sample.strategy.label()}) has {drawn.mean():.2f} ± {drawn.std():.2f}. In {study.dimension} "
        "dimensions independent components give a thin shell; the bulk is broader, because its components are "
        "correlated."
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


def about_the_bulk(study: Description, title: str) -> str:
    """Return what the density in a plane shows."""
    centre = np.linalg.norm(study.moments.mean)
    return (
        f"The bulk of CelebA is one compact, off-centre cloud: its centre lies {centre:.1f} from the origin, and the "
        f"origin is {study.origin_distance:.1f} spreads away from it. {title} has its own place. A plane shows only "
        f"two of {study.dimension} directions, so what looks near may be far; the ellipses hold the shares of a "
        "normal law."
    )


def about_spectrum(study: Description) -> str:
    """Return what the variances along the principal axes show."""
    share = study.axes.cumulative_share
    most = int(np.searchsorted(share, 0.9)) + 1
    return (
        f"The first 10 axes hold {share[min(9, len(share) - 1)]:.0%} of CelebA's variance, {most} hold 90 %. "
        "Independent components cannot know these axes: they spread too little along the long ones and too much "
        "along the short ones."
    )
