"""The words of the field, to be opened from every page."""

from __future__ import annotations

import streamlit as st

from core.glossary import as_page

__all__ = ["words"]


def words() -> None:
    """Draw a button in the sidebar that opens the glossary."""
    with st.sidebar, st.popover("Words", icon=":material/dictionary:", help="What the words of the pages mean."):
        st.markdown(as_page())
