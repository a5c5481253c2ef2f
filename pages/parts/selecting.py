"""The selections of a visit: rules in the address, joined with what is drawn, typed or chosen, and undone again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import streamlit as st

from core.errors import InputError
from core.selection import Rule, Several, check_rule, from_address, joined, to_address
from core.selection.several import MOST
from core.study import Study
from pages.parts.address import decide, decided, draw_all, keep, standing
from pages.parts.codecs import Codec, number

__all__ = [
    "HOW",
    "begin_another",
    "can_redo",
    "can_undo",
    "clear",
    "name_of",
    "redo",
    "rename",
    "rule_of",
    "said",
    "several",
    "take",
    "turn_to",
    "undo",
]

HOW = {"new": "in its place", "and": "and", "or": "or", "without": "without"}
"""How a rule is joined to the one that stands."""

MOST_STEPS = 100
"""Steps that can be gone back."""


@dataclass
class _Past:
    """What was selected before, and what was undone; the last sentence on what went wrong."""

    past: list[Several] = field(default_factory=list)
    future: list[Several] = field(default_factory=list)
    said: str = ""


def _past() -> _Past:
    past: _Past = st.session_state.setdefault("selection_past", _Past())
    return past


def rule_of(place: int) -> str:
    """Return what a selection's rule is called in the address: ``select``, ``select2`` and so on."""
    return f"select{place + 1}" if place else "select"


def name_of(place: int) -> str:
    """Return what its name is called there."""
    return f"{rule_of(place)}_name"


CURRENT = "selecting"
"""What the number of the one that is worked on is called there."""


def several(study: Study) -> Several:
    """Return what is selected, as the address or a gesture has decided."""
    rules, names = rule_codec(study), name_codec()
    return Several(
        tuple(decided(rule_of(place), None, rules) for place in range(MOST)),
        tuple(decided(name_of(place), "", names) for place in range(MOST)),
        int(decided(CURRENT, 1, number(CURRENT, 1, MOST))) - 1,
    )


def _standing() -> Several:
    """Return what was selected last, for callbacks."""
    return Several(
        tuple(standing(rule_of(place), None) for place in range(MOST)),
        tuple(standing(name_of(place), "") for place in range(MOST)),
        int(standing(CURRENT, 1)) - 1,
    )


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
    """Select by a rule, joined to the current one as the reader has chosen; say so where it is wrong.

    Only in callbacks. Returns whether anything was selected.

    Parameters
    ----------
    make : callable
        Returns the rule, or None for nothing; may raise `InputError`.
    study : Study
    how : str, optional
        One of :data:`HOW`, if it is not for the reader to say.
    """
    old = _standing()
    try:
        made = make()
        if made is None:
            return False
        codec = rule_codec(study)
        rule = codec.read(codec.write(joined(old.rule, made, how or standing("select_how", "new"))))
    except InputError as error:
        _past().said = str(error)
        draw_all()  # the sidebar says it
        return False
    _step_to(old.with_rule(rule), old)
    return True


def clear() -> None:
    """Let the current one select nothing any more. Only in callbacks."""
    old = _standing()
    _step_to(old.with_rule(None), old)


def turn_to(place: int) -> None:
    """Work on the selection of another place. Only in callbacks."""
    _decide(_standing().at(place))


def begin_another() -> None:
    """Work on one where nothing is selected yet; the others stay. Only in callbacks."""
    if (free := _standing().free) is not None:
        turn_to(free)


def rename(name: str) -> None:
    """Call the current one otherwise. Only in callbacks."""
    keep(name_of(_standing().current), name)


def _step_to(new: Several, old: Several) -> None:
    """Decide what is selected, if that is anything else, and remember what was."""
    if new.rules != old.rules:
        past = _past()
        past.past = [*past.past, old][-MOST_STEPS:]
        past.future.clear()
        _decide(new)


def _decide(new: Several) -> None:
    """Decide what differs from what was selected last."""
    old = _standing()
    for place in range(MOST):
        if new.rules[place] != old.rules[place]:
            decide(rule_of(place), new.rules[place])
        if new.names[place] != old.names[place]:
            decide(name_of(place), new.names[place])
    if new.current != old.current:
        decide(CURRENT, new.current + 1)


def undo() -> None:
    """Go back to what was selected before. Only in callbacks."""
    past = _past()
    past.future.append(_standing())
    _decide(past.past.pop())


def redo() -> None:
    """Take back an undoing. Only in callbacks."""
    past = _past()
    past.past.append(_standing())
    _decide(past.future.pop())


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
