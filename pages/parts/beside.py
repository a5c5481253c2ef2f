"""A second study, laid over the first at the end of a page."""

from __future__ import annotations

from collections.abc import Callable

import plotly.graph_objects as go
import streamlit as st

from core.figures.studies import Named
from pages.parts.charts import chart
from pages.parts.sidebar import Selection

__all__ = ["lay_beside"]


def lay_beside(chosen: Selection, draw: Callable[[Named, Named], go.Figure], what: str) -> None:
    """Draw a figure of both studies, if the sidebar asks for a second one."""
    if chosen.beside is None:
        return
    study, description = chosen.beside
    st.header(f"{chosen.study.name} and {study.name}")
    figure = draw((chosen.study.name, chosen.description), (study.name, description))
    chart(figure, f"{what} of {chosen.study.name} and {study.name}", f"beside_{'_'.join(what.split())}")
    st.caption(
        "Two networks have neither axes nor a scale in common, so each study is shown in its own units. "
        "The page *Studies* compares them in numbers."
    )
