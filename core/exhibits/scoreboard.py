"""The scoreboard in pictures with their words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.captions.scoreboard import (
    about_axes,
    about_compared_rows,
    about_copies,
    about_liars,
    about_likeness,
    about_shares,
    about_the_board,
    about_the_order,
    about_two_scores,
    see_the_board,
    see_the_order,
    see_two_scores,
)
from core.exhibits.exhibit import Exhibit, Wall
from core.figures.scoreboard import axes_needed, from_best_to_worst, rows_compared, scores_scattered, shares_compared
from core.scores import registry
from core.scores.agreement import best_by_space
from core.scores.entries import RECONSTRUCTIONS
from core.scores.liar_table import REAL
from core.scores.needs import Need
from core.scores.score import Score
from core.scores.table import first_excess, floor_row, one_each
from core.strategies import Ellipsoid
from core.study import Study
from core.tables import likeness_table

__all__ = [
    "USUAL",
    "axes",
    "compared",
    "copies",
    "liars",
    "likeness",
    "nearest_pictures",
    "shares",
    "the_board",
    "the_order",
    "two_scores",
]

USUAL = ("Diversity", "Faces")
"""Scores that are drawn against each other unless asked otherwise: across, and up."""


MOST_JUDGES = sum(
    len(score.columns if score.distance else score.columns[:1])
    for score in registry.SCORES
    if score.needs is not Need.LAW
)
"""Judges that a liar can be held against; a study without pictures or networks has fewer."""


def the_board(study: str, rows: pd.DataFrame, table: pd.DataFrame, everything: pd.DataFrame) -> Exhibit:
    """Return the scoreboard of a study of that name.

    Parameters
    ----------
    study : str
    rows : DataFrame
        A row for each strategy and parameter set.
    table, everything : DataFrame
        The long table behind the rows; and with what was scored at other counts.
    """
    name = f"{study}_scoreboard"
    tables = {"Scoreboard": (name, lambda: rows), "Every seed": (f"{name}_seeds", lambda: everything)}
    caption, plain = about_the_board(rows, table), see_the_board(rows)
    return Exhibit("board", "", rows, "scores of every strategy", caption, tables, plain=plain)


def the_order(rows: pd.DataFrame) -> Exhibit | None:
    """Return the strategies from the best to the worst, by the first excess that is known; None where none is."""
    if (score := first_excess(rows)) is None:
        return None
    chosen = one_each(rows, score, set(best_by_space(rows).values()))
    figure, caption, plain = from_best_to_worst(chosen, score), about_the_order(score), see_the_order(chosen, score)
    alt = f"{score.label} of {len(chosen)} rows, from the best to the worst"
    return Exhibit("order", "From the best to the worst", figure, alt, caption, plain=plain)


def two_scores(rows: pd.DataFrame, across: Score, up: Score, data: str) -> Exhibit:
    """Return one score of all rows against another; ``data`` is the title of the study."""
    figure = scores_scattered(rows, across, up, data=data)
    alt, caption = f"{up.label} against {across.label}", about_two_scores(across, up)
    named, plain = "Points without a name tell it under the pointer.", see_two_scores(rows, across, up)
    return Exhibit("scatter", "Two scores", figure, alt, caption, {}, named, plain)


def axes(rows: pd.DataFrame) -> Exhibit | None:
    """Return how many principal axes a clear face needs; None where ellipsoids of several sizes were not scored."""
    ellipsoids = rows[(rows["strategy"] == Ellipsoid.key) & rows["parameters"].str.endswith(",k=3,cut=axes")]
    decoder = rows[rows["strategy"] == RECONSTRUCTIONS.key]
    if len(ellipsoids) < 2 or not len(decoder):
        return None
    counts = ellipsoids["parameters"].str.extract(r"components=(\d+)")[0].astype(int)
    figure = axes_needed(ellipsoids.assign(axes=counts), decoder.iloc[0])
    title = "How many principal axes does a clear face need?"
    return Exhibit("axes_needed", title, figure, "faces and diversity by axes", about_axes())


def compared(rows: pd.DataFrame, chosen: Sequence[int]) -> Exhibit:
    """Return the chosen rows, by number, beside the floor."""
    floor = floor_row(rows).to_frame().T.drop(rows.index[list(chosen)], errors="ignore")
    figure = rows_compared(pd.concat([floor, rows.iloc[list(chosen)]]), registry.SCORES)
    caption = about_compared_rows(rows["name"].iloc[list(chosen)], floor=len(floor) > 0)
    return Exhibit("compared", "", figure, "scores of the chosen rows beside the floor", caption)


def liars(study: str, table: pd.DataFrame) -> Exhibit:
    """Return which judges catch which liar, in the study of that name, from its liar test."""
    real, false = table[table["liar"] == REAL], table[table["liar"] != REAL]
    shown = pd.DataFrame(
        {
            "Sample": table["title"],
            "Caught": [
                f"{caught} of {samples}" for caught, samples in zip(table["caught"], table["samples"], strict=True)
            ],
            "Most clearly by": [
                judge if caught else f"none; nearest to it: {judge}" if judge else "none"
                for caught, judge in zip(table["caught"], table["strongest"].fillna(""), strict=True)
            ],
            "Deviations": table["deviations"].round(1),
            f"Judges that catch it, of up to {MOST_JUDGES}": [
                len(judges.split("; ")) if judges else 0 for judges in table["judges"].fillna("")
            ],
            "Verdict": table["verdict"],
        }
    )
    tables = {"Liars": (f"{study}_liars", lambda: table)}
    return Exhibit(
        "liars", "Who fools the judges?", shown, "judges that catch each liar", about_liars(real, false), tables
    )


def nearest_pictures(name: str, image: bytes, distances: npt.NDArray[np.float64], data: str) -> Exhibit:
    """Return the given pictures of the nearest vectors of the data to those of a row, at their distances (n,)."""
    wall, alt = Wall(image, len(distances), len(distances)), f"given pictures of the nearest vectors to {name}"
    return Exhibit("copies", "What is it near to?", wall, alt, about_copies(distances, data, decoded=False))


def copies(name: str, image: bytes, distances: npt.NDArray[np.float64], data: str) -> Exhibit:
    """Return faces of a row above the nearest vectors of the data, at their distances (n,), decoded in one picture."""
    alt = f"faces of {name}, and below each the nearest vector of {data}, decoded"
    wall = Wall(image, 2 * len(distances), len(distances))
    return Exhibit("copies", "Is it a copy?", wall, alt, about_copies(distances, data))


def shares(name: str, found: pd.Series[float], usual: pd.Series[float], data: str) -> Exhibit:
    """Return in which shares of a row's images and of the data's a network sees attributes."""
    figure = shares_compared(found, usual, name, data=data)
    return Exhibit("shares", "Which people does it forget?", figure, f"predicted attributes of {name}", about_shares())


def likeness(name: str, study: Study, rows: npt.NDArray[np.intp], file: str) -> Exhibit:
    """Return which attributes the nearest vectors of a study have, by their rows, to the vectors of a sample."""
    table = likeness_table(study.rows, study.columns, rows)
    alt, title = f"attributes of the nearest vectors to {name}", "What does it forget?"
    return Exhibit("likeness", title, table, alt, about_likeness(study.title), {"Likeness": (file, lambda: table)})
