"""The walls of the start page, and a close look at the face that is chosen on them."""

from __future__ import annotations

import streamlit as st

from core import former
from core.exhibits.exhibit import Wall
from core.exhibits.faces import (
    COLUMNS,
    FACES,
    face,
    known,
    nearest,
    unusual,
    wall_against,
    wall_of_data,
    wall_of_sample,
)
from core.figures.theme import DATA, SAMPLE, SECOND
from core.glossary import explain
from core.space.sample import Sample
from core.study import Study
from pages.parts.address import decide, decided
from pages.parts.codecs import number, option
from pages.parts.comparison import Comparison
from pages.parts.exhibits import complain, draw
from pages.parts.fields import choose, whole_number
from pages.parts.loaders import load_faces, load_inspection, load_wall
from pages.parts.searching import say_how_they_were_found
from pages.sections.faces_clickable import face_wall

__all__ = ["SIDES", "draw_wall", "inspect"]

SIDES = ("data", "sample", "against")
"""The walls, as they stand in the address; the last where a strategy is held against another."""

LOOKS = {"data": (DATA, "blue", wall_of_data), "sample": (SAMPLE, "orange", wall_of_sample),
         "against": (SECOND, "green", wall_against)}  # fmt: skip
"""Colour of each wall, its name, and what makes the exhibit."""

NEAR = 3
"""Columns of the nearest vectors."""


def _sides(comparison: Comparison) -> dict[str, str]:
    """Return the walls and what a reader calls them."""
    names = ["Sample"] if comparison.against is None else [sample.title for sample in comparison.drawn]
    return dict(zip(SIDES, (comparison.selection.study.title, *names), strict=False))


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

    looked_at = decided("side", SIDES[1], option("side", _sides(comparison), former.SIDES)) == side
    chosen = decided("face", 1, number("face", 1, FACES)) if looked_at else None
    name = study.title if side == SIDES[0] else sample.label
    face_wall(exhibit, name, study.subject, colour, chosen, inspected)
    if exhibit.caption:
        st.caption(exhibit.caption)
    complain(study, sample.vectors[:shown])


def _which(study: Study, shown: int) -> int:
    """Draw the choice of one of the vectors of a wall; return its number, from 1."""
    label = study.subject.capitalize() if study.shows_faces else "Vector"
    about = f"Counted row by row; or click a {study.subject}." if study.shows_faces else "In the order of the table."
    return whole_number(label, 1, shown, 1, "face", width=160, help=about)


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen face and which of the data are nearest."""
    study = comparison.selection.study
    st.header(f"Inspect a {study.subject}" if study.shows_faces else "Inspect a vector")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = choose("Wall", _sides(comparison), SIDES[1], "side", former=former.SIDES)
        sample = dict(zip(SIDES, (comparison.reference, *comparison.drawn), strict=False))[side]
        shown = min(FACES, len(sample))
        which = _which(study, shown)
    vector = sample.vectors[which - 1]
    found = load_inspection(study, vector)
    name = sample.label if sample.images is None else str(sample.images[which - 1])
    columns = st.grid(8, min_column_width=70)
    left, middle, right = columns.cell(column_span=2), columns.cell(column_span=3), columns.cell(column_span=3)
    with left:
        if study.shows_faces:
            image = load_faces(study, vector[None], 1)
            one = face(name, image, found.radius, found.distance, study.title, study.has_decoder)
            draw(one, caption=one.title)
        if sample.rows is not None:
            draw(known(study, int(sample.rows[which - 1])), height=176)
    with middle:
        row = st.container(horizontal=True)
        row.metric("Radius", f"{found.radius:.2f}", help=explain("radius"))
        about = f"{explain('distance')} Here from the middle of {study.title}."
        row.metric("Distance", f"{found.distance:.1f}", help=about)
        draw(
            unusual(found),
            height=176,
            column_config={
                "component": "Unusual component",
                "value": st.column_config.NumberColumn("Value", format="%.3f"),
                "deviation": st.column_config.NumberColumn(
                    "In spreads",
                    format="%+.2f",
                    help="Difference from the component's mean in its standard deviations.",
                ),
            },
        )
    with right:
        if not study.shows_faces:
            st.dataframe(found.neighbours, hide_index=True, alt=f"the nearest vectors of {study.title}")
            say_how_they_were_found(study)
            return
        picture = load_faces(study, study.latents[found.neighbours["row"].to_numpy()], NEAR)
        near = nearest(found, picture, NEAR, study.title, study.has_decoder)
        draw(near)
        st.caption(near.caption)
        say_how_they_were_found(study)
