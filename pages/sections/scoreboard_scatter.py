"""Any two scores of the scoreboard against each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.exhibits.scoreboard import USUAL, two_scores
from core.scores import registry
from pages.parts.address import decided, exchange
from pages.parts.codecs import option
from pages.parts.exhibits import draw, say
from pages.parts.fields import pick

__all__ = ["draw_scatter"]

ACROSS, UP = "score_across", "score_up"


def draw_scatter(rows: pd.DataFrame, data: str) -> None:
    """Draw any two scores against each other."""
    place = st.container()
    labels = {score.label: score for score in registry.SCORES}
    with st.container(horizontal=True):
        usual = dict(zip((ACROSS, UP), USUAL, strict=True))
        chosen = {key: decided(key, default, option(key, dict.fromkeys(labels, ""))) for key, default in usual.items()}
        for label, key in (("Across", ACROSS), ("Up", UP)):
            pick(label, list(labels), usual[key], key, take=exchange(key, chosen), width=220)
    across, up = labels[chosen[ACROSS]], labels[chosen[UP]]
    exhibit = two_scores(rows, across, up, data)
    place.header(exhibit.title)
    draw(exhibit)
    say(exhibit)
