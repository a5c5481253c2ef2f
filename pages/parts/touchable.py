"""Charts give way to a finger: it scrolls the page, and what it taps is told and chosen as with a mouse."""

from __future__ import annotations

import streamlit as st

__all__ = ["touchable"]

SCRIPT = """<script>
if (!window.zpointsTouch) {
    window.zpointsTouch = true;
    document.addEventListener("touchstart", event => {
        if (event.target.closest(".js-plotly-plot .draglayer")) event.stopPropagation();
    }, {capture: true, passive: true});
}
</script>"""
"""Plotly takes hold of a finger as soon as it is put down, and zooms; where a chart fills a telephone, nothing below is
reached. What it does not hear of scrolls; browsers pass on a tap as the movement and the click of a mouse."""


def touchable() -> None:
    """Write the script once for a visit; charts in space still turn."""
    with st.sidebar:  # in the page it would leave a gap
        st.html(SCRIPT, unsafe_allow_javascript=True)
