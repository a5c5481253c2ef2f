"""What is wrong or missing, as one sentence in the place of what would stand there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import InputError, MissingError
from core.plain import as_text

__all__ = ["sentences"]


@contextmanager
def sentences() -> Iterator[None]:
    """Show what is wrong with a study or a choice as one sentence; what a study lacks, as a note."""
    try:
        yield
    except MissingError as error:
        st.info(as_text(str(error)), icon=":material/info:")
    except InputError as error:
        st.error(as_text(str(error)), icon=":material/error:")
