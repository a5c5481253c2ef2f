"""What radii and distances show, in words."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.space.sample import Sample
from core.statistics import (
    AUTHOR_MATCH,
    Coordinates,
    Description,
    deviation,
    independent_radius,
    matched_half_width,
    normal_radius,
)

__all__ = [
    "about_cubes",
    "about_distances",
    "about_radii",
    "dimensions",
    "mean_and_deviation",
    "see_cubes",
    "see_distances",
    "see_radii",
    "usual_distance",
]

NOTABLE = 0.005
"""Share of a sample from which it is told to be shorter or longer than the data."""

NARROW, WIDE = 0.7, 1.4
"""Spreads of lengths, in units of that of the data, below and above which a curve is called too narrow and too wide."""

COLOURS = ("orange", "green")
"""Of a sample, and of the one of another strategy that it is held against."""


def mean_and_deviation(values: npt.NDArray[np.floating]) -> str:
    """Return mean ± standard deviation as they are read; the mean alone of a single value."""
    return _as_read(float(values.mean()), deviation(values))


def _as_read(mean: float, spread: float) -> str:
    return f"{mean:.2f}" if np.isnan(spread) else f"{mean:.2f} ± {spread:.2f}"


def dimensions(count: int) -> str:
    """Return a number of dimensions as it is read."""
    return f"{count} dimension{'s' * (count != 1)}"


def usual_distance(count: int) -> str:
    """Return, in plain words, how far vectors of so many numbers usually lie from the middle of the data, in spreads.

    By the definition of a covariance, their mean squared Mahalanobis distance is their dimension.
    """
    if count < 2:
        return "With one number, about 1 spread away is usual."
    about = round(np.sqrt(count))
    return (
        f"With {count:,} numbers, about {about} spread{'s' * (about != 1)} away in all is usual: a step of one spread "
        f"in each of {count:,} directions leads so far, as the diagonal of a room is longer than its walls."
    )


def see_radii(study: Description, *samples: Sample) -> str:
    """Return, in plain words, how long the vectors of a study and of samples are."""
    low, high = study.radius_quantiles((0.025, 0.975))
    told = " ".join(
        f"{_beside(sample, low, high)}{_breadth(sample, study, colour)}"
        for sample, colour in zip(samples, COLOURS, strict=False)
    )
    return (
        f"How long the vectors are, counted from zero: the higher a curve, the more of them. Of {study.title} 95 % lie "
        f"between {low:.1f} and {high:.1f}. {told}"
    )


def _beside(sample: Sample, low: float, high: float) -> str:
    """Return how many vectors of a sample are as long as those of a study, and how many shorter or longer."""
    lengths = sample.description.radii
    others = [
        f"{share:.0%} are {word}"
        for word, share in (("shorter", (lengths < low).mean()), ("longer", (lengths > high).mean()))
        if share > NOTABLE
    ]
    within = ((low <= lengths) & (lengths <= high)).mean()
    return f"Of {sample.title} {', '.join([f'{within:.0%} do', *others])}."


def _breadth(sample: Sample, study: Description, colour: str) -> str:
    """Return whether the lengths of a sample differ much less or more than those of a study; "" where they do not."""
    if len(study) < 2 or len(sample) < 2 or not study.radius_deviation > 0:
        return ""
    ratio = deviation(sample.description.radii) / study.radius_deviation
    if ratio < NARROW:
        return f" But {colour} is too narrow: these are nearly all alike in length, those of {study.title} are not."
    return f" {colour.capitalize()} is too wide: these differ more in length." if ratio > WIDE else ""


def about_radii(study: Description, sample: Sample, against: Sample | None = None) -> str:
    """Return what the distributions of the radii show, of a study, a sample and one that it is held against."""
    law = independent_radius(Coordinates(study.moments.mean, study.moments.widths))
    alone = law.deviation if law is not None else 0.0
    ratio = study.radius_deviation / alone if alone > 0 and len(study) > 1 else 1.0
    drawn = [sample] if against is None else [sample, against]
    other = f"; {against.label} has {mean_and_deviation(against.description.radii)}" if against else ""
    unknown = [one.strategy for one in drawn if not one.strategy.radius_law()]
    no_curve = [f"No curve of theory{f' of {s.title}' if against else ''}: {s.no_law}" for s in unknown]
    compared = f"{ratio:.1f} times as broad" if not 0.95 < ratio < 1.05 else "as broad"
    return (
        f"The {len(study):,} vectors of {study.title} have the radius "
        f"{_as_read(study.mean_radius, study.radius_deviation)}; "
        f"this sample ({sample.label}) has {mean_and_deviation(sample.description.radii)}{other}. The "
        "series found that independent components give a thin shell. "
        f"Independent normal ones of the means and widths of "
        f"{study.title} would spread by ±{alone:.2f} in {dimensions(study.dimension)}; the bulk is {compared}."
    ) + "".join(f" {sentence}" for sentence in no_curve)


def see_cubes(study: Description) -> str:
    """Return, in plain words, what the scan of cubes shows."""
    match = matched_half_width(study.mean_radius, study.dimension)
    return (
        "Each place from left to right is a cube, the farther to the right the wider; upwards is how long its vectors "
        f"are, beside those of {study.title}. In a cube whose numbers lie between -{match:.2f} and {match:.2f} they "
        "are about as long. But to be as far from zero is not to be at the same place: the direction counts, too."
    )


def about_cubes(study: Description) -> str:
    """Return what the scan of cubes shows."""
    match = matched_half_width(study.mean_radius, study.dimension)
    return (
        r"A cube $[-b, b]^N$ has the radius $b\sqrt{N/3}$ with standard deviation $b/\sqrt{15}$. It matches the "
        rf"mean radius of {study.title} at $b^* = \langle|z|\rangle\sqrt{{3/N}}$ = {match:.2f}. The author found "
        rf"{AUTHOR_MATCH} best "
        "for his autoencoder; his other three cubes lie at 2/3, 4/3 and 10/3 of it. A radius does not say in which "
        rf"direction a vector lies: a cube that matches it need not lie where {study.title} does."
    )


def see_distances(study: Description, *samples: Sample) -> str:
    """Return, in plain words, how far vectors lie from the centre of a study."""
    edge = study.distance_quantiles(0.99)
    told = " ".join(f"Of {one.title} {(one.description.distances <= edge).mean():.0%} do." for one in samples)
    return (
        f"How far the vectors lie from the middle of {study.title}, counted in their spread in each direction: a step "
        f"in a direction in which they hardly differ counts much. {usual_distance(study.dimension)} "
        f"99 % of {study.title} lie nearer than {edge:.1f}. "
        f"{told} The dashed line is a vector whose numbers are all 0; it lies "
        f"{'nearer' if study.origin_distance <= edge else 'farther out'} than that."
    )


def about_distances(study: Description, sample: Sample, against: Sample | None = None) -> str:
    """Return what the distributions of the Mahalanobis distances show."""
    centre, width = normal_radius(study.dimension)
    other = f", that of {against.label} {np.median(against.description.distances):.1f}" if against else ""
    inner = study.share_within(study.origin_distance)
    return (
        f"Distance to the centre in units of the spread in each direction. A normal bulk would lie at {centre:.1f} ± "
        f"{width:.1f}; the median of {study.title} is {study.median_distance:.1f}, its 1 % and 99 % quantiles "
        f"{study.distance_quantiles(0.01):.1f} and {study.distance_quantiles(0.99):.1f}. The origin lies at "
        f"{study.origin_distance:.1f}, farther out than {inner:.1%} of the vectors; the median of this sample "
        f"is {np.median(sample.description.distances):.1f}{other}. Covariance with Ledoit-Wolf shrinkage "
        f"{study.axes.shrinkage:.2g}."
    )
