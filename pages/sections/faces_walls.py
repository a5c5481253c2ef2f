"""The walls of the start page, and a close look at the face that is chosen on them."""

from __future__ import annotations

import streamlit as st

from core import former
from core.space.sample import Sample
from pages.parts.address import decide, decided
from pages.parts.codecs import number, option
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, whole_number
from pages.parts.loaders import load_faces, load_inspection, load_wall
from pages.sections.faces_clickable import COLUMNS, FACES, face_wall

__all__ = ["SIDES", "draw_wall", "inspect"]

SIDES = ("data", "sample")
"""The two walls, as they stand in the address."""

_SIDE = option("side", {"data": "Data", "sample": "Sample"}, former.SIDES)


def draw_wall(comparison: Comparison, sample: Sample, side: str, colour: str) -> None:
    """Draw one wall; a click on a face inspects it."""
    name = comparison.selection.study.title if side == SIDES[0] else sample.strategy.label()
    shown = min(FACES, len(sample))
    with st.skeleton(height=330):
        picture = load_wall(comparison.selection.study, sample, shown, COLUMNS)

    def inspected(face: int) -> None:
        decide("side", side)
        decide("face", face)

    looked_at = decided("side", SIDES[1], _SIDE) == side
    chosen = decided("face", 1, number("face", 1, FACES)) if looked_at else None
    face_wall(
        picture,
        count=shown,
        name=name,
        alt=f"{shown} decoded vectors of {name}",
        colour=colour,
        chosen=chosen,
        key=f"wall_{side}",
        on_choose=inspected,
    )


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen face and which of the data are nearest."""
    study = comparison.selection.study
    st.header("Inspect a face")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = choose("Wall", {"data": study.title, "sample": "Sample"}, SIDES[1], "side", former=former.SIDES)
        sample = comparison.reference if side == SIDES[0] else comparison.sample
        shown = min(FACES, len(sample))
        face = whole_number("Face", 1, shown, 1, "face", width=160, help="Counted row by row; or click a face.")
    vector = sample.vectors[face - 1]
    found = load_inspection(study, vector)
    name = sample.strategy.label() if sample.images is None else str(sample.images[face - 1])
    columns = st.grid(8, min_column_width=70)
    left, middle, right = columns.cell(column_span=2), columns.cell(column_span=3), columns.cell(column_span=3)
    decoded = load_faces(study, vector[None], 1)
    left.image(decoded, caption=name, alt=f"decoded face of {name}", width="stretch", output_format="PNG")
    with middle:
        one, two = st.columns(2)
        one.metric("Radius", f"{found.radius:.2f}", help="Euclidean length |z| of this vector.")
        two.metric("Mahalanobis", f"{found.distance:.1f}", help=f"To the centre of {study.title}.")
        st.dataframe(
            found.components,
            hide_index=True,
            height=176,
            alt="the most unusual components of this vector",
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
    near = load_faces(study, study.latents[found.neighbours["row"].to_numpy()], 3)
    right.image(
        near, alt=f"decoded faces of the nearest vectors of {study.title}", width="stretch", output_format="PNG"
    )
    distances = ", ".join(f"{d:.1f}" for d in found.neighbours["euclidean"])
    right.caption(f"The nearest vectors of {study.title}, decoded; Euclidean distances {distances}.")
