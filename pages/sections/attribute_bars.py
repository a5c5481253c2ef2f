"""Attributes as bars that are clicked to select: their shares in the study, and in what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core.exhibits.exhibit import Exhibit
from core.exhibits.selection import attribute_bars
from core.selection import Rule
from core.selection.attributes import Values
from core.study.columns import Kind
from pages.parts.exhibits import show
from pages.parts.fields import switch
from pages.parts.loaders import load_shares, load_values
from pages.parts.selecting import take
from pages.parts.sidebar import Selection

__all__ = ["clicked_rule", "draw_bars", "offer_bars"]


def offer_bars(chosen: Selection) -> list[Exhibit]:
    """Draw a switch for the bars, and them where it is on; return the exhibit, or none."""
    if all(column.kind is Kind.NUMBER for column in chosen.study.columns):
        return []
    about = "Shares of the attributes in the data and in what is selected. Click a bar to select."
    return draw_bars(chosen) if switch("Attributes as bars", "bars", help=about) else []


def draw_bars(chosen: Selection) -> list[Exhibit]:
    """Draw the bars; return the exhibit, or none where no attribute is known."""
    study, values = chosen.study, load_values(chosen.study)
    if not values.rules:
        return []
    shares = [load_shares(study), *(load_shares(study, one) for one in chosen.shown)]
    exhibit = attribute_bars(study, values, shares, chosen.shown)

    def clicked() -> None:
        take(lambda: clicked_rule(st.session_state[exhibit.key]["selection"], values), study)

    show(exhibit, on_select=clicked, selection_mode=("points",))
    return [exhibit]


def clicked_rule(selection: Mapping[str, Any], values: Values) -> Rule | None:
    """Return the rule of the bar that was clicked; None where none was."""
    for point in selection.get("points", []):
        data = point.get("customdata")
        number = next(iter(data.values() if isinstance(data, Mapping) else data or ()), None)
        if number is not None:
            return values.rules[int(number)]
    return None
