"""What rules choose, and what follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.selection import Distinctions, Rule, Selected, digest_of, distinguish, select
from core.selection.attributes import Values, values_of
from core.selection.coordinates import coordinates_of
from core.selection.distinctions import FEWEST, Part, directions_asked, parted
from core.selection.parts import Fitted, draw_of_part, fit_to_part, part_of
from core.selection.selected import histograms_of
from core.space.sample import Sample, draw_reference
from core.statistics import Histograms
from core.strategies import Recipe, Strategy
from core.study import Study
from pages.parts.loaders.keys import KEYS, TITLED
from pages.parts.loaders.shapes import load_frame, load_projection, load_shown
from pages.parts.loaders.studies import load_description

__all__ = [
    "load_distinctions",
    "load_part",
    "load_part_fit",
    "load_part_sample",
    "load_selected",
    "load_selected_histograms",
    "load_selected_mean",
    "load_selected_sample",
    "load_shares",
    "load_values",
]


def load_selected(study: Study, rule: Rule, name: str, place: int = 0) -> Selected:
    """Return which vectors of a study a rule chooses; another name or place asks for nothing anew."""
    return Selected(rule, _mask(study, digest_of(rule), rule), name, place)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def _mask(study: Study, digest: str, _rule: Rule) -> npt.NDArray[np.bool_]:  # noqa: ARG001
    return select(_rule, study, load_description(study), lambda directions: _coordinates(study, directions))


def _coordinates(study: Study, directions: tuple[tuple[str, int], ...]) -> Sequence[npt.NDArray[np.float64]]:
    if load_shown(study).rows is None:  # projections are of what is shown
        return load_projection(study, directions).T  # type: ignore[return-value]
    return _of_all(study, directions)


@st.cache_resource(show_spinner="Reading all vectors …", max_entries=4, hash_funcs=KEYS)
def _of_all(study: Study, directions: tuple[tuple[str, int], ...]) -> list[npt.NDArray[np.float64]]:
    return coordinates_of(study, load_description(study), directions)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_distinctions(study: Study, selected: Selected, every: bool = False) -> Distinctions:
    """Return what distinguishes a selection from the rest, by ``every`` vector or by those that stand for a study."""
    enough = min(selected.count, len(study) - selected.count) >= FEWEST  # else it says so before anything is read
    sides = _sides(study, selected, every) if enough else None
    along = directions_asked(selected.rule) if enough else ()
    frame = load_frame(study, along) if along else None
    return distinguish(selected, study, load_description(study), load_values(study), sides, frame)


def load_selected_mean(study: Study, selected: Selected, every: bool = False) -> tuple[npt.NDArray[np.float64], int]:
    """Return the mean of the vectors of a selection, (d,), and of how many it is."""
    part = _sides(study, selected, every)[0]
    return part.mean, part.count


@st.cache_resource(show_spinner="Reading the vectors of one side …", max_entries=16, hash_funcs=KEYS)
def _sides(study: Study, selected: Selected, every: bool) -> tuple[Part, Part]:
    """Return means and scatter of a selection and of the rest: of ``every`` vector, all of one of them are read."""
    return parted(selected, study, load_description(study), None if every else load_shown(study))


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_selected_histograms(
    study: Study, selected: Selected, components: tuple[int, ...], every: bool = False
) -> Histograms | None:
    """Return histograms of some components of a selection, as of :func:`load_distinctions`; None where it is empty."""
    return histograms_of(selected, study, load_description(study), components, None if every else load_shown(study))


@st.cache_resource(show_spinner="Reading attributes …", max_entries=2, hash_funcs=KEYS)
def load_values(study: Study) -> Values:
    """Return what can be chosen of the attributes of a study."""
    return values_of(study)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_shares(study: Study, selected: Selected | None = None) -> npt.NDArray[np.float64]:
    """Return the share of each of them in a study, or in a selection."""
    return load_values(study).shares(None if selected is None else selected.mask)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=TITLED)
def load_selected_sample(study: Study, selected: Selected, count: int, seed: int) -> Sample:
    """Return some vectors of a selection at random."""
    sample = draw_reference(study, load_description(study), min(count, selected.count), seed, selected.mask)
    return replace(sample, part=selected.digest)


def load_part(study: Study, selected: Selected) -> Fitted:
    """Return a selection as a study of its own; raise `MissingError` where it has too few vectors."""
    return replace(_part(study, selected), selected=selected)


@st.cache_resource(show_spinner="Describing the selection …", max_entries=4, hash_funcs=TITLED)
def _part(study: Study, selected: Selected) -> Fitted:
    return part_of(study, load_description(study), selected)


@st.cache_resource(show_spinner="Fitting to the selection …", max_entries=16, hash_funcs=TITLED)
def load_part_fit(fitted: Fitted, recipe: Recipe) -> Strategy:
    """Return a strategy that is fitted to a selection; raise `MissingError` where it has to be trained."""
    return fit_to_part(fitted, recipe.make())


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=TITLED)
def load_part_sample(study: Study, fitted: Fitted, recipe: Recipe, count: int, seed: int) -> Sample:
    """Return a sample of a strategy that is fitted to a selection."""
    return draw_of_part(study, load_description(study), fitted, load_part_fit(fitted, recipe), count, seed)
