"""What the scoreboard shows, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.scores.score import Score
from core.scores.table import nearest_to_photographs

__all__ = [
    "about_axes",
    "about_compared_rows",
    "about_copies",
    "about_likeness",
    "about_shares",
    "about_the_board",
    "about_two_scores",
]


def about_the_board(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return what the scoreboard shows, from its rows and the long table."""
    seeds, counts = table["seed"].nunique(), sorted({int(count) for count in table["count"]})
    many = f"{seeds} seed" if seeds == 1 else f"{seeds} seeds"
    vectors = " or ".join(f"{count:,}" for count in counts)
    text = (
        f"Means over {many} of {vectors} vectors each, ± their standard deviation; faces with the 95 % interval of one "
        "sample. Strategies are fitted on one half of the study and held against the other; shades run from the floor, "
        "real vectors against real vectors, to the worst of a column. "
        "No score is enough alone: each has a strategy that wins it without being good."
    )
    best = [
        f"{words} {row['name']}, at {row['frechet_ratio']:.2f}" for words, row in nearest_to_photographs(rows).items()
    ]
    if best:
        text += f" Nearest to the photographs comes, in units of the reconstructions' distance, {'; '.join(best)}."
    return text


def about_compared_rows(names: Iterable[str], floor: bool) -> str:
    """Return which rows are compared, and with what."""
    beside = " beside the floor, real vectors against real vectors" if floor else ""
    return f"Every score of {', '.join(names)}{beside}. Bars are standard deviations over the seeds."


def about_two_scores(across: Score, up: Score) -> str:
    """Return what two scores measure."""
    return (
        f"{across.label}: {across.about} {up.label}: {up.about} "
        "Bars are standard deviations over the seeds; points without a name tell it under the pointer."
    )


def about_axes() -> str:
    """Return what the number of principal axes does to faces and diversity."""
    return "Dotted: the reconstructions. Few axes give clear faces that are all alike."


def about_copies(distances: npt.NDArray[np.float64], data: str, decoded: bool = True) -> str:
    """Return what stands below the faces of a row; or, without a decoder, in place of them."""
    if not decoded:
        return f"The given pictures of the nearest vectors of {data}; mean distance {distances.mean():.1f}."
    return f"Below each face the nearest vector of {data}, decoded; mean distance {distances.mean():.1f}."


def about_shares() -> str:
    """Return what predicted attributes are."""
    return "What a small classifier sees in the images; its labels are no facts about anybody."


def about_likeness(data: str) -> str:
    """Return what the attributes of the nearest vectors say of a sample."""
    return (
        f"Each vector of the sample counts as the nearest one of {data}: shares of yes and of categories, means of "
        "numbers, beside those of all vectors. What is rare in the sample and frequent in the data is forgotten."
    )
