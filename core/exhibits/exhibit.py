"""One picture with its heading, its words and its tables, for a page to draw or a report to print."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import plotly.graph_objects as go

__all__ = ["Exhibit"]


@dataclass(frozen=True, eq=False)
class Exhibit:
    """A picture and what belongs to it.

    Attributes
    ----------
    key : str
        Names the exhibit on its page.
    title : str
        Heading; empty under the page's own.
    figure : Figure
    alt : str
        What the picture shows, for those who do not see it.
    caption : str
    tables : mapping of str to (str, callable)
        Title to file stem and a function that makes the table.
    """

    key: str
    title: str
    figure: go.Figure
    alt: str
    caption: str
    tables: Mapping[str, tuple[str, Callable[[], pd.DataFrame]]] = field(default_factory=dict)
