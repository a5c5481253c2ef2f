"""One row of the scoreboard looked at closely: whether its faces are copies, and which people it forgets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from core.exhibits.exhibit import Exhibit
from core.exhibits.scoreboard import copies, likeness, nearest_pictures, shares
from core.scores.entries import entry_of
from core.space.sample import Sample
from pages.parts.exhibits import complain, draw
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
    rows, gaps = load_nearest(study, vectors)
    rows, distances = rows[:, 0], gaps[:, 0]
    near = study.latents[rows].astype(np.float32)
    columns = st.grid(2, min_column_width=380, gap="medium")
    left, right = columns.cell(), columns.cell()
    with left:
        if study.shows_faces:
            place, make = st.container(), copies if study.has_decoder else nearest_pictures
            with st.skeleton(height=140):
                picture = load_faces(study, np.concatenate([vectors, near]) if study.has_decoder else near, FACES)
            exhibit = make(row["name"], picture, distances, study.title)
            place.markdown(f"**{exhibit.title}**")
            draw(exhibit)
            st.caption(exhibit.caption)
            complain(study, near)
    with right:
        if not study.has_decoder:
            draw_likeness(chosen, sample, row["name"])
            return
        if row["verdict"] in ("", "noise"):
            return  # no faces, no people
        draw_shares(chosen, sample, row["name"])


def draw_likeness(chosen: Selection, sample: Sample, name: str) -> None:
    """Draw which attributes the nearest vectors of the data have to those of a row."""
    if not chosen.study.columns:
        st.caption("The study knows no attributes of its vectors; import them with a table that has some.")
        return
    nearest, _ = load_nearest(chosen.study, sample.vectors[:PREDICTED])
    show_small(likeness(name, chosen.study, nearest[:, 0], chosen.file_name(sample.stem, "likeness")))


def show_small(exhibit: Exhibit) -> None:
    """Draw an exhibit under a heading in bold, with its words."""
    st.markdown(f"**{exhibit.title}**")
    draw(exhibit)
    st.caption(exhibit.caption)


def draw_shares(chosen: Selection, sample: Sample, name: str) -> None:
    """Draw in which shares of a row's images and of the data's a network sees attributes."""
    place = st.container()
    with st.skeleton(height=300):
        found = load_attribute_shares(chosen.study, sample, PREDICTED)
        usual = load_attribute_shares(chosen.study, chosen.reference, PREDICTED)
    if found is None or usual is None:
        st.caption("The study has no attribute network; `python -m core attributes` trains one.")
        return
    exhibit = shares(name, found, usual, chosen.study.title)
    place.markdown(f"**{exhibit.title}**")
    draw(exhibit)
    st.caption(exhibit.caption)
