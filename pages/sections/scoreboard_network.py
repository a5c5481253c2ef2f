"""The attribute network that images are scored with: a job trains it on the images of the study."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.jobs.uploads import keep_uploads
from core.scores import Need
from core.settings import data_folder, is_public, limits
from core.sources.picks import picks
from core.study import Study
from core.study.kept import is_own
from pages.parts.jobs import act, offer_job
from pages.parts.loaders import load_judges

__all__ = ["offer_network"]

PACKED = ("zip", "tar", "tgz", "gz", "parquet")
SENT = "network_images"
"""In the visit's state: study and file of images that were sent for it."""

HELP = (
    "Takes about as long as the training of the autoencoder. It goes on without this page, and when it is stopped, at "
    "its last epoch. `python -m core attributes` does the same."
)


def offer_network(study: Study) -> None:
    """Draw what trains the network, where a study has none and can have one; nothing elsewhere."""
    possible = study.has_decoder and study.has_images and study.has_attributes and is_own(study)
    if is_public() or not possible or load_judges(study).has(Need.NETWORK):
        return
    with st.expander("Add an attribute network", icon=":material/neurology:", key="network", on_change="rerun") as door:
        if door.open:
            st.markdown(
                "Fréchet distance, diversity and attributes are seen by a network that learns the attributes from the "
                "**images of the study**, which the study itself does not hold. Bring them once more."
            )
            images = _images(study)
            arguments = ["attributes", "--study", str(study.folder), "--images", str(images or "")]
            title = f"Train the attribute network of {study.name}"
            if images:
                offer_job("Train it", arguments, title, study.folder, "train_network", HELP)


def _images(study: Study) -> Path | None:
    """Ask for the images: one file from the browser, or what lies in the folder that is open to it."""
    sent = st.file_uploader("Images", PACKED, key="network_file", max_upload_size=limits().upload_mb)
    if sent:
        act(_keep, sent, study)
    folder = data_folder()
    chosen = st.selectbox(f"Or pick from {folder}", picks(folder), None, key="network_pick") if folder else None
    if folder and chosen:
        return folder / chosen
    owner, file = st.session_state.get(SENT, ("", None))
    return file if owner == study.fingerprint else None


def _keep(sent: UploadedFile, study: Study) -> None:
    """Keep a file that was sent, once."""
    name = f"{study.fingerprint} {sent.file_id}"
    if st.session_state.get(f"{SENT}_name") != name:
        folder = keep_uploads([(sent.name, sent)])
        st.session_state[SENT] = (study.fingerprint, next(folder.iterdir()))
        st.session_state[f"{SENT}_name"] = name
