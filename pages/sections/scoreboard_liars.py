"""The liar test beneath the scoreboard: which judges catch samples that are made to flatter them."""

from __future__ import annotations

import streamlit as st

from core.errors import InputError
from core.exhibits.exhibit import Exhibit
from core.exhibits.scoreboard import liars
from core.study import Study
from pages.parts.exhibits import show
from pages.parts.loaders import load_liars

__all__ = ["draw_liars"]


def draw_liars(study: Study) -> list[Exhibit]:
    """Draw the liar test of a study, and return its exhibit for its table to be offered; nothing where it has none."""
    try:
        table = load_liars(study)
    except InputError as error:
        st.text(str(error))  # words of a file, not to be drawn as Markdown
        return []
    if table is None:
        return []
    exhibit = liars(study.name, table)
    show(exhibit)
    return [exhibit]
