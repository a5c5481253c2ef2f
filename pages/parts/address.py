"""Choices that live in the address, so that a copied link opens the same picture.

Streamlit writes the options of a widget there as they stand on the screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import streamlit as st

from core.errors import InputError
from core.strategies import Number

__all__ = ["check_choice", "check_number", "choose", "decimal_number", "warn_about", "whole_number"]


def warn_about(name: str, check: Callable[[str], Any]) -> None:
    """Say so if the address gives a value that a widget would silently replace by its default."""
    value = st.query_params.get(name)
    if value is None:
        return
    try:
        check(value)
    except InputError as error:
        st.warning(f"The address cannot be followed: {error} The default is shown instead.", icon=":material/link_off:")


def choose(label: str, options: Mapping[str, str], default: str, key: str, help: str | None = None) -> str:  # noqa: A002
    """Draw a choice between a few options, named as the code calls them, that lives in the address; return its name."""
    warn_about(key, check_choice(key, options.values()))
    names = list(options)
    chosen = st.segmented_control(
        label,
        names,
        default=default,
        required=True,
        format_func=options.__getitem__,
        help=help,
        key=key,
        bind="query-params",
    )
    return str(chosen)


def whole_number(label: str, low: int, high: int, default: int, key: str, **more: Any) -> int:
    """Draw a field for a whole number that lives in the address; return the number."""
    warn_about(key, check_number(key, low, high))
    return int(st.number_input(label, low, high, default, key=key, bind="query-params", **more))


def decimal_number(label: str, low: float, high: float, default: float, step: float, key: str, **more: Any) -> float:
    """Draw a field for a number that lives in the address; return the number."""
    warn_about(key, Number(key, label, low, high, step, "").check)
    return float(st.number_input(label, low, high, default, step, key=key, bind="query-params", **more))


def check_number(name: str, low: float, high: float) -> Callable[[str], None]:
    """Return a check that a text is a whole number within limits."""

    def check(text: str) -> None:
        if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
            raise InputError(f"{name} must be a whole number from {low:g} to {high:g}, not {text!r}.")

    return check


def check_choice(name: str, options: Iterable[str]) -> Callable[[str], None]:
    """Return a check that a text is one of the options."""

    def check(text: str) -> None:
        if text not in options:
            raise InputError(f"{name} must be one of {', '.join(options)}, not {text!r}.")

    return check
