"""How a page is entered: always through ``dashboard.py``, which draws what all pages share.

Streamlit runs the files of a folder named ``pages`` on their own until ``st.navigation`` was called for the first time,
so that on a fresh server a link to a page would miss the front door. Such a page sends itself through it.
"""

from __future__ import annotations

import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

import streamlit as st

from core.errors import InputError

__all__ = ["inside", "open_page"]

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"

_inside = ContextVar("inside", default=False)


@contextmanager
def inside() -> Iterator[None]:
    """Mark that the front door was passed."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def open_page(draw: Callable[[], None]) -> None:
    """Draw a page, or what is wrong with the study or a choice in one sentence."""
    if not _inside.get():
        runpy.run_path(str(DASHBOARD))
        return
    try:
        draw()
    except InputError as error:
        st.error(str(error), icon=":material/error:")
