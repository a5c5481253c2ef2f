"""The story in words that need no statistics; every number is that of the study at hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.plain import as_text
from core.space.sample import Sample
from core.space.story import PLACE, in_ball, inside, outer_share
from core.statistics import Description, pair_coefficients
from core.study import Study

__all__ = [
    "Question",
    "about_copies",
    "about_corners",
    "about_dependence",
    "about_missing",
    "about_normal",
    "about_numbers",
    "about_place",
    "about_spread",
    "ask_about_corners",
    "ask_about_dependence",
    "ask_about_normal",
    "ask_about_place",
    "share_in_words",
]

FEW, MOST = 0.1, 0.9
"""Shares below which hardly any, and from which nearly all, are said to lie somewhere."""

CENTRED = 0.05
"""Distance of a cloud's middle from zero, in units of its mean length, up to which they are nearly the same."""

COPY, OWN = 0.8, 1.5
"""Distances from the nearest of the data, in units of what is usual among them, between which a vector is its own."""

COUNTS = {"all": "Nearly all of them", "half": "Some of them", "none": "Hardly any"}


@dataclass(frozen=True)
class Question:
    """What a reader is asked to predict: the answers by key, the right one, and why it is."""

    text: str
    answers: dict[str, str]
    right: str
    because: str


def share_in_words(share: float) -> str:
    """Return a share as it is read, however small."""
    if share == 0:
        return "practically nothing"
    if share >= 0.001:
        return f"{share:.1%}"
    digits = int(np.floor(-np.log10(share)))
    if digits > 6:
        return f"practically nothing, less than 1 part in a number with {digits} digits"
    return f"about 1 part in {round(1 / share):,}"


def about_numbers(study: Study) -> str:
    """Return what the numbers of a study are."""
    many = f"**{study.dimension} number{'s' * (study.dimension != 1)}**"
    if not study.has_decoder:
        made = "The study has no decoder, so what other numbers would stand for cannot be shown"
        known = "; the pictures given with it stand there." if study.shows_faces else ", only the numbers."
        return f"Each member of {_title(study)} is {many}, one grey cell each: the lighter, the higher. {made}{known}"
    return (
        f"An autoencoder squeezes a picture into {many}, one grey cell each: the lighter, the higher. The picture "
        "beside them is made from these numbers alone: they are *decoded*. Such a list is called a *vector*, and the "
        f"lists of all pictures of {_title(study)} are the data here. Another list is another picture; what if the "
        "list is drawn at random?"
    )


def about_corners(dimension: int, study: Study, asked: bool = True) -> str:
    """Return what a cube of some dimensions looks like from inside; what is asked is told once it was answered."""
    many = f"{study.dimension} number{'s' * (study.dimension != 1)}"
    answer = (
        f"; where points have the {many} of {_title(study)}, it is {share_in_words(in_ball(study.dimension))}"
        if asked and dimension != study.dimension
        else ""
    )
    return (
        f"Draw {dimension} numbers, each anywhere between the same two bounds: the list is a point in a cube, with two "
        "numbers in a square. The grey line is where the ball that just fits into the cube ends; beyond it are the "
        f"corners. Of the cube, this much lies in the ball: {share_in_words(in_ball(dimension))}{answer}. The more "
        "numbers, the "
        "more alike are the distances of the points from the middle: they come to lie in one thin shell far from it. "
        "Whoever draws numbers at random draws from there, and the pictures may be somewhere else."
    )


def ask_about_corners() -> Question:
    """Return the question of how much of a cube is near its middle."""
    share = in_ball(256)
    return Question(
        "With 2 numbers, 79 % of the square lie in the circle that just fits in. How much of a cube of 256 numbers "
        "lies in the ball that just fits in?",
        {"half": "About half", "tenth": "About a tenth", "nothing": "Practically nothing"},
        "nothing",
        f"It is {share_in_words(share)}. In the ball all numbers are small together, and of 256 numbers drawn at "
        "random some are always large. So a random point is never near the middle.",
    )


def about_place(sample: Sample, study: Description) -> str:
    """Return how long the vectors of a cube are beside those of the data."""
    theirs, mine = study.mean_radius, sample.description.mean_radius
    far = abs(mine - theirs)
    spread = study.radius_deviation if len(study) > 1 else 0.0
    fits = (
        "about as long as" if far < max(spread, 0.05 * theirs) else "shorter than" if mine < theirs else "longer than"
    )
    offset = float(np.linalg.norm(study.moments.mean))
    middle = (
        f"does not have to be zero, and lies {offset:.1f} away from zero; vectors that are just as long can lie on all "
        "sides of zero, where no picture ever was"
        if offset > CENTRED * theirs
        else "is nearly zero here, as it does not have to be"
    )
    return (
        f"A vector's length is its distance from zero. The vectors of this cube are on average {fits} those of "
        f"{study.title}: {mine:.1f} against {theirs:.1f}. But a length says nothing of the direction. The middle of "
        f"{study.title} {middle}. The lower chart says how far from that middle vectors lie, counted in the spread of "
        "the data: where the data hardly differ, a small step is already far."
    )


def ask_about_place(sample: Sample, study: Description) -> Question:
    """Return the question of how many vectors of the fitting cube lie where the data do."""
    found = inside(sample, study)
    share = found / len(sample)
    right = _counted(share)
    lesson = {
        "none": "One could think that the vectors of the data lie scattered, on islands that a random draw misses: "
        "that the space is *fragmented*. A blog that drew faces this way thought so first, and corrected it later: its "
        "faces are one compact cloud, with its middle away from zero, and the cube merely lies elsewhere. So no "
        "islands are needed to explain the miss. Whether the data here are one cloud, too, comes out in step 5.",
        "half": "So no islands are needed to explain a miss: the cube and the cloud of the data overlap in part.",
        "all": "So in this study length and place go together, which they do not have to, least of all with many "
        "numbers.",
    }[right]
    return Question(
        f"Take the cube whose vectors are just as long as those of {study.title}. How many of its {len(sample):,} "
        f"vectors lie where {PLACE:.0%} of {study.title} lie, all but the most unusual ones?",
        COUNTS,
        right,
        f"{found:,} of {len(sample):,}. {lesson}",
    )


def about_spread(sample: Sample, study: Description) -> str:
    """Return how near vectors come that know the mean and the spread of each number."""
    found = inside(sample, study)
    low, high = np.quantile(study.moments.widths, (0, 1))
    count = "" if study.dimension == 1 else f", with its own spread (from {low:.2f} to {high:.2f})"
    verdict = {
        "none": "That is the right middle, and pictures may begin to look right; but it is still not the place: "
        "something else is missing.",
        "half": "That is much of the way. What is missing comes next.",
        "all": "For this study that is nearly all there is to know.",
    }[_counted(found / len(sample))]
    return (
        f"Now each number is drawn around its own middle value{count}, as in {study.title}. {found:,} of "
        f"{len(sample):,} vectors lie where {PLACE:.0%} of {study.title} lie. {verdict} This way of drawing is called "
        f"*{sample.strategy.title}*."
    )


def about_dependence(sample: Sample, study: Description, pair: tuple[int, int], r: float) -> str:
    """Return what the strongest pair of numbers shows, with its correlation r."""
    found = inside(sample, study)
    mine = pair_coefficients(sample.vectors[:, list(pair)].astype(np.float64))[0]
    r, mine = (round(float(one), 2) + 0.0 for one in (r, mine))  # without the sign of what is nearly zero
    return (
        f"Each dot is one vector: across is one of its numbers, up another, the two of {study.title} that hang "
        f"together most. How much they rise and fall together: {r:.2f} in the data, {mine:.2f} in what was drawn (0: "
        "not at all, 1: always, below 0: against each other). Good is what goes together as much as the data do. "
        f"{found:,} of "
        f"{len(sample):,} drawn vectors lie where {PLACE:.0%} of {study.title} lie."
    )


def ask_about_dependence(alone: Sample, together: Sample, study: Description) -> Question:
    """Return the question of whether drawing the numbers together brings more of them to the data's place."""
    first, second = inside(alone, study), inside(together, study)
    step = 0.05 * len(alone)
    right = "more" if second > first + step else "fewer" if second < first - step else "same"
    why = {
        "more": "A list of numbers that are usual one by one can be unusual as a whole: someone 1.90 m tall, or of 50 "
        "kg, is not rare, someone who is both is.",
        "same": "In this study the numbers hang together so little, or are so few, that it makes no difference.",
        "fewer": "In this study the cloud is no single bell: drawing from one bell goes too far out.",
    }[right]
    one_cloud = ""
    if second >= MOST * len(together):
        one_cloud = (
            f" They are drawn from one bell (*{together.strategy.title}*): so one cloud is enough, and no islands."
        )
    return Question(
        f"Drawn one by one, {first:,} of {len(alone):,} lie where {PLACE:.0%} of {study.title} lie. And when the "
        "numbers are drawn together, as they hang together in the data?",
        {"fewer": "Fewer", "same": "About as many", "more": "More"},
        right,
        f"{second:,} of {len(together):,}; a perfect way of drawing would put about {PLACE * len(together):,.0f} "
        f"there. {why}{one_cloud}",
    )


def about_normal(study: Description) -> str:
    """Return what is compared when a cloud is called bell-shaped."""
    usual = (
        "with one number most lie near 0"
        if study.dimension == 1
        else f"with {study.dimension} numbers hardly any lie right in the middle, since there is little room there, "
        "and ever more farther out"
    )
    return (
        "A bell-shaped cloud is densest in its middle, and thins out to all sides in the same way. How many of its "
        "vectors lie how far out can be calculated: the dotted curve. Distances count in the spread of the data again, "
        f"so that the cloud may be longer in one direction than in another; {usual}."
    )


def ask_about_normal(study: Description, beyond: float) -> Question:
    """Return the question of whether the data have more outliers than a bell-shaped cloud."""
    share = outer_share(study, beyond)
    chance = 2 * np.sqrt(beyond * (1 - beyond) / len(study))  # two standard errors of a share
    right = (
        "more"
        if share > beyond + max(0.25 * beyond, chance)
        else "fewer"
        if share < beyond - max(0.2 * beyond, chance)
        else "same"
    )
    why = {
        "more": "The data have more unusual members, far out, than a bell. Whether they also have more near the "
        "middle, the next step says.",
        "fewer": "The cloud ends more sharply than a bell: it has fewer unusual members.",
        "same": "By this count the cloud is as good as a bell.",
    }[right]
    return Question(
        f"In a perfect bell, {beyond:.0%} lie beyond the dashed line. And of {study.title}?",
        {"fewer": "Fewer", "same": "About as many", "more": "More"},
        right,
        f"{share:.1%}. {why}",
    )


def about_missing(sample: Sample, study: Description) -> str:
    """Return what a bell that fits in place, spread and dependence still leaves out, from the distances."""
    theirs, mine = (
        float(np.subtract(*np.quantile(d, (0.95, 0.05)))) for d in (study.distances, sample.description.distances)
    )
    ratio = theirs / mine if mine > 0 else 1.0
    # the range that holds 90 % of n normal distances has a relative standard error of 0.91/√n
    slack = max(0.1, 2 * 0.91 * np.sqrt(1 / len(study.distances) + 1 / len(sample)))
    if ratio > 1 + slack:
        words = (
            f"the distances of the data from the middle are spread {ratio:.1f} times as widely as the drawn ones: the "
            "bell makes too few members very near the middle, and too few very far from it"
        )
    elif ratio < 1 - slack:
        words = (
            f"the distances of the data from the middle are spread less, {ratio:.1f} times as widely as the drawn ones"
        )
    else:
        words = (
            "nothing is missing by these numbers: the distances of the data from the middle are spread as widely as "
            "the drawn ones"
        )
    return (
        "One bell with the right middle, the right spreads and the right dependence is the simplest way of drawing "
        f"that knows all three. But {words}. The more the two curves cover each other, the better."
    )


def about_copies(nearest: float, usual: float, title: str) -> str:
    """Return whether a vector is a copy, from its distance to the nearest of the data and what is usual among them."""
    if usual <= 0:
        return f"The vectors of {title} coincide with each other, so that a copy cannot be told from another member."
    share = nearest / usual
    if share < 0.05:
        kind = "one of the data: a copy"
    elif share < COPY:
        kind = "nearer to a member of the data than these are to each other: close to a copy"
    elif share <= OWN:
        kind = "about as far from the data as they are from each other: a member of its own"
    else:
        kind = "farther from all data than these are from each other: new, or off the place"
    return (
        f"The nearest vector of {title} is {nearest:.2f} away from the drawn one, and members of {title} are usually "
        f"{usual:.2f} from their own nearest. That is {share:.0%} of the usual; from {COPY:.0%} to {OWN:.0%} it counts "
        f"as a member of its own. So it is {kind}. Whoever only repeats the data always makes pictures that look "
        "right: near the data is good, too near is not."
    )


def _counted(share: float) -> str:
    return "none" if share < FEW else "all" if share >= MOST else "half"


def _title(study: Study) -> str:
    return as_text(study.title)
