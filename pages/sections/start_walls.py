"""The pictures of the start page: the round trip, two walls, and one of their pictures beside them."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.captions.start import DRAWN, about_a_face
from core.exhibits.exhibit import Wall
from core.exhibits.faces import COLUMNS, FACES, face, wall_of_data, wall_of_sample
from core.exhibits.scene import Scene
from core.exhibits.start import trip
from core.figures.theme import DATA, SAMPLE
from core.plain import as_text
from pages.parts.address import decide, decided
from pages.parts.codecs import number, option
from pages.parts.exhibits import complain, draw
from pages.parts.loaders import load_faces, load_measures, load_trip, load_wall
from pages.parts.sidebar import Selection
from pages.sections.faces_clickable import face_wall

__all__ = ["draw_trip", "draw_walls"]

SIDES = ("sample", "data")
"""The two walls, as they stand in the address and on the page."""


def draw_trip(chosen: Selection) -> None:
    """Draw a picture, its numbers and the picture made of them."""
    before, numbers, after = load_trip(chosen.study)
    draw(trip(chosen.study, chosen.description, before, numbers, after))


def draw_walls(chosen: Selection, scene: Scene) -> None:
    """Draw what the vectors of both sides decode to, and beside them the picture that was clicked."""
    if not chosen.study.shows_faces:
        st.info(
            as_text(
                f"The study {chosen.study.name} has neither a decoder nor pictures, so its vectors cannot be seen; "
            )
            + "the chart below counts how long they are.",
            icon=":material/info:",
        )
        return
    side = decided("side", SIDES[0], option("side", {"sample": "Drawn", "data": "Data"}))
    which = int(decided("face", 1, number("face", 1, FACES)))
    columns = st.grid(12, min_column_width=60)
    drawn, data, beside = (columns.cell(column_span=span) for span in (5, 5, 2))
    with drawn:
        _wall(scene, SIDES[0], which if side == SIDES[0] else None)
    with data:
        _wall(scene, SIDES[1], which if side == SIDES[1] else None)
    with beside:
        _face(scene, side, which)


def _wall(scene: Scene, side: str, chosen: int | None) -> None:
    sample = scene.sample if side == SIDES[0] else scene.reference
    colour, word, make = (SAMPLE, "orange", wall_of_sample) if side == SIDES[0] else (DATA, "blue", wall_of_data)
    shown = min(FACES, len(sample))
    place = st.container()
    with st.skeleton(height=280):
        picture = load_wall(scene.study, sample, shown, COLUMNS)
    exhibit = make(scene, Wall(picture, shown, COLUMNS))
    heading = DRAWN if side == SIDES[0] else exhibit.title
    place.markdown(f"## :{word}[{heading}]")
    face_wall(exhibit, exhibit.title, scene.study.subject, colour, chosen, partial(_choose, side))
    if exhibit.caption and not scene.study.has_decoder:  # so that the page fits a screen
        st.caption(exhibit.caption)
    complain(scene.study, sample.vectors[:shown])


def _choose(side: str, which: int) -> None:
    decide("side", side)
    decide("face", which)


def _face(scene: Scene, side: str, which: int) -> None:
    sample = scene.sample if side == SIDES[0] else scene.reference
    vector = sample.vectors[min(which, len(sample)) - 1]
    name = f"Picture {which}, {'drawn' if side == SIDES[0] else 'of the data'}"
    found = load_measures(scene.study, vector)
    image = load_faces(scene.study, vector[None], 1)
    exhibit = face(name, image, found.radius, found.distance, scene.study.title, scene.study.has_decoder)
    draw(exhibit, caption=exhibit.title)
    st.caption(about_a_face(found.distance, scene.described))
