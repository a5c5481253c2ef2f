"""One row of the scoreboard looked at closely: whether its faces are copies, and which people it forgets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.figures.scoreboard import shares_compared
from core.scores.entries import entry_of
from pages.parts.charts import chart
from pages.parts.loaders import load_attribute_shares, load_entry_sample, load_faces, load_nearest
from pages.parts.sidebar import Selection

__all__ = ["look_at"]

FACES = 8
PREDICTED = 512  # images behind the predicted shares, at most


def look_at(chosen: Selection, row: pd.Series) -> None:
    """Draw a row's faces above the nearest vectors of the data, and its attributes beside theirs."""
    study = chosen.study
    sample = load_entry_sample(study, entry_of(row["strategy"], row["parameters"]), chosen.count, chosen.seed)
    vectors = sample.vectors[:FACES]
    rows, distances = load_nearest(study, vectors)
    both = np.concatenate([vectors, study.latents[rows].astype(np.float32)])
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        st.markdown("**Is it a copy?**")
        with st.skeleton(height=140):
            picture = load_faces(study, both, FACES)
        about = f"faces of {row['name']}, and below each the nearest vector of {study.title}, decoded"
        st.image(picture, alt=about, width="stretch", output_format="PNG")
        mean = f"mean distance {distances.mean():.1f}"
        st.caption(f"Below each face the nearest vector of {study.title}, decoded; {mean}.")
    with right:
        if row["verdict"] in ("", "noise"):
            return  # no faces, no people
        st.markdown("**Which people does it forget?**")
        with st.skeleton(height=300):
            shares = load_attribute_shares(study, sample, PREDICTED)
            usual = load_attribute_shares(study, chosen.reference, PREDICTED)
        if shares is None or usual is None:
            st.caption("The study has no attribute network; `python -m core attributes` trains one.")
            return
        figure = shares_compared(shares, usual, row["name"], data=study.title)
        chart(figure, f"predicted attributes of {row['name']}", "shares")
        st.caption("What a small classifier sees in the images; its labels are no facts about anybody.")
