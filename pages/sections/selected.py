"""What is selected, at the end of a page: some of it as pictures, its mean, and what distinguishes it."""

from __future__ import annotations

import streamlit as st

from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.selection import distinctions, mean_of_selected, wall_of_selected
from core.plain import as_text
from core.report.chosen import COLUMNS, FACES
from core.selection import Selected
from core.study import Study
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw
from pages.parts.loaders import (
    load_distinctions,
    load_faces,
    load_selected_mean,
    load_selected_sample,
    load_wall,
)
from pages.parts.sampled import offer_to_read_all, reads_all
from pages.parts.selection_list import sign
from pages.parts.sentences import sentences

__all__ = ["draw_distinctions", "draw_selected"]

NUMBERS = {
    "what": "Quantity",
    "selected": st.column_config.NumberColumn("Selected", format="%.3f", help="Mean, or share of those known."),
    "others": st.column_config.NumberColumn("Others", format="%.3f"),
    "effect": st.column_config.NumberColumn(
        "Difference in σ", format="%+.2f", help="In standard deviations within both groups."
    ),
    "at least": st.column_config.NumberColumn("from", format="%+.2f"),
    "at most": st.column_config.NumberColumn("to", format="%+.2f"),
    "reading": st.column_config.TextColumn(
        "Reading", help="A finding is beyond chance; what the rule itself asks for is none."
    ),
}


def draw_selected(comparison: Comparison) -> list[Exhibit]:
    """Draw some of the vectors of each selection and their mean, then what distinguishes the one that is worked on.

    Returns the exhibits.
    """
    chosen = comparison.selection
    others = [one for one in chosen.shown if one is not chosen.selected]
    for one in (*(() if chosen.selected is None else (chosen.selected,)), *others):
        if chosen.study.shows_faces and one.count:
            _draw_wall(chosen.study, one, chosen.seed)
    return draw_distinctions(comparison)


def _draw_wall(study: Study, selected: Selected, seed: int) -> None:
    sample = load_selected_sample(study, selected, FACES, seed)
    with st.skeleton(height=220):
        wall = Wall(load_wall(study, sample, len(sample), COLUMNS), len(sample), COLUMNS)
    exhibit = wall_of_selected(study, selected, wall)
    st.markdown(f"## {sign(selected.place)} {exhibit.title}")
    if not study.has_decoder:
        draw(exhibit)
        st.caption(exhibit.caption)
        return
    left, right = st.columns([6, 1])
    with left:
        draw(exhibit)
    with right, st.skeleton(height=100):  # all of the selected are read for it: the wall stands before
        mean, count = load_selected_mean(study, selected, reads_all())
        middle = mean_of_selected(selected, Wall(load_faces(study, mean[None], 1), 1, 1), count)
    with right:
        draw(middle, caption=middle.title)
    st.caption(f"{exhibit.caption} {middle.caption}")


def draw_distinctions(comparison: Comparison) -> list[Exhibit]:
    """Draw what distinguishes the selection; return the exhibit, or none."""
    chosen = comparison.selection
    if chosen.selected is None:
        return []
    found = []
    with sentences():
        known = load_distinctions(chosen.study, chosen.selected, reads_all())
        exhibit = distinctions(chosen.study, chosen.selected, known)
        st.header(f"{exhibit.title}: {as_text(chosen.selected.title)}")
        draw(exhibit, column_config=NUMBERS)
        st.caption(exhibit.caption)
        offer_to_read_all(chosen.study, chosen.selected)
        found.append(exhibit)
    return found
