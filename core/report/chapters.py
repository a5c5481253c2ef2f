"""The chapters of a report: the study, its scoreboard, and what each page shows of each strategy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import plotly.graph_objects as go

from core.captions.plainly import plainly
from core.captions.sampled import about_the_sample
from core.errors import InputError
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.progress import Listener, Progress
from core.report.chosen import the_selections
from core.report.pages import PAGES, choices_of, page_exhibits
from core.report.parts import Chapter, Section, Wish
from core.report.views import Views
from core.report.wholes import the_scoreboard, the_study, the_trainings

__all__ = ["chapters"]

TITLES = {
    "faces": "What do the vectors decode to?",
    "components": "How is each component distributed?",
    "correlations": "Which components depend on each other?",
    "bulk": "What is the shape of the bulk?",
    "normality": "Is the bulk a multivariate normal?",
    "radii": "How long are the vectors?",
}
"""Of the chapters, by page."""

OF_POINTS = ("correlations", "bulk", "normality")
"""Pages that draw vectors one by one, of a large study a sample."""


def chapters(views: Views, wish: Wish, report: Listener) -> list[Chapter]:
    """Return the chapters of a report in their order.

    Raises
    ------
    InputError
        If a strategy has to be trained first, or a page has no such choice.
    """
    known = {name for page in wish.pages for name in choices_of(page)}
    if wrong := next((name for name in wish.choices if name not in known), None):
        raise InputError(f"No page of the report has a choice {wrong!r}; there are {', '.join(sorted(known))}.")
    scenes = list(_scenes(views, wish, report))
    whole = set(wish.pages) == set(PAGES)
    chosen = [the_selections(views)] if views.selected else []
    found = [*([the_study(views)] if whole else ()), *chosen, *(_pages(views, scenes, wish, report))]
    trained = the_trainings(views, scenes) if whole else None
    scored = the_scoreboard(views) if whole else None
    return [*found, *(chapter for chapter in (trained, scored) if chapter is not None)]


def _scenes(views: Views, wish: Wish, report: Listener) -> Iterator[Scene]:
    for done, recipe in enumerate(wish.recipes):
        report(Progress("sampling", done, len(wish.recipes), "strategies", recipe.key))
        yield views.scene(recipe, wish.against, report)
    report(Progress("sampling", len(wish.recipes), len(wish.recipes), "strategies"))


def _pages(views: Views, scenes: Sequence[Scene], wish: Wish, report: Listener) -> Iterator[Chapter]:
    """Yield a chapter for each page, a section for each strategy; what two of them share stands in the first."""
    steps, done = len(wish.pages) * len(scenes), 0
    for page in wish.pages:
        own = {name: value for name, value in wish.choices.items() if name in choices_of(page)}
        sections, seen = [], set[bytes]()
        for scene in scenes:
            report(Progress("drawing", done, steps, "sections", f"{page}, {scene.sample.key}"))
            exhibits = tuple(_new(page_exhibits(views, scene, page, own), seen))
            words = plainly(
                page,
                scene.sample,
                scene.described,
                scene.against,
                pictured=scene.study.shows_faces,
                decoded=scene.study.has_decoder,
            )
            title = " against ".join(sample.label for sample in scene.drawn)
            sections.append(Section("_against_".join(sample.stem for sample in scene.drawn), title, words, exhibits))
            done += 1
        of_what = about_the_sample(len(views.shown), views.described) if page in OF_POINTS else ""
        yield Chapter(page, TITLES[page], of_what, tuple(sections))
    report(Progress("drawing", steps, steps, "sections"))


def _new(exhibits: Sequence[Exhibit], seen: set[bytes]) -> Iterator[Exhibit]:
    """Yield those exhibits that were not seen yet."""
    for exhibit in exhibits:
        digest = hashlib.sha256(repr((exhibit.key, exhibit.title, exhibit.caption)).encode() + _bytes(exhibit)).digest()
        if digest not in seen:
            seen.add(digest)
            yield exhibit


def _bytes(exhibit: Exhibit) -> bytes:
    """Return what a picture is told apart by."""
    picture = exhibit.picture
    if isinstance(picture, go.Figure):
        return str(picture.to_json()).encode()
    return picture.image if isinstance(picture, Wall) else picture.to_csv().encode()
