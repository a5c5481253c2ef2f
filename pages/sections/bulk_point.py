"""The point that is looked at on the page of the bulk: clicked or picked from lists, ringed, decoded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.exhibits.faces import face, known
from core.selection.neighbours import near_to
from core.space.planes import picked_place
from core.statistics import radii
from pages.parts.address import decide
from pages.parts.comparison import Comparison
from pages.parts.exhibits import complain, draw
from pages.parts.fields import pick, whole_number
from pages.parts.loaders import load_faces
from pages.parts.near import offer_nearest

__all__ = ["Point", "choose_point", "clicked", "draw_point", "look_at", "look_at_row"]

NOTHING = "none"
SETS = ("data", "sample", "against", "origin", "centre")  # in the order of a plane's
ANY = "row"
"""In place of a set: any vector of the study, by its row."""


@dataclass(frozen=True)
class Point:
    """A vector with its name, and its row where it is one of the study's own."""

    name: str
    vector: npt.NDArray[np.floating]
    row: int | None = None


def choose_point(comparison: Comparison) -> Point | None:
    """Draw the lists that a point is picked from, which a click on a chart decides, too; return it."""
    data, title = comparison.reference, comparison.selection.study.title
    vectors_of: tuple[tuple[str, npt.NDArray[np.floating]], ...] = (
        (title, data.vectors),
        *((sample.title, sample.vectors) for sample in comparison.drawn),
        ("origin", np.zeros((1, comparison.selection.study.dimension))),
        (f"centre of {title}", comparison.selection.description.moments.mean[None]),
    )
    sets = dict(zip(_sets(comparison), vectors_of, strict=True))
    study = comparison.selection.study
    titles = {NOTHING: "nothing", **{key: name for key, (name, _) in sets.items()}, ANY: f"any of {title}, by its row"}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = pick(
            "Look at",
            titles,
            NOTHING,
            "point_of",
            width=200,
            help="Or click a point of the chart.",
        )
        if chosen == NOTHING:
            return None
        if chosen == ANY:
            row = whole_number("Row", 0, len(study) - 1, 0, "point_row", width=140, help="Counted from 0.")
            return Point(f"{title}, row {row}", np.asarray(study.latents[row]), row)
        name, vectors = sets[chosen]
        if len(vectors) == 1:
            return Point(name, vectors[0])
        number = whole_number("Vector", 0, len(vectors) - 1, 0, "point", width=120)
    rows = dict(zip(SETS, (part.rows for part in (data, *comparison.drawn)), strict=False)).get(chosen)
    return Point(f"{name}, vector {number}", vectors[number], None if rows is None else int(rows[number]))


def _sets(comparison: Comparison) -> list[str]:
    """Return the sets that a point can be of, in the order of a plane's."""
    return [name for name in SETS if name != "against" or comparison.against is not None]


def clicked(comparison: Comparison, chart: str) -> None:
    """Take the point that was clicked in a chart, whose points carry the number of their set and their own."""
    if place := picked_place(st.session_state[chart]["selection"]):
        look_at(comparison, *place)


def look_at(comparison: Comparison, place: int, number: int) -> None:
    """Take a point, by the number of its set and its own. Only in callbacks."""
    decide("point_of", _sets(comparison)[place])
    decide("point", number)


def look_at_row(row: int) -> None:
    """Take a vector of the study as the point. Only in callbacks."""
    decide("point_of", ANY)
    decide("point_row", row)


def draw_point(comparison: Comparison, point: Point | None) -> None:
    """Draw what the decoder makes of a point, and where it lies."""
    chosen = comparison.selection
    study = chosen.study
    st.markdown("**A point, decoded**" if study.has_decoder else "**A point**")
    if point is None:
        seen = "what the decoder makes of it" if study.has_decoder else "it closely"
        st.caption(f"Click a vector, the origin or the centre to see {seen}.")
        return
    radius = float(radii(point.vector[None])[0])
    distance = float(chosen.description.axes.mahalanobis(point.vector[None])[0])
    if study.shows_faces:
        with st.skeleton(height=240):
            image = load_faces(study, point.vector[None], 1)
        exhibit = face(point.name, image, radius, distance, study.title, study.has_decoder)
        draw(exhibit, caption=exhibit.title)
        complain(study, point.vector[None])
    st.metric("Length", f"{radius:.2f}", help="From zero (radius |z|).")
    about = f"From the middle of {chosen.study.title}, in its spread (Mahalanobis distance)."
    st.metric("Distance", f"{distance:.1f}", help=about)
    if point.row is not None:
        draw(known(study, point.row), height=240)
    offer_nearest(study, lambda count: near_to(study, count, point.vector, point.row), "Select them", "near_point")
