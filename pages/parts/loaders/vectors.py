"""What single vectors are, and what changes them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.errors import InputError
from core.space.inspection import Inspection, inspect_vector, nearest_vectors
from core.space.playground import knob_keys, picture_changes, step_of
from core.study import Study
from pages.parts.loaders.keys import KEYS
from pages.parts.loaders.studies import load_autoencoder, load_description

__all__ = ["load_inspection", "load_knobs", "load_nearest", "load_step"]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_inspection(study: Study, vector: npt.NDArray[np.floating]) -> Inspection:
    """Return what is unusual about one vector and which latent vectors are nearest."""
    return inspect_vector(study, load_description(study), vector)


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


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_nearest(
    study: Study, vectors: npt.NDArray[np.floating]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return rows and distances of a study's nearest vectors."""
    return nearest_vectors(study, vectors)
