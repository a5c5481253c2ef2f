"""The end of the story: what one bell leaves out, and whether what is drawn is a copy."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.captions.story import about_copies, about_missing
from core.exhibits.faces import face
from core.exhibits.story import distances
from core.space.story import CLOUDS, THROWS
from pages.parts.exhibits import draw
from pages.parts.fields import choose, whole_number
from pages.parts.loaders import load_faces, load_measures, load_nearest
from pages.parts.sidebar import FEWEST, Selection
from pages.sections.story_frame import draw_pictures, halves, link, scene_of

__all__ = ["draw_copies", "draw_missing"]

LAWS = {"together": "all numbers together", "alone": "number by number"}
SOURCES = {"law": "from one bell", "between": "between two members", "data": "from the data"}

COMPARED = 6
"""Members of the data whose nearest others say what is usual."""


def draw_missing(chosen: Selection) -> None:
    """Draw what a bell leaves out: the curves of the distances do not lie over each other."""
    words, picture = halves()
    with words:
        law = choose("The bell is drawn", LAWS, "together", "law")
        scene = scene_of(chosen, CLOUDS[law])
        st.markdown(about_missing(scene.sample, scene.described))
        link(chosen, "scoreboard", "Every strategy in numbers")
        link(chosen, "radii", "These distances on the full page", CLOUDS[law])
    with picture:
        draw_pictures(scene)
        draw(distances(scene))


def draw_copies(chosen: Selection) -> None:
    """Draw one vector beside the nearest of the data."""
    words, picture = halves()
    with words:
        source = choose("A vector is drawn", SOURCES, "law", "source")
        scene = scene_of(chosen, THROWS[source])
        which = whole_number("Which one", 1, min(FEWEST, len(scene.sample)), 1, "which", width=200)
        vector = scene.sample.vectors[which - 1]
        rows, distances = load_nearest(chosen.study, vector[None])
        few = chosen.reference.vectors[:COMPARED]
        others = load_nearest(chosen.study, few, 2)[1][:, 1:]
        usual = float(np.median(others)) if len(chosen.study) > 1 else 0.0
        st.markdown(about_copies(float(distances[0, 0]), usual, chosen.study.title))
        link(chosen, "faces", "This vector and its neighbours", THROWS[source], side="sample", face=str(which))
        link(chosen, "scoreboard", "Which members are forgotten, and who copies")
    with picture:
        if not chosen.study.shows_faces:
            draw_pictures(scene)
            return
        nearest = np.asarray(chosen.study.latents[rows[0]], np.float32)
        for place, one, name in zip(
            st.columns(2), (vector[None], nearest), ("Drawn", "Nearest of the data"), strict=True
        ):
            with place:
                seen = load_measures(chosen.study, one[0])
                image = load_faces(chosen.study, one, 1)
                draw(
                    face(name, image, seen.radius, seen.distance, chosen.study.title, chosen.study.has_decoder),
                    caption=name,
                )
