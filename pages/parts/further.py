"""What of a page is drawn when it opens: the picture that answers its question, and the others when asked for."""

from __future__ import annotations

from pages.parts.address import decided
from pages.parts.codecs import flag
from pages.parts.fields import switch

__all__ = ["draws_everything", "further"]

EVERYTHING = "everything"
"""Name of the choice by which pages draw all their pictures."""


def draws_everything() -> bool:
    """Return whether pages draw all their pictures, which an address may say on any page."""
    return decided(EVERYTHING, default=False, codec=flag(EVERYTHING))


def further(what: str) -> bool:
    """Draw a switch for the further pictures of a page, which are named; return whether they are drawn."""
    return switch(
        f"More pictures: {what}",
        EVERYTHING,
        help="A page opens with what answers its question. This draws all else, too, here and on every page.",
    )
