"""What single vectors are, and what changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.errors import InputError
from core.progress import Progress
from core.space.inspection import Inspection, around, inspect_vector, nearest_of_some, nearest_vectors
from core.space.playground import knob_keys, picture_changes, step_of
from core.study import Study
from core.study.index import Index, find_index, index_stamps, is_worth_an_index
from pages.parts.loaders.keys import KEYS, PLACED
from pages.parts.loaders.shapes import load_shown
from pages.parts.loaders.studies import load_autoencoder, load_description

__all__ = ["load_index", "load_inspection", "load_knobs", "load_measures", "load_near", "load_nearest", "load_step"]

SEARCHED = 128
"""Searches whose results are kept."""


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_measures(study: Study, vector: npt.NDArray[np.floating]) -> Inspection:
    """Return radius, distance and unusual components of one vector, without looking for the nearest ones."""
    return inspect_vector(study, load_description(study), vector, neighbours=0)


def load_inspection(
    study: Study, vector: npt.NDArray[np.floating], count: int = 6, every: bool = False
) -> tuple[Inspection, bool]:
    """Return what is unusual about one vector and which latent vectors are nearest, as :func:`load_near` finds them.

    With it, whether none of all can be nearer.
    """
    near = load_near(study, vector[None], count, every)
    return _inspection(study, vector, near.rows[0], near.distances[0]), near.sure


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def _inspection(
    study: Study,
    vector: npt.NDArray[np.floating],
    rows: npt.NDArray[np.intp],
    distances: npt.NDArray[np.float64],
) -> Inspection:
    return replace(load_measures(study, vector), neighbours=around(study, rows, distances))


def load_step(study: Study, group: str, key: str) -> npt.NDArray[np.float64] | None:
    """Return what one step along a direction of the playground adds to a vector; None where it leads nowhere."""
    return _attribute_step(study, key) if group == "attributes" else step_of(study, load_description(study), group, key)


@st.cache_resource(show_spinner=False, max_entries=128, hash_funcs=KEYS)
def _attribute_step(study: Study, name: str) -> npt.NDArray[np.float64] | None:
    try:
        return step_of(study, load_description(study), "attributes", name)
    except InputError:  # no vectors differ in it
        return None


@st.cache_resource(show_spinner="Looking which of them change the picture most …", max_entries=8, hash_funcs=KEYS)
def load_knobs(study: Study, group: str) -> list[str]:
    """Return the directions of a group of the playground: axes by length, others by how they change the picture."""
    steps = {key: load_step(study, group, key) for key in knob_keys(study, group)}
    found = {key: step for key, step in steps.items() if step is not None and step.any()}
    if group == "axes" or not found:
        return list(found)
    decode, middle = load_autoencoder(study).decode, load_description(study).moments.mean
    changes = picture_changes(decode, middle, np.stack(list(found.values())))
    return [list(found)[i] for i in np.argsort(-changes, kind="stable")]


def load_index(study: Study) -> Index | None:
    """Return the index of a study's vectors; None without one. Looked for anew when it was made or removed."""
    return _index(study, *index_stamps(study)) if is_worth_an_index(study) else None


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=PLACED)
def _index(study: Study, *stamps: int) -> Index | None:  # noqa: ARG001
    return find_index(study)


class Near(NamedTuple):
    """Rows and distances of nearest vectors, (m, count) each, and whether none of all can be nearer."""

    rows: npt.NDArray[np.intp]
    distances: npt.NDArray[np.float64]
    sure: bool


def load_near(study: Study, vectors: npt.NDArray[np.floating], count: int = 1, every: bool = False) -> Near:
    """Return a study's nearest vectors, at once: of a large one without an index, those of some, unless of ``every``.

    Through an index they are taken to be the nearest of all; what that misses is said beside it.
    """
    if every or not is_worth_an_index(study) or load_index(study) is not None:
        return Near(*load_nearest(study, vectors, count), True)
    return _near(study, vectors, count)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def _near(study: Study, vectors: npt.NDArray[np.floating], count: int) -> Near:
    return Near(*nearest_of_some(study, load_description(study), load_shown(study), vectors, count))


def load_nearest(
    study: Study, vectors: npt.NDArray[np.floating], count: int = 1
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return rows and distances of a study's nearest vectors, (m, count) each.

    Where all vectors of a large study have to be read for it, the page shows how far that is. Not one of Streamlit's
    caches: those do not let anything be drawn.
    """
    index = load_index(study)
    name = (study.fingerprint, vectors.shape, vectors.dtype.str, vectors.tobytes(), count, index is not None)
    if name not in _searched:
        place = st.empty()

        def show(progress: Progress) -> None:
            words = f"Looking through {len(study):,} vectors for the nearest, since there is no index of them …"
            place.progress(progress.share, words)

        slow = is_worth_an_index(study) and index is None
        _searched[name] = nearest_vectors(study, vectors, count, show if slow else None, index)
        place.empty()
        while len(_searched) > SEARCHED:
            _searched.pop(next(iter(_searched)), None)
    return _searched[name]


_searched: dict[tuple[object, ...], tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]] = {}
