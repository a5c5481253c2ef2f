"""Selecting from lists: an attribute and its value, a range of a quantity, the vectors where it is largest."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from core.plain import as_text
from core.selection import Rule
from core.selection.rules import Has, Number, Unusual, Within
from core.study import Study
from core.study.columns import Column, Kind
from pages.parts.selecting import take

__all__ = ["choose_by"]

LARGEST = "largest "


def choose_by(study: Study) -> None:
    """Draw lists that a rule is chosen from, and a button that selects by it."""
    columns = {f"attribute {column.name}": column for column in study.columns}
    measures = {"radius": "radius", "distance": "Mahalanobis distance"}
    if study.has_errors:
        measures["error"] = "reconstruction error"
    titles = {key: column.label for key, column in columns.items()} | measures
    titles |= {f"{LARGEST}{key}": f"{LARGEST}{title}" for key, title in measures.items()}
    by = st.selectbox("By", list(titles), format_func=titles.__getitem__, key="select_by")
    make = _rule_by(by, columns, len(study))

    def go() -> None:
        take(make, study)

    st.button("Select", on_click=go, key="select_go")


def _rule_by(by: str, columns: Mapping[str, Column], count: int) -> Callable[[], Rule]:
    """Draw the widgets of what is chosen by; return what makes the rule that they say."""
    column = columns.get(by)
    if by.startswith(LARGEST):
        many = st.number_input("How many", 1, count, min(50, count), key="select_count")
        return lambda: Unusual(int(many), by.removeprefix(LARGEST))  # type: ignore[arg-type]
    if column is not None and column.kind is not Kind.NUMBER:
        yes_or_no = column.kind is Kind.BOOL
        values = ("yes", "no") if yes_or_no else column.categories
        value = st.selectbox("Is", values, format_func=as_text, key=f"select_is_{by}")
        return lambda: Has(column.name, value == "yes" if yes_or_no else value)
    with st.container(horizontal=True):
        low, high = (
            st.number_input(label, value=None, key=f"select_{label}_{by}", width=120, placeholder="any", format="%g")
            for label in ("From", "To")
        )
    return lambda: Within(by, low, high) if column is None else Number(column.name, low, high)
