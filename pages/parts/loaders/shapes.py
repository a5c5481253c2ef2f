"""How the vectors of studies and samples lie: along axes, in pairs, against a normal law."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from core.selection.selected import frame_along
from core.space.frames import Frame, is_plain
from core.space.planes import place_and_spread
from core.space.sample import Sample
from core.space.shown import Shown, shown_of
from core.statistics import (
    Core,
    HenzeZirkler,
    Outermost,
    Shape,
    cluster_order,
    far_out,
    find_core,
    henze_zirkler,
    shape,
    shape_of_all,
    subsample,
)
from core.statistics.planar import PlaneCounts
from core.study import Study
from core.study.clouds import find_cloud
from core.tables import pair_table
from pages.parts.loaders.keys import KEYS
from pages.parts.loaders.studies import load_description

__all__ = [
    "load_cloud",
    "load_core",
    "load_core_shape",
    "load_frame",
    "load_henze_zirkler",
    "load_largest_coordinates",
    "load_order",
    "load_pairs",
    "load_projection",
    "load_sample_shape",
    "load_shape",
    "load_shown",
]


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_shown(study: Study) -> Shown:
    """Return the vectors that stand for a study in pictures: all, or a sample."""
    return shown_of(study)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_projection(study: Study, directions: tuple[tuple[str, int], ...]) -> npt.NDArray[np.float64]:
    """Return the coordinates of what is shown of a study along directions: ``("axis", 0)``, ``("component", 7)``."""
    if (frame := load_frame(study, directions)) is not None:
        return frame.at(study, load_shown(study).rows)
    return load_description(study).axes.along(load_shown(study).vectors, directions)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_frame(study: Study, directions: tuple[tuple[str, int], ...]) -> Frame | None:
    """Return the frame of directions that are more than axes and components; None of those."""
    return None if is_plain(directions) else frame_along(study, load_description(study), directions)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_cloud(study: Study, directions: tuple[tuple[str, int], ...]) -> PlaneCounts | None:
    """Return where all vectors of a large study lie in a plane, if that was counted and kept."""
    return find_cloud(study, directions)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_order(study: Study) -> npt.NDArray[np.intp]:
    """Return the components of a study, correlated ones side by side."""
    return cluster_order(load_description(study).moments.correlations)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_pairs(study: Study, sample: Sample, against: Sample | None = None) -> pd.DataFrame:
    """Return the strongest pairs of a study beside those of one or two samples."""
    drawn = [one.description.moments for one in (sample, against) if one is not None]
    return pair_table(load_shown(study).vectors, load_description(study).moments, *drawn)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_shape(study: Study, along_axes: bool) -> Shape:
    """Return how normal the components of a study are, or the coordinates along its principal axes."""
    return shape_of_all(study.latents, load_description(study), along_axes)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_sample_shape(study: Study, sample: Sample, along_axes: bool) -> Shape:
    """Return the same of a sample, along the study's axes."""
    return shape(sample.vectors, load_description(study).axes if along_axes else None)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_core(study: Study, share: float) -> Core:
    """Return a share of what is shown of a study, those nearest to the centre."""
    shown = load_shown(study)
    return find_core(shown.vectors, shown.described(load_description(study)), share)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_core_shape(study: Study, share: float, along_axes: bool) -> Shape:
    """Return how normal the core is, along its own axes."""
    core = load_core(study, share)
    return shape(load_shown(study).vectors[core.kept], core.axes if along_axes else None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_largest_coordinates(study: Study) -> npt.NDArray[np.float64] | Outermost:
    """Return the two largest absolute whitened coordinates of each vector of a study, or their counts."""
    return far_out(study.latents, load_description(study))


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_henze_zirkler(
    study: Study, directions: tuple[tuple[str, int], ...], within: float, share: float
) -> HenzeZirkler:
    """Test a subsample of a share of a study's vectors along directions, those within a distance in them."""
    values = load_projection(study, directions)[load_core(study, share).kept]
    mean, covariance = place_and_spread(values)
    centred = values - mean
    values = values[np.einsum("ij,jk,ik->i", centred, np.linalg.pinv(covariance), centred) <= within**2]
    return henze_zirkler(values[subsample(len(values))])
