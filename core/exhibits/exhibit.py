"""One picture with its heading, its words and its tables, for a page to draw or a report to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import pandas as pd
import plotly.graph_objects as go

__all__ = ["Exhibit", "Picture", "Tables", "Wall"]

Tables: TypeAlias = Mapping[str, tuple[str, Callable[[], pd.DataFrame]]]
"""Title of each table to its file stem and a function that makes it."""


@dataclass(frozen=True, eq=False)
class Wall:
    """Decoded images side by side.

    Attributes
    ----------
    image : bytes
        Of all of them in one file, row by row, WebP or PNG.
    count, columns : int
        How many there are, and how many stand in a row.
    """

    image: bytes
    count: int
    columns: int


Picture: TypeAlias = go.Figure | Wall | pd.DataFrame


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A picture and what belongs to it.

    Attributes
    ----------
    key : str
        Names the exhibit on its page.
    title : str
        Heading; empty under the page's own.
    picture : Figure, Wall or DataFrame
    alt : str
        What the picture shows, for those who do not see it.
    caption : str
        What it shows in numbers, for those who know the terms.
    tables : Tables
    gesture : str
        What a page lets its reader do with the picture; no report has it.
    plain : str
        What the picture shows and how it came out, in words that need no statistics; "" where the caption is plain.
    """

    key: str
    title: str
    picture: Picture
    alt: str
    caption: str
    tables: Tables = field(default_factory=dict)
    gesture: str = ""
    plain: str = ""

    @property
    def said(self) -> str:
        """Plain words, or the caption where there are none, and gesture: what a page says below the picture."""
        return f"{self.plain or self.caption} {self.gesture}".strip()
