"""The walls of the start page, and a close look at the face that is chosen on them."""

from __future__ import annotations

import streamlit as st

from core.former import wall_side
from core.space.sample import Sample
from pages.parts.address import choose, whole_number
from pages.parts.comparison import Comparison
from pages.parts.loaders import load_faces, load_inspection, load_wall
from pages.sections.faces_clickable import COLUMNS, FACES, face_wall

__all__ = ["SIDES", "draw_wall", "inspect"]

SIDES = ("Data", "Sample")
"""The two walls, as they stand in the address."""


def draw_wall(comparison: Comparison, sample: Sample, side: str, colour: str) -> None:
    """Draw one wall; a click on a face inspects it."""
    name = comparison.selection.study.title if side == SIDES[0] else sample.strategy.label()
    shown = min(FACES, len(sample))
    with st.skeleton(height=330):
        picture = load_wall(comparison.selection.study, sample, shown, COLUMNS)

    def pick(face: int) -> None:
        st.session_state["side"], st.session_state["face"] = side, face

    chosen = st.session_state.get("face", 1) if st.session_state.get("side", SIDES[1]) == side else None
    face_wall(
        picture,
        count=shown,
        name=name,
        alt=f"{shown} decoded vectors of {name}",
        colour=colour,
        chosen=chosen,
        key=f"wall_{side}",
        on_choose=pick,
    )


def inspect(comparison: Comparison) -> None:
    """Draw what is unusual about the chosen face and which of the data are nearest."""
    study = comparison.selection.study
    st.subheader("Inspect a face")
    _follow_former_side()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = choose("Wall", {name: name for name in SIDES}, SIDES[1], "side")
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


def _follow_former_side() -> None:
    """Let an address that calls a wall by a former name open the same wall."""
    asked = st.query_params.get("side")
    if asked is not None and wall_side(asked) != asked:
        st.session_state["side"] = st.query_params["side"] = wall_side(asked)
