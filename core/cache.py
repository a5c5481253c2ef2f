"""The cached loaders of the dashboard: the one module of the core that knows Streamlit.

Keys are fingerprints of studies and stems of samples, never the arrays themselves. Arrays are shared between sessions
and must not be written to.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.autoencoder import Autoencoder
from core.autoencoder.model import keep_session
from core.figures.faces import wall
from core.inspection import Inspection, inspect_vector
from core.sampling import Sample, draw_reference, draw_sample
from core.scores import cycle_errors
from core.statistics import Description, describe_study
from core.strategies import make_strategy
from core.study import Study, open_study

__all__ = [
    "load_autoencoder",
    "load_cycle_errors",
    "load_description",
    "load_faces",
    "load_inspection",
    "load_projection",
    "load_reference",
    "load_sample",
    "load_study",
    "load_wall",
]

KEYS: dict[str | type, Any] = {Study: lambda study: study.fingerprint, Sample: lambda sample: sample.stem}

_keras = threading.Lock()
"""Keras builds its functions on first use, which two sessions must not do at once."""


def load_study(folder: Path) -> Study:
    """Open a study once; again only when its description was written anew."""
    description = folder / "study.json"
    stamp = description.stat().st_mtime_ns if description.exists() else 0
    return _open(str(folder), stamp)


@st.cache_resource(show_spinner=False, max_entries=4)
def _open(folder: str, stamp: int) -> Study:  # noqa: ARG001
    return open_study(folder)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_description(study: Study) -> Description:
    """Return the statistics of a study."""
    return describe_study(study)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_autoencoder(study: Study) -> Autoencoder:
    """Return the autoencoder of a study, warmed up; the first call of a process loads TensorFlow."""
    with _keras:
        keep_session()
        autoencoder = study.load_autoencoder()
        autoencoder.cycle(np.zeros((1, study.dimension), np.float32))
        return autoencoder


@st.cache_resource(show_spinner=False, max_entries=24, hash_funcs=KEYS)
def load_sample(study: Study, key: str, parameters: dict[str, Any], count: int, seed: int) -> Sample:
    """Return a sample of a strategy."""
    return draw_sample(study, load_description(study), make_strategy(key, parameters), count, seed)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_reference(study: Study, count: int, seed: int) -> Sample:
    """Return the latent vectors on the CelebA side."""
    return draw_reference(study, load_description(study), count, seed)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_wall(study: Study, sample: Sample, count: int, columns: int, encoding: str = "WEBP") -> bytes:
    """Return the first vectors of a sample, decoded, as one picture."""
    return wall(load_autoencoder(study).decode(sample.vectors[:count]), columns, encoding)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_cycle_errors(study: Study, sample: Sample, count: int) -> npt.NDArray[np.float64]:
    """Return the cycle errors of the first vectors of a sample."""
    widths = load_description(study).moments.widths
    return cycle_errors(load_autoencoder(study), sample.vectors[:count], widths)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_inspection(study: Study, vector: Sequence[float]) -> Inspection:
    """Return what is unusual about one vector and which latent vectors are nearest."""
    return inspect_vector(study, load_description(study), np.asarray(vector))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_faces(study: Study, vectors: Sequence[Sequence[float]], columns: int) -> bytes:
    """Return a few vectors, decoded, as one picture."""
    return wall(load_autoencoder(study).decode(np.asarray(vectors, np.float32)), columns)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_projection(study: Study, directions: tuple[tuple[str, int], ...]) -> npt.NDArray[np.float64]:
    """Return the coordinates of all latent vectors along directions such as ``("axis", 0)`` or ``("component", 7)``."""
    return load_description(study).axes.along(study.latents, directions)
