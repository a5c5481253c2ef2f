"""What a comparing page shows, in plain words: how vectors are drawn, what to look at, what is good."""

from __future__ import annotations

from core.captions.radii import usual_distance
from core.captions.story import ask_about_normal
from core.plain import listed
from core.space.sample import Sample
from core.space.story import CROWDED, PLACE, breadth, inside, outer_share
from core.statistics import Description
from core.strategies import Knows

__all__ = ["SEEN", "plainly"]

SEEN = 3
"""Directions that a picture shows at most."""

HOW = {
    Knows.NOTHING: "drawn at random around zero, knowing at most how long the vectors of the data are",
    Knows.EACH: "drawn number by number, each as it is spread in the data",
    Knows.DEPENDENCE: "drawn with their numbers together, as these rise and fall with each other in the data",
    Knows.LAWS: "drawn from several laws, which follow the data closely together",
    Knows.LEARNED: "drawn from a normal law with what a network may have learned beyond it",
    Knows.DATA: "drawn from members of the data or right beside them",
}

CELLS = (
    "A cell is a pair of numbers: green where they rise together, purple where one falls as the other rises; on the "
    "diagonal is each number with itself."
)

BEYOND = 0.01
"""Share of a bell that lies farther out than what a verdict looks at."""

LOOK = {
    "components": "Each small chart is one number (component) of the vectors, and how its values are spread. The "
    "better orange covers blue, the better.",
    "correlations": f"{CELLS} Good is the same pattern on both sides, and nothing in the difference.",
    "bulk": "The bulk is the cloud in which nearly all of the data lie. Good is an orange cloud that covers it, "
    "neither beside it nor wider nor narrower.",
    "normality": "The nearer blue comes to what is dotted or grey, the more the data are a bell. Neither is good or "
    "bad: a bell can be drawn from by one simple recipe, what is none asks for a sampler that knows more.",
    "radii": "How long are the vectors, counted from zero, and how far from the middle of the data, counted in their "
    "spread? Good are orange curves that cover the blue ones, both of them: the right length is not yet the right "
    "place.",
}

LOOK_AT_BOTH = {
    "components": "Each small chart is one number (component) of the vectors, and how its values are spread. The "
    "nearer a curve comes to the blue one, the better.",
    "correlations": f"{CELLS} Good is the pattern of the data.",
    "bulk": "The blue cloud is where the data lie. Good is a cloud that covers it, neither beside it nor wider nor "
    "narrower.",
    "normality": LOOK["normality"],
    "radii": "How long are the vectors, and how far from the middle of the data? Good are curves that cover the blue "
    "ones.",
}
"""The same where two strategies are held against each other."""


def plainly(
    room: str,
    sample: Sample,
    described: Description,
    against: Sample | None = None,
    *,
    pictured: bool = True,
    decoded: bool = True,
) -> str:
    """Return what a page of that name shows of a sample, or of two, and which direction is good.

    ``pictured`` and ``decoded`` say whether vectors are shown by pictures, and whether these are the decoder's.
    """
    asked = "".join(_asked(one, described) for one in (sample, against) if one is not None)
    if against is not None:
        look = _look_at_faces(pictured, decoded, both=True) if room == "faces" else LOOK_AT_BOTH[room]
        return _both(room, sample, against, described, look) + asked
    how = HOW[sample.strategy.knows]
    if room == "normality":
        return f"{_alone(sample.strategy.title)} {_verdict(described)} Blue is {described.title}. {LOOK[room]}"
    count = f"{inside(sample, described):,} of {len(sample):,} lie where {PLACE:.0%} of {described.title} lie"
    perfect = f"a perfect sampler would put about {PLACE * len(sample):,.0f} there"
    far = (
        " This counts all directions, as the distances below do: what looks near in a picture of a few directions may "
        "be far in others."
    )
    seen = far if room == "bulk" and described.dimension > SEEN else ""
    worth = _worth(sample, described)
    sides = f"Blue is {described.title}; orange are vectors {how}"
    look = LOOK.get(room, "")
    if room == "faces":
        look = f"{_look_at_faces(pictured, decoded)} {usual_distance(described.dimension)}"
    if room == "correlations":  # whose squares have colours of their own, and show no single vectors
        sides = f"The first square is {described.title}, the second vectors {how}, the third what is left between them"
        return f"{sides}. {look}{asked}"
    return f"{sides}. {look} {count}; {perfect}{worth}.{seen}{asked}"


def _asked(sample: Sample, described: Description) -> str:
    """Return a sentence on what a sample was asked for; empty where it was asked for nothing."""
    if not (wish := sample.strategy.wish()):
        return ""
    return f" {sample.strategy.title} was asked for *{wish}*, and is held against all of {described.title} here."


def _worth(sample: Sample, described: Description) -> str:
    """Return what else has to hold, for that many vectors lie where the data do to be good."""
    if sample.strategy.knows is Knows.DATA:
        return ", none of them a copy"
    return ", and not all close to each other, as these are" if breadth(sample, described) < CROWDED else ""


def _look_at_faces(pictured: bool, decoded: bool, both: bool = False) -> str:
    """Return what to look at among the pictures and the numbers below them, of one side or of two."""
    whose = "which side's" if both else "the orange side's"
    clear = "as clear, and as different from each other," if decoded else "as different from each other"
    pictures = (
        f"Look at the pictures first: {'' if both else 'are '}{whose} {'are ' * both}{clear} as those of the data? "
    )
    far = "the decoder was hardly ever shown such vectors" if decoded else "hardly any of the data lies there"
    cycle = " *Cycle error* is how far one moves when it is decoded and encoded again." * decoded
    return (
        f"{pictures * pictured}Of the numbers below, *Distance* tells most: far above that of the data, {far}. "
        f"*Length* can be right at the wrong place.{cycle} Good are numbers like those of the data."
    )


def _alone(drawn: str) -> str:
    """Return that the first picture is of the data, whatever tab is open."""
    return f"The first picture is of the data alone: nothing of *{drawn}* is in it."


def _verdict(described: Description) -> str:
    """Return what a bell would be good for, and whether the data are one, by how many lie far out."""
    title, share = described.title, outer_share(described, BEYOND)
    right = ask_about_normal(described, BEYOND).right
    many = 100 if right == "more" and share > 1.5 * BEYOND else 1000
    out = round(many * share)
    there = f"where {many * BEYOND:.0f} of {many:,} in a bell would lie, far out, {out} of them lie{'s' * (out == 1)}"
    found = {
        "more": f"They are not: {there}.",
        "fewer": f"They are not quite: {there}.",
        "same": f"By their outermost members they are: {there}.",
    }[right]
    return (
        f"If the vectors of {title} were one bell, densest in its middle and thinning out to all sides, the tab "
        f"*Multivariate normal* would draw all that there is of them. {found}"
    )


def _both(room: str, sample: Sample, against: Sample, described: Description, look: str) -> str:
    """Return what a page shows of the samples of two strategies."""
    first, second = (f"vectors of *{one.title}*, {HOW[one.strategy.knows]}" for one in (sample, against))
    orange, green = (f"{inside(one, described):,} of {len(one):,}" for one in (sample, against))
    both = listed([one.strategy.title for one in (sample, against)])
    purpose = f"{_alone(both)} {_verdict(described)} " if room == "normality" else ""
    return (
        f"{purpose}Blue is {described.title}; orange are {first}; green are {second}. {look} "
        f"{orange} orange and {green} green vectors lie where {PLACE:.0%} of {described.title} lie; a perfect sampler "
        "would put nearly all there."
    )
