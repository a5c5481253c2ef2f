"""What Streamlit writes too faintly or cuts off, and no theme can set, made as legible as all else."""

from __future__ import annotations

import streamlit as st

__all__ = ["legible"]

STYLE = """<style>
.js-plotly-plot text[style*="fill: rgb(128, 132, 149)"] {fill: #555867 !important}
.stMultiSelect [data-tag], .stMultiSelect [data-tag] * {color: light-dark(#FFFFFF, #14161C) !important}
[data-testid="stPaginationEllipsis"] {color: inherit !important; opacity: 1}
[data-testid="stButtonGroup"] [role="radiogroup"] {flex-wrap: wrap}
[data-testid="stTabs"] [role="tablist"] {flex-wrap: wrap; height: auto; overflow: visible; row-gap: 0}
@media (hover: none) {.js-plotly-plot .modebar-group:not(:last-child) {display: none !important}}
</style>"""
"""The light theme's grey on charts, white on the accent of the dark theme, the gap between numbers of pages; choices
and tabs that do not fit into a line go on in the next. Without a pointer, a chart's tools stand there all the time and
over its legend, so that all but full screen give way; two taps undo a zoom."""


def legible() -> None:
    """Write on a page so that all of it has the contrast that readers need (WCAG 2.2, 1.4.3) and nothing is cut."""
    st.html(STYLE)
