"""What correlations show, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.plain import listed
from core.space.sample import Sample
from core.statistics import Description, off_diagonal, random_coefficient

__all__ = [
    "about_a_pair",
    "about_coefficients",
    "about_matrices",
    "about_strongest_pairs",
    "see_a_pair",
    "see_coefficients",
    "see_matrices",
]

STRONG = 0.3
"""Size of a coefficient from which a pair is said to depend strongly."""

PATTERNS = ((0.95, "the pattern of"), (0.7, "much of the pattern of"), (0.3, "a little of the pattern of"))
"""How alike two matrices have to be, by the correlation of their entries, for the second to be said to have that."""

Floats = npt.NDArray[np.float64]

ALIKE = 0.1
"""How far widths of curves may be apart, as a share, to be called the same."""

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
        f"{size.max():.2f}. Colours end at |r| = {STRONG:g}.",
        *(_about_a_matrix(sample) for sample in samples),
        *(_about_a_difference(study, sample) for sample in samples),
    ]


def see_matrices(study: Description, *samples: Sample) -> list[str]:
    """Return, in plain words, what the matrices of a study, of each sample and of the differences show."""
    mine = off_diagonal(study.moments.correlations)
    if not len(mine):
        return [""] * (1 + 2 * len(samples))
    strong = int((np.abs(mine) > STRONG).sum())
    goes = "goes" if strong == 1 else "go"
    return [
        f"Of {len(mine):,} pairs of numbers {strong:,} {goes} together strongly, by more than {STRONG:g} (1 is always, "
        f"0 is not at all); the strongest by {np.abs(mine).max():.2f}. Colours are full from {STRONG:g} on.",
        *(f"{_pattern(mine, sample)} {study.title}." for sample in samples),
        *(_see_a_difference(mine, study, sample) for sample in samples),
    ]


def _pattern(mine: Floats, sample: Sample) -> str:
    """Return how much of the pattern of a study's coefficients a sample shows."""
    theirs = off_diagonal(sample.description.moments.correlations)
    alike = np.corrcoef(mine, theirs)[0, 1] if np.ptp(mine) > 0 and np.ptp(theirs) > 0 else 0.0
    found = next((words for least, words in PATTERNS if alike >= least), "nothing of the pattern of")
    return f"{sample.title} shows {found}"


def _see_a_difference(mine: Floats, study: Description, sample: Sample) -> str:
    apart = float(np.abs(off_diagonal(sample.description.moments.correlations) - mine).mean())
    chance = float(np.hypot(random_coefficient(len(sample)), random_coefficient(len(study))))
    much = "which is good" if apart <= 1.1 * chance else "and the nearer to 1 the better"
    return (
        "What is left when one is taken from the other: good is an empty square. Its cells are "
        f"{apart:.3f} strong on average, where chance alone would leave {chance:.3f} between two samples of the data: "
        f"{apart / chance:.1f} times as much, {much}."
    )


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


def see_coefficients(study: Description, *samples: Sample) -> str:
    """Return, in plain words, what the distribution of the coefficients shows."""
    if study.dimension < 2:
        return ""
    goal = " ".join(_as_wide(one, study, colour) for one, colour in zip(samples, COLOURS, strict=False))
    told = [f"{one.title} {'is wider' if _depends(one) else 'is as wide as that'}" for one in samples]
    return (
        "How often each strength occurs among all pairs, from -1 (always against each other) to 1 (always together); "
        "each line upwards is ten times the one below. Dotted is what chance alone gives as many vectors of numbers "
        f"that do not depend on each other: a wider curve than that means that they do. {listed(told)}. {goal}"
    )


def _as_wide(sample: Sample, study: Description, colour: str) -> str:
    """Return whether the coefficients of a sample spread as widely as those of a study."""
    mine, theirs = (
        float(np.sqrt(np.square(off_diagonal(one.moments.correlations)).mean())) for one in (study, sample.description)
    )
    chance = float(np.hypot(mine, 1 / np.sqrt(len(sample))))  # of as many vectors of the data
    close = abs(theirs - chance) <= ALIKE * chance
    verdict = "is" if close else f"is too {'narrow' if theirs < chance else 'wide'}"
    return f"{colour.capitalize()} should be as wide as blue, and {verdict}."


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
    mean = np.abs(off_diagonal(sample.description.moments.correlations)).mean()
    return f"{mean:.4f}, {'more: its components depend on each other' if _depends(sample) else 'so no more'}"


def _depends(sample: Sample) -> bool:
    """Return whether the mean coefficient of a sample is more than chance gives independent components."""
    sizes, chance = np.abs(off_diagonal(sample.description.moments.correlations)), random_coefficient(len(sample))
    spread = chance * np.sqrt((np.pi / 2 - 1) / len(sizes))  # of a mean of as many half-normal coefficients
    return bool(sizes.mean() > chance + 4 * spread)


def see_a_pair(study: Description, i: int, j: int, pearson: float, titles: Sequence[str]) -> str:
    """Return, in plain words, what a pair of components shows, from its Pearson coefficient."""
    if not study.moments.widths[[i, j]].all():
        return ""
    slight = max(0.05, 3 / np.sqrt(len(study)))
    how = "nearly do not depend on each other" if abs(pearson) < slight else "rise together"
    if pearson <= -slight:
        how = "go against each other: one falls as the other rises"
    colours = [f"{colour} are the vectors of {title}" for colour, title in zip(COLOURS, titles, strict=False)]
    return (
        f"The fuller the colour of a place, the more vectors of {study.title} have these two numbers, z_{i} and "
        f"z_{j}; here they {how}. If the cloud were a bell, the rings would hold the shares of it that stand above. "
        f"{listed(colours)}; good are points that lie along the blue streak, all over it."
    )


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
