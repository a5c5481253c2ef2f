"""What correlations show, in words."""

from __future__ import annotations

import numpy as np

from core.space.sample import Sample
from core.statistics import Description, off_diagonal, random_coefficient

__all__ = ["about_a_pair", "about_coefficients", "about_matrices", "about_strongest_pairs"]


def about_matrices(study: Description, sample: Sample) -> tuple[str, str, str]:
    """Return what the Pearson matrices of a study, of a sample and their difference show."""
    mine, theirs = (off_diagonal(m.correlations) for m in (study.moments, sample.description.moments))
    if not len(mine):
        alone = "A single component has no correlations."
        return alone, alone, alone
    size = np.abs(mine)
    apart = np.abs(theirs - mine)
    chance = random_coefficient(len(sample))
    alike = np.hypot(chance, random_coefficient(len(study.radii)))
    return (
        "The series found the components linearly correlated, strongly for some pairs. Here the mean |r| is "
        f"{size.mean():.3f}, {int((size > 0.3).sum()):,} of {len(mine):,} pairs exceed 0.3, and the largest is "
        f"{size.max():.2f}. Colours end at |r| = 0.5.",
        f"In {sample.title} the mean |r| is {np.abs(theirs).mean():.3f}; {len(sample):,} vectors of independent "
        f"components would show {chance:.3f} by chance.",
        f"Green where {sample.title} has the larger coefficient, purple where {study.title} has. They are "
        f"{apart.mean():.3f} apart on average and {apart.max():.2f} at most; vectors of the same law would be "
        f"{alike:.3f} apart by chance, less where they are correlated strongly.",
    )


def about_strongest_pairs(title: str, count: int, total: int) -> str:
    """Return what the table of the strongest pairs holds, ``count`` of ``total``."""
    if not count:
        return "A single component has no pairs."
    most = f"all {total} pairs" if count == total else f"the {count} of {total:,} pairs with the largest |r|"
    return f"Of {title}, {most}; click a row to look at its pair."


def about_coefficients(study: Description, sample: Sample) -> str:
    """Return what the distribution of the coefficients shows."""
    values, theirs = (np.abs(off_diagonal(m.correlations)) for m in (study.moments, sample.description.moments))
    if not len(values):
        return "A single component has no coefficients."
    count, drawn = len(study.radii), len(sample)
    beyond = (values > 3 / np.sqrt(count)).mean()
    chance = random_coefficient(drawn)
    spread = chance * np.sqrt((np.pi / 2 - 1) / len(theirs))  # of a mean of as many half-normal coefficients
    verdict = "more: its components depend on each other" if theirs.mean() > chance + 4 * spread else "so no more"
    return (
        "Independent normal components would give coefficients from the density "
        r"$f(r) \propto (1 - r^2)^{(n-4)/2}$, which is the narrower the more vectors there are: with the "
        f"{count:,} of {study.title} the mean |r| would be {random_coefficient(count):.4f}; it is {values.mean():.4f}, "
        f"and {beyond:.0%} of the pairs lie farther out than three standard errors. {sample.title} is drawn in "
        f"{drawn:,} vectors: chance alone would give the mean |r| {chance:.4f}, it has {theirs.mean():.4f}, {verdict}."
    )


def about_a_pair(study: Description, i: int, j: int, coefficients: tuple[float, float], title: str) -> str:
    """Return what a pair of components shows, from its Pearson and Spearman coefficients."""
    widths = study.moments.widths[[i, j]]
    if (widths == 0).any():
        constant = i if widths[0] == 0 else j
        return f"Component z_{constant} is constant in this study: it correlates with nothing, and ellipses are lines."
    pearson, spearman = coefficients
    slight = max(0.05, 3 / np.sqrt(len(study.radii)))  # what three standard errors of independent components reach
    kind = (
        "nearly none"
        if max(abs(pearson), abs(spearman)) < slight
        else "nearly linear"
        if abs(pearson - spearman) < 0.05
        else "not linear throughout"
    )
    return (
        "Nested, inclined ellipses per pair are what the series took for the sign of a multivariate normal. Pearson's "
        f"r = {pearson:.3f} measures linear, Spearman's {spearman:.3f} monotone dependence: here it is {kind}. A "
        r"Mahalanobis distance d in the plane holds the share $1 - e^{-d^2/2}$ of a normal. "
        f"Orange are the vectors of {title}."
    )
