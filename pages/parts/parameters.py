"""The controls of a strategy's parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.strategies import ANYONE, Asked, Choice, Number, Parameter, Recipe, Strategy
from core.study.fits import askable
from pages.parts.address import decided
from pages.parts.codecs import asked, option
from pages.parts.fields import ask, choose, settled, slide
from pages.parts.presets import draw_presets
from pages.parts.sidebar import Selection

__all__ = ["draw_parameters", "standing_parameters"]


def draw_parameters(strategy: type[Strategy], chosen: Selection) -> Recipe:
    """Draw a widget for each parameter, and presets; return what they say."""
    if not strategy.parameters:
        return Recipe.of(strategy.key)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        recipe = _asked_one_by_one(strategy, chosen, _widget)
        draw_presets(recipe, chosen.description)
    return recipe


def standing_parameters(strategy: type[Strategy], chosen: Selection) -> Recipe:
    """Return what the parameters of a strategy whose tab is not open are set to."""
    return _asked_one_by_one(strategy, chosen, _setting)


def _asked_one_by_one(
    strategy: type[Strategy], chosen: Selection, ask_for: Callable[[str, Parameter, Any, Selection], float | str]
) -> Recipe:
    """Return what is answered for each parameter; one that means nothing, as no attribute is asked for, is as usual."""
    usual, values = Recipe.of(strategy.key).values, dict[str, float | str]()
    for parameter in strategy.parameters:
        if not (isinstance(parameter, Number) and values.get(parameter.of) == ANYONE):
            key = f"{strategy.key}_{parameter.name}"
            values[parameter.name] = ask_for(key, parameter, usual[parameter.name], chosen)
    return Recipe.of(strategy.key, values)


def _setting(key: str, parameter: Parameter, usual: Any, chosen: Selection) -> float | str:
    match parameter:
        case Choice():
            return str(decided(key, usual, option(key, parameter.options)))
        case Asked():
            return str(decided(key, usual, asked(key, askable(chosen.study))))
        case Number():
            number = parameter.within(chosen.study.dimension, len(chosen.study))
            return settled(number, min(usual, number.high), key)


def _widget(key: str, parameter: Parameter, usual: Any, chosen: Selection) -> float | str:
    match parameter:
        case Choice():
            return choose(parameter.label, parameter.options, usual, key, parameter.help)
        case Asked():
            names = askable(chosen.study)
            return ask(parameter.label, names, usual, key, parameter.help) if names else str(usual)
        case Number():
            number = parameter.within(chosen.study.dimension, len(chosen.study))
            return slide(number, min(usual, number.high), key)
