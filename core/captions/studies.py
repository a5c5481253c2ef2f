"""What changes from one study to another, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from core.networks.registry import NO_AUTOENCODER
from core.settings import is_public
from core.space.inspection import ERROR_QUANTILES
from core.study.shelf import Entry

__all__ = [
    "about_an_entry",
    "about_an_overlay",
    "about_bulks",
    "about_reconstructions",
    "about_two_studies",
    "error_lines",
]

BEYOND = 0.99
"""Share of vectors nearer to the centre than the origin from which that is called outside."""


def about_an_entry(entry: Entry) -> str:
    """Return what a study on the list is, how large and where; strangers are not told where."""
    place = "" if is_public() else f", in {entry.folder}"
    disk = f"{entry.size / 1e6:,.1f} MB on the disk{place}"
    if entry.problem:
        return f"{entry.name} is damaged: {entry.problem} It takes {disk}."
    made = "without an autoencoder" if entry.kind == NO_AUTOENCODER else f"and a {entry.kind} autoencoder"
    whose = " It comes with the program and stays as it is." if entry.shipped else ""
    return (
        f"{entry.name}: {entry.title}, {entry.count:,} vectors of {entry.dimension} components {made}; {disk}.{whose}"
    )


def about_an_overlay() -> str:
    """Return how two studies are laid over each other."""
    return (
        "Two networks have neither axes nor a scale in common, so each study is shown in its own units. "
        "The page *Studies* compares them in numbers."
    )


def about_reconstructions(worst: str) -> str:
    """Return what decoded latent vectors show, and which attributes are the hardest, if that is known."""
    return "What the decoder makes of real latent vectors; a study holds no images." + (
        f" Largest mean errors: {worst}." if worst else ""
    )


def error_lines(errors: Iterable[float]) -> str:
    """Return a line of Markdown for each row of a wall that is sorted by error, from the error of its first image."""
    lines = zip(ERROR_QUANTILES, errors, strict=True)
    return "\n".join(f"- row {i}: {share:.0%} quantile, error {error:.4f}" for i, (share, error) in enumerate(lines, 1))


def about_bulks(table: pd.DataFrame) -> str:
    """Return what a table of bulks shows: whether N(0, I) meets them, and where their origins lie."""
    told = []
    for _, row in table.iterrows():
        outside = row["nearer_than_origin"] > BEYOND
        place = "outside" if outside else "inside"
        share = row["prior_faces"]
        faces = "" if np.isnan(share) else f", and {share:.1%} of its pictures of N(0, I) are faces"
        told.append(f"The origin lies {place} the bulk of {row['study']}{faces}.")
    what = "N(0, I) knows nothing of the data; a variational autoencoder is trained so that its bulk comes to fill it."
    return " ".join([what, *told])


def about_two_studies(table: pd.DataFrame) -> str:
    """Return whether and how the bulk changed, from a comparison table of two studies."""
    first, second = table.columns[1:3]
    old, new = (dict(zip(table["measure"], table[name].astype(float), strict=True)) for name in (first, second))
    if old["mean radius"] == 0:
        return f"All vectors of {first} lie in the origin: there is no scale to compare with."
    radius = new["mean radius"] / old["mean radius"]

    def both(measure: str, form: str) -> str:
        return f"{new[measure]:{form}} ({old[measure]:{form}})"

    held_out = np.isfinite([values["validation error"] for values in (old, new)]).all()
    validation = f", the validation error {both('validation error', '.5f')}" if held_out else ""
    beyond = "vectors nearer to the centre than the origin"
    places = [
        f"{'outside' if values[beyond] > BEYOND else 'inside'} the bulk of {name}"
        for name, values in ((second, new), (first, old))
    ]
    return (
        f"Beside {first}, the radii of {second} are {radius:.2f} times as long; b* is "
        f"{both('matched half-width b*', '.2f')}. What can be compared are "
        f"ratios. The origin lies at the Mahalanobis distance {both('Mahalanobis distance of the origin', '.1f')}, "
        f"{places[0]} and {places[1]}; the centre is off by {both('centre from the origin / mean radius', '.2f')} "
        f"of "
        f"the mean radius. Up to ten principal axes hold {both('variance in 10 principal axes', '.0%')} of the "
        f"variance, the "
        f"mean |correlation| is {both('mean |correlation|', '.3f')}, the mean excess kurtosis along the principal axes "
        f"{both('mean excess kurtosis of principal axes', '.2f')}{validation}. In brackets: {first}."
    )
