"""All long work: how far it is, what it has printed, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.exhibits.studies import running_losses
from core.jobs import Job, State, forget, jobs, left_out, living_jobs, resume, stop
from core.settings import is_public
from core.study.shelf import study_folders
from pages.parts.exhibits import draw
from pages.parts.jobs import EVERY, act, say_what_was_refused, was_refused
from pages.parts.plain import plain
from pages.parts.sidebar import named_folders
from pages.sections.studies_sheets import draw_sheets
from pages.sections.studies_trainings import draw_training

__all__ = ["draw_jobs"]

SHOWN = 10
"""Jobs that are shown at once, the newest."""

CHANGED = "job_changed"
"""Says of a click that it was obeyed."""

COLOURS = {State.WAITING: "gray", State.RUNNING: "blue", State.DONE: "green", State.STOPPED: "gray"}
"""Of the badges; red elsewhere."""


def draw_jobs() -> None:
    """Draw the list of all jobs, kept up to date while one lives. Nothing on a public server, and where are none."""
    if is_public():
        return
    st.fragment(_list, run_every=EVERY if living_jobs() else None)()


def _list() -> None:
    if st.session_state.pop(CHANGED, False):
        st.rerun()
    everything, sentences = jobs(), left_out()
    if not everything and not sentences:
        return
    living = sum(job.is_alive for job in everything)
    with st.expander("Jobs", icon=":material/pending_actions:", expanded=living > 0, key="jobs"):
        say_what_was_refused()
        for sentence in sentences:
            st.text(sentence)
        for job in everything[:SHOWN]:
            with st.container(border=True, key=f"job_{job.id}"):
                _draw(job)
        if len(everything) > SHOWN:
            st.caption(f"The newest {SHOWN} of {len(everything)} jobs; forget some to see the others.")


def _draw(job: Job) -> None:
    """Draw one job with its buttons."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(job.title)}**", width="content")
        st.badge(job.state, color=COLOURS.get(job.state, "red"))  # type: ignore[arg-type]
    if job.state is State.RUNNING:
        st.progress(job.share, plain(job.standing))
    else:
        st.caption(plain(job.standing))
    if not draw_training(job) and job.epochs:
        draw(running_losses(job.id, job.epochs))
        draw_sheets(job)
    with st.container(horizontal=True):
        if job.is_alive:
            _button("Stop", "stop_circle", stop, job, job.is_stopping)
        else:
            if job.state is State.DONE:
                _link_to_the_study(job)
            if job.can_resume:
                _button("Continue", "play_arrow", resume, job)
            _button("Forget", "delete", forget, job)
        log = st.popover("Log", icon=":material/notes:", key=f"log_{job.id}", on_change="rerun")
        if log.open:
            with log:
                st.code(job.command, language=None, wrap_lines=True)
                st.code(job.log or "Nothing was printed yet.", language=None, height=300)


def _button(label: str, icon: str, action: Callable[[str], object], job: Job, disabled: bool = False) -> None:
    key = f"{label.lower()}_{job.id}"
    st.button(label, key=key, icon=f":material/{icon}:", disabled=disabled, on_click=_do, args=(action, job.id))


def _do(action: Callable[[str], object], name: str) -> None:
    """Do something with a job; if that went, all of the page is drawn anew, since the sidebar shows the same job."""
    act(action, name)
    st.session_state[CHANGED] = not was_refused()


def _link_to_the_study(job: Job) -> None:
    for name, folder in study_folders(named_folders()).items():
        if folder == job.target:
            st.page_link("pages/faces.py", label="Open", icon=":material/open_in_new:", query_params={"study": name})
