"""Choices, decided in one place and written in the address, so that a copied link opens the same picture.

A choice lives in the visit's own table, not in a widget: widgets show what was decided and pass on what a reader
changes. So a button that sets a slider, and a field that is changed a tenth of a second later, cannot overrule each
other, as they do where each widget holds a state of its own. The address is read when it was changed from outside, by
a link or the browser's *back*, and written at the end of each run; Streamlit adds a step to the browser's history for
each new address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st

from core.errors import InputError
from core.strategies import Number
from core.strategies.recipe import written

__all__ = [
    "Codec",
    "acted",
    "amend",
    "begin",
    "decide",
    "decided",
    "flag",
    "keep",
    "key_of",
    "number",
    "option",
    "publish",
    "renew",
    "several",
    "shows",
]

T = TypeVar("T")

OWN = ("embed", "embed_options")
"""Streamlit's own parameters."""

MOST = 2000
"""Characters of a value in the address that are looked at."""


@dataclass(frozen=True)
class Codec(Generic[T]):
    """How a choice stands in the address: ``read`` returns what a text means, or raises `InputError`."""

    read: Callable[[str], T]
    write: Callable[[T], str]


def number(name: str, low: float, high: float, whole: bool = True) -> Codec[Any]:
    """Return the codec of a number within limits."""
    return Codec(Number(name, name, low, high, 1, "", whole).check, written)


def option(name: str, options: Mapping[str, str], former: Mapping[str, str] | None = None) -> Codec[str]:
    """Return the codec of one of several options, named as the code calls them; what a reader sees is read, too."""
    labels = {label: key for key, label in options.items()}

    def read(text: str) -> str:
        key = (former or {}).get(text, text)
        if key in options:
            return key
        if key in labels:
            return labels[key]
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise InputError(f"{name} must be one of {', '.join(options)}, not {shown!r}.")

    return Codec(read, str)


def flag(name: str) -> Codec[bool]:
    """Return the codec of a switch."""
    words = {"true": True, "false": False}

    def read(text: str) -> bool:
        if text not in words:
            raise InputError(f"{name} must be true or false, not {text[:40]!r}.")
        return words[text]

    return Codec(read, lambda value: "true" if value else "false")


def several(name: str, options: Iterable[str]) -> Codec[tuple[str, ...]]:
    """Return the codec of any number of options, parted by blanks."""
    known = tuple(options)

    def read(text: str) -> tuple[str, ...]:
        chosen = tuple(part for part in text.split(" ") if part)
        if wrong := next((part for part in chosen if part not in known), None):
            raise InputError(f"{name} does not know {wrong[:40]!r}.")
        return tuple(option for option in known if option in chosen)

    return Codec(read, " ".join)


@dataclass
class _State:
    """What a visit has decided, by name, and what of it the address says."""

    values: dict[str, Any]
    turns: dict[str, int]
    published: dict[str, str]
    page: str = ""
    acted: bool = False
    arrived: dict[str, str] | None = None
    silent: bool = False


def _state() -> _State:
    state: _State = st.session_state.setdefault("choices", _State({}, {}, {}))
    return state


_PLACE, _DRAWN, _FOLLOW, _CAME = "address_place", "address_drawn", "address_follow", "address_came"


def begin(page: str) -> None:
    """Begin a run of a page: find out whether the address was changed from outside, and make place for complaints."""
    state = _state()
    came = {name: value[:MOST] for name, value in st.query_params.items() if name not in OWN}
    moved = page != state.page
    outside = came != state.published and not state.acted
    state.silent = outside and not moved and not came and bool(state.arrived)
    if state.silent:  # back to where a link without choices led: a step before the address was completed
        came = dict(state.arrived or {})
    if outside and not moved:  # back to an address that says less: what it leaves out is as usual
        for name in set(state.published) - set(came):
            state.values.pop(name, None)
            _turn(name)
    st.session_state[_CAME] = came
    st.session_state[_FOLLOW] = outside
    st.session_state[_DRAWN] = {}
    st.session_state[_PLACE] = st.container()
    state.page, state.acted = page, False
    if moved:
        state.arrived = None


def decided(name: str, default: T, codec: Codec[T]) -> T:
    """Return what is chosen: what the address asks for where it was changed, what was decided, or the default.

    A value that was decided and is not possible any more, because the study or the page is another, gives way to the
    default.
    """
    state = _state()
    asked = st.session_state[_CAME].get(name) if st.session_state[_FOLLOW] else None
    if asked is not None and name not in st.session_state[_DRAWN]:
        try:
            state.values[name] = codec.read(asked)
        except InputError as error:
            state.values.pop(name, None)
            complain(f"The address cannot be followed: {error} The default, {codec.write(default)}, is shown instead.")
        _turn(name)
    value = state.values.get(name, default)
    try:
        value = codec.read(codec.write(value))
    except InputError:
        state.values.pop(name, None)
        _turn(name)
        value = default
    st.session_state[_DRAWN][name] = "" if value == default else codec.write(value)
    return value


def amend(name: str, value: T, default: T, codec: Codec[T], why: str) -> None:
    """Take another value in place of one that does not go with the others; say so, as of a wrong address."""
    _state().values[name] = value
    _turn(name)
    st.session_state[_DRAWN][name] = "" if value == default else codec.write(value)
    complain(f"{why} {name} is {codec.write(value)} instead.")


def decide(name: str, value: object) -> None:
    """Decide a choice from outside its widget, which then shows it. Only in callbacks."""
    _state().values[name] = value
    _turn(name)
    acted()


def keep(name: str, value: object) -> None:
    """Keep what a widget was changed to. Only in callbacks."""
    _state().values[name] = value
    acted()


def renew(name: str) -> None:
    """Give a widget that holds a state of its own a new key, and so a new state. Only in callbacks."""
    _turn(name)


def acted() -> None:
    """Note that a reader did something on the page: what the browser's address said meanwhile is older."""
    _state().acted = True


def key_of(name: str) -> str:
    """Return the key of a choice's widget: another one whenever the choice was decided elsewhere."""
    turn = _state().turns.get(name, 0)
    return f"{name}~{turn}" if turn else name


def shows(name: str, widget: str) -> bool:
    """Return whether a widget of that key is the one that shows a choice now.

    A gesture may bring the state of one that has just given way to another; Streamlit takes that for a change.
    """
    return widget == key_of(name)


def complain(sentence: str) -> None:
    """Say at the top of the page what the address got wrong."""
    st.session_state[_PLACE].warning(sentence, icon=":material/link_off:")


def publish() -> None:
    """Write what was drawn into the address, and say what of it means nothing here."""
    state, drawn = _state(), st.session_state[_DRAWN]
    if st.session_state[_FOLLOW]:
        for name in sorted(set(st.session_state[_CAME]) - set(drawn)):
            shown = name if len(name) <= 40 else f"{name[:40]}…"
            if name not in state.values:
                complain(f"The address names {shown!r}, which means nothing on this page; it is left out.")
    state.published = {name: text for name, text in drawn.items() if text}
    if state.arrived is None:
        state.arrived = state.published
    if state.silent:  # a new step here would bar the way back
        state.published = {}
        return
    own = {name: st.query_params.get_all(name) for name in OWN if name in st.query_params}
    st.query_params.from_dict({**own, **state.published})  # even if unchanged: the browser's may be a gesture behind


def _turn(name: str) -> None:
    turns = _state().turns
    turns[name] = turns.get(name, 0) + 1
