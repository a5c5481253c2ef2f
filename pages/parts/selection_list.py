"""The selections of a visit in the sidebar: sign, name and count of each, and which of them is worked on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping

import streamlit as st

from core.captions.selection import about_count
from core.figures.theme import SELECTIONS
from core.selection import Selected, Several
from pages.parts.address import key_of
from pages.parts.plain import plain
from pages.parts.selecting import CURRENT, begin_another, can_redo, can_undo, clear, redo, turn_to, undo

__all__ = ["draw_buttons", "draw_list", "sign"]

SHAPES = {
    "circle-open": '<circle cx="8" cy="8" r="5"/>',
    "diamond-open": '<path d="M8 2l6 6-6 6-6-6z"/>',
    "square-open": '<path d="M3 3h10v10H3z"/>',
    "x": '<path d="M3 3l10 10M13 3L3 13"/>',
}
"""How the signs of charts are drawn."""

KINDS = {"circle-open": "ring", "diamond-open": "diamond", "square-open": "square", "x": "cross"}


def sign(place: int) -> str:
    """Return the sign of a selection in its colour, as Markdown."""
    look = SELECTIONS[place]
    drawn = f'<g fill="none" stroke="{look.colour}" stroke-width="3">{SHAPES[look.symbol]}</g>'
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{drawn}</svg>'
    return f"![{KINDS[look.symbol]}](data:image/svg+xml;base64,{b64encode(picture.encode()).decode()})"


def draw_list(several: Several, shown: Mapping[int, Selected]) -> None:
    """Draw what is selected, by place; where there are several, as a choice of the one that is worked on."""
    labels = {
        place: f"{sign(place)} **{plain(one.title)}**: {about_count(one)}" for place, one in sorted(shown.items())
    }
    if list(labels) == [several.current]:
        st.markdown(labels[several.current])
        return
    if several.current not in labels:
        labels[several.current] = f"{sign(several.current)} nothing yet"
    places = sorted(labels)
    key = f"{key_of(CURRENT)}_{hash(tuple(labels.values())):x}"  # what it shows changes: another widget

    st.radio(
        "Selections",
        places,
        places.index(several.current),
        format_func=labels.__getitem__,
        key=key,
        on_change=lambda: turn_to(st.session_state[key]),
        help="What is drawn, typed, named or cleared is of the one that is chosen here; the others stay.",
    )


def draw_buttons(several: Several) -> None:
    """Draw what can be done with the selections as a whole."""
    with st.container(horizontal=True, gap="small"):
        st.button("Clear", on_click=clear, disabled=several.rule is None, key="select_clear")
        st.button("Undo", on_click=undo, disabled=not can_undo(), key="select_undo")
        st.button("Redo", on_click=redo, disabled=not can_redo(), key="select_redo")
        st.button(
            "Another",
            on_click=begin_another,
            disabled=several.rule is None or several.free is None,
            key="select_another",
            help="Keep what is selected, and begin another selection in a colour of its own.",
        )
