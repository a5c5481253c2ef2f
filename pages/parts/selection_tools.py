"""The selections in the sidebar: how many each chooses, and every way to select without a mouse."""

from __future__ import annotations

from functools import partial

import streamlit as st

from core.errors import InputError, MissingError
from core.plain import as_text as legible
from core.selection import Rule, Selected, Several, as_text, from_json, parse, to_json
from core.selection.parts import Fitted
from core.statistics import Description
from core.study import Study
from core.tables import to_csv
from core.tables.selection import selected_table, to_parquet
from pages.parts.address import key_of
from pages.parts.fields import choose
from pages.parts.loaders import load_part, load_selected
from pages.parts.plain import plain
from pages.parts.selecting import HOW, can_redo, can_undo, clear, name_of, rename, rule_of, said, several, take
from pages.parts.selection_by import choose_by
from pages.parts.selection_list import draw_buttons, draw_list

__all__ = ["choose_fitted", "choose_selection"]

HELP = (
    'An attribute (NAME, NAME=no, NAME="value", NAME 18..30), a quantity (radius 10..15, distance ..12, error 0.01.., '
    'axis1 2.., component7 ..0, discriminant(NAME) 1.., apart("radius 20..") 1..), box(axis1 0..2, axis2 -1..1), '
    'unusual(50), near("picture.jpg", 50), '
    'images("picture.jpg"); joined with and, or, not and brackets. Names that are no plain words stand in "quotes".'
)
FITS = {"all": "All", "selection": "The selection"}
MOST_SHOWN = 120
"""Characters of a rule that the sidebar shows."""


def choose_selection(study: Study, description: Description) -> tuple[tuple[Selected, ...], Selected | None]:
    """Draw the tools; return all that is selected, and which of it is worked on, where anything is."""
    chosen = several(study)
    with st.popover("Select vectors", icon=":material/lasso_select:", width="stretch"):
        _tools(study, chosen)
        place = st.container()
    if sentence := said():
        st.error(legible(sentence), icon=":material/error:")
    if not chosen.taken and not (can_undo() or can_redo()):
        return (), None
    draw_buttons(chosen)
    if not chosen.taken:
        return (), None
    shown = _selected(study, chosen)
    draw_list(chosen, shown)
    current = shown.get(chosen.current)
    if current is not None:
        text = as_text(current.rule)
        st.caption(plain(text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"))
        with place:
            _exports(study, description, current)
    return tuple(shown.values()), current


def _selected(study: Study, chosen: Several) -> dict[int, Selected]:
    """Return what is selected, by place; what cannot be learned of a study, such as a discriminant, is said."""
    shown = {}
    for number, rule in enumerate(chosen.rules):
        try:
            if rule is not None:
                shown[number] = load_selected(study, rule, chosen.names[number], number)
        except InputError as error:
            st.error(legible(str(error)), icon=":material/error:")
    return shown


def choose_fitted(study: Study, selected: Selected | None) -> Fitted | None:
    """Draw the choice of what strategies are fitted to; return the selection where it is not all vectors."""
    if selected is None or choose("Strategies are fitted to", FITS, "all", "fit_to") == "all":
        return None
    try:
        return load_part(study, selected)
    except MissingError as error:
        st.info(legible(str(error)), icon=":material/info:")
        return None


def _tools(study: Study, chosen: Several) -> None:
    """Draw a field to type a rule in, one to choose an attribute or a quantity by, and one for a name."""
    key, rule = key_of(rule_of(chosen.current)), chosen.rule

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
    if rule is not None:
        _name(chosen)


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
        rename(names[0])


def _name(chosen: Several) -> None:
    key = key_of(name_of(chosen.current))
    st.text_input("Name", chosen.name, max_chars=80, key=key, on_change=lambda: rename(st.session_state[key].strip()))


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
