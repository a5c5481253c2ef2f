"""What the shape of the bulk shows, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from core.plain import listed
from core.space.sample import Sample
from core.statistics import Description, normal_radius_share

__all__ = [
    "ABOUT_A_LOOK",
    "FAR",
    "about_spectrum",
    "about_the_bulk",
    "about_the_cloud",
    "about_the_farthest",
    "see_the_bulk",
    "see_the_farthest",
    "see_the_spectrum",
]

ABOUT_A_LOOK = (
    "Only a few directions are seen here: what lies in the middle of this picture may be far from it in all the "
    "others, as the distances above say."
)

EMPTY = 3.0
"""Distance from the middle that nearly all vectors keep, from which on it is called empty."""

FAR = 2.0
"""Distances that are called far, in units of the one that 99 % of the vectors lie within."""


def see_the_bulk(study: Description, *samples: Sample, rings: bool = True) -> str:
    """Return, in plain words, where the bulk, zero and one or two samples lie; a map has no rings or directions."""
    edge = float(study.distance_quantiles(0.99))
    zero = "outside the cloud" if study.origin_distance > edge else "in it"
    told = [f"{one.title} is {_place(_inside(one, edge))}" for one in samples]
    plane = f" A plane shows two of {study.dimension} directions: what looks near may be far.{_emptied(study)}" * (
        rings and study.dimension > 2
    )
    bell = " If the cloud were a bell, the rings would hold the shares of it that stand above." * rings
    return (
        f"Blue is the cloud of {study.title}, the fuller its colour the denser; the plus is its middle, the cross is "
        f"zero.{bell} By all directions, not only these, zero lies {zero}, and {listed(told)}.{plane}"
    )


def _emptied(study: Description) -> str:
    """Return that hardly any vector is at the middle, full as it looks; "" where that is not so."""
    nearest = float(study.distance_quantiles(0.01))
    if nearest < EMPTY:
        return ""
    return (
        f" Full as the middle may look, hardly anyone is there: 99 % of {study.title} lie at least {nearest:.1f} "
        "spreads from it."
    )


def _inside(sample: Sample, edge: float) -> float:
    """Return the share of a sample within a distance from the centre of a study."""
    return float((sample.description.distances <= edge).mean())


def about_the_bulk(study: Description, *samples: Sample) -> str:
    """Return where the bulk, the origin and one or two samples lie."""
    centre = np.linalg.norm(study.moments.mean)
    beyond = study.share_within(study.origin_distance)
    here = "as there" if 0.9 < beyond <= 0.99 else "here it lies outside" if beyond > 0.99 else "here it lies inside"
    edge = study.distance_quantiles(0.99)
    first, *more = [(sample.title, _inside(sample, float(edge))) for sample in samples]
    others = "".join(f" Of {title} {share:.0%} do: it is {_place(share)}." for title, share in more)
    return (
        f"The centre of {study.title} lies {centre:.1f} from the origin, and the origin {study.origin_distance:.1f} "
        "spreads from the centre. The series found the origin in the border region of the bulk; "
        f"{here}, farther out than {beyond:.1%} of the vectors. Within the Mahalanobis distance of 99 % of "
        f"{study.title}, {edge:.1f}, lie {first[1]:.0%} of {first[0]}: by that it is {_place(first[1])}.{others}"
    )


def _place(inside: float) -> str:
    return "inside the bulk" if inside >= 0.9 else "outside the bulk" if inside <= 0.1 else "only partly in the bulk"


def about_spectrum(study: Description, drawn: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """Return what the variances along the principal axes show, beside those (d,) of samples, by title."""
    share, variances = study.axes.cumulative_share, study.axes.variances
    if variances.sum() <= 0:
        return f"The vectors of {study.title} are all the same: no axis has a variance."
    if len(share) == 1:
        parts = [f"{title} has {float(along[0] / variances[0]):.0%} of that" for title, along in drawn.items()]
        return f"The only axis holds all of the variance of {study.title}; {listed(parts)}."
    first, most = min(10, len(share)), min(int(np.searchsorted(share, 0.9)) + 1, len(share))
    first_words = (
        f"The first {first} of {len(share)} axes hold {share[first - 1]:.0%} of the variance of {study.title}, {most} "
        f"hold{'s' * (most == 1)} 90 %."
    )
    return " ".join([first_words, *(_along(variances, most, along, title) for title, along in drawn.items())])


def see_the_spectrum(study: Description, drawn: Mapping[str, npt.NDArray[np.float64]]) -> str:
    """Return, in plain words, what the variances along the principal axes show, beside those of samples, by title."""
    variances, half = study.axes.variances, max(1, study.dimension // 2)
    if study.dimension < 2 or variances.sum() <= 0:
        return ""
    told = []
    for title, along in drawn.items():
        ratios = [
            float(along[part].sum() / max(variances[part].sum(), 1e-300)) for part in (slice(half), slice(half, None))
        ]
        words = [f"{_widely(ratio)} {where}" for ratio, where in zip(ratios, ("the long", "the short"), strict=True)]
        told.append(f"{title} spreads {words[0]} and {words[1]} ones")
    return (
        "How widely the cloud spreads along its own directions, from the longest to the shortest; each line upwards is "
        "ten times the one below. Good are orange dots on the blue line. On the right, how much of all spread the "
        "first ones hold together: good is an orange curve on the blue one; a straight line would be a cloud as wide "
        f"in all directions. {listed(told)}."
    )


def _widely(ratio: float) -> str:
    """Return how a sample spreads beside the data, from the ratio of their variances."""
    return "too little along" if ratio < 0.9 else "too much along" if ratio > 1.1 else "as widely along"


def _along(variances: npt.NDArray[np.float64], most: int, along: npt.NDArray[np.float64], title: str) -> str:
    """Return how much of the variance a sample has along the first axes of a study, and along the others."""
    long, short = (float(along[part].sum()) for part in (slice(most), slice(most, None)))
    mine, rest = (float(variances[part].sum()) for part in (slice(most), slice(most, None)))
    where = f"these {most}" if most > 1 else "that one"
    text = f"Along {where}, {title} has {long / mine:.0%} of that variance"
    if rest <= 1e-9 * mine:
        return text + "."
    independent = "too little along the long axes and too much along the short ones"
    words = ""
    if long < 0.9 * mine and short > 1.1 * rest:
        words = f": {independent}, as where components are independent"
    elif long < 0.9 * mine and short < 0.9 * rest:
        words = ": it is narrower throughout"
    elif long > 1.1 * mine and short > 1.1 * rest:
        words = ": it is wider throughout"
    return text + f", along the others {short / rest:.0%}{words}."


def about_the_cloud(title: str, dimension: int, coloured: bool) -> str:
    """Return what the scatter in three directions shows, with samples of that title."""
    hidden = f" {title} can be shown over the coloured vectors, too." if coloured else ""
    other = f", in all {dimension} together {normal_radius_share(3, dimension):.2g} of it" if dimension > 3 else ""
    return (
        "The follow-ups of the series draw the bulk in three directions, inside ellipsoids at 1 to 5 standard "
        f"deviations.{hidden} In three dimensions "
        f"3σ hold 97 % of a normal{other}."
    )


def see_the_farthest(study: Description) -> str:
    """Return, in plain words, how many vectors of a study lie far out; all are counted."""
    beyond, far = _far_out(study)
    return (
        f"The most unusual of all {len(study):,} vectors of {study.title}, the farthest first. Of every hundred, 99 "
        f"lie less than {beyond / FAR:.1f} spreads from the middle; {f'{far:,}' if far else 'none'} "
        f"lie{'s' * (far <= 1)} more than {FAR:g} times as far out as that."
    )


def about_the_farthest(study: Description) -> str:
    """Return how many vectors of a study lie far out, and how far the outermost one does; all are counted."""
    beyond, far = _far_out(study)
    return (
        f"Of all {len(study):,} vectors of {study.title}, {far:,} lie{'s' * (far == 1)} beyond the Mahalanobis "
        f"distance {beyond:.1f}, which is {FAR:g} times the one that 99 % lie within; the farthest lies at "
        f"{float(study.distance_quantiles(1.0)):.1f}. The component is the one that stands out most, with its "
        "deviation from the mean in σ."
    )


def _far_out(study: Description) -> tuple[float, int]:
    """Return the distance from which a vector is called far, and how many lie beyond it."""
    beyond = FAR * float(study.distance_quantiles(0.99))
    return beyond, study.count_beyond(beyond)
