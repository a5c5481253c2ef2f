"""The start page in words that need no statistics: how vectors are drawn, what is seen, and why."""

from __future__ import annotations

from core.plain import as_text
from core.space.ladder import Rung
from core.space.sample import Sample
from core.space.story import CROWDED, breadth
from core.statistics import Description
from core.study import Study

__all__ = ["DRAWN", "about_a_face", "about_lengths", "about_the_round_trip", "how_it_is_drawn", "why"]

PLACE = 0.99
"""Share of the data in what is called their place: all but the most unusual one of a hundred."""

NONE, MOST = 0.05, 0.9
"""Share of drawn vectors in that place below which they miss it, and from which they hit it."""

DRAWN = "Drawn"
"""What the vectors of the sampler are called."""

HOW = {
    "nothing": "Each of the {n} numbers is drawn around zero, without a look at the data.",
    "range": "Each number is drawn anywhere between the lowest and the highest value that is usual for it.",
    "spread": "Each number is drawn around its own mean, and near it more often than far from it.",
    "dependence": "The numbers are drawn together: those that rise and fall with each other in the data do so here.",
    "crowds": "The data are taken for several crowds; one of them is chosen, and the numbers are drawn together in it.",
    "data": "Nothing is drawn at random: these are the numbers of other members of the data.",
}

HOW_ONE = {
    "nothing": "The one number is drawn around zero, without a look at the data.",
    "range": "The one number is drawn anywhere between the lowest and the highest value that is usual for it.",
    "spread": "The one number is drawn around its mean, and near it more often than far from it.",
    "dependence": "One number has no other to depend on: it is drawn as a step before.",
    "crowds": "The data are taken for several crowds; one of them is chosen, and the number is drawn in it.",
}
"""The same for vectors of a single number, where it reads otherwise."""


def about_the_round_trip(study: Study) -> str:
    """Return what an autoencoder does, in one sentence; where there is no decoder, what cannot be shown."""
    many = f"**{study.dimension} number{'s' * (study.dimension != 1)}**"
    if study.has_decoder:
        return f"An autoencoder has learned to put a picture into {many} and to make the picture again from them alone."
    shown = "the picture given with the nearest member stands there" if study.shows_faces else "but where they lie can"
    return (
        f"Each member of {as_text(study.title)} is {many}. The study has no decoder, so what other numbers would stand "
        f"for cannot be shown; {shown}."
    )


def how_it_is_drawn(rung: Rung, study: Study) -> str:
    """Return how the vectors of a step are drawn."""
    how = HOW | HOW_ONE if study.dimension == 1 else HOW
    return how[rung.key].format(n=study.dimension)


def why(sample: Sample, described: Description, decodes: bool = True) -> str:
    """Return whether a sample's vectors lie where the data do, and what that means for a decoder if there is one."""
    edge = described.distance_quantiles(PLACE)
    inside = int((sample.description.distances <= edge).sum())
    share, whole = inside / len(sample), f"{inside:,} of {len(sample):,}"
    there = f"{whole} lie where the vectors of {described.title} lie"
    if share >= MOST:
        crowded = ", but all close to each other" if breadth(sample, described) < CROWDED else ""
        return f"{there}{crowded}{', so the decoder knows what to make of them' if decodes else ''}."
    if share > NONE:
        return f"{there}; the others lie farther out."
    middle, spread = described.mean_radius, described.radius_deviation
    fits = (
        "On average their length is not far off, and still "
        if abs(sample.description.mean_radius - middle) < spread
        else ""
    )
    unseen = ": the decoder has never seen such numbers, and what it shows is a guess" if decodes else ""
    return f"{fits}{there}{unseen}."


def about_lengths(dimension: int) -> str:
    """Return what the length of so many numbers is, and what is good."""
    large = f"one number for how large all {dimension:,} are together" if dimension > 1 else "how large it is"
    root = " (the root of the sum of their squares)" if dimension > 1 else ""
    return (
        f"The length of a list of numbers is {large}{root}. Good is an orange curve as wide as the blue one, in the "
        "same place. But the right length is not yet the right place."
    )


def about_a_face(distance: float, described: Description) -> str:
    """Return how unusual one vector is among the data, in words."""
    farther = described.share_beyond(distance)
    if farther == 0:
        return f"No vector of {described.title} is as far from their middle."
    return f"{farther:.0%} of the vectors of {described.title} are farther from their middle."
