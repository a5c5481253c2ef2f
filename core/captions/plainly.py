"""What a comparing page shows, in plain words: how vectors are drawn, what to look at, what is good."""

from __future__ import annotations

from core.space.sample import Sample
from core.space.story import CROWDED, PLACE, breadth, inside
from core.statistics import Description
from core.strategies import Knows

__all__ = ["plainly"]

HOW = {
    Knows.NOTHING: "drawn without a look at single numbers of the data",
    Knows.EACH: "drawn number by number, each as it is spread in the data",
    Knows.DEPENDENCE: "drawn with their numbers together, as these rise and fall with each other in the data",
    Knows.LAWS: "drawn from several laws, which follow the data closely together",
    Knows.LEARNED: "drawn from a normal law with what a network may have learned beyond it",
    Knows.DATA: "drawn from members of the data or right beside them",
}

LOOK = {
    "faces": "Are the orange side's pictures as clear, and as different from each other, as those of the data?",
    "components": "Each small chart is one number of the list. The nearer orange and blue, the better.",
    "correlations": "A coloured cell is a pair of numbers that hangs together. Good is the same pattern on both sides.",
    "bulk": "The blue cloud is where the data lie. Good is an orange cloud right over it, neither beside nor wider.",
    "normality": "Is the data's cloud a bell? The nearer its curves to the dotted ones, the more it is.",
    "radii": "How long are the vectors, and how far from the middle of the data? Good are orange curves over blue "
    "ones; a larger distance is worse.",
}

LOOK_AT_BOTH = {
    "faces": "Which side's pictures are as clear, and as different from each other, as those of the data?",
    "components": "Each small chart is one number of the list. The nearer a curve comes to the blue one, the better.",
    "correlations": "A coloured cell is a pair of numbers that hangs together. Good is the pattern of the data.",
    "bulk": "The blue cloud is where the data lie. Good is a cloud right over it, neither beside nor wider.",
    "normality": LOOK["normality"],
    "radii": "How long are the vectors, and how far from the middle of the data? Good are curves over the blue ones; a "
    "larger distance is worse.",
}
"""The same where two strategies are held against each other."""


def plainly(room: str, sample: Sample, described: Description, against: Sample | None = None) -> str:
    """Return what a page of that name shows of a sample, or of two, and which direction is good."""
    if against is not None:
        return _both(room, sample, against, described)
    how = HOW[sample.strategy.knows]
    count = f"{inside(sample, described):,} of {len(sample):,} lie where {PLACE:.0%} of {described.title} lie"
    worth = _worth(sample, described)
    return f"Blue is {described.title}; orange are vectors {how}. {LOOK[room]} {count}: the more, the better{worth}."


def _worth(sample: Sample, described: Description) -> str:
    """Return what else has to hold, for that many vectors lie where the data do to be good."""
    if sample.strategy.knows is Knows.DATA:
        return ", if they are no copies"
    return ", but these all lie close to each other" if breadth(sample, described) < CROWDED else ""


def _both(room: str, sample: Sample, against: Sample, described: Description) -> str:
    """Return what a page shows of the samples of two strategies."""
    first, second = (f"vectors of *{one.title}*, {HOW[one.strategy.knows]}" for one in (sample, against))
    orange, green = (f"{inside(one, described):,} of {len(one):,}" for one in (sample, against))
    return (
        f"Blue is {described.title}; orange are {first}; green are {second}. {LOOK_AT_BOTH[room]} {orange} orange and "
        f"{green} green vectors lie where {PLACE:.0%} of {described.title} lie: the more, the better."
    )
