"""The rows of the scoreboard: the decoder's images of real vectors, the data, and every strategy as it asks for."""

from __future__ import annotations

from core.errors import InputError
from core.strategies import STRATEGIES, Data, Recipe
from core.study import Study

__all__ = ["ENTRIES", "RECONSTRUCTIONS", "entries_of", "entry_of"]

RECONSTRUCTIONS = Recipe("reconstructions")
"""The row of the decoder's images of real vectors, which no strategy draws."""

ENTRIES: tuple[Recipe, ...] = (
    RECONSTRUCTIONS,
    Recipe.of(Data.key),
    *(Recipe.of(s.key, parameters) for s in STRATEGIES if s is not Data for parameters in s.scored),
)
"""All rows, reference rows first."""


def entries_of(study: Study) -> tuple[Recipe, ...]:
    """Return the rows that a study can have."""
    has = study.posteriors is not None
    return tuple(e for e in ENTRIES if e == RECONSTRUCTIONS or has or not e.strategy.needs_posteriors)


def entry_of(key: str, parameters: str) -> Recipe:
    """Return the row that a table names by the key of a strategy and its parameters.

    Raises
    ------
    InputError
        If there is no such strategy or parameter.
    """
    if key != RECONSTRUCTIONS.key:
        return Recipe.parse(key, parameters)
    if parameters:
        raise InputError(f"{key} take no parameters.")
    return RECONSTRUCTIONS
