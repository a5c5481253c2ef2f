"""What correlations show, in words."""

from __future__ import annotations

import numpy as np

from core.space.sample import Sample
from core.statistics import Description, off_diagonal, random_coefficient

__all__ = ["about_a_pair", "about_coefficients", "about_correlations"]


def about_correlations(study: Description, sample: Sample) -> str:
    """Return what the Pearson matrices show."""
    mine, theirs = (np.abs(off_diagonal(m.correlations)) for m in (study.moments, sample.description.moments))
    if not len(mine):
        return "A single component has no correlations."
    return (
        "The series found the components linearly correlated, strongly for some pairs. Here the mean |r| is "
        f"{mine.mean():.3f}, {int((mine > 0.3).sum()):,} of {len(mine):,} pairs exceed 0.3, and the largest is "
        f"{mine.max():.2f}. In {sample.title} the mean |r| is {theirs.mean():.3f}, of which {len(sample):,} vectors of "
        f"independent components would show {random_coefficient(len(sample)):.3f} by chance. "
        "Colours end at |r| = 0.5."
    )


def about_coefficients(study: Description, sample: Sample) -> str:
    """Return what the distribution of the coefficients shows."""
    values = off_diagonal(study.moments.correlations)
    chance = random_coefficient(len(study.radii))
    beyond = (np.abs(values) > 3 / np.sqrt(len(study.radii))).mean() if len(values) else 0.0
    return (
        "Independent normal components would give coefficients from the density "
        r"$f(r) \propto (1 - r^2)^{(n-4)/2}$, which is the narrower the more vectors there are: with "
        f"CelebA's {len(study.radii):,} the mean |r| would be {chance:.4f}. Of CelebA's pairs {beyond:.0%} lie farther "
        f"out than three standard errors. {sample.title} is drawn in {len(sample):,} vectors and so is broader than "
        "its law by chance alone."
    )


def about_a_pair(study: Description, i: int, j: int, coefficients: tuple[float, float], title: str) -> str:
    """Return what a pair of components shows, from its Pearson and Spearman coefficients."""
    widths = study.moments.widths[[i, j]]
    if (widths == 0).any():
        constant = i if widths[0] == 0 else j
        return f"Component z_{constant} is constant in this study: it correlates with nothing, and ellipses are lines."
    pearson, spearman = coefficients
    kind = "nearly linear" if abs(pearson - spearman) < 0.05 else "not linear throughout"
    return (
        "Nested, inclined ellipses per pair are what the series took for the sign of a multivariate normal. Pearson's "
        f"r = {pearson:.3f} measures linear, Spearman's {spearman:.3f} monotone dependence: here it is {kind}. A "
        r"Mahalanobis distance d in the plane holds the share $1 - e^{-d^2/2}$ of a normal. "
        f"Orange are the vectors of {title}."
    )
