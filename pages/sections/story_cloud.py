"""The middle of the story: the spread of each number, their dependence, and whether the cloud is a bell."""

from __future__ import annotations

import streamlit as st

from core.captions.story import (
    about_dependence,
    about_normal,
    about_spread,
    ask_about_dependence,
    ask_about_normal,
)
from core.exhibits.story import bell, distances, pair
from core.space.story import CLOUDS, SPREADS
from core.statistics import strongest_pairs
from pages.parts.exhibits import draw
from pages.parts.fields import choose
from pages.parts.sidebar import Selection
from pages.sections.story_frame import ask, draw_pictures, halves, link, scene_of

__all__ = ["draw_dependence", "draw_normal", "draw_spread"]

WAYS = {"range": "anywhere in its range", "bell": "mostly near its mean"}
TIES = {"alone": "one by one", "together": "together"}
OUTER = {"0.2": "20 of 100", "0.05": "5 of 100", "0.01": "1 of 100"}


def draw_spread(chosen: Selection) -> None:
    """Draw vectors of which each number has its own mean and spread."""
    words, picture = halves()
    with words:
        way = choose("Each number is drawn", WAYS, "bell", "each_number")
        scene = scene_of(chosen, SPREADS[way])
        st.markdown(about_spread(scene.sample, scene.described))
        link(chosen, "components", "The spread of every number", SPREADS[way])
    with picture:
        draw_pictures(scene)
        draw(distances(scene))


def draw_dependence(chosen: Selection) -> None:
    """Draw the pair of numbers that hangs together most, drawn one by one and together."""
    if chosen.study.dimension == 1:
        st.markdown("The vectors of this study are a single number, which has no other to hang together with.")
        return
    words, picture = halves()
    with words:
        alone, together = (scene_of(chosen, CLOUDS[tie]).sample for tie in TIES)
        asked = ask("dependence", ask_about_dependence(alone, together, chosen.description))
        usual, when = ("together", "after") if asked else ("alone", "before")
        tie = choose("The numbers are drawn", TIES, usual, "ties", place=when)
        scene = scene_of(chosen, CLOUDS[tie])
        correlations = chosen.description.moments.correlations
        first, second = map(int, strongest_pairs(correlations, 1)[0])
        st.markdown(
            about_dependence(scene.sample, scene.described, (first, second), float(correlations[first, second]))
        )
        place = {"pair_across": str(first), "pair_up": str(second)}
        link(chosen, "correlations", "All pairs of numbers", CLOUDS[tie], **place)
    with picture:
        draw_pictures(scene)
        draw(pair(scene, (first, second)))


def draw_normal(chosen: Selection) -> None:
    """Draw the distances in a bell, and once it was predicted, those of the data."""
    scene = scene_of(chosen, CLOUDS["together"])
    words, picture = halves()
    with words:
        st.markdown(about_normal(scene.described))
        beyond = float(choose("Outermost members of a bell", OUTER, "0.01", "outermost"))
        asked = ask("normal", ask_about_normal(scene.described, beyond))
        link(chosen, "normality", "Every direction, and without the outer layer", CLOUDS["together"])
    with picture:
        draw(bell(scene, beyond, asked))
