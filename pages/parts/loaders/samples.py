"""Fitted strategies and what they draw."""

from __future__ import annotations

import threading

import streamlit as st

from core.progress import Listener, Progress
from core.scores.entries import HELD_OUT, OWN, RECONSTRUCTIONS
from core.space.sample import Sample, draw_reference, draw_sample
from core.strategies import Effort, Recipe, Strategy
from core.study import Study
from core.study.fits import fit_strategy, is_kept
from core.study.study_sets import study_held_out, study_sets
from pages.parts.loaders.keys import TITLED
from pages.parts.loaders.studies import load_description

__all__ = ["can_draw_entry", "has_to_be_trained", "load_entry_sample", "load_fit", "load_reference", "load_sample"]

_fits: dict[tuple[str, str], Strategy] = {}
_fitting = threading.Lock()


def load_fit(study: Study, recipe: Recipe, report: Listener | None = None) -> Strategy:
    """Return a fitted strategy; what takes long to fit is fitted once, while other sessions wait for it.

    Not one of Streamlit's caches: those do not let ``report`` draw progress on the page.
    """
    strategy = recipe.make()
    if not strategy.learned:
        return fit_strategy(study, load_description(study), strategy)
    name = (study.fingerprint, recipe.fitted_stem)
    if report and _fitting.locked():
        report(Progress(f"fitting {strategy.title}", 0, 1, "fits", "waiting for another session, which fits as well"))
    with _fitting:
        if name not in _fits:
            _fits[name] = fit_strategy(study, load_description(study), strategy, report)
        elif _fits[name].get_params() != recipe.values:  # one at a time: each holds what was learned
            known = {learned: getattr(_fits[name], learned) for learned in strategy.learned}
            _fits[name] = strategy.fit(study.latents, load_description(study), known)
        return _fits[name]


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs=TITLED)
def load_sample(study: Study, recipe: Recipe, count: int, seed: int) -> Sample:
    """Return a sample of a strategy."""
    return draw_sample(study, load_description(study), load_fit(study, recipe), count, seed)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=TITLED)
def load_reference(study: Study, count: int, seed: int) -> Sample:
    """Return the latent vectors on the side of the data."""
    return draw_reference(study, load_description(study), count, seed)


def load_entry_sample(study: Study, entry: Recipe, count: int, seed: int) -> Sample:
    """Return a sample of a row of the scoreboard; those of real vectors are of what they were scored with."""
    if entry in (RECONSTRUCTIONS, HELD_OUT):
        rows = study_sets(study).unseen if entry == RECONSTRUCTIONS else study_held_out(study)
        return draw_reference(study, load_description(study), count, seed, rows)
    return load_sample(study, entry, count, seed)


def has_to_be_trained(study: Study, recipe: Recipe) -> bool:
    """Return whether a strategy learns so long that a page does not begin with it, and has not learned yet."""
    return recipe.strategy.effort is Effort.TRAINING and not _is_fitted(study, recipe)


def can_draw_entry(study: Study, entry: Recipe) -> bool:
    """Return whether a row of the scoreboard can be drawn, and at once, without a fit that takes long."""
    if not study.shows_faces or entry.key == OWN:
        return False
    return entry in (RECONSTRUCTIONS, HELD_OUT) or _is_fitted(study, entry)


def _is_fitted(study: Study, recipe: Recipe) -> bool:
    return (study.fingerprint, recipe.fitted_stem) in _fits or is_kept(study, recipe.make())
