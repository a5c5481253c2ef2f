"""Whether what a page draws is all of a study's vectors, and how to ask for all."""

from __future__ import annotations

import streamlit as st

from core.captions.sampled import about_the_sample
from core.selection import Selected
from core.selection.selected import told_by_some
from core.study import Study
from pages.parts.address import decided
from pages.parts.codecs import flag
from pages.parts.fields import switch
from pages.parts.loaders import load_description, load_shown

__all__ = ["offer_to_read_all", "reads_all", "say_what_is_shown"]

READ_ALL = "read_all"
"""Name of the choice by which selections are told from the rest by all vectors."""


def say_what_is_shown(study: Study) -> None:
    """Say of how many vectors the pictures below are, where those are a sample."""
    if text := about_the_sample(len(load_shown(study)), load_description(study)):
        st.caption(text)


def reads_all() -> bool:
    """Return whether selections are told from the rest by all vectors, which an address may say."""
    return decided(READ_ALL, default=False, codec=flag(READ_ALL))


def offer_to_read_all(study: Study, *selected: Selected) -> None:
    """Draw a switch by which all vectors are read, where a sample stands for them in what is told of selections."""
    if any(told_by_some(one, load_shown(study)) for one in selected):
        switch(
            f"Read all {len(study):,} vectors for what is selected",
            READ_ALL,
            help="Components and axes of what is selected are those of a uniform sample otherwise; how many are "
            "selected, their lengths, distances and attributes are counted over all either way.",
        )
