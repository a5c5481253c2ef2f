"""What a comparing page shows, in plain words: how vectors are drawn, what to look at, what is good."""

from __future__ import annotations

from core.space.sample import Sample
from core.space.story import PLACE, inside
from core.statistics import Description
from core.strategies import Knows

__all__ = ["plainly"]

HOW = {
    Knows.NOTHING: "drawn without a look at single numbers of the data",
    Knows.EACH: "drawn number by number, each as it is spread in the data",
    Knows.DEPENDENCE: "drawn with their numbers together, as these rise and fall with each other in the data",
    Knows.LAWS: "drawn from several laws or a learned one, which follow the data closely",
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


def plainly(room: str, sample: Sample, described: Description) -> str:
    """Return what a page of that name shows of a sample, and which direction is good."""
    how = HOW[sample.strategy.knows]
    count = f"{inside(sample, described):,} of {len(sample):,} lie where {PLACE:.0%} of {described.title} lie"
    return f"Blue is {described.title}; orange are vectors {how}. {LOOK[room]} {count}: the more, the better."
