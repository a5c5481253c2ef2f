"""What the steps of the story have in common: words left, picture right, a question, a link to the full page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.captions.story import Question
from core.exhibits.exhibit import Wall
from core.exhibits.scene import Scene
from core.exhibits.story import drawn
from core.strategies import Recipe
from core.strategies.recipe import written
from core.study.description import MEANS
from pages.parts.address import bound, decided
from pages.parts.codecs import option
from pages.parts.exhibits import draw
from pages.parts.loaders import load_sample, load_wall
from pages.parts.sidebar import Selection

__all__ = ["ask", "draw_pictures", "halves", "link", "scene_of"]

SHOWN, COLUMNS = 12, 6
"""Pictures of a step, and how many stand in a row."""

OPEN = "open"
"""Stands in the address for a question that is not answered yet."""


def halves() -> tuple[Any, Any]:
    """Return places for words and pictures: side by side, or one above the other where it is narrow."""
    grid = st.grid(12, min_column_width=50)
    return grid.cell(column_span=5).container(), grid.cell(column_span=7).container()


def scene_of(chosen: Selection, recipe: Recipe) -> Scene:
    """Return the data and what a strategy draws."""
    sample = load_sample(chosen.study, recipe, chosen.count, chosen.seed)
    return Scene(chosen.study, chosen.description, chosen.reference, sample)


def ask(step: str, question: Question) -> bool:
    """Draw a question with its answers; once one is chosen, say what is right and why, and return whether one is."""
    name = f"guess_{step}"
    given = decided(name, OPEN, option(name, {**question.answers, OPEN: "Not answered"}))
    keys = list(question.answers)
    place = keys.index(given) if given in keys else None
    st.radio(f"**Predict:** {question.text}", keys, place, format_func=question.answers.__getitem__, **bound(name))
    if place is None:
        return False
    if given == question.right:
        st.success(f"**Right.** {question.because}", icon=":material/check:")
    else:
        right = question.answers[question.right]
        st.info(f"**{right}.** {question.because}", icon=":material/lightbulb:")
    return True


def draw_pictures(scene: Scene) -> None:
    """Draw the first vectors of the sample as pictures, where the study can show any."""
    if not scene.study.shows_faces:
        st.caption("This study has neither a decoder nor pictures: its vectors cannot be seen, only counted.")
        return
    shown = min(SHOWN, len(scene.sample))
    draw(drawn(scene, Wall(load_wall(scene.study, scene.sample, shown, COLUMNS), shown, COLUMNS)))


def link(chosen: Selection, page: str, label: str, recipe: Recipe | None = None, **more: str) -> None:
    """Draw a link to a page in the state of this step: study, vectors, seed, strategy and what else is said."""
    state: Mapping[str, str] = {
        "study": chosen.study.name,
        "vectors": str(chosen.count),
        "seed": str(chosen.seed),
        **({"vectors_are": MEANS} if chosen.study.means_alone else {}),
        **({} if recipe is None else {"strategy": recipe.key}),
        **({} if recipe is None else {f"{recipe.key}_{name}": written(value) for name, value in recipe.parameters}),
        "everything": "true",
        **more,
    }
    st.page_link(f"pages/{page}.py", label=label, icon=":material/open_in_full:", query_params=state)
