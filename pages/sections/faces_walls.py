"""The walls of the start page, and a close look at the face that is chosen on them."""

from __future__ import annotations

import streamlit as st

from core import former
from core.exhibits.exhibit import Wall
from core.exhibits.faces import face, nearest, unusual, wall_of_data, wall_of_sample
from core.figures.theme import DATA, SAMPLE
from core.space.sample import Sample
from pages.parts.address import decide, decided
from pages.parts.codecs import number, option
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw
from pages.parts.fields import choose, whole_number
from pages.parts.loaders import load_faces, load_inspection, load_wall
from pages.sections.faces_clickable import COLUMNS, FACES, face_wall

__all__ = ["SIDES", "draw_wall", "inspect"]

SIDES = ("data", "sample")
"""The two walls, as they stand in the address."""

NEAR = 3
"""Columns of the nearest vectors."""

_SIDE = option("side", {"data": "Data", "sample": "Sample"}, former.SIDES)


def draw_wall(comparison: Comparison, sample: Sample, side: str) -> None:
    """Draw one wall; a click on a face inspects it."""
    title, shown = comparison.selection.study.title, min(FACES, len(sample))
    colour, word, make = (DATA, "blue", wall_of_data) if side == SIDES[0] else (SAMPLE, "orange", wall_of_sample)
    place = st.container()
    with st.skeleton(height=330):
        picture = load_wall(comparison.selection.study, sample, shown, COLUMNS)
    exhibit = make(comparison.scene, Wall(picture, shown, COLUMNS))
    place.markdown(f"## :{word}[{exhibit.title}]")

    def inspected(face: int) -> None:
        decide("side", side)
        decide("face", face)

    looked_at = decided("side", SIDES[1], _SIDE) == side
    chosen = decided("face", 1, number("face", 1, FACES)) if looked_at else None
    face_wall(exhibit, title if side == SIDES[0] else sample.strategy.label(), colour, chosen, inspected)


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen face and which of the data are nearest."""
    study = comparison.selection.study
    st.header("Inspect a face")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = choose("Wall", {"data": study.title, "sample": "Sample"}, SIDES[1], "side", former=former.SIDES)
        sample = comparison.reference if side == SIDES[0] else comparison.sample
        shown = min(FACES, len(sample))
        which = whole_number("Face", 1, shown, 1, "face", width=160, help="Counted row by row; or click a face.")
    vector = sample.vectors[which - 1]
    found = load_inspection(study, vector)
    name = sample.strategy.label() if sample.images is None else str(sample.images[which - 1])
    columns = st.grid(8, min_column_width=70)
    left, middle, right = columns.cell(column_span=2), columns.cell(column_span=3), columns.cell(column_span=3)
    one = face(name, load_faces(study, vector[None], 1), found.radius, found.distance, study.title)
    with left:
        draw(one, caption=one.title)
    with middle:
        radius, distance = st.columns(2)
        radius.metric("Radius", f"{found.radius:.2f}", help="Euclidean length |z| of this vector.")
        distance.metric("Mahalanobis", f"{found.distance:.1f}", help=f"To the centre of {study.title}.")
        draw(
            unusual(found),
            height=176,
            column_config={
                "component": "Unusual component",
                "value": st.column_config.NumberColumn("Value", format="%.3f"),
                "deviation": st.column_config.NumberColumn(
                    "In σ from μ",
                    format="%+.2f",
                    help="Difference from the component's mean in its standard deviations.",
                ),
            },
        )
    picture = load_faces(study, study.latents[found.neighbours["row"].to_numpy()], NEAR)
    near = nearest(found, picture, NEAR, study.title)
    with right:
        draw(near)
        st.caption(near.caption)
