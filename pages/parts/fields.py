"""Widgets of choices that live in the address. What counts is what was decided; widgets show it and pass changes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.plain import as_text
from core.strategies import ANYONE, Number
from pages.parts.address import amend, bound, decide, decided, exchange, keep
from pages.parts.codecs import Codec, asked, flag, number, option, several

__all__ = [
    "choose",
    "choose_on_a_scale",
    "choose_several",
    "decimal_number",
    "distinct_numbers",
    "page_number",
    "pick",
    "settled",
    "slide",
    "switch",
    "whole_number",
]


def choose(
    label: str,
    options: Mapping[str, str],
    default: str,
    key: str,
    help: str | None = None,  # noqa: A002
    former: Mapping[str, str] | None = None,
    place: str = "",
) -> str:
    """Draw a choice between a few options, named as the code calls them; return its name.

    Widgets keep what they show when their default changes: where it may, ``place`` names the state that it belongs to.
    """
    value = decided(key, default, option(key, options, former))
    titles = options.__getitem__
    st.segmented_control(
        label, list(options), default=value, required=True, format_func=titles, help=help, **bound(key, place=place)
    )
    return value


def pick(
    label: str,
    options: Sequence[str] | Mapping[str, str],
    default: str,
    key: str,
    take: Callable[[Any], None] | None = None,
    **more: Any,
) -> str:
    """Draw a list to pick one of many options from; return it. ``take`` takes a change, if it is not only kept."""
    titles = options if isinstance(options, Mapping) else {name: name for name in options}
    value = decided(key, default, option(key, titles))
    names = list(titles)
    st.selectbox(label, names, names.index(value), format_func=titles.__getitem__, **bound(key, take), **more)
    return value


def choose_several(
    label: str,
    options: Mapping[str, str],
    default: Sequence[str],
    key: str,
    on_change: Callable[[], None] | None = None,
    **more: Any,
) -> list[str]:
    """Draw a list to pick any number of options from; return their names, in the order of the options."""
    value = decided(key, tuple(name for name in options if name in default), several(key, options))

    def take(names: list[str]) -> None:
        keep(key, tuple(names))
        if on_change is not None:
            on_change()

    st.multiselect(label, list(options), list(value), format_func=options.__getitem__, **bound(key, take), **more)
    return list(value)


def ask(label: str, attributes: Sequence[str], default: str, key: str, help: str | None = None) -> str:  # noqa: A002
    """Draw a list to ask for attributes, or for their absence; return them as `core.strategies.Asked` writes them.

    What contradicts something that was asked for before takes its place.
    """
    value = decided(key, default, asked(key, attributes))
    options = [sign + name for name in attributes for sign in ("", "-")]

    def take(terms: list[str]) -> None:
        last = {term.removeprefix("-"): term for term in terms}
        decide(key, "+".join(last.values()) or ANYONE)

    def title(term: str) -> str:
        name = as_text(term.removeprefix("-").replace("_", " "))
        return f"not {name}" if term.startswith("-") else name

    terms = [] if value == ANYONE else value.split("+")
    st.multiselect(
        label, options, terms, format_func=title, help=help, placeholder="anyone", width=300, **bound(key, take)
    )
    return value


def whole_number(label: str, low: int, high: int, default: int, key: str, **more: Any) -> int:
    """Draw a field for a whole number; return the number."""
    value = int(decided(key, default, number(key, low, high)))
    st.number_input(label, low, high, value, **bound(key), **more)
    return value


def distinct_numbers(fields: Mapping[str, tuple[str, int]], low: int, high: int, width: int) -> list[int]:
    """Draw fields for whole numbers that must differ; one that is set to another's number changes places with it.

    Parameters
    ----------
    fields : mapping of str to (str, int)
        Key of each field to its label and default.
    low, high : int
    width : int
        Of each field, in pixels.
    """
    values = {key: int(decided(key, default, number(key, low, high))) for key, (_, default) in fields.items()}
    if len(set(values.values())) < len(values) <= high - low + 1:
        free = (n for n in range(low, high + 1) if n not in values.values())
        seen: set[int] = set()
        for key, value in values.items():
            if value in seen:
                values[key] = next(free)
                codec = number(key, low, high)
                amend(key, values[key], fields[key][1], codec, "The address asks for one number twice.")
            seen.add(values[key])
    for name, (label, _) in fields.items():
        st.number_input(label, low, high, values[name], width=width, **bound(name, exchange(name, values)))
    return list(values.values())


def decimal_number(label: str, low: float, high: float, default: float, step: float, key: str, **more: Any) -> float:
    """Draw a field for a number; return the number."""
    value = float(decided(key, default, number(key, low, high, whole=False)))
    st.number_input(label, float(low), float(high), value, step, **bound(key), **more)
    return value


def settled(parameter: Number, default: float, key: str) -> float:
    """Return what a strategy's parameter is set to, drawing nothing."""
    kind = int if parameter.whole else float
    return kind(decided(key, kind(default), Codec(parameter.check, number(key, 0, 0).write)))


def slide(parameter: Number, default: float, key: str) -> float:
    """Draw a slider for a strategy's parameter; return its value, which may lie between two of the slider's steps."""
    kind, value = int if parameter.whole else float, settled(parameter, default, key)
    low, high, step = (kind(x) for x in (parameter.low, parameter.high, parameter.step))
    st.slider(parameter.label, low, high, value, step, help=parameter.help, width=300, **bound(key))
    return value


def choose_on_a_scale(label: str, options: Mapping[str, str], default: str, key: str, place: str = "") -> str:
    """Draw a slider whose steps have names; return the key of the chosen one. ``place`` is as in `choose`."""
    value = decided(key, default, option(key, options))
    st.select_slider(label, list(options), value, format_func=options.__getitem__, **bound(key, place=place))
    return value


def switch(label: str, key: str, **more: Any) -> bool:
    """Draw a switch; return whether it is on."""
    value = decided(key, default=False, codec=flag(key))
    st.toggle(label, value, **bound(key), **more)
    return value


def page_number(count: int, key: str) -> int:
    """Draw the numbers of pages to turn to; return the open one."""
    value = int(decided(key, 1, number(key, 1, count)))
    st.pagination(count, default=value, **bound(key))
    return value
