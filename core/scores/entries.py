"""The rows of the scoreboard: the decoder's images of real vectors, the data, and every strategy as it asks for."""

from __future__ import annotations

import re

from core.errors import InputError
from core.strategies import STRATEGIES, Data, Effort, Recipe
from core.study import Study
from core.study.fits import is_kept_for_half
from core.study.study_sets import study_held_out

__all__ = [
    "ENTRIES",
    "HELD_OUT",
    "OWN",
    "RECONSTRUCTIONS",
    "REFERENCES",
    "entries_of",
    "entry_of",
    "has_strategy",
    "own_entry",
]

RECONSTRUCTIONS = Recipe("reconstructions")
"""The row of the decoder's images of real vectors, which no strategy draws."""

HELD_OUT = Recipe("held_out")
"""The row of vectors of images that the autoencoder was never trained on, which no strategy draws either."""

FEWEST_HELD_OUT = 2000
"""Such vectors that a study must have for the row: a sample of the usual size holds none twice."""

REFERENCES = (RECONSTRUCTIONS.key, HELD_OUT.key, Data.key)
"""Keys of rows of real vectors, which are nobody's guess."""

OWN = "own"
"""Key of rows of vectors that somebody brought, of a sampler that the program does not know."""

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}")
"""Of such a sampler: it stands in tables, addresses and on the command line."""

SHOWN = 60
"""Characters of a wrong name that a message repeats."""

ENTRIES: tuple[Recipe, ...] = (
    RECONSTRUCTIONS,
    HELD_OUT,
    Recipe.of(Data.key),
    *(Recipe.of(s.key, parameters) for s in STRATEGIES if s is not Data for parameters in s.scored),
)
"""All rows, reference rows first."""


def entries_of(study: Study) -> tuple[Recipe, ...]:
    """Return the rows that a study can have at once.

    A strategy that has to be trained is among them where its fit to half A is kept: no scoreboard begins a training by
    the way, and none lacks the row of a law that nobody has trained there.
    """
    return tuple(entry for entry in ENTRIES if entry == RECONSTRUCTIONS or _can_be_had(entry, study))


def _can_be_had(entry: Recipe, study: Study) -> bool:
    if entry == HELD_OUT:
        return study.training is not None and study_held_out(study).sum() >= FEWEST_HELD_OUT
    if entry.strategy.needs_posteriors and study.posteriors is None:
        return False
    if entry.strategy.effort is not Effort.TRAINING:
        return True
    return is_kept_for_half(study, entry.make())


def entry_of(key: str, parameters: str) -> Recipe:
    """Return the row that a table names by the key of a strategy and its parameters.

    Raises
    ------
    InputError
        If there is no such strategy or parameter.
    """
    if key == OWN:
        before, equals, name = parameters.partition("=")
        if (before, equals) != ("name", "="):
            raise InputError(f"{OWN} takes the name of a sampler, as name=NAME.")
        return own_entry(name)
    undrawn = {entry.key: entry for entry in (RECONSTRUCTIONS, HELD_OUT)}
    if key not in undrawn:
        return Recipe.parse(key, parameters)
    if parameters:
        raise InputError(f"{key} takes no parameters.")
    return undrawn[key]


def own_entry(name: str) -> Recipe:
    """Return the row of vectors that somebody brought, under a name of theirs.

    Raises
    ------
    InputError
        If the name is none that can stand in an address and on the command line.
    """
    if not NAME.fullmatch(name):
        shown = name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
        raise InputError(
            f"A sampler is named with up to 40 letters without accents, digits and any of _ . + -, not {shown!r}."
        )
    return Recipe(OWN, (("name", name),))


def has_strategy(entry: Recipe) -> bool:
    """Return whether a strategy draws a row, so that it can be drawn anew, linked to and scored again."""
    return entry.key not in (RECONSTRUCTIONS.key, HELD_OUT.key, OWN)
