"""Vectors of a visitor's own sampler, judged as the rows of the scoreboard are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.errors import InputError
from core.jobs.uploads import discard_uploads, keep_uploads
from core.scores.board import SEEDS
from core.scores.entries import own_entry
from core.scores.own import SUFFIXES, read_own
from core.settings import is_public, limits
from core.study import Study
from pages.parts.jobs import offer_job
from pages.parts.plain import plain

__all__ = ["offer_own"]

SENT = "own_vectors"
"""In the visit's state: study, file that was sent, and where it is kept."""

HELP = (
    "Takes about 12 seconds for each sample. It goes on without this page. "
    "`python -m core score --vectors NAME=FILE` does the same."
)


def offer_own(study: Study, count: int) -> None:
    """Draw what judges vectors of any sampler, in samples of so many as the other rows have; nothing in public."""
    if is_public():
        return
    with st.expander("Judge your own vectors", icon=":material/upload_file:", key="own", on_change="rerun") as door:
        if door.open:
            st.markdown(
                f"Vectors of any sampler, {study.dimension:,} numbers each, from `numpy.save` or `python -m core "
                f"sample`: {count:,} of them or more, which are judged in up to {SEEDS} samples. A sampler that has "
                "learned from all vectors of the study, and not only from half A, has seen what it is held against."
            )
            name = st.text_input("Name of the sampler", "mine", key="own_name", max_chars=40)
            types = [suffix.lstrip(".") for suffix in SUFFIXES]
            sent = st.file_uploader("Vectors", types, key="own_file", max_upload_size=limits().upload_mb)
            if sent:
                _offer(study, name, sent, count)


def _offer(study: Study, name: str, sent: UploadedFile, count: int) -> None:
    """Offer to judge a file that was sent, or say why that is not possible."""
    try:
        entry = own_entry(name)
        file = _kept(study, sent, count)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    arguments = ["score", "--study", str(study.folder), "--vectors", f"{name}={file}", "--count", str(count)]
    offer_job("Judge them", arguments, f"Judge {dict(entry.parameters)['name']}", study.folder, "score_own", HELP)


def _kept(study: Study, sent: UploadedFile, count: int) -> Path:
    """Return where a file that was sent is kept, once it is seen to hold vectors that can be judged."""
    state = (study.fingerprint, sent.file_id, count)
    known, file = st.session_state.get(SENT, (None, None))
    if known == state and file.exists():
        return Path(file)
    folder = keep_uploads([(sent.name, sent)])
    file = next(folder.iterdir())
    try:
        _require_enough(read_own(file, study), count)
    except InputError:
        discard_uploads(folder)
        raise
    st.session_state[SENT] = (state, file)
    return file


def _require_enough(vectors: npt.NDArray[np.floating], count: int) -> None:
    if len(vectors) < count:
        raise InputError(
            f"The file holds {len(vectors):,} vectors; the samples of this board have {count:,} each, and those of "
            "other sizes are not to be compared."
        )
