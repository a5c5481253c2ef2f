"""A second study, laid over the first at the end of a page."""

from __future__ import annotations

from collections.abc import Callable

from core.exhibits.exhibit import Exhibit
from core.figures.studies import Named
from pages.parts.exhibits import show
from pages.parts.sidebar import Selection

__all__ = ["lay_beside"]


def lay_beside(chosen: Selection, make: Callable[[Named, Named], Exhibit]) -> None:
    """Draw an exhibit of both studies, if the sidebar asks for a second one."""
    if chosen.beside is not None:
        study, description = chosen.beside
        show(make((chosen.study.name, chosen.description), (study.name, description)))
