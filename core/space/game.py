"""A game: to tell which of twelve pictures were drawn at random, and which belong to the data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import scipy

__all__ = ["FEWEST", "PICTURES", "Tally", "drawn_ones", "right_ones"]

PICTURES = 12
"""In a round."""

FEWEST = 20
"""Pictures from which on a share is told: fewer say too little."""


@dataclass(frozen=True)
class Tally:
    """How many pictures were judged, and how many of them rightly."""

    judged: int = 0
    right: int = 0

    def plus(self, right: int) -> Tally:
        """Return the tally after one more round."""
        return Tally(self.judged + PICTURES, self.right + right)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The interval that holds the share in 95 of 100 such tallies, by Wilson; None of too few pictures."""
        if self.judged < FEWEST:
            return None
        found = scipy.stats.binomtest(self.right, self.judged).proportion_ci(method="wilson")
        return float(found.low), float(found.high)


def drawn_ones(seed: int, turn: int) -> frozenset[int]:
    """Return the places, from 1, of the pictures of a round that were drawn: each by the toss of a coin."""
    tosses = np.random.default_rng((seed, turn)).integers(0, 2, PICTURES)
    return frozenset(int(place) + 1 for place in np.flatnonzero(tosses))


def right_ones(drawn: Iterable[int], guessed: Iterable[int]) -> int:
    """Return how many pictures were judged rightly: drawn ones that were named, and others that were not."""
    return PICTURES - len(set(drawn) ^ set(guessed))
