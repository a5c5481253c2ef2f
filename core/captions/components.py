"""What components show, in words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.plain import listed
from core.space.sample import Sample
from core.statistics import Description

__all__ = ["FAR", "about_components", "about_places", "see_components", "see_places"]

FAR = 6
"""Deviations from its mean, in σ, at which a value is called far: of a normal law, one in five hundred million is."""

COLOURS = ("orange", "green")
"""Of a sample, and of the one of another strategy that it is held against."""


def see_components(study: Description, samples: Sequence[Sample], table: pd.DataFrame) -> str:
    """Return, in plain words, what the histograms of the components show, from a component table."""
    drawn = zip(("difference", "against_difference"), samples, strict=False)
    told = [f"{table[name].mean():.0%} of {sample.title}" for name, sample in drawn]
    alike = study.histograms.chance_distance(len(samples[0])).mean()
    return (
        f"The higher a curve, the more vectors have that value. For the curves to be those of {study.title}, "
        f"{listed(told)} would have to move along the axis, on average over all components: the nearer to {alike:.0%}, "
        "which chance alone makes it, the better. That is each number by itself; together they can still miss the data."
    )


def about_components(study: Description, sample: Sample, table: pd.DataFrame, against: Sample | None = None) -> str:
    """Return what the histograms of the components show, from a component table with one or two samples."""
    moments, count = study.moments, len(study)
    chance = np.sqrt(12 / (np.pi * count))  # mean of |x| where x is normal with the variance 6/n
    skewness, kurtosis = np.abs(moments.skewness).mean(), moments.excess_kurtosis.mean()
    apart, alike = table["difference"].mean(), study.histograms.chance_distance(len(sample)).mean()
    other = "" if against is None else f", that of {against.title} by {table['against_difference'].mean():.2f}"
    alone = study.dimension == 1
    mean, average, each = ("", "", "The histogram") if alone else ("mean ", " on average", "Each histogram")
    beyond = study.histograms.beyond(FAR)
    most = int(beyond.argmax())
    values = f"{count * study.dimension:,} values"
    far = f"Of all {values}, none lies {FAR}σ from its mean or farther."
    if beyond.any():
        which = "" if alone else f", of z_{most} {beyond[most]:,} of {count:,}"
        found = f"{beyond.sum():,} lie{'s' * bool(beyond.sum() == 1)}"
        far = f"Of all {values}, {found} {FAR}σ from their mean or farther{which}."
    return (
        f"The series found each component roughly normal. Here the {mean}|skewness| is {skewness:.2f}, where "
        f"{count:,} normal numbers show {chance:.2f} by chance, and the {mean}excess kurtosis {kurtosis:.2f}, 0 for a "
        "normal law. "
        f"{each} of {sample.title} differs from that of {study.title} by {apart:.2f}{average}{other}, where "
        f"1 is no overlap; {len(sample):,} vectors of the same law would differ by {alike:.2f}. {far}"
    )


def see_places(study: Description, *samples: Sample) -> str:
    """Return, in plain words, where the components lie and how wide they are."""
    off = int((np.abs(study.moments.mean) > study.moments.widths).sum())
    return (
        "Each point is one component, from left to right: above is its mean, below how widely its values spread. Good "
        f"is {' and '.join(COLOURS[: len(samples)])} on blue. In {study.title} {off} of {study.dimension} means lie "
        "farther from 0 than the values spread: what is drawn around 0 misses those."
    )


def about_places(study: Description, sample: Sample, table: pd.DataFrame, against: Sample | None = None) -> str:
    """Return where the components lie and how wide they are, from a component table with one or two samples."""
    moments = study.moments
    drawn = {"sample": sample} if against is None else {"sample": sample, "against": against}
    means, widths = ({key: table[f"{key}_{name}"] for key in drawn} for name in ("mean", "standard_deviation"))
    if study.dimension == 1:
        mine = f"mean {moments.mean[0]:.2f} and the width σ {moments.widths[0]:.2f}"
        theirs = [f"that of {one.title} {means[key][0]:.2f} and {widths[key][0]:.2f}" for key, one in drawn.items()]
        return f"The only component of {study.title} has the {mine}, {', '.join(theirs)}."
    off = int((np.abs(moments.mean) > moments.widths).sum())
    theirs = [
        f"In {one.title} the means lie between {means[key].min():.2f} and {means[key].max():.2f}, the widths between "
        f"{widths[key].min():.2f} and {widths[key].max():.2f}."
        for key, one in drawn.items()
    ]
    return (
        "The series found that each component has a centre and a width of its own. Here the means lie between "
        f"{moments.mean.min():.2f} and {moments.mean.max():.2f}, {off} of {study.dimension} of them farther than one "
        f"σ from 0, and the widths σ between {moments.widths.min():.2f} and {moments.widths.max():.2f}. "
    ) + " ".join(theirs)
