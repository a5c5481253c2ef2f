"""Values of parameters that have a name: post V's cubes, the level at which post X's ellipses keep half."""

from __future__ import annotations

import math
from fractions import Fraction

import streamlit as st

from core.statistics import AUTHOR_MATCH, Description, PairCut, matched_half_width
from core.strategies import Cube, Ellipsoid, Recipe
from pages.parts.address import decide

__all__ = ["draw_presets"]

CUBES = (Fraction(2, 3), Fraction(1), Fraction(4, 3), Fraction(10, 3))
"""The four cubes of post V, in units of b*: there b was 1, 1.5, 2 and 5 with b* = 1.5."""


def draw_presets(recipe: Recipe, description: Description) -> None:
    """Offer the presets of a strategy as buttons."""
    if recipe.key == Cube.key:
        _cubes(matched_half_width(description.mean_radius, description.dimension))
    if recipe.key == Ellipsoid.key and recipe.values["cut"] == "pairs":
        _workable(min(int(recipe.values["components"]), description.dimension))


def _cubes(match: float) -> None:
    """Offer the four cubes of post V, each with its b in this study."""
    for preset in CUBES:
        _preset(
            f"cube_{preset.numerator}_{preset.denominator}",
            f"{preset} b* = {float(preset) * match:.2f}",
            f"Post V's b = {float(preset) * AUTHOR_MATCH:g}, where b* was {AUTHOR_MATCH:g}.",
            "cube_scale",
            float(preset),
        )


def _workable(axes: int) -> None:
    """Offer the level at which post X's ellipses of all pairs keep half of a normal law."""
    k = math.ceil(10 * PairCut.keeping(0.5, axes).k) / 10
    about = f"In {axes} dimensions the ellipses of all pairs keep half of a normal law from here on."
    _preset("ellipsoid_half", f"Keep half: k = {k:g}", about, "ellipsoid_k", k)


def _preset(key: str, label: str, about: str, choice: str, value: float) -> None:
    """Offer a value of a choice as a button."""
    st.button(label, key=key, help=about, on_click=decide, args=(choice, value))
