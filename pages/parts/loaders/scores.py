"""Scoreboards, judges and what they say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from core.scores import cycle_errors, scales_of
from core.scores.asked import seen_as_asked, vectors_as_asked
from core.scores.judges import Judges
from core.scores.liar_table import FILE as LIARS
from core.scores.liar_table import read_liars
from core.scores.memorising import FILE as MEMORISING
from core.scores.memorising import read_memorising
from core.scores.rows import FILE, left_out, read_scores
from core.space.sample import Sample
from core.strategies import ANYONE
from core.study import Study
from core.study.attributes import StudyAttributes, load_attributes
from core.study.kept import table_to_read
from core.study.shared import attributes_file
from pages.parts.loaders.keys import KEYS, PLACED
from pages.parts.loaders.studies import load_autoencoder, load_description

__all__ = [
    "load_as_asked",
    "load_attribute_shares",
    "load_board",
    "load_cycle_errors",
    "load_judges",
    "load_left_out",
    "load_liars",
    "load_memorising",
    "load_network",
]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_cycle_errors(study: Study, sample: Sample, count: int) -> npt.NDArray[np.float64]:
    """Return the cycle errors of the first vectors of a sample."""
    widths = scales_of(study, load_description(study).moments.widths)
    return cycle_errors(load_autoencoder(study), sample.vectors[:count], widths)


def load_board(study: Study) -> pd.DataFrame | None:
    """Return the long table of a study's scores; None where it was not scored. Read anew when the file changes."""
    path = table_to_read(study, FILE)
    return _read_scores(str(path), path.stat().st_mtime_ns)[0] if path.exists() else None


def load_left_out(study: Study) -> list[str]:
    """Return why rows of a study's table of scores are not on the board."""
    path = table_to_read(study, FILE)
    return _read_scores(str(path), path.stat().st_mtime_ns)[1] if path.exists() else []


@st.cache_resource(show_spinner=False, max_entries=4)
def _read_scores(path: str, stamp: int) -> tuple[pd.DataFrame, list[str]]:  # noqa: ARG001
    return read_scores(Path(path)), left_out(Path(path))


def load_liars(study: Study) -> pd.DataFrame | None:
    """Return the liar test of a study; None where there is none by today's rules. Read anew when the file changes.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    path = table_to_read(study, LIARS)
    return _read_liars(str(path), path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(show_spinner=False, max_entries=4)
def _read_liars(path: str, stamp: int) -> pd.DataFrame | None:  # noqa: ARG001
    return read_liars(Path(path))


def load_memorising(study: Study) -> pd.DataFrame | None:
    """Return when a network begins to copy a study's vectors; None where nobody looked. Read anew when it changes.

    Raises
    ------
    InputError
        If the file is no such table.
    """
    path = table_to_read(study, MEMORISING)
    return _read_memorising(str(path), path.stat().st_mtime_ns) if path.exists() else None


@st.cache_resource(show_spinner=False, max_entries=4)
def _read_memorising(path: str, stamp: int) -> pd.DataFrame:  # noqa: ARG001
    return read_memorising(Path(path))


def load_judges(study: Study) -> Judges:
    """Return what a study can be judged with."""
    return _find_judges(study, attributes_file(study.folder) is not None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=PLACED)
def _find_judges(study: Study, network: bool) -> Judges:
    return Judges(study, network)


def load_network(study: Study) -> StudyAttributes | None:
    """Return the attribute network of a study; None where there is none. Read anew when the file changes."""
    path = attributes_file(study.folder)
    return _read_network(study, path.stat().st_mtime_ns) if path else None


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=KEYS)
def _read_network(study: Study, stamp: int) -> StudyAttributes | None:  # noqa: ARG001
    return load_attributes(study)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_as_asked(study: Study, sample: Sample, count: int) -> tuple[float, float] | None:
    """Return in which share of the first images of a sample, and of such data, the network sees what was asked for.

    None where nothing was asked for, no network knows it, or no data have it.
    """
    asked = str(sample.recipe.values.get("asked", ANYONE))
    network = None if asked == ANYONE else load_network(study)
    if network is None:
        return None
    real = vectors_as_asked(study, asked, count)
    shares = (seen_as_asked(network, load_autoencoder(study), v, asked) for v in (sample.vectors[:count], real))
    mine, theirs = shares
    return None if mine is None or theirs is None else (mine, theirs)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_attribute_shares(study: Study, sample: Sample, count: int) -> pd.Series[float] | None:
    """Return in which share of the first images the attribute network sees each attribute, if there is one."""
    network = load_network(study)
    if network is None:
        return None
    _, probabilities = network.network.predict(load_autoencoder(study).decode(sample.vectors[:count]))
    return pd.Series((probabilities > 0.5).mean(axis=0), index=list(network.names))
