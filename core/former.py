"""Names that were once others: what old links, tables and commands say, and what it is called today."""

from __future__ import annotations

__all__ = ["strategy_key", "wall_side"]

STRATEGIES = {"celeba": "data"}
"""Keys of strategies: the data were once always CelebA."""


SIDES = {"CelebA": "Data"}
"""Walls of the page of faces, as they stand in an address."""


def strategy_key(key: str) -> str:
    """Return the key that a strategy has today."""
    return STRATEGIES.get(key, key)


def wall_side(side: str) -> str:
    """Return the name that a wall of the page of faces has today."""
    return SIDES.get(side, side)
