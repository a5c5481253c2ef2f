"""The playground in words: what moves, where the vector stands, and what that says of its picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.captions.radii import usual_distance
from core.space.playground import BULK, FAR, Standing
from core.statistics import Description
from core.study import Study

__all__ = ["FORMULA", "about_a_group", "about_standing", "about_the_moves", "about_the_playground", "in_short"]

FORMULA = (
    r"$z = z_0 + \sum_i a_i \sqrt{\lambda_i}\, e_i + \sum_k s_k\, d_k + \sum_j c_j\, \sigma_j\, u_j$, with the start "
    r"$z_0$, the principal axes $e_i$ and their variances $\lambda_i$, the attributes' directions $d_k$, the unit "
    r"vectors $u_j$ of the components and their standard deviations $\sigma_j$. The amounts are what the sliders say."
)


def about_the_playground(study: Study, start: int) -> str:
    """Return what is played with: the data's mean, or their vector of that number from 1."""
    what = f"picture {start} of {study.title}" if start else f"the mean of {study.title}"
    count = f"{study.dimension} number{'s' * (study.dimension != 1)}"
    return (
        f"It begins with {what}, as {count} (a vector). Each slider changes them in its own way, and the decoder draws "
        "the picture anew, above the one that it began with. Orange is where the vector then stands, blue where the "
        "data do. Beyond the blue of *distance* the decoder was hardly ever shown such vectors, and guesses."
    )


def about_the_moves(moves: Mapping[str, Iterable[tuple[str, float]]], most: int = 4) -> str:
    """Return which sliders were moved and how far, by what a reader calls them; of many, the first."""
    told = [f"{name} {amount:+.1f}" for pairs in moves.values() for name, amount in pairs if amount]
    if not told:
        return "No slider is moved yet: both pictures are the same."
    more = f" and {len(told) - most} more" if len(told) > most else ""
    return f"Moved: {', '.join(told[:most])}{more}."


def about_a_group(group: str, title: str) -> str:
    """Return what the sliders of a group move."""
    return {
        "axes": f"A principal axis is a direction in which the vectors of {title} spread, a mixture of all numbers; "
        "the first is the longest. One step to either side is how far they usually lie from their mean along it.",
        "attributes": "An attribute's direction leads from the mean of the vectors without it to the mean of those "
        "with it; of a number, one step is one spread of it. Those come first that change the mean's picture most; "
        "what often goes with an attribute comes along.",
        "components": "One number of the list at a time; those come first that change the mean's picture most, "
        f"{FAR:g} spreads to either side. One step is one spread.",
    }[group]


def in_short(found: Standing) -> str:
    """Return where a vector stands, in a line under its picture."""
    where = "inside the bulk" if found.inside else "outside the bulk"
    return f"{where}: distance {found.distance:.1f} of {found.edge:.1f}"


def about_standing(found: Standing, study: Description) -> str:
    """Return where a vector stands among the data."""
    near = ", nearer to the middle than nearly all of them, where pictures come near to that of the mean"
    verdict = (
        f"so it is in the bulk, the nearest {BULK:.0%} of {study.title}{near * (found.farther > BULK)}"
        if found.inside
        else f"so it has left the bulk, which ends at {found.edge:.1f}: the decoder was hardly shown such vectors"
    )
    return (
        f"The vector is {found.radius:.2f} long; {found.longer:.0%} of {study.title} are longer. Its distance from "
        f"their middle is {found.distance:.1f} spreads; {found.farther:.0%} lie farther out, {verdict}. "
        f"{usual_distance(study.dimension)}"
    )
