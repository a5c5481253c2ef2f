"""The exhibits of each comparing page, made of the choices that its address names.

What an address leaves out is as usual, here as there, so that a page, its copy in a notebook and its chapter of a
report show the same.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence

from core.errors import InputError
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.report import looks
from core.report.looks import Chosen
from core.report.views import Views
from core.strategies import Recipe
from core.study import Study

__all__ = ["PAGES", "Chosen", "choices_of", "exhibits_of", "page_exhibits"]

PAGES: dict[str, Callable[..., list[Exhibit]]] = {
    make.__name__: make
    for make in (looks.faces, looks.components, looks.correlations, looks.bulk, looks.normality, looks.radii)
}
"""What makes the exhibits of each page, by the name of its file."""


def exhibits_of(
    study: Study,
    page: str,
    strategy: str,
    parameters: Mapping[str, Chosen] | None = None,
    *,
    count: int = 512,
    seed: int = 0,
    against: tuple[str, Mapping[str, Chosen]] | None = None,
    selected: Sequence[tuple[str, str]] = (),
    **choices: Chosen,
) -> dict[str, Exhibit]:
    """Return what a page of the dashboard shows of a study and a sample, by the keys of the exhibits.

    Parameters
    ----------
    study : Study
    page : str
        One of :data:`PAGES`.
    strategy, parameters
        Of the sample, as :meth:`core.strategies.Recipe.of` takes them.
    count, seed : int
        Of each sample.
    against : pair of str and mapping, optional
        A second strategy, which the first is held against.
    selected : sequence of (str, str)
        Rules of selections as addresses write them, each with its name; at most four.
    choices
        Of the page, as its address names them; the others are as usual.

    Raises
    ------
    InputError
        If there is no such page, strategy, parameter, choice or rule, or the strategy has to be trained first.
    """
    views = Views(study, count, seed, selected)
    scene = views.scene(Recipe.of(strategy, parameters), None if against is None else Recipe.of(*against))
    return {exhibit.key: exhibit for exhibit in page_exhibits(views, scene, page, choices)}


def page_exhibits(views: Views, scene: Scene, page: str, choices: Mapping[str, Chosen]) -> list[Exhibit]:
    """Return the exhibits of a page in their order; see :func:`exhibits_of`."""
    known = choices_of(page)
    if wrong := next((name for name in choices if name not in known), None):
        raise InputError(f"The page {page} has no choice {wrong!r}; it has {', '.join(known) or 'none'}.")
    return PAGES[page](views, scene, **choices)


def choices_of(page: str) -> tuple[str, ...]:
    """Return the names of the choices of a page that its exhibits depend on; raise `InputError` for no such page."""
    if page not in PAGES:
        raise InputError(f"There is no page {page!r} of a sample; choose one of {', '.join(PAGES)}.")
    found = inspect.signature(PAGES[page]).parameters.values()
    return tuple(one.name for one in found if one.kind is inspect.Parameter.KEYWORD_ONLY)
