"""Names that others have given, in places where Streamlit reads Markdown."""

from __future__ import annotations

import re

__all__ = ["plain"]

SIGNS = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str) -> str:
    """Return a text as Markdown that shows it as it is: no link, picture, formula, icon or HTML."""
    return SIGNS.sub(r"\\\1", text)
