"""What vectors decode to, as pictures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.figures.faces import sheet, wall
from core.scores import cycle_errors, scales_of
from core.scores.entries import has_strategy
from core.space.sample import Sample
from core.strategies import Recipe, stream
from core.study import Study
from core.study.pictures import Portraits
from core.study.row_table import first_rows
from pages.parts.loaders.keys import KEYS
from pages.parts.loaders.samples import load_entry_sample, load_fit
from pages.parts.loaders.studies import load_autoencoder, load_description
from pages.parts.loaders.vectors import load_nearest

__all__ = [
    "Film",
    "Trip",
    "draw_face",
    "load_complaint",
    "load_entry_wall",
    "load_faces",
    "load_film",
    "load_sheet",
    "load_trip",
    "load_wall",
]


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_wall(study: Study, sample: Sample, count: int, columns: int, encoding: str = "WEBP") -> bytes:
    """Return the first vectors of a sample, as they are shown, as one picture."""
    return wall(_portraits(study, sample.vectors[:count]).images, columns, encoding)


def _portraits(study: Study, vectors: npt.NDArray[np.floating]) -> Portraits:
    """Return vectors, decoded; without a decoder, the given picture of the nearest vector to each."""
    if study.has_decoder:
        return Portraits(load_autoencoder(study).decode(vectors), "")
    return study.pictures.read(load_nearest(study, vectors)[0][:, 0])


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_complaint(study: Study, vectors: npt.NDArray[np.floating]) -> str:
    """Return which of the pictures that show a few vectors are missing; "" where none is."""
    return _portraits(study, vectors).complaint


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_faces(study: Study, vectors: npt.NDArray[np.floating], columns: int) -> bytes:
    """Return a few vectors, as they are shown, as one picture."""
    return wall(_portraits(study, vectors).images, columns)


@st.cache_resource(show_spinner="Decoding what lies under the pointer …", max_entries=16, hash_funcs=KEYS)
def load_sheet(study: Study, vectors: npt.NDArray[np.floating], most: int) -> bytes:
    """Return many vectors, as they are shown, as one picture of small ones, of at most so many bytes."""
    return sheet(_portraits(study, vectors).images, most)


def draw_face(study: Study, vector: npt.NDArray[np.floating], encoding: str = "WEBP") -> bytes:
    """Return one vector (d,), decoded, not kept: a slider that is dragged asks for each place once."""
    return wall(load_autoencoder(study).decode(vector[None]), 1, encoding)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs=KEYS)
def load_entry_wall(study: Study, entry: Recipe, seed: int, faces: int) -> bytes:
    """Return a few faces of a row of the scoreboard side by side, of a draw of their own: no more than is shown."""
    if not has_strategy(entry):
        vectors = load_entry_sample(study, entry, faces, seed).vectors
    else:
        strategy = load_fit(study, entry)
        vectors = strategy.sample(faces, stream(seed, strategy))
    return wall(_portraits(study, vectors).images, faces)


class Trip(NamedTuple):
    """A decoded picture (h, w, c), the numbers (d,) that the encoder makes of it, and what these decode to."""

    before: npt.NDArray[np.uint8]
    numbers: npt.NDArray[np.float32]
    after: npt.NDArray[np.uint8]


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=KEYS)
def load_trip(study: Study) -> Trip:
    """Return a picture's way through encoder and decoder, of a vector whose image is reproduced as well as most."""
    autoencoder, errors = load_autoencoder(study), first_rows(study.rows, "reconstruction_error")
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
