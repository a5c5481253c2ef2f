"""The rows of the scoreboard: which strategies with which parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.strategies import CelebA, Choice, Strategy, make_strategy

__all__ = ["ENTRIES", "RECONSTRUCTIONS", "Entry", "entry_link", "entry_of"]

RECONSTRUCTIONS = "reconstructions"
"""Key of the row of the decoder's images of real vectors."""


@dataclass(frozen=True)
class Entry:
    """A row of the scoreboard: a strategy and its parameters."""

    key: str
    parameters: tuple[tuple[str, Any], ...] = ()

    def make(self) -> Strategy:
        """Return the strategy, not fitted; that of the reconstructions is the study's own vectors."""
        return CelebA() if self.key == RECONSTRUCTIONS else make_strategy(self.key, dict(self.parameters))

    @property
    def described(self) -> str:
        """Parameters as they stand in tables."""
        return self.make().describe_parameters()


def entry_of(key: str, parameters: str) -> Entry:
    """Return the entry behind a row: the key of a strategy and its parameters as they stand in tables.

    Raises
    ------
    InputError
        If there is no such strategy or parameter.
    """
    pairs = [pair.partition("=") for pair in parameters.split(",") if pair]
    entry = Entry(key, tuple((name, value) for name, _, value in pairs))
    entry.make()
    return entry


def entry_link(entry: Entry) -> dict[str, str]:
    """Return what an address must say to open an entry on the faces page, as the widgets write it."""
    if entry.key == RECONSTRUCTIONS:
        return {"strategy": CelebA.key}
    strategy = entry.make()
    link = {"strategy": entry.key}
    for parameter in strategy.parameters:
        value = getattr(strategy, parameter.name)
        shown = parameter.options[value] if isinstance(parameter, Choice) else f"{value:g}"
        link[f"{entry.key}_{parameter.name}"] = shown
    return link


ENTRIES: tuple[Entry, ...] = (
    Entry(RECONSTRUCTIONS),
    Entry("celeba"),
    *(Entry("cube", (("scale", scale),)) for scale in (2 / 3, 1.0, 4 / 3, 10 / 3)),
    *(Entry("interval", (("k", k),)) for k in (1.0, 1.5, 2.0, 3.0)),
    *(Entry("interval", (("k", k), ("centre", "origin"))) for k in (1.0, 2.0)),
    Entry("gaussian"),
    Entry("standard_normal"),
    Entry("marginal"),
    Entry("mvn"),
    *(Entry("ellipsoid", (("components", m),)) for m in (5, 10, 20, 40, 60, 120, 256)),
    Entry("ellipsoid", (("components", 256), ("k", 2.0))),
    Entry("shell"),
    Entry("copula"),
    Entry("mixture"),
    *(Entry("local", (("k", k), ("spread", spread))) for k, spread in ((40, 1.4), (20, 1.8), (5, 3.5))),
    *(Entry("neighbours", (("k", k),)) for k in (5, 50)),
)
"""All rows, reference rows first."""
