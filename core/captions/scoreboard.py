"""What the scoreboard shows, in words."""

from __future__ import annotations

import pandas as pd

from core.scores.table import nearest_to_photographs

__all__ = ["about_the_board"]


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
