"""What ways through latent space show, in words."""

from __future__ import annotations

import numpy as np

from core.plain import as_text
from core.space.ways import NEAR, Path
from core.statistics import Description
from core.statistics.laws import midpoint_radius
from core.study import Study
from core.study.columns import Column, Kind
from core.study.kept_columns import having

__all__ = [
    "about_a_curve",
    "about_attributes",
    "about_curves",
    "about_direction",
    "about_the_page",
    "about_ways",
    "better_way",
    "see_attributes",
    "see_curves",
    "see_ways",
    "verdict",
]

SEVERAL = 3
"""Directions from which on a plane leaves some out."""

KEPT = 1.05
"""How much farther from the middle than another a way lies that keeps more of its ends."""

ALIKE, CLEARLY = 1.02, 1.5
"""Ratio of the mean cycle errors of two ways from which on one is called better, and clearly better."""


def about_the_page(title: str, decodes: bool) -> str:
    """Return what the page shows, and what is good."""
    shown = "decoded" if decodes else "shown by the nearest picture"
    errors = (
        " So is a low cycle error, which is how far a step moves when it is decoded and encoded again: the decoder "
        "knows such vectors."
        if decodes
        else ""
    )
    return (
        f"A walk through the space of vectors, {shown} at equal steps. Good are steps in the shaded band, neither too "
        f"far from the middle of {title}, where pictures break, nor too near to it, where all pictures are much like "
        f"the mean one.{errors}"
    )


def about_a_curve(path: Path, study: Description) -> str:
    """Return where a path in a plane lies."""
    return (
        f"Frames 1 to {len(path)} of the {path.name.lower()} over the cloud of {study.title}, the fuller its colour "
        "the denser; the plus is its middle, the cross is zero. If it were a bell, the rings would hold the shares "
        "that stand above."
    )


def verdict(study: Description, distances: np.ndarray, errors: np.ndarray, usual: float) -> str:
    """Return, in plain words, whether the steps of a path lie well, and are made again as well as the data.

    ``errors`` are their cycle errors, ``usual`` is the mean of those of the data; NaN without a decoder.
    """
    edge, near, count = study.distance_quantiles(0.99), NEAR * study.median_distance, len(distances)
    inside, close = int((distances <= edge).sum()), int((distances < near).sum())
    text = f"{inside} of {count} steps lie where 99 % of {study.title} do"
    if inside < count:
        text += "; the others lie too far out"
    if close:
        shown = "its picture shows" if close == 1 else "their pictures show"
        text += (
            f". {close} lie{'s' * (close == 1)} less than half as far from the middle as usual, which is not good: "
            f"{shown} little more than the mean one"
        )
    elif inside == count:
        text += ", none of them too near to the middle, which is good"
    if not (np.isfinite(usual) and usual > 0):
        return f"{text}."
    worse = errors[errors > usual]
    if not len(worse):
        return f"{text}. None is made again worse than the data are on average, which is good."
    return (
        f"{text}. {len(worse)} of {count} are made again worse than the data are on average (cycle error): "
        f"{worse.mean() / usual:.1f} times as far off, the worst {worse.max() / usual:.1f} times."
    )


def better_way(study: Description, names: tuple[str, str], *ways: tuple[np.ndarray, np.ndarray], usual: float) -> str:
    """Return, in plain words, which of two ways is the better one and by how much, from their distances and errors.

    The one with more steps in the band of good distances is; of equally many, the one with the smaller cycle error.
    """
    edge, near = float(study.distance_quantiles(0.99)), NEAR * float(study.median_distance)
    kept = [int(((near <= distances) & (distances <= edge)).sum()) for distances, _ in ways]
    count = len(ways[0][0])
    if kept[0] != kept[1]:
        first = int(kept[1] > kept[0])
        return (
            f"**{names[first]} is better here**: {kept[first]} of its {count} steps lie in the band of good distances, "
            f"{kept[1 - first]} of the other's."
        )
    how_many = f"all {count}" if kept[0] == count else f"{kept[0]} of {count}" if kept[0] else "none of the"
    both = f"{how_many} steps of either way lie in the band of good distances"
    means = [float(errors.mean()) for _, errors in ways]
    if not np.isfinite([usual, *means]).all() or usual <= 0 or min(means) <= 0:
        return f"**Neither way is better here**: {both}."
    first = int(means[1] < means[0])
    told, ratio = [f"{means[place] / usual:.2f}" for place in (first, 1 - first)], means[1 - first] / means[first]
    if ratio < ALIKE:
        return f"**Neither way is better here**: {both}, and their cycle errors are alike."
    much = "clearly" if ratio > CLEARLY else "a little"
    return (
        f"**{names[first]} is {much} better here**: {both}, but its cycle error is smaller, {told[0]} times that of "
        f"{study.title}, where the other has {told[1]} times."
    )


def see_curves(study: Description, distances: np.ndarray) -> str:
    """Return, in plain words, why a curve through a plane may lie nearer than it looks; "" where it does not."""
    if study.dimension < SEVERAL or not (distances < NEAR * study.median_distance).any():
        return ""
    return (
        f"In the plane steps may look far out and still be near: it shows 2 of {study.dimension} directions, and all "
        "count."
    )


def about_curves(study: Description, distances: np.ndarray, errors: np.ndarray, usual: float) -> str:
    """Return what a curve through a plane shows."""
    edge = study.distance_quantiles(0.99)
    inside = (distances <= edge).mean()
    cycle = (
        f" and the cycle error runs from {errors.min():.3f} to {errors.max():.3f}; the vectors of {study.title} have "
        f"{usual:.3f}"
    )
    return (
        "The series found clear features along paths that respect the place and the shape of the bulk. Along this one "
        f"the Mahalanobis distance {_runs(distances)} ({inside:.0%} of the "
        f"frames lie within that of 99 % of {study.title}, {edge:.1f}){cycle if np.isfinite(usual) else ''}. A "
        f"distance far below their median, {study.median_distance:.1f}, means near the mean picture."
    )


def _runs(values: np.ndarray) -> str:
    """Return from where to where values run, or where they stay."""
    low, high = f"{values.min():.1f}", f"{values.max():.1f}"
    return f"stays at {low}" if low == high else f"runs from {low} to {high}"


def see_ways(line: np.ndarray, arc: np.ndarray) -> str:
    """Return, in plain words, why a straight line and an arc differ, from the distances along both."""
    if _nowhere(line):
        return ""
    middle, around = float(line[len(line) // 2]), float(arc[len(arc) // 2])
    keeps = ", so the arc keeps more of what is special" * (around > KEPT * middle)
    return (
        f"Halfway the straight line lies {middle:.1f} from the middle and the arc {around:.1f}; the ends lie at "
        f"{line[0]:.1f} and {line[-1]:.1f}. The nearer to the middle, the more a picture is the mean one{keeps}."
    )


def about_ways(study: Description, line: np.ndarray, arc: np.ndarray) -> str:
    """Return why a straight line and an arc differ, from the Mahalanobis distances along both."""
    if _nowhere(line):
        return f"Both ends are one place, at the distance {line[0]:.1f}: there is no way between them."
    ends = float(np.sqrt((line[0] ** 2 + line[-1] ** 2) / 2))
    middle = line[len(line) // 2]
    passes = ": the line passes closer to the mean picture than either end" if middle < min(line[0], line[-1]) else ""
    return (
        "The middle of two independent normal vectors lies at r/√2 from the centre, nearer than the vectors "
        f"themselves. The ends lie at {line[0]:.1f} and {line[-1]:.1f}, the middle of the straight line at "
        f"{middle:.1f}, where {midpoint_radius(ends):.1f} is expected{passes}; the middle of the arc lies at "
        f"{arc[len(arc) // 2]:.1f}. The median of {study.title} is {study.median_distance:.1f}."
    )


def _nowhere(line: np.ndarray) -> bool:
    """Return whether both ends of a way are one place, from the distances along it."""
    return bool(np.ptp(line) <= 1e-9 * max(1.0, float(line.max())))


def see_attributes(study: Description, column: Column) -> str:
    """Return, in plain words, what a way along an attribute shows."""
    return (
        f"More of *{column.label.lower()}* to the right, less to the left. Whatever often goes with it in "
        f"{study.title} comes along, the biases of the data included."
    )


def about_attributes(direction: np.ndarray, study: Description, column: Column, what: str) -> str:
    """Return what a way along an attribute shows; ``what`` says of which vectors its direction (d,) is made."""
    length = float(np.linalg.norm(direction))
    step = float(study.axes.mahalanobis((study.moments.mean + direction)[None])[0])
    unit = "standard deviation" if column.kind is Kind.NUMBER else "difference"
    return (
        f"The direction is {what}: {length:.2f} long, {step:.2f} in Mahalanobis distance. Strength 1 is one such "
        f"{unit}. Vectors differ in more than one attribute: whatever often goes with it in {study.title} comes "
        "along, its biases included."
    )


def about_direction(study: Study, column: Column, ends: tuple[str, str] | None) -> str:
    """Return of which vectors the direction of an attribute is made."""
    label, title = column.label.lower(), study.title
    if column.kind is Kind.NUMBER:
        return f"how the vectors of {title} change with *{label}*, by a regression, for one standard deviation of it"
    if column.kind is Kind.BOOL:
        share = float(having(study, column.name, value=True)[0].mean())
        return f"the mean of the {share:.0%} of {title} labelled *{label}* less the mean of the others"
    less, more = (as_text(end) for end in ends or column.categories[:2])
    return f"the mean of the vectors of {title} with *{label}* {more} less the mean of those with {less}"
