"""The scoreboard as a table: a line per row with its faces, shaded scores, and a box to tick."""

from __future__ import annotations

import base64
import zlib
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core.scores import THRESHOLDS, registry
from core.scores.entries import entry_of
from core.scores.table import cells, shades
from core.strategies import Recipe
from pages.parts.loaders import can_draw_entry, load_entry_wall
from pages.parts.sidebar import Selection

__all__ = ["draw_table"]

ROW_HEIGHT, FACES = 48, 8


def faces_of(chosen: Selection, entry: Recipe) -> str:
    """Return the first faces of a row as a picture that a table can show; none where a fit would take long."""
    if not can_draw_entry(chosen.study, entry):
        return ""
    picture = load_entry_wall(chosen.study, entry, chosen.count, chosen.seed, FACES)
    return "data:image/webp;base64," + base64.b64encode(picture).decode()


def draw_table(chosen: Selection, rows: pd.DataFrame) -> list[int]:
    """Draw the scoreboard, a line per row; return the rows that are ticked."""
    shown = rows[["name", "verdict", *(score.key for score in registry.SCORES)]].copy()
    height = min(1200, ROW_HEIGHT * (len(rows) + 1))
    names = list(zip(rows["strategy"], rows["parameters"], strict=True))
    with st.skeleton(height=height):
        shown.insert(1, "images", [faces_of(chosen, entry_of(*name)) for name in names])
    shade = shades(rows)

    def colour(column: pd.Series) -> list[str]:
        parts = shade[column.name].fillna(0.0)
        return [f"background-color: rgba(213, 94, 0, {0.55 * part:.2f})" for part in parts]

    keys: Any = [score.key for score in registry.SCORES]
    styled = shown.style.apply(colour, subset=keys, axis=0)
    for place, texts in cells(rows).iterrows():  # a text of its own for each number, by which the table still sorts
        row: Any = ([place], keys)
        styled = styled.format({key: partial(str.format, texts[key]) for key in keys}, subset=row)
    columns: Any = {
        "name": st.column_config.TextColumn("Strategy", pinned=True, width=190),
        "images": st.column_config.ImageColumn("Decoded", width=FACES * ROW_HEIGHT),
        "verdict": st.column_config.TextColumn("Verdict", help=THRESHOLDS),
    }
    columns |= {s.key: st.column_config.NumberColumn(s.label, help=s.help) for s in registry.SCORES}
    event = st.dataframe(
        styled,
        hide_index=True,
        column_config=columns,
        row_height=ROW_HEIGHT,
        height=height,
        on_select="rerun",
        selection_mode="multi-row",
        key=f"board_{zlib.crc32(repr(names).encode())}",  # ticks belong to these rows
        alt="scores of every strategy",
    )
    return list(event["selection"]["rows"])
