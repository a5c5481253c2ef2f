"""How the nearest vectors of a large study were found, and an index where there is none."""

from __future__ import annotations

import streamlit as st

from core.captions.sampled import about_the_search
from core.settings import is_public
from core.study import Study
from core.study.index import is_worth_an_index
from pages.parts.jobs import offer_job
from pages.parts.loaders import load_index

__all__ = ["say_how_they_were_found"]


def say_how_they_were_found(study: Study) -> None:
    """Say whether the nearest vectors were looked for through an index; offer to make it. Nothing of a small study."""
    if not is_worth_an_index(study):
        return
    index = load_index(study)
    st.caption(about_the_search(len(study), index))
    if index is None and not is_public():
        offer_job(
            "Make an index",
            ["index", "--study", str(study.folder)],
            f"indexing {study.name}",
            study.folder,
            "make_index",
            "Vectors are sorted into lists, of which a search reads a few; it goes on without this page.",
        )
