"""The list of studies: look at one closely, open it, lay it beside, rename, call otherwise, export or delete it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.captions.studies import about_an_entry
from core.errors import InputError
from core.settings import is_public
from core.study.archive import export_study
from core.study.card import card
from core.study.changing import delete_study, rename_study, retitle_study
from core.study.shelf import Entry, studies, study_folders
from core.tables import shelf_table
from pages.parts.address import acted, decide, exchange
from pages.parts.fields import pick
from pages.parts.loaders import load_study
from pages.parts.plain import plain
from pages.parts.sidebar import Selection, named_folders

__all__ = ["list_studies"]

SAID = "studies_said"
ASKED = "studies_asked"

COLUMNS: dict[str, Any] = {
    "study": "Study",
    "title": "Data",
    "vectors": st.column_config.NumberColumn("Vectors", format="localized"),
    "components": "Numbers in each",
    "autoencoder": "Autoencoder",
    "MB": st.column_config.NumberColumn("Size in MB", format="%.1f"),
    "state": "Whose",
}
"""What the columns of the list are called."""

LARGEST_DOWNLOAD = 500_000_000
"""Bytes of a study that the browser may ask for: the server holds the file in memory meanwhile."""


def list_studies(chosen: Selection) -> None:
    """Draw the list, and what can be done with the study that is looked at."""
    entries = {entry.name: entry for entry in studies(named_folders())}
    here = next((name for name, entry in entries.items() if entry.folder == chosen.study.folder), next(iter(entries)))
    st.header("All studies")
    st.dataframe(
        shelf_table(tuple(entries.values())),
        hide_index=True,
        alt="the studies at hand, with their sizes",
        height=min(320, 38 + 35 * len(entries)),
        column_config=COLUMNS,
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        entry = entries[pick("Look at", list(entries), here, "listed", width=320)]
        _visit(entry, here, chosen)
        if not is_public():
            _export(entry)
        if entry.owned:
            _change(entry)
    _say()
    _confirm(entry)
    st.caption(plain(about_an_entry(entry)))
    if not entry.problem and entry.name != here:
        with st.expander("Provenance and model card"):
            st.markdown("\n".join(f"- {line}" for line in card(load_study(entry.folder))))


def _visit(entry: Entry, here: str, chosen: Selection) -> None:
    unusable = bool(entry.problem) or entry.name == here
    beside = st.session_state["choices"].values.get("beside")
    swap = exchange("study", {"study": here, "beside": beside})
    st.button("Open", icon=":material/folder_open:", disabled=unusable, on_click=swap, args=(entry.name,))
    laid = entry.name == beside and chosen.beside is not None
    label, name = ("Take away", "none") if laid else ("Lay beside", entry.name)
    st.button(label, icon=":material/compare:", disabled=unusable, on_click=decide, args=("beside", name))


def _export(entry: Entry) -> None:
    st.download_button(
        "Export",
        data=partial(_exported, entry),
        file_name=f"{entry.folder.name}.zip",
        mime="application/zip",
        icon=":material/download:",
        on_click="ignore",
        disabled=bool(entry.problem) or entry.size > LARGEST_DOWNLOAD,
        help="One file with all that the study holds, which `import` makes a study of again. Of a study beyond "
        f"{LARGEST_DOWNLOAD // 1_000_000} MB: `python -m core export`.",
    )


def _exported(entry: Entry) -> bytes:
    buffer = io.BytesIO()
    export_study(entry.folder, buffer)
    return buffer.getvalue()


def _change(entry: Entry) -> None:
    with st.popover("Retitle", icon=":material/title:", disabled=bool(entry.problem)):
        about = f"retitle_{entry.name}_{entry.title}"
        st.text_input("What the data are, as a reader calls them", entry.title, key=about)
        st.button("Retitle", key="retitle", on_click=_do, args=(lambda: _retitle(entry, st.session_state[about]),))
    if not entry.at_home:
        return
    with st.popover("Rename", icon=":material/edit:"):
        field = f"rename_{entry.name}"
        st.text_input("Name of the folder", entry.folder.name, key=field)
        st.button("Rename", key="rename", on_click=_do, args=(lambda: _rename(entry, st.session_state[field]),))
    st.button("Delete …", icon=":material/delete:", on_click=_ask, args=(entry,))


def _ask(entry: Entry) -> None:
    st.session_state[ASKED] = str(entry.folder)
    acted()


def _confirm(entry: Entry) -> None:
    """Ask a second time before a study is deleted; another study, once looked at, is not asked for."""
    if st.session_state.get(ASKED) != str(entry.folder) or not entry.owned:
        st.session_state.pop(ASKED, None)
        return
    st.warning(
        f"Delete **{plain(entry.name)}** for good, {entry.count:,} vectors and {entry.size / 1e6:,.1f} MB with all "
        "fits and scores? Nothing brings it back.",
        icon=":material/delete_forever:",
    )
    with st.container(horizontal=True):
        st.button("Delete for good", on_click=_do, args=(lambda: _delete(entry),))
        st.button("Keep it", on_click=lambda: st.session_state.pop(ASKED))


def _do(change: Callable[[], str]) -> None:
    """Change something, and keep what there is to say until the page is drawn."""
    acted()
    st.session_state.pop(ASKED, None)
    try:
        st.session_state[SAID] = (True, change())
    except InputError as error:
        st.session_state[SAID] = (False, str(error))


def _say() -> None:
    if said := st.session_state.pop(SAID, None):
        well, sentence = said
        (st.success if well else st.error)(plain(sentence), icon=f":material/{'check' if well else 'error'}:")


def _rename(entry: Entry, name: str) -> str:
    folder = rename_study(entry.folder, name)
    now = next((known for known, place in study_folders(named_folders()).items() if place == folder), folder.name)
    for choice in ("study", "beside", "listed"):
        if st.session_state["choices"].values.get(choice) == entry.name:
            decide(choice, now)
    return f"{entry.name} is called {now} now."


def _retitle(entry: Entry, title: str) -> str:
    retitle_study(entry.folder, title)
    return f"The data of {entry.name} are called {title.strip()} now."


def _delete(entry: Entry) -> str:
    delete_study(entry.folder)
    return f"{entry.name} is deleted."
