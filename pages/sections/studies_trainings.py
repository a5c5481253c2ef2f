"""The training of a strategy in the list of jobs."""

from __future__ import annotations

from contextlib import suppress

from core.commands.fit import fit_of
from core.errors import InputError
from core.jobs import Job, State
from core.study.fits import workplace_of_fit
from pages.parts.loaders import load_study
from pages.parts.trainings import draw_so_far

__all__ = ["draw_training"]


def draw_training(job: Job) -> bool:
    """Draw how the training of a strategy goes, or went until it was stopped; return whether the job is one.

    A strategy that does not say what it starts from is not held against that, and left to others.
    """
    found = fit_of(job.arguments)
    if found is None or job.target is None:
        return False
    recipe, half = found
    if not recipe.strategy.starts_as:
        return False
    work = None
    if job.state is not State.DONE:  # its workplace is gone
        with suppress(InputError):  # its study is
            work = workplace_of_fit(load_study(job.target), recipe.make(), half=half)
    draw_so_far(job.id, recipe.strategy, job, work)
    return True
