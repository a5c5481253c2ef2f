"""The chapters of a report that no page of samples has: the study, its scoreboard, how strategies were trained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from core.captions.studies import LIMITS, about_what_lacks
from core.exhibits import scoreboard, studies
from core.exhibits.exhibit import Exhibit
from core.exhibits.scene import Scene
from core.exhibits.trainings import how_it_was_trained, when_it_copies
from core.figures.faces import wall
from core.report.parts import Chapter, Section
from core.report.views import Views
from core.scores import THRESHOLDS, registry
from core.scores.liar_table import FILE as LIARS
from core.scores.liar_table import read_liars
from core.scores.memorising import FILE as MEMORISING
from core.scores.memorising import read_memorising
from core.scores.rows import FILE, at_one_count, read_scores
from core.scores.table import board, cells
from core.space.inspection import rows_by_error
from core.strategies import Diffusion
from core.study.card import card, terms_of
from core.study.kept import table_to_read

__all__ = ["the_scoreboard", "the_study", "the_trainings"]


def the_study(views: Views) -> Chapter:
    """Return what was trained on what, and how well."""
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


def the_scoreboard(views: Views) -> Chapter | None:
    """Return the scoreboard; None where the study was not scored."""
    study, path = views.study, table_to_read(views.study, FILE)
    everything = read_scores(path) if path.exists() else pd.DataFrame()
    if everything.empty:
        return None
    table = at_one_count(everything)
    rows = board(table, study.title)
    texts = cells(rows)
    labels = {score.key: score.label for score in registry.SCORES if score.printed and texts[score.key].any()}
    shown = pd.concat([rows[["name", "verdict"]], texts[list(labels)]], axis=1)
    shown = shown.rename(columns={"name": "Strategy", "verdict": "Verdict", **labels})
    across, up = (next(score for score in registry.SCORES if score.label == label) for label in scoreboard.USUAL)
    liars = _liars(views)
    exhibits: list[Exhibit | None] = [
        scoreboard.the_order(rows),
        replace(scoreboard.the_board(study.name, rows, table, everything), picture=shown),
        scoreboard.two_scores(rows, across, up, study.title),
        scoreboard.axes(rows),
        None if liars is None else scoreboard.liars(study.name, liars),
    ]
    found = tuple(exhibit for exhibit in exhibits if exhibit is not None)
    return Chapter("scoreboard", "Which strategy is best, in numbers?", "", (Section("board", "", THRESHOLDS, found),))


def the_trainings(views: Views, scenes: Sequence[Scene]) -> Chapter | None:
    """Return how those strategies were trained that are; None where none is."""
    fitted = {sample.recipe: sample.strategy for scene in scenes for sample in scene.drawn}
    sections = []
    for recipe, strategy in fitted.items():
        if (losses := how_it_was_trained(views.study, strategy)) is not None:
            looked = _memorising(views) if recipe.key == Diffusion.key else None
            found = (losses,) if looked is None else (losses, when_it_copies(views.study.name, looked))
            sections.append(Section(recipe.stem, strategy.label(), "", found))
    return Chapter("trainings", "How were strategies trained?", "", tuple(sections)) if sections else None


def _memorising(views: Views) -> pd.DataFrame | None:
    path = table_to_read(views.study, MEMORISING)
    return read_memorising(path) if path.exists() else None


def _liars(views: Views) -> pd.DataFrame | None:
    path = table_to_read(views.study, LIARS)
    return read_liars(path) if path.exists() else None
