"""Long work as all pages show it: one line in the sidebar, and what a click on it does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.errors import InputError
from core.jobs import Job, find_job, living_jobs, stop, submit
from core.jobs.uploads import tidy_uploads
from core.settings import is_public
from pages.parts.address import draw_all
from pages.parts.plain import plain

__all__ = ["act", "jobs_line", "offer_job", "say_what_was_refused", "was_refused"]

EVERY = 2.0
"""Seconds between two looks at jobs that live; where none does, nothing is looked at."""

KNOWN, REFUSED = "living_jobs", "refused_job"


def jobs_line() -> None:
    """Draw what works or waits in the sidebar, kept up to date; say once what has ended. Nothing on a public server.

    When a job begins or ends, the whole page is drawn anew: it may show what the job has made.
    """
    if is_public():
        return
    living = living_jobs()
    now = {job.id for job in living}
    for name in st.session_state.get(KNOWN, set()) - now:
        _announce(name)
    st.session_state[KNOWN] = now
    with st.sidebar:
        st.fragment(_line, run_every=EVERY if living else None)()


def offer_job(label: str, arguments: Sequence[str], title: str, target: Path, key: str, help: str) -> None:  # noqa: A002
    """Draw a button that orders a command; while the same is waiting or at work, where it stands.

    Parameters
    ----------
    label, key, help : str
        Of the button.
    arguments, title, target
        As :func:`core.jobs.submit` takes them.
    """
    same = next((job for job in living_jobs() if job.arguments == tuple(arguments)), None)
    if same:
        st.caption(f"{plain(same.title)}: {plain(same.standing)}. What is done is shown here when the job has ended.")
    else:
        order = (submit, tuple(arguments), title, target)
        st.button(label, key=key, icon=":material/calculate:", help=help, on_click=act, args=order)
    say_what_was_refused()


def act(action: Callable[..., object], *arguments: object) -> None:
    """Do something with jobs, on a click; what is refused is said by :func:`say_what_was_refused`."""
    draw_all()  # the sidebar tells of jobs
    try:
        action(*arguments)
    except InputError as error:
        st.session_state[REFUSED] = str(error)


def was_refused() -> bool:
    """Return whether the last click could not be obeyed, and that is not said yet."""
    return REFUSED in st.session_state


def say_what_was_refused() -> None:
    """Draw why the last click could not be obeyed, if so."""
    if refused := st.session_state.pop(REFUSED, ""):
        st.error(plain(refused), icon=":material/error:")


def _line() -> None:
    living = living_jobs()
    if {job.id for job in living} != st.session_state[KNOWN]:
        st.rerun()
    if not living:
        return
    first, waiting = living[0], len(living) - 1
    more = f" · {waiting} more" if waiting else ""
    with st.container(key="jobs_line", gap="small"):
        st.progress(first.share, f"{plain(first.title)} · {plain(first.standing)}{more}")
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link("pages/studies.py", label="Jobs", icon=":material/pending_actions:")
            st.button(
                "Stop",
                key=f"stop_line_{first.id}",
                type="tertiary",
                icon=":material/stop_circle:",
                disabled=first.is_stopping,
                help="What is done is kept; the job can be continued.",
                on_click=act,
                args=(stop, first.id),
            )
    say_what_was_refused()


def _announce(name: str) -> None:
    """Say how a job that was there a moment ago has ended; what was sent for it is not needed any more."""
    tidy_uploads()
    try:
        job: Job = find_job(name)
    except InputError:
        return  # forgotten
    st.toast(f"{plain(job.title)}: {plain(job.standing)}", icon=":material/pending_actions:")
