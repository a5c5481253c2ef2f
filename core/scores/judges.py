"""What a study can be judged with, and so which scores of a row can be had."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.scores import registry
from core.scores.entries import HELD_OUT, OWN, REFERENCES
from core.scores.images import detector_is_installed
from core.scores.needs import Need
from core.scores.score import Score
from core.strategies import Recipe
from core.study import Study
from core.study.study_sets import study_sets

__all__ = ["Judges"]

LAWLESS = (*REFERENCES, OWN)
"""Keys of rows that are drawn from no law, or from one that nobody knows here."""


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
        if need.of_images and not self.study.has_decoder:
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
            and not (score.needs is Need.LAW and entry.key in LAWLESS)
            and not (score.of_copies and entry == HELD_OUT)  # some of which strategies have learned from
            and score.means_something(count, min(count, self._reference), self.study.dimension)
        )

    @cached_property
    def _reference(self) -> int:
        """Vectors that samples are held against."""
        return int(study_sets(self.study).reference.sum())
