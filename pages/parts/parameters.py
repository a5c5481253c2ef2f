"""The controls of a strategy's parameters."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.strategies import Choice, Parameter, Recipe, Strategy
from pages.parts.address import decided
from pages.parts.codecs import option
from pages.parts.fields import choose, settled, slide
from pages.parts.presets import draw_presets
from pages.parts.sidebar import Selection

__all__ = ["draw_parameters", "setting_of"]


def draw_parameters(strategy: type[Strategy], chosen: Selection) -> Recipe:
    """Draw a widget for each parameter, and presets; return what they say."""
    if not strategy.parameters:
        return Recipe.of(strategy.key)
    usual = Recipe.of(strategy.key).values
    with st.container(horizontal=True, vertical_alignment="bottom"):
        values = {p.name: _widget(strategy, p, usual[p.name], chosen) for p in strategy.parameters}
        recipe = Recipe.of(strategy.key, values)
        draw_presets(recipe, chosen.description)
    return recipe


def setting_of(strategy: type[Strategy], parameter: Parameter, usual: Any, chosen: Selection) -> float | str:
    """Return what a parameter of a strategy whose tab is not open is set to."""
    key = f"{strategy.key}_{parameter.name}"
    if isinstance(parameter, Choice):
        return str(decided(key, usual, option(key, parameter.options)))
    parameter = parameter.within(chosen.study.dimension, len(chosen.study))
    return settled(parameter, min(usual, parameter.high), key)


def _widget(strategy: type[Strategy], parameter: Parameter, usual: Any, chosen: Selection) -> float | str:
    key = f"{strategy.key}_{parameter.name}"
    if isinstance(parameter, Choice):
        return choose(parameter.label, parameter.options, usual, key, parameter.help)
    parameter = parameter.within(chosen.study.dimension, len(chosen.study))
    return slide(parameter, min(usual, parameter.high), key)
