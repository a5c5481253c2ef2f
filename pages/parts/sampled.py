"""Whether what a page draws is all of a study's vectors."""

from __future__ import annotations

import streamlit as st

from core.captions.sampled import about_the_sample
from core.study import Study
from pages.parts.loaders import load_description, load_shown

__all__ = ["say_what_is_shown"]


def say_what_is_shown(study: Study) -> None:
    """Say of how many vectors the pictures below are, where those are a sample."""
    if text := about_the_sample(len(load_shown(study)), load_description(study)):
        st.caption(text)
