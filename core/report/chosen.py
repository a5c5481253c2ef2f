"""The chapter of a report on what was selected: each rule with some of its pictures and what distinguishes it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.captions.selection import about_count
from core.errors import MissingError
from core.exhibits.exhibit import Exhibit
from core.exhibits.selection import distinctions, mean_of_selected, wall_of_selected
from core.plain import as_text as legible
from core.report.parts import Chapter, Section
from core.report.views import Views
from core.selection import Selected, as_text, distinguish
from core.selection.distinctions import parted
from core.space.sample import draw_reference

__all__ = ["COLUMNS", "FACES", "the_selections"]

COLUMNS, FACES = 12, 24
"""Pictures of a selection, in a row and in all."""

LONGEST = 300
"""Characters of a rule that are printed."""


def the_selections(views: Views) -> Chapter:
    """Return what is selected, by place; the other chapters mark it where their pages do."""
    sections = tuple(_section(views, one) for one in views.selected)
    return Chapter("selected", "What is selected?", "", sections)


def _section(views: Views, selected: Selected) -> Section:
    text = as_text(selected.rule)
    rule = legible(text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
    found = list(_pictures(views, selected)) if selected.count and views.study.shows_faces else []
    said = f"By the rule {rule}: {about_count(selected)}."
    try:
        sides = parted(selected, views.study, views.described, views.shown)
        known = distinguish(selected, views.study, views.described, sides=sides)
        found.append(replace(distinctions(views.study, selected, known), key=f"distinctions{selected.place or ''}"))
    except MissingError as error:
        said = f"{said} {error}"
    return Section(f"place{selected.place + 1}", selected.title, said, tuple(found))


def _pictures(views: Views, selected: Selected) -> list[Exhibit]:
    study = views.study
    few = draw_reference(study, views.described, min(FACES, selected.count), views.seed, selected.mask)
    walled = views.wall_of(few.vectors, COLUMNS)
    exhibit = wall_of_selected(study, selected, walled.wall)
    found = [replace(exhibit, caption=" ".join(filter(None, (exhibit.caption, walled.complaint))))]
    if study.has_decoder:
        part = parted(selected, study, views.described, views.shown)[0]
        found.append(mean_of_selected(selected, views.wall_of(np.asarray(part.mean)[None], 1).wall, part.count))
    return found
