"""Names that were once others: what old links, tables and commands say, and what it is called today."""

from __future__ import annotations

__all__ = ["SIDES", "STRATEGIES", "row_parameters", "strategy_key"]

STRATEGIES = {"celeba": "data"}
"""Keys of strategies: the data were once always CelebA."""

PARAMETERS = {"diffusion": {"strength": "1"}}
"""Parameters that rows of tables do not name which were written before these could be chosen, and what they were."""

SIDES = {"CelebA": "data", "Data": "data", "Sample": "sample"}
"""Walls of the page of faces, as they stand in an address."""


def strategy_key(key: str) -> str:
    """Return the key that a strategy has today."""
    return STRATEGIES.get(key, key)


def row_parameters(key: str, text: str) -> str:
    """Return the parameters of a table's row, ``k=2,centre=mean``, with those that it does not name yet."""
    named = {pair.partition("=")[0] for pair in text.split(",")}
    added = [f"{name}={value}" for name, value in PARAMETERS.get(key, {}).items() if name not in named]
    return ",".join(filter(None, [text, *added]))
