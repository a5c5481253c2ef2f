"""The game of the story: which pictures are decoded data, and which were drawn? Kept for the visit only."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.captions.game import about_a_round, about_a_tally
from core.exhibits.exhibit import Wall
from core.exhibits.story import drawn
from core.space.game import PICTURES, Tally, drawn_ones, right_ones
from core.space.story import THROWS
from pages.parts.address import acted, bound, decided
from pages.parts.codecs import number
from pages.parts.exhibits import draw
from pages.parts.fields import choose
from pages.parts.loaders import load_faces
from pages.parts.sidebar import MAX_SEED, Selection
from pages.sections.story_frame import scene_of

__all__ = ["draw_game"]

COLUMNS = 6
OPPONENTS = {"law": "one bell", "between": "between two members"}


def draw_game(chosen: Selection) -> None:
    """Draw a round: twelve pictures, a choice of those that were drawn, the score and the tallies."""
    st.header("Game: decoded, or drawn?")
    if not chosen.study.has_decoder:
        st.info("The game needs a decoder, which this study does not have.", icon=":material/info:")
        return
    st.markdown(
        f"Some of these {PICTURES} pictures are members of the data, decoded; the others were drawn at random. "
        "Which ones were drawn?"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        opponent = choose("The drawn ones come from", OPPONENTS, "law", "opponent")
        turn = int(decided("round", 1, number("round", 1, MAX_SEED)))
        st.number_input("Round", 1, MAX_SEED, turn, width=140, **bound("round"))
    scene = scene_of(chosen, THROWS[opponent])
    truth = drawn_ones(chosen.seed, turn)
    first = (turn - 1) * PICTURES
    vectors = np.stack(
        [
            (scene.sample if place in truth else scene.reference).vectors[(first + place) % len(scene.sample)]
            for place in range(1, PICTURES + 1)
        ]
    )
    with st.container(width=640):
        draw(drawn(scene, Wall(load_faces(chosen.study, vectors, COLUMNS), PICTURES, COLUMNS)))
    name = f"{chosen.study.fingerprint}_{chosen.seed}_{opponent}_{turn}"
    tallies: dict[str, Tally] = st.session_state.setdefault("game_tallies", {})
    told: dict[str, frozenset[int]] = st.session_state.setdefault("game_told", {})
    whose = f"{chosen.study.fingerprint}_{opponent}"

    def check() -> None:
        acted()
        if name in told:
            return
        told[name] = frozenset(st.session_state[f"game_{name}"])
        tallies[whose] = tallies.get(whose, Tally()).plus(right_ones(truth, told[name]))

    st.pills(
        "Drawn ones, counted row by row",
        range(1, PICTURES + 1),
        selection_mode="multi",
        key=f"game_{name}",
        disabled=name in told,
    )
    st.button("Check", on_click=check, disabled=name in told, icon=":material/fact_check:", key="game_check")
    if name in told:
        st.markdown(about_a_round(truth, told[name]))
    st.caption(about_a_tally(tallies.get(whose, Tally()), scene.sample.title))
