"""The selection of a visit: one rule in the address, joined with what is drawn, typed or chosen, and undone again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from core.errors import InputError
from core.selection import Rule, check_rule, from_address, joined, to_address
from core.study import Study
from pages.parts.address import decide, standing
from pages.parts.codecs import Codec

__all__ = ["HOW", "can_redo", "can_undo", "clear", "name_codec", "redo", "rule_codec", "said", "take", "undo"]

HOW = {"new": "in its place", "and": "and", "or": "or", "without": "without"}
"""How a rule is joined to the one that stands."""

MOST_STEPS = 100
"""Rules that can be gone back to."""


@dataclass
class _Past:
    """What was selected before, and what was undone; the last sentence on what went wrong."""

    past: list[Rule | None] = field(default_factory=list)
    future: list[Rule | None] = field(default_factory=list)
    said: str = ""


def _past() -> _Past:
    past: _Past = st.session_state.setdefault("selection_past", _Past())
    return past


def rule_codec(study: Study) -> Codec[Rule | None]:
    """Return the codec of a rule for a study, or of none."""

    def read(text: str) -> Rule | None:
        if not text:
            return None
        rule = from_address(text)
        check_rule(rule, study)
        return rule

    return Codec(read, lambda rule: "" if rule is None else to_address(rule))


def name_codec() -> Codec[str]:
    """Return the codec of a selection's name."""

    def read(text: str) -> str:
        if len(text) > 80 or not text.isprintable():
            raise InputError("A selection's name has 80 characters at most, all of which can be shown.")
        return text

    return Codec(read, str)


def take(make: Callable[[], Rule | None], study: Study, how: str | None = None) -> bool:
    """Select by a rule, joined to the one that stands as the reader has chosen; say so where it is wrong.

    Only in callbacks. Returns whether anything was selected.

    Parameters
    ----------
    make : callable
        Returns the rule, or None for nothing; may raise `InputError`.
    study : Study
    how : str, optional
        One of :data:`HOW`, if it is not for the reader to say.
    """
    old: Rule | None = standing("select", None)
    try:
        made = make()
        if made is None:
            return False
        codec = rule_codec(study)
        rule = codec.read(codec.write(joined(old, made, how or standing("select_how", "new"))))
    except InputError as error:
        _past().said = str(error)
        return False
    _go_to(rule, old)
    return True


def clear() -> None:
    """Select nothing any more. Only in callbacks."""
    _go_to(None, standing("select", None))


def _go_to(rule: Rule | None, old: Rule | None) -> None:
    if rule != old:
        past = _past()
        past.past = [*past.past, old][-MOST_STEPS:]
        past.future.clear()
        decide("select", rule)


def undo() -> None:
    """Go back to what was selected before. Only in callbacks."""
    past = _past()
    past.future.append(standing("select", None))
    decide("select", past.past.pop())


def redo() -> None:
    """Take back an undoing. Only in callbacks."""
    past = _past()
    past.past.append(standing("select", None))
    decide("select", past.future.pop())


def can_undo() -> bool:
    """Return whether anything was selected before."""
    return bool(_past().past)


def can_redo() -> bool:
    """Return whether anything was undone."""
    return bool(_past().future)


def said() -> str:
    """Return what was wrong with the last rule, once; "" where nothing was."""
    sentence, _past().said = _past().said, ""
    return sentence
