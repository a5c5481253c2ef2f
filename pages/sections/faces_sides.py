"""Which vector is looked at closely: one of a wall, one that is known by name, or that of a reader's own picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core import former
from core.captions.faces import about_a_brought_picture
from core.errors import InputError, MissingError
from core.exhibits.faces import FACES
from core.space.brought import Brought, bring
from core.study import Study
from core.study.names import names_at, rows_called
from pages.parts.address import bound, decided
from pages.parts.codecs import Codec, option
from pages.parts.comparison import Comparison
from pages.parts.fields import choose, whole_number
from pages.parts.loaders import load_autoencoder

__all__ = ["NAMED", "SIDES", "Looked", "choose_looked", "side_codec"]

SIDES = ("data", "sample", "against")
"""The walls, as they stand in the address; the last where a strategy is held against another."""

NAMED, OWN = "named", "own"
"""In place of a wall: any image of the data by its name, and a picture that the reader brings."""

LARGEST_MB = 32
"""Of a picture that is brought."""


@dataclass(frozen=True)
class Looked:
    """A vector with its name, its row where it is one of the study's own, and the picture that it was made of."""

    name: str
    vector: npt.NDArray[np.floating]
    row: int | None = None
    brought: Brought | None = None


def _sides(comparison: Comparison) -> dict[str, str]:
    """Return what can be looked at, and what a reader calls it."""
    study = comparison.selection.study
    names = ["Sample"] if comparison.against is None else [sample.title for sample in comparison.drawn]
    own = {OWN: "A picture of yours"} if study.has_decoder else {}
    return {**dict(zip(SIDES, (study.title, *names), strict=False)), NAMED: "By name", **own}


def side_codec(comparison: Comparison) -> Codec[str]:
    """Return how that stands in the address."""
    return option("side", _sides(comparison), former.SIDES)


def choose_looked(comparison: Comparison) -> Looked:
    """Draw the choice of what is looked at; return it.

    Raises
    ------
    MissingError
        If nothing has that name, or no picture is there yet.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        side = choose("Of", _sides(comparison), SIDES[1], "side", former=former.SIDES)
        if side == NAMED:
            return _named(comparison)
        if side != OWN:
            return _on_a_wall(comparison, side)
    return _own(comparison)


def _on_a_wall(comparison: Comparison, side: str) -> Looked:
    study = comparison.selection.study
    sample = dict(zip(SIDES, (comparison.reference, *comparison.drawn), strict=False))[side]
    label = study.subject.capitalize() if study.shows_faces else "Vector"
    about = f"Counted row by row; or click a {study.subject}." if study.shows_faces else "In the order of the table."
    which = whole_number(label, 1, min(FACES, len(sample)), 1, "face", width=160, help=about) - 1
    name = sample.label if sample.images is None else str(sample.images[which])
    return Looked(name, sample.vectors[which], None if sample.rows is None else int(sample.rows[which]))


def _named(comparison: Comparison) -> Looked:
    study = comparison.selection.study

    def read(text: str) -> str:
        if len(text) > 500 or not text.isprintable():
            raise InputError("The name of an image has 500 characters at most, all of which can be shown.")
        return text

    first = str(names_at(study, np.zeros(1, np.intp))[0])
    name = decided("named", first, Codec(read, str))
    st.text_input("Name of the image", name, max_chars=500, width=240, **bound("named"))
    rows = rows_called(study, [name.strip()])
    if not len(rows):
        raise MissingError(f"The study {study.name} has no image {name[:80]!r}; one of its names is {first}.")
    row = int(rows[0])
    return Looked(name.strip(), np.asarray(study.latents[row]), row)


def _own(comparison: Comparison) -> Looked:
    study = comparison.selection.study
    kinds = ["jpg", "jpeg", "png", "webp", "bmp"]
    sent = st.file_uploader("A picture of yours", kinds, max_upload_size=LARGEST_MB, key="own_picture")
    if sent is None:
        raise MissingError(
            f"Bring a picture, cut as those of {study.title} are, to see where the encoder puts it. It is kept in "
            "memory alone, as long as this visit lasts."
        )
    brought = _encoded(study, sent)
    st.caption(about_a_brought_picture(brought, study))
    return Looked(sent.name, brought.vector, brought=brought)


def _encoded(study: Study, sent: UploadedFile) -> Brought:
    """Return a picture that was sent, encoded once; it is kept with the visit alone, not among what visitors share."""
    key, kept = (study.fingerprint, sent.file_id), st.session_state.get("brought")
    if kept is None or kept[0] != key:
        kept = st.session_state["brought"] = (key, bring(study, load_autoencoder(study), sent.getvalue()))
    found: Brought = kept[1]
    return found
