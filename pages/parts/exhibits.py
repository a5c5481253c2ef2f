"""How exhibits of the core stand on a page."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import streamlit as st

from core.exhibits.exhibit import Exhibit, Wall
from core.plain import as_text
from core.study import Study
from pages.parts.address import standing
from pages.parts.charts import chart, tables
from pages.parts.loaders import load_complaint

__all__ = ["FORMULAS", "complain", "draw", "offer", "say", "say_in_numbers", "show"]

FORMULAS = "formulas"
"""Name of the choice by which all that is told in numbers stands open."""


def show(exhibit: Exhibit, **more: Any) -> None:
    """Draw heading, picture and caption; the page offers the tables of all its exhibits at its end."""
    if exhibit.title:
        st.header(as_text(exhibit.title))
    draw(exhibit, **more)
    say(exhibit)


def say(exhibit: Exhibit) -> None:
    """Write what an exhibit shows: plain words, and folded below them what it shows in numbers."""
    if exhibit.said:
        st.caption(exhibit.said)
    say_in_numbers(exhibit)


def say_in_numbers(exhibit: Exhibit) -> None:
    """Write, folded, what an exhibit with plain words shows in numbers."""
    if exhibit.plain and exhibit.caption:
        with st.expander("In numbers", expanded=standing(FORMULAS, False)):
            st.caption(exhibit.caption)


def draw(exhibit: Exhibit, **more: Any) -> None:
    """Draw the picture alone; ``more`` is what else its widget is told, such as what a click does."""
    picture = exhibit.picture
    if isinstance(picture, go.Figure):
        chart(picture, exhibit.alt, exhibit.key, **more)
    elif isinstance(picture, Wall):
        st.image(_sent(picture.image), alt=exhibit.alt, width="stretch", output_format="PNG", **more)
    else:
        st.dataframe(picture, hide_index=True, alt=exhibit.alt, **more)


def _sent(image: bytes) -> bytes | str:
    """Return a picture as Streamlit passes it on as it is: it would encode WebP anew, as a larger PNG."""
    if image[8:12] != b"WEBP":
        return image
    return f"data:image/webp;base64,{b64encode(image).decode()}"


def complain(study: Study, vectors: npt.NDArray[np.floating]) -> None:
    """Say which of the pictures that show a few vectors are missing."""
    if not study.has_decoder and (complaint := load_complaint(study, vectors)):
        st.caption(as_text(complaint))


def offer(exhibits: list[Exhibit], *more: Callable[[], None]) -> None:
    """Offer the tables of exhibits, and what ``more`` draws beside them."""
    tables(dict(chain.from_iterable(exhibit.tables.items() for exhibit in exhibits)), *more)
