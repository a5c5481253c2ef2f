"""What happens to a picture when its numbers change? One vector with sliders, and where it stands among the data."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.captions.playground import FORMULA, about_a_group, about_the_moves, about_the_playground
from core.errors import InputError
from core.exhibits.playground import as_npy, begun_with, picture, standing
from core.glossary import explain
from core.space.playground import GROUPS, REACH, Amounts, gauges, knob_keys, moved, stand
from pages.parts.address import decide, decided, keep, publish_again
from pages.parts.codecs import Codec, amounts
from pages.parts.exhibits import draw, offer
from pages.parts.fields import choose, page_number, whole_number
from pages.parts.front_door import open_page
from pages.parts.loaders import draw_face, load_faces, load_knobs, load_step
from pages.parts.sidebar import Selection
from pages.sections.playground_board import board, is_dragged

SETTLED = "playground_settled"
"""Where the chart of the last slider that was let go is kept."""

SHOWN = 8
"""Sliders at a time."""


def codec_of(chosen: Selection, group: str) -> Codec[Amounts]:
    """Return how the amounts of a group stand in the address."""
    return amounts(f"move_{group}", knob_keys(chosen.study, group), REACH)


def label_of(chosen: Selection, group: str, key: str) -> str:
    """Return what a reader calls a direction."""
    if group == "attributes":
        return chosen.study.column(key).label
    return f"Principal axis {key}" if group == "axes" else f"Number {key}"


def keep_amounts(chosen: Selection, group: str, before: Amounts, values: Mapping[str, Any]) -> None:
    """Keep what the sliders of a group were set to, beside the amounts of those that are not shown."""
    codec = codec_of(chosen, group)
    try:
        said = {**dict(before), **values}
        keep(f"move_{group}", codec.read(codec.write(tuple(said.items()))))
    except (InputError, TypeError, ValueError):  # what no slider of this page says
        return


def reset(groups: Sequence[str]) -> None:
    """Move the vector back to where it started."""
    for group in groups:
        decide(f"move_{group}", ())


@st.fragment
def play(chosen: Selection, start: int, group: str, shown: Sequence[str]) -> None:
    """Draw the picture with its sliders, where its vector stands, and what can be taken away; alone after a gesture."""
    study, described = chosen.study, chosen.description
    moves: dict[str, Amounts] = {name: decided(f"move_{name}", (), codec_of(chosen, name)) for name in GROUPS}
    origin = chosen.reference.vectors[start - 1] if start else described.moments.mean
    steps = [(amount, load_step(study, name, key)) for name, pairs in moves.items() for key, amount in pairs]
    vector = moved(origin, [(amount, step) for amount, step in steps if step is not None])
    found = stand(described, vector)
    shot = picture(draw_face(study, vector), found, study.title)
    began = begun_with(load_faces(study, origin[None], 1), name_of(chosen, start), study.title)
    named = {name: [(label_of(chosen, name, key), amount) for key, amount in pairs] for name, pairs in moves.items()}
    values = dict(moves[group])
    knobs = [(key, label_of(chosen, group, key), values.get(key, 0.0)) for key in shown]
    grid = st.grid(12, min_column_width=60)
    with grid.cell(column_span=7):
        board(
            shot,
            (began, about_the_moves(named)),
            not found.inside,
            gauges(described, found),
            knobs,
            REACH,
            lambda said: keep_amounts(chosen, group, moves[group], said),
        )
    with grid.cell(column_span=5):
        stem = chosen.file_name("playground", f"from{start}", f"seed{chosen.seed}")
        before = st.session_state.get(SETTLED) if is_dragged() else None
        exhibit = standing(described, found, vector, name_of(chosen, start), moves, stem, before)
        st.session_state[SETTLED] = exhibit.picture
        draw(exhibit)  # a chart takes a browser longer than all else: while dragging, gauges move
        st.caption(exhibit.caption)

    def buttons() -> None:
        st.download_button(
            "This vector (NPY)",
            data=lambda: as_npy(vector),
            file_name=f"{stem}.npy",
            mime="application/octet-stream",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "This picture (PNG)",
            data=lambda: draw_face(study, vector, "PNG"),
            file_name=f"{stem}.png",
            mime="image/png",
            icon=":material/image:",
            on_click="ignore",
        )
        used = [name for name, pairs in moves.items() if pairs]
        st.button("Back to the start", icon=":material/undo:", disabled=not used, on_click=reset, args=(used,))

    offer([exhibit], buttons)
    if not is_dragged():
        publish_again()


def name_of(chosen: Selection, start: int) -> str:
    """Return what the vector is called that is moved."""
    images = chosen.reference.images
    return "mean" if not start or images is None else str(images.iloc[start - 1])


def main(chosen: Selection) -> None:
    """Draw the page."""
    study = chosen.study
    study.require_decoder()
    groups = {name: title for name, title in GROUPS.items() if name != "attributes" or study.columns}
    words = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        high = len(chosen.reference)
        about = "Of the side of the data, row by row; 0 is the mean of the data."
        start = whole_number(f"Start from {study.subject}", 0, high, 1, "play_from", width=160, help=about)
        group = choose("Sliders along", groups, "axes", "sliders", explain("principal axis"))
        ways = {"study": study.name, "way": "faces", "from_face": str(max(1, start))}
        st.page_link(
            "pages/paths.py", label=f"Walk to another {study.subject}", icon=":material/timeline:", query_params=ways
        )
    words.markdown(about_the_playground(study, start))
    keys = load_knobs(study, group)
    st.caption(about_a_group(group, study.title))
    first = SHOWN * (page_number(max(1, math.ceil(len(keys) / SHOWN)), f"{group}_page") - 1)
    play(chosen, start, group, keys[first : first + SHOWN])
    with st.expander("Formula"):
        st.markdown(FORMULA)


open_page(main)
