"""What changes from one study to another, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from core.networks.registry import NO_AUTOENCODER
from core.plain import listed
from core.settings import is_public
from core.space.inspection import ERROR_QUANTILES
from core.study import Study
from core.study.shelf import Entry

__all__ = [
    "ABOUT",
    "COLUMNS_OF_BULKS",
    "LIMITS",
    "about_an_entry",
    "about_an_overlay",
    "about_bulks",
    "about_errors",
    "about_losses",
    "about_reconstructions",
    "about_the_attributes",
    "about_two_studies",
    "about_what_lacks",
    "see_bulks",
    "where_random_numbers_fall",
]

ABOUT = (
    "A study is a set of data, the vectors (lists of numbers) that one autoencoder made of them and, where it is at "
    "hand, the decoder that makes pictures of vectors again. Other pages look at one study; here they are compared, "
    "and your own come in."
)
"""What the page is about."""

LIMITS = """
- The decoder is trained with a pixel loss: it is smooth where images differ in detail (hair, background, teeth). Its
  images are averages and portray nobody.
- What is rare in the data is reproduced worse here.
- Nothing here should be used to recognise, judge or classify people.
- A study holds weights, latent vectors and attributes, never an image; whether it may be passed on is for the terms of
  its images to say.
"""
"""What holds of every study with a decoder, in Markdown."""

LOSS = "How wrong the pictures are after each epoch, one round through all images: lower is better."
"""What a loss is."""

BEYOND = 0.99
"""Share of vectors nearer to the centre than the origin from which that is called outside."""

LENGTHS = (0.8, 1.25)
"""Mean lengths, in units of that of N(0, I), of a cloud that is about as wide."""


COLUMNS_OF_BULKS = (
    "Random numbers are what the tab *N(0, I)* draws; it is good when they fall all over the vectors of the study and "
    "make faces as often as real vectors do. The verdict says whether their pictures could be taken for the data's."
)
"""What the columns of a table of bulks are, and which way is good."""


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


def about_losses(history: pd.DataFrame) -> str:
    """Return how far a training has come, from a history table."""
    if not len(history):
        return "The study does not know how it was trained."
    held_out = history["validation_loss"].to_numpy(float)
    reached = f"After {len(history)} epoch{'s' * (len(history) != 1)} the loss is {history['loss'].iloc[-1]:.5f}"
    if not np.isfinite(held_out[-1]):
        return f"{LOSS} {reached}; no images were held out."
    best = int(np.nanargmin(held_out))
    words = (
        "its smallest" if best == len(history) - 1 else f"after a smallest one in epoch {history['epoch'].iloc[best]}"
    )
    return f"{LOSS} {reached}, on images that were held out {held_out[-1]:.5f}, {words}."


def about_errors(rows: pd.DataFrame) -> str:
    """Return how large reconstruction errors are in each partition."""
    known = rows[rows["reconstruction_error"].notna()]
    if not len(known):
        return "The study does not know its reconstruction errors."
    means = known.groupby("partition")["reconstruction_error"].mean()
    told = ", ".join(f"{name or 'no partition'} {mean:.5f}" for name, mean in means.items())
    return (
        "How far pictures are from what the decoder makes of their vectors, as mean squared error of their pixels from "
        f"0 to 1: the farther to the left, the more alike. On average: {told}."
    )


def about_reconstructions(errors: Iterable[float], worst: str) -> str:
    """Return what decoded latent vectors show, sorted by error, and which attributes are the hardest, if known.

    ``errors`` are those of the first image of each row.
    """
    quantiles = ", ".join(f"{share:.0%}" for share in ERROR_QUANTILES)
    return (
        "What the decoder makes of the vectors of pictures; a study holds no images. From row to row the error grows, "
        f"from the smallest to nearly the largest: {', '.join(f'{error:.4f}' for error in errors)}, which {quantiles} "
        "of all stay below."
    ) + (f" Largest mean errors: {worst}." if worst else "")


KINDS = {
    "variational": "a *variational* one is trained so that its vectors fill a bell around zero",
    "batch normalisation": "*batch normalisation* rescales numbers inside the network",
}
"""What is special in a kind of autoencoder, by a part of its name."""


def see_bulks(table: pd.DataFrame) -> str:
    """Return, in plain words, in which of several studies random numbers make faces, and whose clouds they meet."""
    special = [words for kind, words in KINDS.items() if table["autoencoder"].str.contains(kind, regex=False).any()]
    differ = "They hold the same data and differ in the autoencoder"
    if special:
        differ += f": {listed(special)}"
    known = table[table["prior_faces"].notna()]
    told = [f"{row['prior_faces']:.1%} ({row['study']})" for _, row in known.iterrows()]
    faces = f"Random numbers around zero make a face in {listed(told)} of their pictures. " if told else ""
    names = [str(row["study"]) for _, row in table.iterrows() if _meets(row)]
    if not names:
        why = "None of these clouds lies around zero and is as wide as such numbers."
    elif len(names) == len(table):
        why = "All of these clouds lie around zero and are as wide as such numbers."
    elif len(names) == 1:
        why = f"Only the cloud of {names[0]} lies around zero and is as wide as such numbers."
    else:
        why = f"Only the clouds of {listed(names)} lie around zero and are as wide as such numbers."
    return f"{differ}. {faces}{why}"


def where_random_numbers_fall(row: pd.Series) -> str:
    """Return where N(0, I) falls beside the vectors of a study, from its row in a table of bulks."""
    if _outside(row):
        return "beside its vectors"
    if _meets(row):
        return "all over its vectors"
    ratio = _length(row)
    if ratio > 1:
        return f"among them, {ratio:.1f} times too short"
    return f"among them, {1 / ratio:.1f} times too long" if ratio > 0 else "among them, too long"


def _outside(row: pd.Series) -> bool:
    """Return whether zero lies outside the cloud of a study."""
    return bool(row["nearer_than_origin"] > BEYOND)


def _length(row: pd.Series) -> float:
    """Return how long the vectors of a study are, in units of the length of N(0, I)."""
    return float(row["mean_radius"] / np.sqrt(row["dimension"]))


def _meets(row: pd.Series) -> bool:
    """Return whether the cloud of a study lies around zero and is about as wide as N(0, I)."""
    return not _outside(row) and LENGTHS[0] <= _length(row) <= LENGTHS[1]


def about_bulks(table: pd.DataFrame) -> str:
    """Return what a table of bulks shows: whether N(0, I) meets them, and where their origins lie."""
    told = []
    for _, row in table.iterrows():
        place = "outside" if _outside(row) else "inside"
        share = row["prior_faces"]
        low, high = row["prior_faces_low"], row["prior_faces_high"]
        between = f" ({low:.1%} to {high:.1%})" * bool(np.isfinite([low, high]).all())
        faces = "" if np.isnan(share) else f", and {share:.1%}{between} of its pictures of N(0, I) are faces"
        length = f"its vectors are {row['mean_radius']:.3g} long, those of N(0, I) {np.sqrt(row['dimension']):.3g}"
        told.append(f"Zero lies {place} the cloud of {row['study']}, and {length}{faces}.")
    what = (
        "Each autoencoder puts the same pictures into a cloud of its own. N(0, I) is a bell around zero that knows "
        "nothing of the data: where the cloud lies elsewhere, or is much wider or narrower, it draws no faces. A "
        "variational autoencoder is trained so that its cloud comes to fill that bell. *Unlike the data* are pictures "
        "that a network tells from those of the data more easily than those of one big bell."
    )
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


def about_the_attributes(count: int) -> str:
    """Return what the table of attributes says."""
    return (
        f"What is known of the pictures in {count} attribute{'s' * (count != 1)}: how frequent each is (share), or "
        "mean and spread where it is a number; and, where known, how wrong such pictures are when they are made again."
    )


def about_what_lacks(study: Study) -> str:
    """Return what a study has not, so that it is not looked for, and how to get it; "" where it has all."""
    parts = {
        "decoder": study.has_decoder,
        "pictures": study.shows_faces,
        "training": study.has_training,
        "reconstruction errors": study.has_errors,
        "attributes": bool(study.columns),
    }
    lacking = [name for name, there in parts.items() if not there]
    if not lacking:
        return ""
    return (
        f"This study has no {' and no '.join(lacking)}; it gets them when it is trained here, or imported with a "
        "model, pictures or a table."
    )
