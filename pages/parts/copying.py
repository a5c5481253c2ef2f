"""What a comparing page shows, as lines to copy: in Python and for the command line."""

from __future__ import annotations

import streamlit as st

from core.report.lines import as_command, as_python, state_of
from pages.parts.address import drawn_choices
from pages.parts.comparison import Comparison

__all__ = ["offer_lines"]


def offer_lines(room: str, comparison: Comparison) -> None:
    """Draw a button that opens the lines that give the vectors and the exhibits of a page again.

    They are made, and sent, when it is opened: a part of the page that is drawn alone.
    """
    chosen, against = comparison.selection, comparison.against
    if any(sample.part for sample in comparison.drawn):
        st.caption("There are no lines to copy for strategies that were fitted to a part of the data.")
        return
    state = state_of(
        chosen.study,
        room,
        comparison.sample.recipe,
        chosen.count,
        chosen.seed,
        None if against is None else against.recipe,
        drawn_choices(),
        chosen.shown,
    )
    about = "Lines that give the vectors, pictures and tables of this page again."

    def lines() -> None:
        place = st.popover("Copy as code", icon=":material/code:", help=about, key=f"copy_{room}", on_change="rerun")
        if not place.open:
            return
        with place:
            st.markdown("**In Python**: `vectors` are those of this page, `exhibits` its pictures and tables.")
            st.code(as_python(state), language="python", wrap_lines=True)
            st.markdown("**As a command**: the vectors in a NumPy file, pictures and tables in a zip.")
            st.code(as_command(state), language="bash", wrap_lines=True)

    st.fragment(lines)()
