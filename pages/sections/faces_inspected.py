"""A close look at one vector: what is unusual about it, and which of the data are nearest, each to be clicked."""

from __future__ import annotations

import streamlit as st

from core.errors import MissingError
from core.exhibits.faces import brought_beside, face, known, nearest, unusual
from core.figures.theme import DATA
from core.glossary import explain
from core.plain import as_text
from core.selection.neighbours import near_to
from core.space.inspection import Inspection
from core.study import Study
from pages.parts.address import decide
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw
from pages.parts.loaders import load_faces, load_inspection
from pages.parts.near import offer_nearest
from pages.parts.searching import looks_through_all, say_how_they_were_found
from pages.sections.faces_clickable import face_wall
from pages.sections.faces_sides import NAMED, Looked, choose_looked

__all__ = ["inspect"]

NEAR = 3
"""Columns of the nearest vectors."""

DEVIATIONS = {
    "component": "Unusual component",
    "value": st.column_config.NumberColumn("Value", format="%.3f"),
    "deviation": st.column_config.NumberColumn(
        "In spreads", format="%+.2f", help="Difference from the component's mean in its standard deviations."
    ),
}


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen vector and which of the data are nearest."""
    study = comparison.selection.study
    st.header(f"Inspect a {study.subject}" if study.shows_faces else "Inspect a vector")
    try:
        looked = choose_looked(comparison)
    except MissingError as error:
        st.info(as_text(str(error)), icon=":material/info:")
        return
    found, sure = load_inspection(study, looked.vector, every=looks_through_all())
    columns = st.grid(8, min_column_width=70)
    left, middle, right = columns.cell(column_span=2), columns.cell(column_span=3), columns.cell(column_span=3)
    with left:
        _draw_face(study, looked, found)
    with middle:
        row = st.container(horizontal=True)
        row.metric("Length", f"{found.radius:.2f}", help=explain("radius"))
        about = f"{explain('distance')} Here from the middle of {study.title}."
        row.metric("Distance", f"{found.distance:.1f}", help=about)
        draw(unusual(found), height=176, column_config=DEVIATIONS)
    with right:
        _draw_nearest(study, found, sure)
        offer_nearest(study, lambda count: near_to(study, count, looked.vector, looked.row), "Select them", "near_face")


def _draw_face(study: Study, looked: Looked, found: Inspection) -> None:
    if looked.brought is not None:
        pair = brought_beside(looked.brought, looked.name)
        draw(pair, caption=pair.caption)
    elif study.shows_faces:
        image = load_faces(study, looked.vector[None], 1)
        one = face(looked.name, image, found.radius, found.distance, study.title, study.has_decoder)
        draw(one, caption=one.title)
    if looked.row is not None:
        draw(known(study, looked.row), height=176)


def _draw_nearest(study: Study, found: Inspection, sure: bool) -> None:
    names = [str(name) for name in found.neighbours["image"]]
    if not study.shows_faces:
        st.dataframe(found.neighbours, hide_index=True, alt=f"the nearest vectors of {study.title}")
        say_how_they_were_found(study, sure)
        return

    def clicked(number: int) -> None:
        decide("side", NAMED)
        decide("named", names[number - 1])

    picture = load_faces(study, study.latents[found.neighbours["row"].to_numpy()], NEAR)
    near = nearest(found, picture, NEAR, study.title, study.has_decoder)
    face_wall(near, "Nearest", study.subject, DATA, None, clicked)
    st.caption(f"{near.caption} Click one to go on from it.")
    say_how_they_were_found(study, sure)
