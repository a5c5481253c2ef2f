"""The point that is looked at on the page of the bulk: clicked or picked from lists, ringed, decoded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.exhibits.faces import face
from core.space.planes import picked_place
from core.statistics import radii
from pages.parts.address import decide
from pages.parts.comparison import Comparison
from pages.parts.exhibits import draw
from pages.parts.fields import pick, whole_number
from pages.parts.loaders import load_faces

__all__ = ["Point", "choose_point", "clicked", "draw_point"]

NOTHING = "none"
SETS = ("data", "sample", "origin", "centre")  # in the order of a plane's


@dataclass(frozen=True)
class Point:
    """A vector with its name."""

    name: str
    vector: npt.NDArray[np.floating]


def choose_point(comparison: Comparison, clickable: bool) -> Point | None:
    """Draw the lists that a point is picked from, by which a chart that is not ``clickable`` goes alone; return it."""
    data, sample = comparison.reference, comparison.sample
    title = comparison.selection.study.title
    vectors_of: tuple[tuple[str, npt.NDArray[np.floating]], ...] = (
        (title, data.vectors),
        (sample.title, sample.vectors),
        ("origin", np.zeros((1, comparison.selection.study.dimension))),
        (f"centre of {title}", comparison.selection.description.moments.mean[None]),
    )
    sets = dict(zip(SETS, vectors_of, strict=True))
    titles = {NOTHING: "nothing", **{key: name for key, (name, _) in sets.items()}}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = pick(
            "Look at",
            titles,
            NOTHING,
            "point_of",
            width=200,
            help="Or click a point of the chart." if clickable else None,
        )
        if chosen == NOTHING:
            return None
        name, vectors = sets[chosen]
        if len(vectors) == 1:
            return Point(name, vectors[0])
        number = whole_number("Vector", 0, len(vectors) - 1, 0, "point", width=120)
    return Point(f"{name}, vector {number}", vectors[number])


def clicked(chart: str) -> None:
    """Take the point that was clicked in a chart, whose points carry the number of their set and their own."""
    if place := picked_place(st.session_state[chart]["selection"]):
        decide("point_of", SETS[place[0]])
        decide("point", place[1])


def draw_point(comparison: Comparison, point: Point | None, clickable: bool) -> None:
    """Draw what the decoder makes of a point, and where it lies."""
    chosen = comparison.selection
    st.markdown("**A point, decoded**")
    if point is None:
        how = "Click" if clickable else "Pick"
        st.caption(f"{how} a vector, the origin or the centre to see what the decoder makes of it.")
        return
    radius = float(radii(point.vector[None])[0])
    distance = float(chosen.description.axes.mahalanobis(point.vector[None])[0])
    with st.skeleton(height=240):
        image = load_faces(chosen.study, point.vector[None], 1)
    exhibit = face(point.name, image, radius, distance, chosen.study.title)
    draw(exhibit, caption=exhibit.title)
    st.metric("Radius", f"{radius:.2f}", help="Euclidean length |z|.")
    about = f"Mahalanobis distance to the centre of {chosen.study.title}."
    st.metric("Mahalanobis", f"{distance:.1f}", help=about)
