"""Charts with their tables: every figure can be read as numbers and taken away as CSV."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from core.tables import to_csv

__all__ = ["CONFIG", "SELECTING", "chart", "csv_button", "tables"]

CONFIG = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d"]}

SELECTING = {"displaylogo": False, "displayModeBar": True}
"""Of a chart on which vectors are selected: its tools are always seen."""

MAX_ROWS = 10_000
"""Rows that are sent to the browser, at most."""


def chart(figure: go.Figure, alt: str, key: str, **more: Any) -> None:
    """Draw a figure; ``more`` is what vectors are selected by on it, and how, where they are."""
    modes = set(more.get("selection_mode", ()))
    config = SELECTING if modes - {"points"} else CONFIG
    st.plotly_chart(_drawn_once(figure, modes), key=key, config=config, alt=alt, **more)


def _drawn_once(figure: go.Figure, modes: Collection[str]) -> go.Figure:
    """Return a figure with what keeps a browser from drawing it a second time.

    Streamlit hands Plotly a new chart twice: as a copy, and with what clicking and dragging do where points are
    selected. Plotly draws it anew unless a revision says that the numbers are the same and the rest is there already.
    A chart with other numbers is another one to Streamlit, so that the revision need not change.
    """
    layout: dict[str, Any] = {"datarevision": 1}
    if "points" in modes:
        layout |= {"dragmode": "pan", "clickmode": "event+select"}
    elif "box" in modes:
        layout |= {"dragmode": "select", "clickmode": "event"}
    if modes:
        layout["hovermode"] = "closest"
    return figure.update_layout(layout)


def csv_button(make: Callable[[], pd.DataFrame], name: str, label: str = "CSV") -> None:
    """Offer a table as a file that is made when the button is clicked."""
    st.download_button(
        label,
        data=lambda: to_csv(make()),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"csv_{name}",
        icon=":material/download:",
        on_click="ignore",
    )


def tables(makers: Mapping[str, tuple[str, Callable[[], pd.DataFrame]]], *more: Callable[[], None]) -> None:
    """Offer tables, as files that are made when clicked, and one of them to look at.

    Parameters
    ----------
    makers : mapping
        Title to file name and a function that makes the table.
    more : callables
        Draw further buttons beside those of the tables.
    """
    with st.container(horizontal=True):
        for title, (name, make) in makers.items():
            csv_button(make, name, f"{title} (CSV)")
        for draw in more:
            draw()
    if not makers:
        return
    shown = st.pills("Show a table", list(makers), key=f"table_{'_'.join(makers)}")
    if shown:
        frame = makers[shown][1]()
        st.dataframe(frame.head(MAX_ROWS), hide_index=True, alt=shown, height=min(420, 38 + 35 * len(frame)))
        if len(frame) > MAX_ROWS:
            st.caption(f"The first {MAX_ROWS:,} of {len(frame):,} rows; the file has all.")
