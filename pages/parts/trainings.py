"""The training of a strategy: offered where it has to be trained, seen while it goes on, looked back at afterwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from core.errors import InputError
from core.exhibits.exhibit import Exhibit
from core.exhibits.trainings import (
    drawn_so_far,
    how_it_was_trained,
    likelihoods_so_far,
    losses_so_far,
    when_it_copies,
)
from core.jobs import Job, State, jobs, resume, stop
from core.settings import is_public
from core.strategies import Diffusion, Recipe, Strategy
from core.study import Study
from core.study.fits import workplace_of_fit
from core.study.stages import find_looks
from pages.parts.charts import csv_button
from pages.parts.exhibits import draw
from pages.parts.jobs import EVERY, act, offer_job, say_what_was_refused
from pages.parts.loaders import load_memorising
from pages.parts.plain import plain

__all__ = ["choose_epoch", "draw_so_far", "look_back", "offer_training"]


def offer_training(study: Study, recipe: Recipe) -> None:
    """Draw that a strategy has to be trained, a button that orders it, and how the training goes."""
    title, name = recipe.strategy.title, study.name
    if is_public():
        st.info(f"{title} has to be trained on {plain(name)} first, which this server does for nobody.")
        return
    arguments = ["fit", "--study", str(study.folder), "--strategy", recipe.key]
    if recipe.fitted_text:
        arguments += ["--set", *recipe.fitted_text.split(",")]
    st.info(f"{title} has to be trained on {plain(name)} first; that takes minutes and goes on without this page.")
    job = _newest(arguments)
    is_alive = job is not None and job.is_alive
    st.fragment(_follow, run_every=EVERY if is_alive else None)(study, recipe, arguments, is_alive)


def draw_so_far(name: str, strategy: type[Strategy], job: Job | None, work: Path | None) -> None:
    """Draw the losses of a training by epoch, likelihoods at some epochs, and what was drawn then.

    Parameters
    ----------
    name : str
        Tells several trainings on a page apart.
    strategy : class of Strategy
    job : Job, optional
        Whose epochs they are.
    work : Path, optional
        Workplace of the training.
    """
    law, looks = strategy.starts_as, find_looks(work) if work else ()
    charts = [losses_so_far(name, job.epochs, strategy)] if job and job.epochs and law else []
    if looks:
        charts.append(likelihoods_so_far(name, looks, law))
    if not charts:
        return
    with st.grid(2, min_column_width=380):
        for exhibit in charts:
            with st.container():
                draw(exhibit)
                st.caption(exhibit.caption)
    pictured = {look.epoch: look for look in looks if look.sheet}
    if pictured and (drawn := drawn_so_far(name, pictured[choose_epoch(name, list(pictured))], law)):
        draw(drawn)
        st.caption(drawn.caption)


def look_back(study: Study, strategy: Strategy) -> None:
    """Draw how a fitted strategy was trained, where it was; nothing elsewhere."""
    exhibit = how_it_was_trained(study, strategy)
    if exhibit is None:
        return
    key = f"trained_{strategy.key}"
    with st.expander("How it was trained", icon=":material/show_chart:", key=key, on_change="rerun") as box:
        if box.open:
            _draw_with_tables(exhibit)
            if strategy.key == Diffusion.key:
                _draw_memorising(study)


def _draw_memorising(study: Study) -> None:
    """Draw when a network begins to copy a study's vectors, where somebody looked."""
    try:
        table = load_memorising(study)
    except InputError as error:
        st.text(str(error))  # words of a file, not to be drawn as Markdown
        return
    if table is not None:
        exhibit = when_it_copies(study.name, table)
        st.markdown(f"**{exhibit.title}**")
        _draw_with_tables(exhibit)


def _draw_with_tables(exhibit: Exhibit) -> None:
    draw(exhibit)
    st.caption(exhibit.caption)
    for name, make in exhibit.tables.values():
        csv_button(make, name)


def choose_epoch(name: str, epochs: Sequence[int]) -> int:
    """Draw the choice of an epoch, the last unless one is asked for; return it."""
    epoch = epochs[-1]
    if len(epochs) > 1 and st.toggle("Choose the epoch", key=f"choose_epoch_{name}"):
        epoch = st.select_slider("Epoch", epochs, epochs[-1], key=f"epoch_{name}")
    return epoch


def _follow(study: Study, recipe: Recipe, arguments: Sequence[str], was_alive: bool) -> None:
    """Draw where a training stands and what can be done with it; all of the page anew when it begins or ends."""
    job = _newest(arguments)
    is_alive = job is not None and job.is_alive
    if is_alive != was_alive:
        st.rerun()
    if job is None or not (job.is_alive or job.can_resume):
        job = None
        what = "parameters" if recipe.fitted_text else "vectors"
        title, about = recipe.strategy.title, f"It is kept, so that it is trained once for these {what}."
        key = f"train_{recipe.key}"
        offer_job(f"Train {title}", arguments, f"Train {title} on {study.name}", study.folder, key, about)
    else:
        _standing(job)
    draw_so_far(recipe.key, recipe.strategy, job, workplace_of_fit(study, recipe.make()))


def _standing(job: Job) -> None:
    """Draw where a job stands, with a button that stops it or goes on with it."""
    words = f"{plain(job.title)}: {plain(job.standing)}"
    if job.state is State.RUNNING:
        st.progress(job.share, words)
    else:
        st.caption(words)
    if job.is_alive:
        _button("Stop", "stop_circle", "What is done is kept; the job can be continued.", stop, job)
    else:
        _button("Continue", "play_arrow", "It goes on after the last epoch that was done.", resume, job)
    say_what_was_refused()


def _button(label: str, icon: str, about: str, action: Callable[[str], object], job: Job) -> None:
    key, icon = f"{label.lower()}_training_{job.id}", f":material/{icon}:"
    st.button(label, key=key, icon=icon, help=about, disabled=job.is_stopping, on_click=act, args=(action, job.id))


def _newest(arguments: Sequence[str]) -> Job | None:
    """Return the job of a command that was ordered last."""
    return next((job for job in jobs() if job.arguments == tuple(arguments)), None)
