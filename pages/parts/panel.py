"""A part of a page that is drawn alone after a gesture within it, so that a browser is sent nothing else."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts.address import begin_again, drawn_choices, has_to_draw_all, publish_again, standing_outside

__all__ = ["panel"]


def panel(draw: Callable[[], None]) -> None:
    """Draw a part of a page, which it ends with.

    After a gesture within it, it is drawn alone and writes its choices into the address; the whole page is, where the
    gesture changed a choice that is drawn before this part, such as a selection, which the sidebar counts.
    """
    written, outside = drawn_choices(), standing_outside()
    drawn = False

    def part() -> None:
        nonlocal drawn
        if not drawn:
            drawn = True
            draw()
            return
        if has_to_draw_all(outside):
            st.rerun()
        begin_again(written)
        draw()
        publish_again()

    st.fragment(part)()
