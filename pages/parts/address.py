"""Choices, decided in one place and written in the address, so that a copied link opens the same picture.

A choice lives in the visit's own table, not in a widget: widgets show what was decided and pass on what a reader
changes. So a button that sets a slider, and a field that is changed a tenth of a second later, cannot overrule each
other, as they do where each widget holds a state of its own. The address is read when it was changed from outside, by
a link or the browser's *back*, and written at the end of each run; Streamlit adds a step to the browser's history for
each new address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from core.errors import InputError
from pages.parts.codecs import Codec

__all__ = [
    "acted",
    "amend",
    "begin",
    "begin_again",
    "begun_with",
    "bound",
    "decide",
    "decided",
    "draw_all",
    "drawn_choices",
    "exchange",
    "give_way",
    "has_to_draw_all",
    "keep",
    "key_of",
    "publish",
    "publish_again",
    "renew",
    "standing",
    "standing_outside",
]

T = TypeVar("T")

OWN = ("embed", "embed_options")
"""Streamlit's own parameters."""

MOST = 2000
"""Characters of a value in the address that are looked at."""


@dataclass
class _State:
    """What a visit has decided, by name; what of it the address says; what widgets of the open page began with."""

    values: dict[str, Any]
    turns: dict[str, int]
    published: dict[str, str]
    firsts: dict[str, Any]
    page: str = ""
    acted: bool = False
    whole: bool = False
    arrived: dict[str, str] | None = None
    silent: bool = False
    notes: list[str] = field(default_factory=list)


def _state() -> _State:
    state: _State = st.session_state.setdefault("choices", _State({}, {}, {}, {}))
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
    while state.notes:
        st.session_state[_PLACE].info(state.notes.pop(0), icon=":material/info:")
    state.page, state.acted, state.whole = page, False, False
    if moved:
        state.arrived = None
        state.firsts.clear()


def begin_again(outside: Mapping[str, str]) -> None:
    """Begin to draw a part of the page anew, alone; ``outside`` are the choices that were drawn before it."""
    st.session_state[_FOLLOW] = False  # the whole page has followed the address already
    st.session_state[_DRAWN] = dict(outside)


def standing_outside() -> dict[str, Any]:
    """Return the choices that the page has drawn up to now, as they were decided; None where one is as usual."""
    values = _state().values
    return {name: values.get(name) for name in st.session_state[_DRAWN]}


def has_to_draw_all(outside: Mapping[str, Any]) -> bool:
    """Return whether a gesture changed what stands outside of the part of the page that it was made in."""
    state = _state()
    return state.whole or any(state.values.get(name) != value for name, value in outside.items())


def draw_all() -> None:
    """Ask for the whole page, whatever part of it a gesture was made in. Only in callbacks."""
    _state().whole = True


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
            usual = codec.write(default) or "none"
            complain(f"The address cannot be followed: {error} The default, {usual}, is shown instead.")
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


def standing(name: str, default: T) -> T:
    """Return what was decided last, or the default. For callbacks, which come before a page asks for its choices."""
    value: T = _state().values.get(name, default)
    return value


def exchange(name: str, chosen: Mapping[str, object]) -> Callable[[object], None]:
    """Return what takes a change of one of several choices: where another has that value, the two change places."""

    def take(value: object) -> None:
        if other := next((key for key, its in chosen.items() if key != name and its == value), None):
            decide(other, chosen[name])
        keep(name, value)

    return take


def give_way(name: str, nothing: object, why: str) -> None:
    """Take back a choice that does not go with what was just chosen, and say so. Only in callbacks."""
    if _state().values.get(name, nothing) != nothing:
        decide(name, nothing)
        _state().notes.append(why)
        draw_all()


def bound(name: str, take: Callable[[Any], None] | None = None, place: str = "") -> dict[str, Any]:
    """Return the key of a choice's widget, and the callback that hands on what the widget is changed to.

    A gesture may bring the state of a widget that has just given way to another; Streamlit takes that for a change,
    which is not obeyed.

    Parameters
    ----------
    name : str
    take : callable, optional
        Takes the new value; keeps it unless said otherwise.
    place : str
        Tells apart the widgets of one choice on several pages.
    """
    key = key_of(name)
    widget = f"{key}_{place}" if place else key

    def changed() -> None:
        if key == key_of(name):
            (take or partial(keep, name))(st.session_state[widget])

    return {"key": widget, "on_change": changed}


def begun_with(widget: str, value: T) -> T:
    """Return what a widget showed when it was first drawn on this page, to be its default as long as it stays.

    Tabs follow a default that changes even if a reader has clicked another one meanwhile, who would be overruled.
    """
    first: T = _state().firsts.setdefault(widget, value)
    return first


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


def complain(sentence: str) -> None:
    """Say at the top of the page what the address got wrong."""
    st.session_state[_PLACE].warning(sentence, icon=":material/link_off:")


def drawn_choices() -> dict[str, str]:
    """Return the choices that the page has drawn up to now, as its address writes them; "" where one is as usual."""
    return dict(st.session_state[_DRAWN])


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
    _write(state)


def publish_again() -> None:
    """Write what a fragment of the page, run alone after a gesture, has drawn anew into the address."""
    state, drawn = _state(), st.session_state[_DRAWN]
    if not state.acted:  # the whole page is drawn, and writes it at its end
        return
    state.published = {name: text for name, text in drawn.items() if text}
    state.acted = False
    _write(state)


def _write(state: _State) -> None:
    own = {name: st.query_params.get_all(name) for name in OWN if name in st.query_params}
    st.query_params.from_dict({**own, **state.published})  # even if unchanged: the browser's may be a gesture behind


def _turn(name: str) -> None:
    turns = _state().turns
    turns[name] = turns.get(name, 0) + 1
