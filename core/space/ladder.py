"""How much a sampler knows of the data, step by step from nothing to everything: the tour of the start page."""

from __future__ import annotations

from dataclasses import dataclass

from core.strategies import Recipe

__all__ = ["LADDER", "Rung", "find_rung"]


@dataclass(frozen=True)
class Rung:
    """One step: its key in the address, what the sampler knows, in words, and the strategy that knows just that."""

    key: str
    knows: str
    recipe: Recipe


LADDER = (
    Rung("nothing", "nothing", Recipe.of("standard_normal")),
    Rung("range", "its range", Recipe.of("interval", {"k": 3})),
    Rung("spread", "each spread", Recipe.of("gaussian")),
    Rung("dependence", "how they depend", Recipe.of("mvn")),
    Rung("crowds", "several crowds", Recipe.of("mixture")),
    Rung("data", "the data themselves", Recipe.of("data")),
)
"""From left to right on the slider."""


def find_rung(key: str) -> Rung:
    """Return the step of that key."""
    return next(rung for rung in LADDER if rung.key == key)
