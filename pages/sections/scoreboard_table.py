"""The scoreboard as a table: a line per row with its faces, shaded scores, and a box to tick."""

from __future__ import annotations

import base64
import zlib
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.exhibits.exhibit import Exhibit
from core.scores import THRESHOLDS, registry
from core.scores.entries import entry_of
from core.scores.table import cells, ranked, reasons_of, shades
from core.scores.verdicts import EXCESS
from core.strategies import Recipe
from pages.parts.address import decide, key_of, renew
from pages.parts.fields import choose_several, pick
from pages.parts.loaders import can_draw_entry, load_entry_wall
from pages.parts.sidebar import Selection

__all__ = ["draw_table"]

ROW_HEIGHT, FACES = 36, 4
HEIGHT = 560  # of the table, in pixels: what stands beneath it is seen, too
SCORES = 2  # columns that are shown unless asked otherwise: as many as fit beside the faces

PICTURED = "board_pictured"
"""Of which study and seed a visitor has seen pictures in the table."""

TABS = "tabs"
SORTING = "The best in a score first. A click on the head of a column sorts, too, but is not in the address."


def faces_of(chosen: Selection, entry: Recipe) -> str:
    """Return the first faces of a row as a picture that a table can show; none where a fit would take long."""
    if not can_draw_entry(chosen.study, entry):
        return ""
    picture = load_entry_wall(chosen.study, entry, chosen.seed, FACES)
    return "data:image/webp;base64," + base64.b64encode(picture).decode()


def draw_table(chosen: Selection, exhibit: Exhibit, rows: pd.DataFrame) -> list[int]:
    """Draw the scoreboard, a line per row, and lists of the scores to show and the rows to look at; return the latter.

    A box that is ticked in the table adds its row to the list, which stands in the address.
    """
    entries = [entry_of(*name) for name in zip(rows["strategy"], rows["parameters"], strict=True)]
    names = {entry.stem: str(name) for entry, name in zip(entries, rows["name"], strict=True)}
    labels = {score.key: score.label for score in registry.SCORES}
    known = [score.key for score in registry.SCORES if score.printed and rows[score.key].notna().any()]
    usual = (known or [score.key for score in registry.SCORES])[:SCORES]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        keys: Any = choose_several("Scores", labels, usual, "scores", help="Columns of the table; the file has all.")
        first = next((key for key in usual if key.startswith(EXCESS) and rows[key].notna().any()), TABS)
        order = pick("Sort by", {TABS: "As the tabs", **labels}, first, "sort", width=220, help=SORTING)
    place = st.container()
    about = "Rows of the table, ticked there or picked here: one to look at closely, several to compare."
    looked_at = choose_several("Look at", names, (), "rows", on_change=lambda: renew(exhibit.key), help=about)
    with place:
        st.caption(" ".join(score.in_words for score in registry.SCORES if score.key in keys))
        found = next((score for score in registry.SCORES if score.key == order), None)
        ordered = rows if found is None else ranked(rows, found)
        _draw(chosen, exhibit, ordered, [entries[i] for i in ordered.index], keys)
    return [i for i, entry in enumerate(entries) if entry.stem in looked_at]


def _draw(chosen: Selection, exhibit: Exhibit, rows: pd.DataFrame, entries: list[Recipe], keys: Any) -> None:
    shown = rows[["name", "verdict", *keys]].copy()
    told = zip(rows["verdict"], reasons_of(rows), strict=True)
    shown["verdict"] = [f"{word}: {why}" if why else word for word, why in told]
    shown["images"] = ""  # last: a narrow window shows the scores first
    shade = shades(rows)

    def colour(column: pd.Series) -> list[str]:
        parts = shade[column.name].fillna(0.0)
        return [
            f"background-color: rgba(213, 94, 0, {0.55 * part**0.5:.2f})" for part in parts
        ]  # some are ten times worse

    def styled() -> Any:
        style = shown.style.apply(colour, subset=keys, axis=0)
        for place, texts in cells(rows).iterrows():  # a text of its own for each number, by which the table still sorts
            row: Any = ([place], keys)
            style = style.format({key: partial(str.format, texts[key]) for key in keys}, subset=row)
        return style

    columns: Any = {
        "name": st.column_config.TextColumn("Strategy", pinned=True, width=178),
        "images": st.column_config.ImageColumn(
            "Decoded",
            width=FACES * ROW_HEIGHT,
            help="A few vectors of their own draw, with the sidebar's seed.",
        ),
        "verdict": st.column_config.TextColumn("Verdict, and why", help=THRESHOLDS, width=300),
    }
    columns |= {s.key: st.column_config.NumberColumn(s.heading, help=s.help) for s in registry.SCORES}
    key = f"{key_of(exhibit.key)}_{zlib.crc32(repr(entries).encode())}"  # ticks belong to these rows

    def ticked() -> None:
        boxes = st.session_state[key]["selection"]["rows"]
        decide("rows", tuple(entries[i].stem for i in sorted(boxes)))

    place, height = st.empty(), min(HEIGHT, ROW_HEIGHT * (len(rows) + 1))
    looks: Any = {"hide_index": True, "column_config": columns, "row_height": ROW_HEIGHT, "height": height}
    pictured = f"{chosen.study.vectors_digest} {chosen.seed}"
    if st.session_state.get(PICTURED) != pictured:  # numbers first: pictures of all rows take a second
        place.dataframe(styled(), alt=exhibit.alt, **looks)
    shown["images"] = [faces_of(chosen, entry) for entry in entries]
    st.session_state[PICTURED] = pictured
    place.dataframe(styled(), on_select=ticked, selection_mode="multi-row", key=key, alt=exhibit.alt, **looks)
