"""The strategy tabs with each strategy's own controls: what stands on the orange side of every comparing page."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import streamlit as st

from core.cache import load_sample
from core.sampling import Sample
from core.statistics import Description, matched_half_width
from core.strategies import STRATEGIES, Choice, Cube, Number, Parameter, Strategy
from pages.parts.address import check_choice, warn_about
from pages.parts.sidebar import Selection, selection

__all__ = ["Comparison", "compare"]

PRESETS = (Fraction(2, 3), Fraction(1), Fraction(4, 3), Fraction(10, 3))
"""The four cubes of post V, in units of b*: there b was 1, 1.5, 2 and 5 with b* = 1.5."""


@dataclass(frozen=True)
class Comparison:
    """CelebA and the sample of the open tab."""

    selection: Selection
    reference: Sample
    sample: Sample


def compare() -> Comparison:
    """Draw the strategy tabs and the open one's controls; return what they select."""
    chosen = selection()
    titles = [strategy.title for strategy in STRATEGIES]
    warn_about("strategy", check_choice("strategy", titles))
    tabs = st.tabs(titles, key="strategy", on_change="rerun", bind="query-params")
    opened = titles.index(st.session_state["strategy"])
    strategy = STRATEGIES[opened]
    with tabs[opened], st.container(key=f"controls_{strategy.key}", gap="small"):
        st.caption(f"Assumes {strategy.assumes} ({strategy.post}). ${strategy.formula}$")
        values = _controls(strategy, chosen.description)
    sample = load_sample(chosen.study, strategy.key, values, chosen.count, chosen.seed)
    return Comparison(chosen, chosen.reference, sample)


def _controls(strategy: type[Strategy], description: Description) -> dict[str, float | str]:
    """Draw a widget per parameter; return their values."""
    defaults = strategy().get_params()
    values: dict[str, float | str] = {}
    if not strategy.parameters:
        return values
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for parameter in strategy.parameters:
            values[parameter.name] = _widget(strategy, parameter, defaults[parameter.name], description.dimension)
        if strategy is Cube:
            _presets(matched_half_width(description.mean_radius, description.dimension))
    return values


def _widget(strategy: type[Strategy], parameter: Parameter, default: float | str, dimension: int) -> float | str:
    key = f"{strategy.key}_{parameter.name}"
    warn_about(key, parameter.check)
    if isinstance(parameter, Choice):
        options = list(parameter.options)
        warn_about(key, check_choice(key, options))
        return str(
            st.segmented_control(
                parameter.label,
                options,
                default=str(default),
                required=True,
                format_func=parameter.options.__getitem__,
                help=parameter.help,
                key=key,
                bind="query-params",
            )
        )
    return _slider(parameter, float(default), key, dimension)


def _slider(parameter: Number, default: float, key: str, dimension: int) -> float:
    kind = int if parameter.whole else float
    high = min(parameter.high, dimension) if parameter.whole else parameter.high
    low, high, default, step = (kind(x) for x in (parameter.low, high, min(default, high), parameter.step))
    value = st.slider(
        parameter.label, low, high, default, step, help=parameter.help, key=key, bind="query-params", width=320
    )
    return kind(value)


def _presets(match: float) -> None:
    """Offer the four cubes of post V, each with its b in this study."""

    def choose(scale: float) -> None:
        st.session_state["cube_scale"] = scale

    for preset in PRESETS:
        st.button(
            f"{preset} b* = {float(preset) * match:.2f}",
            key=f"cube_{preset.numerator}_{preset.denominator}",
            help=f"Post V's b = {float(preset) * 1.5:g}, where b* was 1.5.",
            on_click=choose,
            args=(float(preset),),
        )
