"""Any two scores of the scoreboard against each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.figures.scoreboard import scores_scattered
from core.scores import registry
from pages.parts.address import decided, exchange
from pages.parts.charts import chart
from pages.parts.codecs import option
from pages.parts.fields import pick

__all__ = ["draw_scatter"]

ACROSS, UP = "score_across", "score_up"
USUAL = {ACROSS: "Diversity", UP: "Faces"}


def draw_scatter(rows: pd.DataFrame, data: str) -> None:
    """Draw any two scores against each other."""
    st.header("Two scores")
    labels = {score.label: score for score in registry.SCORES}
    with st.container(horizontal=True):
        chosen = {key: decided(key, default, option(key, dict.fromkeys(labels, ""))) for key, default in USUAL.items()}
        for label, key in (("Across", ACROSS), ("Up", UP)):
            pick(label, list(labels), USUAL[key], key, take=exchange(key, chosen), width=220)
    across, up = labels[chosen[ACROSS]], labels[chosen[UP]]
    chart(scores_scattered(rows, across, up, data=data), f"{up.label} against {across.label}", "scatter")
    st.caption(
        f"{across.label}: {across.about} {up.label}: {up.about} "
        "Bars are standard deviations over the seeds; points without a name tell it under the pointer."
    )
