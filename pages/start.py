"""Draw random numbers: do they make a picture? One slider, from a sampler that knows nothing to the data themselves."""

from __future__ import annotations

import streamlit as st

from core.captions.start import about_the_round_trip, how_it_is_drawn, why
from core.exhibits.scene import Scene
from core.exhibits.start import lengths
from core.glossary import explain
from core.space.ladder import LADDER, find_rung
from pages.parts.address import decide
from pages.parts.exhibits import draw
from pages.parts.fields import choose_on_a_scale
from pages.parts.front_door import open_page
from pages.parts.loaders import load_sample
from pages.parts.sidebar import Selection
from pages.sections.start_walls import draw_trip, draw_walls

FIRST = LADDER[0].key


def draw_question(chosen: Selection) -> Scene:
    """Draw the slider and its answer in words; return the data and what the sampler draws."""
    steps = {rung.key: rung.knows for rung in LADDER}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        knows = choose_on_a_scale("How much does the sampler know of the data?", steps, FIRST, "knows")
        st.button("Draw again", on_click=lambda: decide("seed", chosen.seed + 1), icon=":material/casino:")
    rung = find_rung(knows)
    sample = load_sample(chosen.study, rung.recipe, chosen.count, chosen.seed)
    st.markdown(
        f"{how_it_is_drawn(rung, chosen.study)} **{why(sample, chosen.description, chosen.study.has_decoder)}**"
    )
    return Scene(chosen.study, chosen.description, chosen.reference, sample)


def draw_ways_on(scene: Scene) -> None:
    """Draw links to what comes next."""
    with st.container(horizontal=True, gap="medium"):
        st.page_link("pages/story.py", label="The story, in eight steps")
        st.page_link(
            "pages/faces.py",
            label="All strategies",
            query_params={"strategy": scene.sample.key},
        )
        st.page_link("pages/scoreboard.py", label="Which one is best?")
        st.page_link("pages/studies.py", label="Your own data")


def main(chosen: Selection) -> None:
    """Draw the page."""
    study = chosen.study
    words, picture = st.columns([5, 3], vertical_alignment="center")
    words.markdown(
        about_the_round_trip(study) + " What if the numbers are drawn at random?",
        help=f"**Autoencoder**: {explain('autoencoder')} **Latent vector**: {explain('latent vector')}",
    )
    ways_on = st.container()  # in the whole width, where the links stand in one line
    if study.has_decoder:
        with picture:
            draw_trip(chosen)
    scene = draw_question(chosen)
    with ways_on:
        draw_ways_on(scene)
    draw_walls(chosen, scene)
    chart, words = st.columns([2, 1], vertical_alignment="center")  # beside each other, so that the page fits a screen
    counted = lengths(scene)
    with chart:
        draw(counted)
    words.caption(counted.plain)


open_page(main)
