"""What a study can be judged with, and so which scores of a row can be had."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.scores import registry
from core.scores.entries import RECONSTRUCTIONS
from core.scores.images import detector_is_installed
from core.scores.score import Need, Score
from core.strategies import Recipe
from core.study import Study
from core.study.sets import halves

__all__ = ["Judges"]


@dataclass(frozen=True, eq=False)
class Judges:
    """The judges of a study.

    Attributes
    ----------
    study : Study
    network : bool
        Whether there is an attribute network.
    """

    study: Study
    network: bool

    def has(self, need: Need) -> bool:
        """Return whether there is what a score needs."""
        if need is not Need.VECTORS and not self.study.has_decoder:
            return False
        if need is Need.DETECTOR:
            return detector_is_installed()
        return need is not Need.NETWORK or self.network

    def scores(self, entry: Recipe, count: int) -> tuple[Score, ...]:
        """Return the scores that a row can have, with samples of so many vectors."""
        return tuple(
            score
            for score in registry.SCORES
            if self.has(score.needs)
            and not (entry == RECONSTRUCTIONS and score.needs is Need.VECTORS)  # they are real vectors
            and score.means_something(count, self._compared(score, count), self.study.dimension)
        )

    def _compared(self, score: Score, count: int) -> int:
        """Return how many vectors a sample of so many is compared with."""
        return min(count, self._half // 2 if score.needs is Need.NETWORK else self._half)

    @cached_property
    def _half(self) -> int:
        """Vectors of half B."""
        return int((~halves(self.study.rows)).sum())
