"""The door for what somebody brings: files come in, are looked at, and a job makes a study of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.captions.doors import found_lines
from core.errors import InputError
from core.exhibits.doors import contact_sheet
from core.jobs import submit
from core.jobs.uploads import discard_uploads, keep_uploads, tidy_uploads
from core.settings import data_folder, is_public, limits, studies_folder
from core.sources.names import IMAGE_SUFFIXES
from core.sources.parts import is_parted
from core.sources.picks import MOST, picks
from core.sources.vectors import SUFFIXES as VECTORS
from core.study.changing import check_name
from core.study.groups import NO_GROUP
from core.study.models import SUFFIXES as MODELS
from core.study.offers import ACCEPTED, Offer, free_name, import_arguments, train_arguments, usual_name
from pages.parts.exhibits import draw
from pages.parts.jobs import act, say_what_was_refused
from pages.parts.loaders import load_offer
from pages.parts.plain import plain
from pages.sections.studies_recipe import choose_recipe
from pages.sections.studies_wishes import correct, forget_wishes, key_said, wishes_said

__all__ = ["draw_door"]

BROUGHT, TURN = "door_brought", "door_turn"
"""In the visit's state: the files that were brought, and how often some were."""

CROP = "door_crop"
"""In the visit's state: how images are cut, if that was chosen."""

FILES = 5
"""That are picked together, at most: the two parts of a model, images, vectors, and a table of what is known."""


def draw_door() -> None:
    """Draw the door; on a public server, one sentence in its place."""
    if is_public():
        st.caption("This server is open to the public and makes no studies; run zpoints on a machine of your own.")
        return
    tidy_uploads()
    with st.expander("New study", icon=":material/add_circle:", key="door", on_change="rerun") as door:
        say_what_was_refused()
        if door.open and st.session_state.get(BROUGHT):
            try:
                brought, crop = st.session_state[BROUGHT], st.session_state.get(CROP)
                _show(load_offer(brought, crop, wishes_said(), key_said()))
            except InputError as error:
                st.error(plain(str(error)), icon=":material/error:")
                if any(path.suffix.lower() in MODELS | VECTORS for path in brought):
                    correct(brought)
                st.button("Bring something else", on_click=_take_back)
        elif door.open:
            _bring()


def _bring() -> None:
    """Ask for files: from the browser, or from the folder that is open to it."""
    st.markdown(
        "Bring **images** (a zip, tar or parquet file of them, or the images themselves), **latent vectors** "
        "(`.npy`, several as `part-00000.npy` and on, `.npz`, `.csv`, `.parquet`, `.h5ad`), a "
        "**model** (`.keras`, or two `.onnx` files, with a zip of images) or a **study** that "
        "was exported; with vectors or a model also a table of what is known of "
        "each. Files are kept where zpoints runs until the study is made."
    )
    turn = st.session_state.get(TURN, 0)
    sent = st.file_uploader(
        "Files", ACCEPTED, accept_multiple_files=True, key=f"door_files_{turn}", max_upload_size=limits().upload_mb
    )
    if sent:
        act(_keep, sent)
        st.rerun()
    if folder := data_folder():
        names = picks(folder)
        chosen = st.multiselect(f"Or pick from {folder}", names, key=f"door_pick_{turn}", max_selections=FILES)
        if len(names) == MOST:
            st.caption(f"The first {MOST:,} files and folders are listed.")
        if chosen:
            paths = tuple(folder / name for name in chosen)
            st.button("Look at it", key="door_look", icon=":material/search:", on_click=_take, args=(paths,))


def _keep(sent: list[UploadedFile]) -> None:
    """Keep what the browser has sent; the widget forgets it, so that it does not stay in memory as well."""
    files = [(file.name, file) for file in sent]
    folder = keep_uploads(files)
    images = all(Path(name).suffix.lower() in IMAGE_SUFFIXES for name, _ in files)
    whole = images or is_parted(folder)
    st.session_state[BROUGHT] = (folder,) if whole else tuple(sorted(p for p in folder.iterdir()))
    st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _take(paths: tuple[Path, ...]) -> None:
    st.session_state[BROUGHT] = paths


def _take_back() -> None:
    """Forget what was brought, and remove it where it was sent."""
    for path in st.session_state.pop(BROUGHT, ()):
        discard_uploads(path if path.is_dir() else path.parent)
    _forget_wishes()


def _forget_wishes() -> None:
    st.session_state.pop(CROP, None)
    forget_wishes()


def _show(offer: Offer) -> None:
    """Say what was found, ask what it shall be called, and offer to begin."""
    said = found_lines(offer.preview) if offer.preview else offer.said
    st.markdown("\n".join(f"- {plain(line)}" for line in said))
    if offer.preview and len(offer.preview.sheet):
        draw(contact_sheet(offer.preview))
    if offer.kind in ("model", "vectors"):
        correct(offer.paths, offer.outputs)
    left, right = st.columns(2)
    title = left.text_input("What are these data?", max_chars=200, key="door_title", placeholder="Faces of our class")
    usual = free_name(studies_folder(), usual_name(offer.paths))
    name = right.text_input("Name of the study", usual, max_chars=100, key="door_name")
    try:
        folder = studies_folder() / check_name(name)
        problem = f"There is a study {name} already; give another name." if folder.exists() else ""
    except InputError as error:
        folder, problem = studies_folder(), str(error)
    if offer.preview is None:
        command = import_arguments(offer, folder, title, wishes_said(), key_said(), _choose_group(offer))
    else:
        command = train_arguments(offer.preview, folder, title, *choose_recipe(offer.preview, CROP))
        problem = problem or ("" if offer.preview.smallest_side else "None of the images looked at can be read.")
    if problem:
        st.warning(plain(problem), icon=":material/edit:")
    with st.container(horizontal=True):
        label, verb = ("Train", "training") if offer.preview else ("Import", "importing")
        order = partial(_start, command, f"{verb} {title or name}", folder)
        st.button(
            label,
            key="door_start",
            icon=":material/play_arrow:",
            on_click=order,
            disabled=bool(problem),
        )
        st.button("Bring something else", on_click=_take_back)


def _choose_group(offer: Offer) -> str | None:
    """Let a column be named whose values are persons or donors; None where there is no column."""
    if not offer.columns:
        return None
    options = [NO_GROUP, *offer.columns]
    usual = options.index(offer.group) if offer.group in options else 0
    about = "Vectors with the same value, of one person or donor, stay in one half when strategies are scored."
    return st.selectbox("Column that says which belong together", options, usual, key="door_group", help=about)


def _start(command: list[str], title: str, folder: Path) -> None:
    def order() -> None:
        submit(command, title, folder)
        st.session_state.pop(BROUGHT)
        _forget_wishes()
        st.session_state["door"] = False

    act(order)
