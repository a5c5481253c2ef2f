"""What lies on the way from here to there? Curves in a plane, from picture to picture, along an attribute."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.captions.faces import about_nearest_pictures
from core.captions.paths import about_the_page
from core.figures.faces import wall
from core.figures.paths import Strip, animation
from core.figures.theme import SAMPLE, SECOND
from pages.parts.exhibits import draw, offer, say_in_numbers
from pages.parts.fields import choose, whole_number
from pages.parts.front_door import open_page
from pages.parts.loaders import load_cycle_errors, load_film
from pages.parts.sidebar import Selection
from pages.sections.paths_choices import FORMER, choose_way, kinds
from pages.sections.paths_near import offer_near_the_path

CYCLE_COUNT = 64  # vectors of the data whose mean cycle error is drawn beside a path's


def picture_buttons(strips: list[Strip], name: str) -> None:
    """Offer the film strips as a picture, the last of them as an animation."""
    st.download_button(
        "Strip (PNG)",
        data=lambda: wall(np.concatenate([s.images for s in strips]), len(strips[0].images), "PNG"),
        file_name=f"{name}.png",
        mime="image/png",
        icon=":material/image:",
        on_click="ignore",
    )
    st.download_button(
        "Animation (GIF)",
        data=lambda: animation(strips[-1].images),
        file_name=f"{name}.gif",
        mime="image/gif",
        icon=":material/animation:",
        on_click="ignore",
    )


def main(chosen: Selection) -> None:
    """Draw the page."""
    study, description = chosen.study, chosen.description
    st.markdown(about_the_page(study.title, study.has_decoder))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = choose("Kind of path", kinds(study), "faces" if study.shows_faces else "plane", "way", former=FORMER)
        frames = whole_number("Frames", 3, 31, 15, "frames", step=2, width=140)
    choice = choose_way(chosen, kind, frames)
    with st.skeleton(height=420):
        strips = []
        for path, colour in zip(choice.paths, (SAMPLE, SECOND), strict=False):
            decoded = load_film(study, path.vectors)
            distances = description.axes.mahalanobis(path.vectors)
            strips.append(Strip(path, decoded.images, distances, decoded.errors, colour))
        usual = float(load_cycle_errors(study, chosen.reference, CYCLE_COUNT).mean()) if study.has_decoder else np.nan
    name = chosen.file_name("path", choice.stem, f"{frames}frames", f"seed{chosen.seed}")
    exhibit = choice.exhibit(description, strips, usual, name)
    st.markdown(exhibit.plain)  # how it came out stands above the pictures
    draw(exhibit)
    say_in_numbers(exhibit)
    offer_near_the_path(study, choice.paths)
    if not study.has_decoder:
        st.caption(about_nearest_pictures(study.title))
    offer([exhibit], lambda: picture_buttons(strips, name))


open_page(main)
