"""The cached loaders of the dashboard: the one module of the core that knows Streamlit.

Keys are fingerprints of studies and stems of samples, and of a few vectors all their bytes: Streamlit's own key of an
array is that of a sample of it where it is large, and takes long where it is a list. Arrays are shared between sessions
and must not be written to.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import streamlit as st

from core.errors import InputError
from core.figures.faces import wall
from core.networks import Autoencoder, AutoencoderConfig, TrainingConfig
from core.networks.backend import keep_session
from core.networks.timing import seconds_per_step
from core.progress import Listener, Progress
from core.scores import cycle_errors, scales_of
from core.scores.entries import RECONSTRUCTIONS
from core.scores.judges import Judges
from core.scores.rows import FILE, left_out, read_scores
from core.space.inspection import Inspection, inspect_vector, nearest_vectors
from core.space.planes import place_and_spread
from core.space.playground import knob_keys, picture_changes, step_of
from core.space.sample import Sample, draw_reference, draw_sample
from core.statistics import (
    Core,
    Description,
    HenzeZirkler,
    Shape,
    cluster_order,
    find_core,
    henze_zirkler,
    largest_coordinates,
    shape,
    subsample,
)
from core.strategies import Effort, Recipe, Strategy, stream
from core.study import Study, open_study
from core.study.attributes import StudyAttributes, load_attributes
from core.study.describing import describe_study
from core.study.fits import fit_strategy, is_kept
from core.study.kept import table_to_read
from core.study.models import Wishes, is_model
from core.study.offers import Offer, look_at
from core.study.pictures import Portraits
from core.study.shared import attributes_file
from core.tables import pair_table

__all__ = [
    "Film",
    "Trip",
    "can_draw_entry",
    "draw_face",
    "has_to_be_trained",
    "load_attribute_shares",
    "load_autoencoder",
    "load_board",
    "load_complaint",
    "load_core",
    "load_core_shape",
    "load_cycle_errors",
    "load_description",
    "load_entry_sample",
    "load_entry_wall",
    "load_faces",
    "load_film",
    "load_fit",
    "load_henze_zirkler",
    "load_inspection",
    "load_judges",
    "load_knobs",
    "load_largest_coordinates",
    "load_left_out",
    "load_nearest",
    "load_network",
    "load_offer",
    "load_order",
    "load_pairs",
    "load_projection",
    "load_reference",
    "load_sample",
    "load_sample_shape",
    "load_seconds_per_step",
    "load_shape",
    "load_step",
    "load_study",
    "load_trip",
    "load_wall",
]

KEYS: dict[str | type, Any] = {
    Study: lambda study: study.fingerprint,
    Sample: lambda sample: sample.stem,
    Recipe: lambda recipe: recipe.stem,
    np.ndarray: lambda array: (array.shape, array.dtype.str, array.tobytes()),
}

TITLED = {**KEYS, Study: lambda study: (study.fingerprint, study.title)}
"""For what names the data: two studies of the same vectors, or one after a new title, share nothing of that."""

PLACED = {**KEYS, Study: lambda study: (study.fingerprint, study.folder)}
"""For what goes back to the study's folder later on."""

_fits: dict[tuple[str, str], Strategy] = {}
_fitting = threading.Lock()

_keras = threading.Lock()
"""Keras builds its functions on first use, which two sessions must not do at once."""


def load_offer(paths: tuple[Path, ...], crop: int | None, wishes: Wishes) -> Offer:
    """Return what was found in files; looked at anew when one changes."""
    stamps = tuple(path.stat().st_mtime_ns for path in paths if path.exists())
    return _look(tuple(map(str, paths)), crop, wishes.value_range, wishes.layout, stamps)


@st.cache_resource(show_spinner="Looking at it …", max_entries=8)
def _look(
    paths: tuple[str, ...],
    crop: int | None,
    value_range: str,
    layout: str,
    stamps: tuple[int, ...],  # noqa: ARG001
) -> Offer:
    files, wishes = [Path(path) for path in paths], Wishes(value_range, layout)
    if not any(is_model(file) for file in files):
        return look_at(files, crop, wishes)
    with _keras:
        offer = look_at(files, crop, wishes)
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


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_wall(study: Study, sample: Sample, count: int, columns: int, encoding: str = "WEBP") -> bytes:
    """Return the first vectors of a sample, as they are shown, as one picture."""
    return wall(_portraits(study, sample.vectors[:count]).images, columns, encoding)


def _portraits(study: Study, vectors: npt.NDArray[np.floating]) -> Portraits:
    """Return vectors, decoded; without a decoder, the given picture of the nearest vector to each."""
    if study.has_decoder:
        return Portraits(load_autoencoder(study).decode(vectors), "")
    return study.pictures.read(load_nearest(study, vectors)[0])


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_complaint(study: Study, vectors: npt.NDArray[np.floating]) -> str:
    """Return which of the pictures that show a few vectors are missing; "" where none is."""
    return _portraits(study, vectors).complaint


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_cycle_errors(study: Study, sample: Sample, count: int) -> npt.NDArray[np.float64]:
    """Return the cycle errors of the first vectors of a sample."""
    widths = scales_of(study, load_description(study).moments.widths)
    return cycle_errors(load_autoencoder(study), sample.vectors[:count], widths)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_inspection(study: Study, vector: npt.NDArray[np.floating]) -> Inspection:
    """Return what is unusual about one vector and which latent vectors are nearest."""
    return inspect_vector(study, load_description(study), vector)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_faces(study: Study, vectors: npt.NDArray[np.floating], columns: int) -> bytes:
    """Return a few vectors, as they are shown, as one picture: PNG, since Streamlit would encode another kind anew."""
    return wall(_portraits(study, vectors).images, columns, "PNG")


def draw_face(study: Study, vector: npt.NDArray[np.floating], encoding: str = "WEBP") -> bytes:
    """Return one vector (d,), decoded, not kept: a slider that is dragged asks for each place once."""
    return wall(load_autoencoder(study).decode(vector[None]), 1, encoding)


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


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_projection(study: Study, directions: tuple[tuple[str, int], ...]) -> npt.NDArray[np.float64]:
    """Return the coordinates of all latent vectors along directions such as ``("axis", 0)`` or ``("component", 7)``."""
    return load_description(study).axes.along(study.latents, directions)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_order(study: Study) -> npt.NDArray[np.intp]:
    """Return the components of a study, correlated ones side by side."""
    return cluster_order(load_description(study).moments.correlations)


@st.cache_resource(show_spinner=False, max_entries=16, hash_funcs=KEYS)
def load_pairs(study: Study, sample: Sample, against: Sample | None = None) -> pd.DataFrame:
    """Return the strongest pairs of a study beside those of one or two samples."""
    drawn = [one.description.moments for one in (sample, against) if one is not None]
    return pair_table(study.latents, load_description(study).moments, *drawn)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_shape(study: Study, along_axes: bool) -> Shape:
    """Return how normal the components of a study are, or the coordinates along its principal axes."""
    return shape(study.latents, load_description(study).axes if along_axes else None)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_sample_shape(study: Study, sample: Sample, along_axes: bool) -> Shape:
    """Return the same of a sample, along the study's axes."""
    return shape(sample.vectors, load_description(study).axes if along_axes else None)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_core(study: Study, share: float) -> Core:
    """Return a share of the vectors of a study, those nearest to the centre."""
    return find_core(study.latents, load_description(study), share)


@st.cache_resource(show_spinner=False, max_entries=8, hash_funcs=KEYS)
def load_core_shape(study: Study, share: float, along_axes: bool) -> Shape:
    """Return how normal the core is, along its own axes."""
    core = load_core(study, share)
    return shape(study.latents[core.kept], core.axes if along_axes else None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_largest_coordinates(study: Study) -> npt.NDArray[np.float64]:
    """Return the two largest absolute whitened coordinates of each vector of a study."""
    return largest_coordinates(study.latents, load_description(study).axes)


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


def load_judges(study: Study) -> Judges:
    """Return what a study can be judged with."""
    return _find_judges(study, attributes_file(study.folder) is not None)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=PLACED)
def _find_judges(study: Study, network: bool) -> Judges:
    return Judges(study, network)


def load_entry_sample(study: Study, entry: Recipe, count: int, seed: int) -> Sample:
    """Return a sample of a row of the scoreboard, or the data's own vectors for the reconstructions."""
    if entry == RECONSTRUCTIONS:
        return load_reference(study, count, seed)
    return load_sample(study, entry, count, seed)


def has_to_be_trained(study: Study, recipe: Recipe) -> bool:
    """Return whether a strategy learns so long that a page does not begin with it, and has not learned yet."""
    return recipe.strategy.effort is Effort.TRAINING and not _is_fitted(study, recipe)


def can_draw_entry(study: Study, entry: Recipe) -> bool:
    """Return whether a row of the scoreboard can be drawn, and at once, without a fit that takes long."""
    if not study.shows_faces:
        return False
    return entry == RECONSTRUCTIONS or _is_fitted(study, entry)


def _is_fitted(study: Study, recipe: Recipe) -> bool:
    return (study.fingerprint, recipe.fitted_stem) in _fits or is_kept(study, recipe.make())


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_entry_wall(study: Study, entry: Recipe, seed: int, faces: int) -> bytes:
    """Return a few faces of a row of the scoreboard side by side, of a draw of their own: no more than is shown."""
    if entry == RECONSTRUCTIONS:
        vectors = load_reference(study, faces, seed).vectors
    else:
        strategy = load_fit(study, entry)
        vectors = strategy.sample(faces, stream(seed, strategy))
    return wall(_portraits(study, vectors).images, faces)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_nearest(
    study: Study, vectors: npt.NDArray[np.floating]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return rows and distances of a study's nearest vectors."""
    return nearest_vectors(study, vectors)


def load_network(study: Study) -> StudyAttributes | None:
    """Return the attribute network of a study; None where there is none. Read anew when the file changes."""
    path = attributes_file(study.folder)
    return _read_network(study, path.stat().st_mtime_ns) if path else None


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs=KEYS)
def _read_network(study: Study, stamp: int) -> StudyAttributes | None:  # noqa: ARG001
    return load_attributes(study)


@st.cache_resource(show_spinner=False, max_entries=32, hash_funcs=KEYS)
def load_attribute_shares(study: Study, sample: Sample, count: int) -> pd.Series[float] | None:
    """Return in which share of the first images the attribute network sees each attribute, if there is one."""
    network = load_network(study)
    if network is None:
        return None
    _, probabilities = network.network.predict(load_autoencoder(study).decode(sample.vectors[:count]))
    return pd.Series((probabilities > 0.5).mean(axis=0), index=list(network.names))


class Trip(NamedTuple):
    """A decoded picture (h, w, c), the numbers (d,) that the encoder makes of it, and what these decode to."""

    before: npt.NDArray[np.uint8]
    numbers: npt.NDArray[np.float32]
    after: npt.NDArray[np.uint8]


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_trip(study: Study) -> Trip:
    """Return a picture's way through encoder and decoder, of a vector whose image is reproduced as well as most."""
    autoencoder, errors = load_autoencoder(study), study.rows["reconstruction_error"]
    row = int((errors - errors.median()).abs().to_numpy().argmin()) if study.has_errors else 0
    before = autoencoder.decode(study.latents[row : row + 1])
    numbers = autoencoder.encode(before)
    return Trip(before[0], numbers[0], autoencoder.decode(numbers)[0])


class Film(NamedTuple):
    """Decoded frames of a path, uint8 (m, h, w, c), and their cycle errors, (m,)."""

    images: npt.NDArray[np.uint8]
    errors: npt.NDArray[np.float64]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_film(study: Study, vectors: npt.NDArray[np.floating]) -> Film:
    """Return the frames of a path; without a decoder, the given pictures of the nearest vectors, and no errors."""
    if not study.has_decoder:
        return Film(_portraits(study, vectors).images, np.full(len(vectors), np.nan))
    autoencoder, widths = load_autoencoder(study), scales_of(study, load_description(study).moments.widths)
    return Film(autoencoder.decode(vectors), cycle_errors(autoencoder, vectors, widths))
