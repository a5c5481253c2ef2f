"""The walls of the page of faces."""

from __future__ import annotations

import streamlit as st

from core.exhibits.exhibit import Wall
from core.exhibits.faces import (
    COLUMNS,
    FACES,
    wall_against,
    wall_of_data,
    wall_of_sample,
)
from core.figures.theme import DATA, SAMPLE, SECOND
from core.space.sample import Sample
from pages.parts.address import decide, decided
from pages.parts.codecs import number
from pages.parts.comparison import Comparison
from pages.parts.exhibits import complain
from pages.parts.loaders import load_wall
from pages.sections.faces_clickable import face_wall
from pages.sections.faces_sides import SIDES, side_codec

__all__ = ["draw_wall"]

LOOKS = {"data": (DATA, "blue", wall_of_data), "sample": (SAMPLE, "orange", wall_of_sample),
         "against": (SECOND, "green", wall_against)}  # fmt: skip
"""Colour of each wall, its name, and what makes the exhibit."""


def draw_wall(comparison: Comparison, sample: Sample, side: str) -> None:
    """Draw one wall; a click on a face inspects it."""
    study, shown = comparison.selection.study, min(FACES, len(sample))
    colour, word, make = LOOKS[side]
    if not study.shows_faces:
        name = study.title if side == SIDES[0] else sample.label
        st.markdown(f"## :{word}[{name}]")
        return
    place = st.container()
    with st.skeleton(height=330):
        picture = load_wall(study, sample, shown, COLUMNS)
    exhibit = make(comparison.scene, Wall(picture, shown, COLUMNS))
    place.markdown(f"## :{word}[{exhibit.title}]")

    def inspected(face: int) -> None:
        decide("side", side)
        decide("face", face)

    looked_at = decided("side", SIDES[1], side_codec(comparison)) == side
    chosen = decided("face", 1, number("face", 1, FACES)) if looked_at else None
    name = study.title if side == SIDES[0] else sample.label
    face_wall(exhibit, name, study.subject, colour, chosen, inspected)
    if exhibit.caption:
        st.caption(exhibit.caption)
    complain(study, sample.vectors[:shown])
