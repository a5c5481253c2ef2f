"""The selection in the sidebar: how many it chooses, undo and clear, and every way to select without a mouse."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.captions.selection import about_count
from core.errors import MissingError
from core.plain import as_text as legible
from core.selection import Rule, Selected, as_text, from_json, parse, to_json
from core.selection.parts import Fitted
from core.statistics import Description
from core.study import Study
from core.tables import to_csv
from core.tables.selection import selected_table, to_parquet
from pages.parts.address import decided, keep, key_of
from pages.parts.fields import choose
from pages.parts.loaders import load_part, load_selected
from pages.parts.plain import plain
from pages.parts.selecting import (
    HOW,
    can_redo,
    can_undo,
    clear,
    name_codec,
    redo,
    rule_codec,
    said,
    take,
    undo,
)
from pages.parts.selection_by import choose_by

__all__ = ["choose_selection"]

HELP = (
    'An attribute (NAME, NAME=no, NAME="value", NAME 18..30), a quantity (radius 10..15, distance ..12, error 0.01.., '
    'axis1 2.., component7 ..0), box(axis1 0..2, axis2 -1..1), unusual(50), near("picture.jpg", 50), '
    'images("picture.jpg"); joined with and, or, not and brackets. Names that are no plain words stand in "quotes".'
)
FITS = {"all": "All", "selection": "The selection"}
MOST_SHOWN = 120
"""Characters of a rule that the sidebar shows."""


def choose_selection(study: Study, description: Description) -> tuple[Selected | None, Fitted | None]:
    """Draw the tools; return what is selected, and what strategies are fitted to where it is not all vectors."""
    rule = decided("select", None, rule_codec(study))
    name = decided("select_name", "", name_codec())
    with st.popover("Select vectors", icon=":material/lasso_select:", width="stretch"):
        _tools(study, rule)
        if rule is not None:
            _name(name)
        place = st.container()
    if sentence := said():
        st.error(legible(sentence), icon=":material/error:")
    if rule is None and not (can_undo() or can_redo()):
        return None, None
    with st.container(horizontal=True, gap="small"):
        st.button("Clear", on_click=clear, disabled=rule is None, key="select_clear")
        st.button("Undo", on_click=undo, disabled=not can_undo(), key="select_undo")
        st.button("Redo", on_click=redo, disabled=not can_redo(), key="select_redo")
    if rule is None:
        return None, None
    selected = load_selected(study, rule, name)
    text = as_text(rule)
    st.markdown(f"**:violet[{plain(selected.title)}]**: {about_count(selected)}")
    st.caption(plain(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"))
    with place:
        _exports(study, description, selected)
    return selected, _fitted(study, selected)


def _fitted(study: Study, selected: Selected) -> Fitted | None:
    if choose("Strategies are fitted to", FITS, "all", "fit_to") == "all":
        return None
    try:
        return load_part(study, selected)
    except MissingError as error:
        st.info(legible(str(error)), icon=":material/info:")
        return None


def _tools(study: Study, rule: Rule | None) -> None:
    """Draw a field to type a rule in, and one to choose an attribute or a quantity by."""
    key = key_of("select")

    def typed() -> None:
        text = st.session_state[key].strip()
        take(lambda: parse(text), study, "new") if text else clear()

    shown = "" if rule is None else as_text(rule)
    st.text_area("Rule", shown, help=HELP, key=key, on_change=typed, placeholder="radius 10..15 or unusual(50)")
    st.divider()
    choose("What is drawn or chosen goes", HOW, "new", "select_how")
    choose_by(study)
    st.file_uploader(
        "Bring a rule", type="json", max_upload_size=1, key="select_file", on_change=partial(_brought, study)
    )


def _brought(study: Study) -> None:
    file = st.session_state["select_file"]
    if file is None:
        return

    names = []

    def read() -> Rule:
        named = from_json(file.getvalue(), file.name)
        names.append(named.name)
        return named.rule

    if take(read, study):
        keep("select_name", names[0])


def _name(name: str) -> None:
    key = key_of("select_name")
    st.text_input(
        "Name", name, max_chars=80, key=key, on_change=lambda: keep("select_name", st.session_state[key].strip())
    )


def _exports(study: Study, description: Description, selected: Selected) -> None:
    """Offer the rows and the rule as files."""
    stem = f"{study.name}_selected-{selected.digest[:16]}"
    table = partial(selected_table, study, description, selected)
    files = {
        "Rows (CSV)": ("csv", "text/csv", lambda: to_csv(table())),
        "Rows (parquet)": ("parquet", "application/vnd.apache.parquet", lambda: to_parquet(table())),
        "Rule (JSON)": ("json", "application/json", lambda: to_json(selected.rule, selected.name)),
    }
    with st.container(horizontal=True):
        for label, (ending, mime, make) in files.items():
            st.download_button(
                label,
                make,
                f"{stem}.{ending}",
                mime,
                on_click="ignore",
                key=f"select_{ending}",
                icon=":material/download:",
            )
