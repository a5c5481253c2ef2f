"""What the scoreboard shows, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.plain import as_text, listed
from core.scores.agreement import agreement, best_by_space, space_of
from core.scores.catching import DEVIATIONS, DRAWS
from core.scores.entries import HELD_OUT, RECONSTRUCTIONS, REFERENCES
from core.scores.excess import blind
from core.scores.score import Score
from core.scores.table import floor_row, nearest_to_photographs
from core.strategies import Data

__all__ = [
    "about_axes",
    "about_compared_rows",
    "about_copies",
    "about_liars",
    "about_likeness",
    "about_shares",
    "about_spaces",
    "about_the_board",
    "about_the_order",
    "about_two_scores",
    "see_the_board",
    "see_the_order",
    "see_two_scores",
]


def see_the_order(rows: pd.DataFrame, score: Score) -> str:
    """Return, in plain words, who wins by an excess and who comes last, and what its numbers are.

    ``rows`` are those of the chart, the best first, behind unseen real vectors.
    """
    winners = sorted(set(best_by_space(rows).values()))
    drawn = rows[~rows["strategy"].isin(REFERENCES)]
    scale = (
        "Each bar is how much farther its pictures are from those of real vectors than these are from each other: 0 is "
        "perfect, 1 is where the tab *Multivariate normal* is, and the shorter the better."
    )
    copied = [as_text(name) for name in drawn.loc[drawn["verdict"] == "near-copies", "name"]]
    copies = f" Grey are near-copies of the data: {listed(copied)}." if copied else ""
    if not winners:
        return f"{scale}{copies}"
    last, found = drawn.iloc[-1], dict(zip(drawn["name"], drawn[score.key].astype(float), strict=True))
    numbers, names = [f"{found[name]:.2f}" for name in winners], [as_text(name) for name in winners]
    alone = len(winners) == 1
    wins = "wins: of all that do not copy, its pictures come" if alone else "win, each by one judge at least: of all "
    wins += "" if alone else "that do not copy, their pictures come"
    worst = f" **{as_text(last['name'])}** comes last, at {last[score.key]:.2f}." * (last["name"] not in winners)
    return f"**{listed(names)}** {wins} nearest to those of real vectors, at {listed(numbers)}.{worst} {scale}{copies}"


def about_the_order(score: Score) -> str:
    """Return what the bars are."""
    return f"One bar for each strategy, as its tab opens. {score.in_words} Bars of near-copies are grey."


def see_the_board(rows: pd.DataFrame) -> str:
    """Return, in plain words, how to read the table."""
    return (
        "Each line is a way to draw vectors at one setting, which stands behind its name; each column is a judge of "
        "what they decode to, and the more a cell is coloured, the farther it is from the goal. "
        f"{_real_rows(rows)}No column is enough alone, so *Verdict, and why* tries several one after the other, those "
        "that are not shown, too, and says which one decided. Brackets hold where the true value lies in 95 of 100 "
        "cases."
    )


def _real_rows(rows: pd.DataFrame) -> str:
    """Return what the rows are that no strategy draws, of those on the board."""
    names = dict(zip(rows["strategy"], rows["name"], strict=True))
    said = [
        f"*{as_text(names[key])}* {words}"
        for key, words in (
            (RECONSTRUCTIONS.key, "(real vectors that no strategy has seen) is the goal"),
            (HELD_OUT.key, "is real vectors of images that the autoencoder was not trained on"),
            (Data.key, "is the data themselves, exact copies, for which *near-copies* is right"),
        )
        if key in names
    ]
    return f"{listed(said)}. " if said else ""


def about_the_board(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return what the scoreboard shows, from its rows and the long table."""
    seeds, counts = table["seed"].nunique(), sorted({int(count) for count in table["count"]})
    many = f"{seeds} seed" if seeds == 1 else f"{seeds} seeds"
    vectors = " or ".join(f"{count:,}" for count in counts)
    text = (
        f"Means over {many} of {vectors} vectors each, ± their standard deviation; excesses with their 95 % interval, "
        "faces with that of one sample. Strategies learn from one half of the study and are held against a part of the "
        "other. No score is enough alone: each has a strategy that wins it without being good."
    )
    text += about_spaces(rows, table)
    best = [
        f"{words} {row['name']}, at {row['frechet_ratio']:.2f}" for words, row in nearest_to_photographs(rows).items()
    ]
    if best:
        text += f" Nearest to the photographs comes, in units of the reconstructions' distance, {'; '.join(best)}."
    return text


def about_spaces(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return how far networks of unrelated families agree on the order of the strategies; nothing without two."""
    said, useless = "", [space_of(score) for score in blind(table)]
    if useless:
        said += f" Blind here, since N(μ, Σ) is hardly farther than real vectors: the features of {listed(useless)}."
    pairs = agreement(rows)
    if not pairs:
        return said
    words = listed([f"{one} and {other} {tau:.2f}" for one, other, tau in pairs])
    said += f" Two spaces of features order the strategies alike at a Kendall's τ of 1, at random at 0: {words}."
    if best := best_by_space(rows):
        names = set(best.values())
        if len(names) > 1:
            first = listed([f"by {space} {name}" for space, name in best.items()])
            said += f" They disagree which of those that do not copy is best: {first}."
    return said


def about_compared_rows(names: Iterable[str], floor: bool) -> str:
    """Return which rows are compared, and with what."""
    beside = " beside the floor, unseen real vectors" if floor else ""
    return f"Every score of {', '.join(names)}{beside}. Bars are standard deviations over the seeds."


def see_two_scores(rows: pd.DataFrame, across: Score, up: Score) -> str:
    """Return, in plain words, what two scores of the board's rows measure, and where in their chart good ones lie."""
    words, goal = f"{across.in_words} {up.in_words}", floor_row(rows)
    sides = [_side(rows, score, ends) for score, ends in ((up, ("lower", "upper")), (across, ("left", "right")))]
    if not len(goal) or not all(np.isfinite([goal[score.key] for score in (across, up)]).tolist()):
        return words
    corner = f", here in the {' '.join(sides)} corner" if all(sides) else ""
    return f"{words} Good is near the blue point *{as_text(goal['name'])}*{corner}."


def _side(rows: pd.DataFrame, score: Score, ends: tuple[str, str]) -> str:
    """Return in which third of an axis unseen real vectors lie, of the two at its ends; "" in the middle."""
    values = rows[score.key].astype(float)
    low, high = values.min(), values.max()
    if not high > low:
        return ""
    place = (float(floor_row(rows).get(score.key, np.nan)) - low) / (high - low)
    return ends[0] if place < 1 / 3 else ends[1] if place > 2 / 3 else ""


def about_two_scores(across: Score, up: Score) -> str:
    """Return what two scores measure."""
    return f"{across.label}: {across.about} {up.label}: {up.about} Bars are standard deviations over the seeds."


def about_axes() -> str:
    """Return what the number of principal axes does to faces and diversity."""
    return (
        "Vectors that differ along the longest directions only (principal axes), from few of them to all. Dotted is "
        "what unseen real vectors have: in orange the share of faces, in green the diversity. Few axes give clear "
        "faces that are all alike; good are orange and green near the dotted lines of their colours."
    )


def about_copies(distances: npt.NDArray[np.float64], data: str, decoded: bool = True) -> str:
    """Return what stands below the faces of a row; or, without a decoder, in place of them."""
    if not decoded:
        return f"The given pictures of the nearest vectors of {data}; mean distance {distances.mean():.1f}."
    return f"Below each face the nearest vector of {data}, decoded; mean distance {distances.mean():.1f}."


def about_liars(real: pd.DataFrame, liars: pd.DataFrame) -> str:
    """Return what the liar test shows: whether every liar is caught, and whether real vectors pass.

    Parameters
    ----------
    real, liars : DataFrame
        The row of unseen real vectors, and those of the liars.
    """
    free = [as_text(str(title)) for title in liars.loc[liars["caught"] == 0, "title"]]
    text = (
        "Liars are samples that are made to win some score without being good, such as copies of the data. One is "
        "caught where a judge, one of the scores, puts it farther from unseen real vectors than samples of those lie "
        f"from each other: beyond {DEVIATIONS:g} of their deviations, from {DRAWS} such samples. "
    )
    text += f"Not caught: {listed(free)}." if free else "All of them are caught."
    text += " Real vectors are no liars and should pass."
    for samples, found in zip(real["samples"].astype(int), real["caught"].astype(int), strict=True):
        text += (
            f" Of {samples} samples of real vectors, each held against the others, {samples - found} pass all judges."
        )
    return f"{text} Samples have {int(liars['count'].iloc[0]):,} vectors." if len(liars) else text


def about_shares() -> str:
    """Return what predicted attributes are."""
    return "What a small classifier sees in the images; its labels are no facts about anybody."


def about_likeness(data: str) -> str:
    """Return what the attributes of the nearest vectors say of a sample."""
    return (
        f"Each vector of the sample counts as the nearest one of {data}: shares of yes and of categories, means of "
        "numbers, beside those of all vectors. What is rare in the sample and frequent in the data is forgotten."
    )
