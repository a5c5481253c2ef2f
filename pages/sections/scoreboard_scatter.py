"""Any two scores of the scoreboard against each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from core.figures.scoreboard import scores_scattered
from core.scores import registry
from pages.parts.address import decide, decided, keep, key_of, option, shows
from pages.parts.charts import chart
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
        _pick("Across", ACROSS, UP, chosen, list(labels))
        _pick("Up", UP, ACROSS, chosen, list(labels))
    across, up = labels[chosen[ACROSS]], labels[chosen[UP]]
    chart(scores_scattered(rows, across, up, data=data), f"{up.label} against {across.label}", "scatter")
    st.caption(
        f"{across.label}: {across.about} {up.label}: {up.about} "
        "Bars are standard deviations over the seeds; points without a name tell it under the pointer."
    )


def _pick(label: str, key: str, other: str, chosen: dict[str, str], labels: list[str]) -> None:
    """Draw the list of one of the two; where it is set to what the other shows, the two change places."""
    widget = key_of(key)

    def changed() -> None:
        if not shows(key, widget):
            return
        new = str(st.session_state[widget])
        if new == chosen[other]:
            decide(other, chosen[key])
        keep(key, new)

    pick(label, labels, USUAL[key], key, on_change=changed, width=220)
