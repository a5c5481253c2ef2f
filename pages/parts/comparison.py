"""The strategy tabs with each strategy's own controls: what stands on the orange side of every comparing page."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import streamlit as st

from core.progress import Progress
from core.space.sample import Sample
from core.statistics import Description, PairCut, matched_half_width
from core.strategies import STRATEGIES, Choice, Cube, Ellipsoid, Number, Parameter, Recipe, Strategy
from pages.parts.address import check_choice, choose, warn_about
from pages.parts.loaders import load_fit, load_sample
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


def compare(room: str) -> Comparison:
    """Draw the strategy tabs of a page and the open one's controls; return what they select."""
    chosen = selection()
    tabs, opened = _tabs(room)
    strategy = STRATEGIES[opened]
    with tabs[opened], st.container(key=f"controls_{strategy.key}", gap="small"):
        st.caption(f"Assumes {strategy.assumes} ({strategy.post}). ${strategy.formula}$")
        values = _controls(strategy, chosen.description)
        recipe = Recipe.of(strategy.key, values)
        fitted = _fit(chosen, recipe)
        if note := fitted.note():
            st.caption(note)
    sample = load_sample(chosen.study, recipe, chosen.count, chosen.seed)
    return Comparison(chosen, chosen.reference, sample)


def _fit(chosen: Selection, recipe: Recipe) -> Strategy:
    """Return the fitted strategy; show how far the fit is where it takes long."""
    place = st.empty()
    words = f"Fitting {recipe.strategy.title} to {len(chosen.study):,} vectors, once for this study …"

    def report(progress: Progress) -> None:
        place.progress(progress.share, f"{words} {progress.detail}")

    fitted = load_fit(chosen.study, recipe, report)
    place.empty()
    return fitted


def _tabs(room: str) -> tuple[Sequence[Any], int]:
    """Draw a tab per strategy; return the tabs and the number of the open one, whose key stands in the address.

    Streamlit's tabs start anew on every page, so each page has its own, opened where the last page left them.
    """
    keys, titles = zip(*((s.key, s.title) for s in STRATEGIES), strict=True)
    warn_about("strategy", check_choice("strategy", keys))
    if st.session_state.get("room") != room:
        asked = st.query_params.get("strategy", st.session_state.get("strategy"))  # a link asks for another one
        st.session_state["room"] = room
        st.session_state["first_tab"] = titles[keys.index(asked)] if asked in keys else titles[0]
    tab = f"tab_{room}"
    tabs = st.tabs(titles, key=tab, default=st.session_state["first_tab"], on_change="rerun")
    opened = titles.index(st.session_state[tab])
    st.session_state["strategy"] = keys[opened]
    if opened:
        st.query_params["strategy"] = keys[opened]
    else:
        st.query_params.pop("strategy", None)
    return tabs, opened


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
            _cubes(matched_half_width(description.mean_radius, description.dimension))
        if strategy is Ellipsoid and values["cut"] == "pairs":
            _workable(min(int(values["components"]), description.dimension))
    return values


def _widget(strategy: type[Strategy], parameter: Parameter, default: float | str, dimension: int) -> float | str:
    key = f"{strategy.key}_{parameter.name}"
    if isinstance(parameter, Choice):
        return choose(parameter.label, parameter.options, str(default), key, parameter.help)
    if parameter.whole:  # a count of components or axes, of which a small study has fewer
        parameter = replace(parameter, high=min(parameter.high, dimension))
    warn_about(key, parameter.check)
    return _slider(parameter, min(float(default), parameter.high), key)


def _slider(parameter: Number, default: float, key: str) -> float:
    kind = int if parameter.whole else float
    low, high, value, step = (kind(x) for x in (parameter.low, parameter.high, default, parameter.step))
    return kind(
        st.slider(parameter.label, low, high, value, step, help=parameter.help, key=key, bind="query-params", width=320)
    )


def _cubes(match: float) -> None:
    """Offer the four cubes of post V, each with its b in this study."""
    for preset in PRESETS:
        _preset(
            f"cube_{preset.numerator}_{preset.denominator}",
            f"{preset} b* = {float(preset) * match:.2f}",
            f"Post V's b = {float(preset) * 1.5:g}, where b* was 1.5.",
            "cube_scale",
            float(preset),
        )


def _workable(axes: int) -> None:
    """Offer the level at which post X's ellipses of all pairs keep half of a normal law."""
    k = math.ceil(10 * PairCut.keeping(0.5, axes).k) / 10
    about = f"In {axes} dimensions the ellipses of all pairs keep half of a normal law from here on."
    _preset("ellipsoid_half", f"Keep half: k = {k:g}", about, "ellipsoid_k", k)


def _preset(key: str, label: str, about: str, widget: str, value: float) -> None:
    """Offer a value of a widget as a button."""

    def move() -> None:
        st.session_state[widget] = value

    st.button(label, key=key, help=about, on_click=move)
