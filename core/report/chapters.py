"""The chapters of a report: the study, its scoreboard, and what each page shows of each strategy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
import plotly.graph_objects as go

from core.captions.plainly import plainly
from core.captions.studies import LIMITS, about_what_lacks
from core.errors import InputError
from core.exhibits import scoreboard, studies
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.scene import Scene
from core.figures.faces import wall
from core.progress import Listener, Progress
from core.report.pages import PAGES, Chosen, choices_of, page_exhibits
from core.report.views import Views
from core.scores import THRESHOLDS, registry
from core.scores.liar_table import FILE as LIARS
from core.scores.liar_table import read_liars
from core.scores.rows import FILE, at_one_count, read_scores
from core.scores.table import board, cells
from core.space.inspection import rows_by_error
from core.strategies import Recipe
from core.study.card import card, terms_of
from core.study.kept import table_to_read

__all__ = ["Chapter", "Section", "Wish", "chapters"]

TITLES = {
    "faces": "What do the vectors decode to?",
    "components": "How is each component distributed?",
    "correlations": "Which components depend on each other?",
    "bulk": "What is the shape of the bulk?",
    "normality": "Is the bulk a multivariate normal?",
    "radii": "How long are the vectors?",
}
"""Of the chapters, by page."""


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
    """

    recipes: tuple[Recipe, ...]
    pages: tuple[str, ...] = tuple(PAGES)
    against: Recipe | None = None
    choices: Mapping[str, Chosen] = field(default_factory=dict)


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
    found = [*([_the_study(views)] if whole else ()), *(_pages(views, scenes, wish, report))]
    scored = _scores(views) if whole else None
    return [*found, *([scored] if scored is not None else ())]


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
            words = plainly(page, scene.sample, scene.described, scene.against)
            title = " against ".join(sample.strategy.label() for sample in scene.drawn)
            sections.append(Section("_against_".join(sample.stem for sample in scene.drawn), title, words, exhibits))
            done += 1
        yield Chapter(page, TITLES[page], "", tuple(sections))
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


def _the_study(views: Views) -> Chapter:
    study = views.study
    found = [studies.losses(study)] * study.has_training + [studies.errors(study)] * study.has_errors
    if study.has_decoder and study.has_errors:
        rows = rows_by_error(study.rows["reconstruction_error"].to_numpy(), studies.EACH)
        image = wall(views.portraits(study.latents[rows.ravel()]).images, studies.EACH)
        found.append(studies.reconstructions(study, image, rows))
    found += [studies.attributes(study)] if study.columns else []
    words = "\n".join(f"- {line}" for line in card(study))
    limits = LIMITS + terms_of(study) if study.has_decoder else ""
    return Chapter(
        "study",
        "What was trained on what?",
        "\n\n".join(filter(None, (words, about_what_lacks(study)))),
        (Section("card", "", "", tuple(found)),),
        limits,
    )


def _scores(views: Views) -> Chapter | None:
    """Return the scoreboard; None where the study was not scored."""
    study, path = views.study, table_to_read(views.study, FILE)
    everything = read_scores(path) if path.exists() else pd.DataFrame()
    if everything.empty:
        return None
    table = at_one_count(everything)
    rows = board(table, study.title)
    labels = {score.key: score.label for score in registry.SCORES if score.printed}
    shown = pd.concat([rows[["name", "verdict"]], cells(rows)[list(labels)]], axis=1)
    shown = shown.rename(columns={"name": "Strategy", "verdict": "Verdict", **labels})
    across, up = (next(score for score in registry.SCORES if score.label == label) for label in scoreboard.USUAL)
    liars = _liars(views)
    exhibits: list[Exhibit | None] = [
        replace(scoreboard.the_board(study.name, rows, table, everything), picture=shown),
        scoreboard.two_scores(rows, across, up, study.title),
        scoreboard.axes(rows),
        None if liars is None else scoreboard.liars(study.name, liars),
    ]
    found = tuple(exhibit for exhibit in exhibits if exhibit is not None)
    return Chapter("scoreboard", "Which strategy is best, in numbers?", "", (Section("board", "", THRESHOLDS, found),))


def _liars(views: Views) -> pd.DataFrame | None:
    path = table_to_read(views.study, LIARS)
    return read_liars(path) if path.exists() else None
