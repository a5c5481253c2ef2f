"""What a report is to hold, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.exhibits.exhibit import Exhibit
from core.report.looks import Chosen
from core.report.pages import PAGES
from core.strategies import Recipe

__all__ = ["Chapter", "Section", "Wish"]


@dataclass(frozen=True)
class Wish:
    """What a report is to hold.

    Attributes
    ----------
    recipes : tuple of Recipe
        The strategies, in their order.
    pages : tuple of str
        Of :data:`core.report.pages.PAGES`; besides them stand the study and its scoreboard where all are asked for.
    against : Recipe, optional
        What each strategy is held against.
    choices : mapping
        Of the pages, as their addresses name them.
    selected : tuple of (str, str)
        Rules as addresses write them, each with its name, by place; "" where a place is free.
    """

    recipes: tuple[Recipe, ...]
    pages: tuple[str, ...] = tuple(PAGES)
    against: Recipe | None = None
    choices: Mapping[str, Chosen] = field(default_factory=dict)
    selected: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class Section:
    """Exhibits below one heading, and what is said before them, in Markdown."""

    key: str
    title: str
    words: str
    exhibits: tuple[Exhibit, ...]


@dataclass(frozen=True, eq=False)
class Chapter:
    """Sections that answer one question, and what is said before and after them, in Markdown."""

    key: str
    title: str
    words: str
    sections: tuple[Section, ...]
    after: str = ""
