"""Studies, their statistics and autoencoders, and what files hold that may become one."""

from __future__ import annotations

import threading
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core.networks import Autoencoder, AutoencoderConfig, TrainingConfig
from core.networks.backend import keep_session
from core.networks.timing import seconds_per_step
from core.statistics import (
    Description,
)
from core.study import Study, open_study
from core.study.describing import describe_study
from core.study.models import Wishes, is_model
from core.study.offers import Offer, look_at
from pages.parts.loaders.keys import KEYS, TITLED

__all__ = ["load_autoencoder", "load_description", "load_offer", "load_seconds_per_step", "load_study"]

_keras = threading.Lock()
"""Keras builds its functions on first use, which two sessions must not do at once."""


def load_offer(paths: tuple[Path, ...], crop: int | None, wishes: Wishes, key: str | None = None) -> Offer:
    """Return what was found in files; looked at anew when one changes."""
    stamps = tuple(path.stat().st_mtime_ns for path in paths if path.exists())
    return _look(tuple(map(str, paths)), crop, astuple(wishes), key, stamps)


@st.cache_resource(show_spinner="Looking at it …", max_entries=8)
def _look(
    paths: tuple[str, ...],
    crop: int | None,
    said: tuple[Any, ...],
    key: str | None,
    stamps: tuple[int, ...],  # noqa: ARG001
) -> Offer:
    files, wishes = [Path(path) for path in paths], Wishes(*said)
    if not any(is_model(file) for file in files):
        return look_at(files, crop, wishes, key)
    with _keras:
        offer = look_at(files, crop, wishes, key)
        keep_session()
        return offer


@st.cache_resource(show_spinner=False, max_entries=16)
def load_seconds_per_step(config: AutoencoderConfig, training: TrainingConfig) -> float:
    """Return the time of a step of a training on this machine, as busy as it was when it was asked for first."""
    with _keras:
        keep_session()
        return seconds_per_step(config, training)


def load_study(folder: Path) -> Study:
    """Open a study once; again only when its description was written anew."""
    description = folder / "study.json"
    stamp = description.stat().st_mtime_ns if description.exists() else 0
    return _open(str(folder), stamp)


@st.cache_resource(show_spinner=False, max_entries=4)
def _open(folder: str, stamp: int) -> Study:  # noqa: ARG001
    return open_study(folder)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=TITLED)
def load_description(study: Study) -> Description:
    """Return the statistics of a study."""
    return describe_study(study)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_autoencoder(study: Study) -> Autoencoder:
    """Return the autoencoder of a study, warmed up; the first one of Keras layers of a process loads TensorFlow."""
    with _keras:
        autoencoder = study.load_autoencoder()
        keep_session()
        autoencoder.cycle(np.zeros((1, study.dimension), np.float32))
        return autoencoder
