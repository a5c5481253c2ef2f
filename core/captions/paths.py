"""What ways through latent space show, in words."""

from __future__ import annotations

import numpy as np

from core.space.ways import Path
from core.statistics import Description
from core.statistics.laws import midpoint_radius

__all__ = ["about_a_curve", "about_attributes", "about_curves", "about_ways"]


def about_a_curve(path: Path, study: Description) -> str:
    """Return where a path in a plane lies."""
    return (
        f"Frames 1 to {len(path)} of the {path.name.lower()} over the density of {study.title}, with the ellipses of a "
        "normal law; cross and plus are the origin and the centre."
    )


def about_curves(study: Description, distances: np.ndarray, errors: np.ndarray, usual: float) -> str:
    """Return what a curve through a plane shows."""
    edge = np.quantile(study.distances, 0.99)
    inside = (distances <= edge).mean()
    return (
        "The series found clear features along paths that respect the place and the shape of the bulk. Along this one "
        f"the Mahalanobis distance runs from {distances.min():.1f} to {distances.max():.1f} ({inside:.0%} of the "
        f"frames lie within that of 99 % of {study.title}, {edge:.1f}) and the cycle error from {errors.min():.3f} to "
        f"{errors.max():.3f}; the vectors of {study.title} have {usual:.3f}. A distance far below their median, "
        f"{np.median(study.distances):.1f}, means near the mean face."
    )


def about_ways(study: Description, line: np.ndarray, arc: np.ndarray) -> str:
    """Return why a straight line and an arc differ, from the Mahalanobis distances along both."""
    if np.ptp(line) <= 1e-9 * max(1.0, float(line.max())):
        return f"Both ends are one place, at the distance {line[0]:.1f}: there is no way between them."
    ends = float(np.sqrt((line[0] ** 2 + line[-1] ** 2) / 2))
    middle = line[len(line) // 2]
    passes = ": the line passes closer to the mean face than either end" if middle < min(line[0], line[-1]) else ""
    return (
        "The middle of two independent normal vectors lies at r/√2 from the centre, nearer than the vectors "
        f"themselves. The ends lie at {line[0]:.1f} and {line[-1]:.1f}, the middle of the straight line at "
        f"{middle:.1f}, where {midpoint_radius(ends):.1f} is expected{passes}; the middle of the arc lies at "
        f"{arc[len(arc) // 2]:.1f}. The median of {study.title} is {np.median(study.distances):.1f}."
    )


def about_attributes(attribute: str, share: float, direction: np.ndarray, study: Description) -> str:
    """Return what a way along an attribute shows."""
    length = float(np.linalg.norm(direction))
    step = float(study.axes.mahalanobis((study.moments.mean + direction)[None])[0])
    return (
        f"The direction is the mean of the {share:.0%} of {study.title} labelled "
        f"*{attribute.replace('_', ' ').lower()}* less "
        f"the mean of the others: {length:.2f} long, {step:.2f} in Mahalanobis distance. Strength 1 is one such "
        f""
        f"difference. Means differ in more than one attribute: whatever often goes with it in {study.title} comes "
        f"along, its "
        "biases included."
    )
