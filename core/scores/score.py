"""What a score is: a number that judges a sample, with all that a reader and the program must know of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.scores.context import Context
from core.scores.needs import Need

__all__ = ["Best", "Need", "Score"]


class Best(StrEnum):
    """Which way is good."""

    HIGHER = "higher is better"
    LOWER = "lower is better"
    FLOOR = "the floor row's is perfect"


@dataclass(frozen=True)
class Score:
    """One column of the scoreboard.

    Attributes
    ----------
    key : str
        In tables and CSV.
    label : str
        On the screen.
    needs : Need
    compute : callable
        Returns the score of a prepared sample; a mapping where it fills further columns, too.
    plain : str
        What it counts or measures, in words that need no statistics, to go on after its label.
    meaning : str
        The same in one exact sentence.
    best : Best or float
        Which way is good, or the value that is perfect.
    fixed : str
        What is the same in all samples of a row, and adds nothing to the deviation that stands beside the score.
    blind : str
        What it does not see.
    digits : int
        Shown behind the point.
    beside : tuple of str
        Further columns.
    fewest : int
        Vectors of a sample, and of what it is compared with, below which it means nothing.
    most : int, optional
        Vectors of a sample that it looks at; all without it.
    components : int
        Of a vector, below which it means nothing.
    of_copies : bool
        Whether it holds a sample against what was learned from.
    printed : bool
        Whether it stands in the text of the results; the page and the CSV files have all.
    distance, kernel : str
        Columns that it fills in place of its own, if it is an excess: of the distances that :mod:`core.scores.excess`
        makes it from, once there are all rows.
    """

    key: str
    label: str
    needs: Need
    compute: Callable[[Context], float | Mapping[str, float]]
    plain: str
    meaning: str
    best: Best | float
    fixed: str
    blind: str = ""
    digits: int = 2
    beside: tuple[str, ...] = ()
    fewest: int = 1
    most: int | None = None
    components: int = 1
    of_copies: bool = False
    printed: bool = True
    distance: str = ""
    kernel: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that it fills."""
        return (self.distance, self.kernel) if self.distance else (self.key, *self.beside)

    @property
    def good(self) -> str:
        """Which way is good, as it is said."""
        if self.best is Best.FLOOR:
            return "that of unseen real vectors is perfect"
        return f"{self.best:g} is perfect" if isinstance(self.best, float) else str(self.best)

    @property
    def heading(self) -> str:
        """Label with which way is good, as it stands above a column."""
        ways = {Best.FLOOR: "as real is best", Best.HIGHER: "high is good", Best.LOWER: "low is good"}
        good = f"{self.best:g} is best" if isinstance(self.best, float) else ways[self.best]
        return f"{self.label} ({good})"

    @property
    def in_words(self) -> str:
        """What it is, for readers who know none of the terms."""
        blind = f", but blind to {self.blind}" if self.blind else ""
        return f"*{self.label}* is {self.plain}; {self.good}{blind}."

    @property
    def about(self) -> str:
        """Meaning, direction and blindness."""
        good = f"{self.best:g} is perfect" if isinstance(self.best, float) else self.best.capitalize()
        most = f"Looks at {self.most:,} vectors at most." if self.most else ""
        blind = f"Blind to {self.blind}." if self.blind else ""
        return " ".join(filter(None, (self.meaning, f"{good}.", most, blind)))

    @property
    def help(self) -> str:
        """The same as a tooltip, with what its deviation tells and what it does not."""
        return f"{self.about} Its deviation is that over the samples; the same for all of them: {self.fixed}."

    def means_something(self, count: int, compared: int, components: int) -> bool:
        """Return whether so many vectors of a sample, and of what it is compared with, are enough for it."""
        return min(count, compared) >= self.fewest and components >= self.components

    def of(self, context: Context) -> dict[str, float]:
        """Return its columns for a sample; NaN where there is too little of anything."""
        compared = len(context.vectors)
        if self.needs is Need.VECTORS:
            compared = len(context.latent.chosen)
        elif self.needs is Need.NETWORK:
            compared = context.images.count
        elif self.distance:
            compared = context.compared_images
        if not self.means_something(len(context.vectors), compared, context.latent.dimension):
            return dict.fromkeys(self.columns, math.nan)
        found = self.compute(context)
        return dict(found) if isinstance(found, Mapping) else {self.key: found}
