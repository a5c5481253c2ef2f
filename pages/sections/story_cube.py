"""The first steps of the story: what the numbers are, what a cube is, and where the data lie."""

from __future__ import annotations

import streamlit as st

from core.captions.story import about_corners, about_numbers, about_place, ask_about_corners, ask_about_place
from core.exhibits.faces import face
from core.exhibits.story import corners, distances, lengths, numbers
from core.space.story import CUBES, DIMENSIONS
from pages.parts.exhibits import draw
from pages.parts.fields import choose, choose_on_a_scale, whole_number
from pages.parts.loaders import load_faces, load_measures
from pages.parts.sidebar import FEWEST, Selection
from pages.sections.story_frame import ask, draw_pictures, halves, link, scene_of

__all__ = ["draw_corners", "draw_numbers", "draw_place"]

LENGTHS = {"short": "shorter", "right": "as long as the data", "long": "longer", "far": "much longer"}


def draw_numbers(chosen: Selection) -> None:
    """Draw one member of the data as numbers and as a picture."""
    study, scene = chosen.study, scene_of(chosen, CUBES["right"])
    words, picture = halves()
    with words:
        st.markdown(about_numbers(study))
        most = min(FEWEST, len(chosen.reference))
        member = whole_number("Member of the data", 1, most, 1, "member", width=200)
        link(chosen, "faces", "Look at it closely", CUBES["right"], side="data", face=str(member))
    vector = chosen.reference.vectors[member - 1]
    with picture:
        left, right = st.columns(2)
        with left:
            draw(numbers(scene, vector))
        with right:
            if study.shows_faces:
                found = load_measures(study, vector)
                image = load_faces(study, vector[None], 1)
                draw(face(f"member {member}", image, found.radius, found.distance, study.title, study.has_decoder))


def draw_corners(chosen: Selection) -> None:
    """Draw how far points of a cube lie from its middle, in few and in many dimensions."""
    words, picture = halves()
    with words:
        asked = ask("corners", ask_about_corners())
        names = {str(dimension): str(dimension) for dimension in DIMENSIONS}
        usual, when = ("256", "after") if asked else ("2", "before")
        dimension = int(choose_on_a_scale("Numbers per point", names, usual, "cube_of", when))
        st.markdown(about_corners(dimension, chosen.study, asked))
        link(chosen, "radii", "Lengths of cubes and of the data", CUBES["right"])
    with picture:
        draw(corners(dimension))


def draw_place(chosen: Selection) -> None:
    """Draw cubes of four sizes: their lengths, and once it was predicted, where they lie."""
    words, picture = halves()
    with words:
        size = choose("Vectors of the cube", LENGTHS, "right", "cube_size")
        scene = scene_of(chosen, CUBES[size])
        st.markdown(about_place(scene.sample, scene.described))
        asked = ask("place", ask_about_place(scene_of(chosen, CUBES["right"]).sample, scene.described))
        link(chosen, "faces", "This cube on the full page", CUBES[size])
    with picture:
        draw_pictures(scene)
        draw(distances(scene) if asked else lengths(scene))
