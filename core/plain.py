"""Names that a user's data bring, written so that they are read and never obeyed.

A title, the name of a column or a value stands in headings (Markdown), on charts (some HTML) and in tables. What any
of them would take for a sign is written as its look-alike: *a<b>* stays legible and becomes nobody's markup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["as_cell", "as_text", "listed"]

LOOKALIKES = str.maketrans(
    {"<": "‹", ">": "›", "*": "∗", "`": "ˋ", "[": "［", "]": "］", "$": "＄", "\\": "＼", "~": "∼", "|": "ǀ"}
)
"""Signs of Markdown and HTML, and how they are written instead."""

ENTITY = re.compile(r"&(?=#?\w+;)")
EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")
COLONS = re.compile(r":(?=[\w/]+:)|:(?=//)")
ADDRESS = re.compile(r"\bwww\.", re.IGNORECASE)
"""Beginnings of what is read as one sign, emphasis, an icon or a link."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would compute."""


def as_text(name: str) -> str:
    """Return a name that no chart and no Markdown takes for more than its letters."""
    text = ENTITY.sub("＆", name.translate(LOOKALIKES))
    return ADDRESS.sub("www․", COLONS.sub("：", EDGE.sub("＿", text)))


def listed(words: Sequence[str]) -> str:
    """Return words as they are listed in a sentence."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def as_cell(text: object) -> object:
    """Return a cell that no spreadsheet computes: a text that begins like a formula gets an apostrophe before it."""
    return f"'{text}" if isinstance(text, str) and text.startswith(FORMULA) else text
