"""Where do the numbers of pictures lie? A story in eight steps: predict, look, and open the full page."""

from __future__ import annotations

import streamlit as st

from core.glossary import explain
from core.space.story import STORY
from pages.parts.address import decide
from pages.parts.fields import choose
from pages.parts.front_door import open_page
from pages.parts.sidebar import Selection
from pages.sections.story_cloud import draw_dependence, draw_normal, draw_spread
from pages.sections.story_cube import draw_corners, draw_numbers, draw_place
from pages.sections.story_game import draw_game
from pages.sections.story_law import draw_copies, draw_missing

DRAWN = (
    draw_numbers,
    draw_corners,
    draw_place,
    draw_spread,
    draw_dependence,
    draw_normal,
    draw_missing,
    draw_copies,
)
"""What draws each step, in their order."""


def draw_turns(titles: dict[str, str]) -> int:
    """Draw the steps, and buttons to the one before and the one after; return the place of the open one."""
    keys = list(titles)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        place = keys.index(choose("Step", titles, keys[0], "step"))
        for label, other, icon in (("Back", place - 1, "arrow_back"), ("Next", place + 1, "arrow_forward")):
            inside = 0 <= other < len(keys)
            st.button(
                label,
                on_click=decide,
                args=("step", keys[other] if inside else keys[place]),
                disabled=not inside,
                icon=f":material/{icon}:",
                key=f"story_{label}",
            )
    return place


def main(chosen: Selection) -> None:
    """Draw the page."""
    place = draw_turns({step.key: f"{number} {step.title}" for number, step in enumerate(STORY, 1)})
    step = STORY[place]
    st.header(step.heading_for(chosen.study.shows_faces), help=f"**{step.term.capitalize()}**: {explain(step.term)}")
    DRAWN[place](chosen)
    if place == len(STORY) - 1:
        draw_game(chosen)
        st.caption("For a class: questions and answers to these steps lie in the file `docs/teaching.md`.")


open_page(main)
