"""The bulks of all studies of the same data side by side: radius, origin, and how often N(0, I) meets them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.exhibits.exhibit import Exhibit
from core.exhibits.studies import bulks
from core.networks.registry import NO_AUTOENCODER
from core.scores.rows import at_one_count
from core.scores.table import board
from core.study import Study
from core.study.shelf import studies
from pages.parts.exhibits import draw, say_in_numbers
from pages.parts.loaders import load_board, load_description, load_study
from pages.parts.sidebar import Selection, named_folders

__all__ = ["draw_bulks"]

MOST = 4
"""Studies that are laid side by side: as many as stay open at a time."""


def draw_bulks(chosen: Selection) -> list[Exhibit]:
    """Draw the bulks of the studies that have the chosen one's title, if there are several; return the exhibit."""
    alike = [s for s in studies(named_folders()) if s.title == chosen.study.title and s.kind != NO_AUTOENCODER]
    found = [load_study(one.folder) for one in alike if not one.problem][:MOST]
    if len(found) < 2:
        return []
    exhibit = bulks([(study, load_description(study), _board(study)) for study in found])
    st.header(exhibit.title)
    st.markdown(exhibit.plain)  # how they differ and how it came out stand above the table
    draw(exhibit)
    say_in_numbers(exhibit)
    return [exhibit]


def _board(study: Study) -> pd.DataFrame | None:
    table = load_board(study)
    return None if table is None or table.empty else board(at_one_count(table), study.title)
