"""How an exhibit of the core stands on a page."""

from __future__ import annotations

import streamlit as st

from core.exhibits.exhibit import Exhibit
from pages.parts.charts import chart

__all__ = ["show"]


def show(exhibit: Exhibit) -> None:
    """Draw heading, picture and caption; the page offers the tables of all its exhibits at its end."""
    if exhibit.title:
        st.header(exhibit.title)
    chart(exhibit.figure, exhibit.alt, exhibit.key)
    st.caption(exhibit.caption)
