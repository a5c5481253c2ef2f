"""Names that were once others: what old links, tables and commands say, and what it is called today."""

from __future__ import annotations

__all__ = ["SIDES", "STRATEGIES", "strategy_key"]

STRATEGIES = {"celeba": "data"}
"""Keys of strategies: the data were once always CelebA."""


SIDES = {"CelebA": "data", "Data": "data", "Sample": "sample"}
"""Walls of the page of faces, as they stand in an address."""


def strategy_key(key: str) -> str:
    """Return the key that a strategy has today."""
    return STRATEGIES.get(key, key)
