"""How the nearest vectors of a large study were found, all of them on request, and an index where there is none."""

from __future__ import annotations

import streamlit as st

from core.captions.sampled import about_the_search
from core.settings import is_public
from core.study import Study
from core.study.index import is_worth_an_index
from pages.parts.address import decided
from pages.parts.codecs import flag
from pages.parts.fields import switch
from pages.parts.jobs import offer_job
from pages.parts.loaders import load_index, load_shown

__all__ = ["looks_through_all", "say_how_they_were_found"]

THROUGH_ALL = "through_all"
"""Name of the choice by which all vectors are read for the nearest where there is no index."""


def looks_through_all() -> bool:
    """Return whether all vectors are read for the nearest, which an address may say."""
    return decided(THROUGH_ALL, default=False, codec=flag(THROUGH_ALL))


def say_how_they_were_found(study: Study, sure: bool) -> None:
    """Say among which vectors the nearest were looked for, and whether they are ``sure``; nothing of a small study.

    Offer to look through all, and to make an index.
    """
    if not is_worth_an_index(study):
        return
    index, every = load_index(study), looks_through_all()
    some = None if every else len(load_shown(study))
    st.caption(about_the_search(len(study), index, some, sure))
    if index is not None:
        return
    switch(
        f"Look through all {len(study):,}",
        THROUGH_ALL,
        help="Reads all vectors of the study for the nearest, which takes a second for a million of them or so.",
    )
    if not is_public():
        offer_job(
            "Make an index",
            ["index", "--study", str(study.folder)],
            f"indexing {study.name}",
            study.folder,
            "make_index",
            "Vectors are sorted into lists, of which a search reads a few; it goes on without this page.",
        )
