"""What correlations show, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.plain import listed
from core.space.sample import Sample
from core.statistics import Description, off_diagonal, random_coefficient

__all__ = ["about_a_pair", "about_coefficients", "about_matrices", "about_strongest_pairs"]

COLOURS = ("Orange", "green")
"""Of a sample, and of the one of another strategy that it is held against."""


def about_matrices(study: Description, *samples: Sample) -> list[str]:
    """Return what the Pearson matrices of a study, of each sample and of the differences show, in this order."""
    mine = off_diagonal(study.moments.correlations)
    if not len(mine):
        return ["A single component has no correlations."] * (1 + 2 * len(samples))
    size = np.abs(mine)
    return [
        "The series found the components linearly correlated, strongly for some pairs. Here the mean |r| is "
        f"{size.mean():.3f}, {int((size > 0.3).sum()):,} of {len(mine):,} pairs exceed 0.3, and the largest is "
        f"{size.max():.2f}. Colours end at |r| = 0.5.",
        *(_about_a_matrix(sample) for sample in samples),
        *(_about_a_difference(study, sample) for sample in samples),
    ]


def _about_a_matrix(sample: Sample) -> str:
    size = np.abs(off_diagonal(sample.description.moments.correlations)).mean()
    return (
        f"In {sample.title} the mean |r| is {size:.3f}; {len(sample):,} vectors of independent components would show "
        f"{random_coefficient(len(sample)):.3f} by chance."
    )


def _about_a_difference(study: Description, sample: Sample) -> str:
    mine, theirs = (off_diagonal(m.correlations) for m in (study.moments, sample.description.moments))
    apart = np.abs(theirs - mine)
    alike = np.hypot(random_coefficient(len(sample)), random_coefficient(len(study)))
    return (
        f"Green where {sample.title} has the larger coefficient, purple where {study.title} has. They are "
        f"{apart.mean():.3f} apart on average and {apart.max():.2f} at most; vectors of the same law would be "
        f"{alike:.3f} apart by chance, less where they are correlated strongly."
    )


def about_strongest_pairs(title: str, count: int, total: int) -> str:
    """Return what the table of the strongest pairs holds, ``count`` of ``total``."""
    if not count:
        return "A single component has no pairs."
    most = f"all {total} pairs" if count == total else f"the {count} of {total:,} pairs with the largest |r|"
    return f"Of {title}, {most}."


def about_coefficients(study: Description, sample: Sample, against: Sample | None = None) -> str:
    """Return what the distribution of the coefficients shows."""
    values = np.abs(off_diagonal(study.moments.correlations))
    if not len(values):
        return "A single component has no coefficients."
    count, drawn = len(study), len(sample)
    beyond = (values > 3 / np.sqrt(count)).mean()
    chance = random_coefficient(drawn)
    other = "" if against is None else f"; {against.title} has {_mean_and_verdict(against)}"
    return (
        "Independent normal components would give coefficients from the density "
        r"$f(r) \propto (1 - r^2)^{(n-4)/2}$, which is the narrower the more vectors there are: with the "
        f"{count:,} of {study.title} the mean |r| would be {random_coefficient(count):.4f}; it is {values.mean():.4f}, "
        f"and {beyond:.0%} of the pairs lie farther out than three standard errors. {sample.title} is drawn in "
        f"{drawn:,} vectors: chance alone would give the mean |r| {chance:.4f}, it has {_mean_and_verdict(sample)}"
        f"{other}."
    )


def _mean_and_verdict(sample: Sample) -> str:
    """Return the mean coefficient of a sample, and whether it is more than chance gives."""
    sizes, chance = np.abs(off_diagonal(sample.description.moments.correlations)), random_coefficient(len(sample))
    spread = chance * np.sqrt((np.pi / 2 - 1) / len(sizes))  # of a mean of as many half-normal coefficients
    depends = sizes.mean() > chance + 4 * spread
    return f"{sizes.mean():.4f}, {'more: its components depend on each other' if depends else 'so no more'}"


def about_a_pair(study: Description, i: int, j: int, coefficients: tuple[float, float], titles: Sequence[str]) -> str:
    """Return what a pair of components shows, from its Pearson and Spearman coefficients."""
    widths = study.moments.widths[[i, j]]
    if (widths == 0).any():
        constant = i if widths[0] == 0 else j
        return f"Component z_{constant} is constant in this study: it correlates with nothing, and ellipses are lines."
    colours = [f"{colour} are the vectors of {title}" for colour, title in zip(COLOURS, titles, strict=False)]
    pearson, spearman = coefficients
    slight = max(0.05, 3 / np.sqrt(len(study)))  # what three standard errors of independent components reach
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
        f"{listed(colours)}."
    )
