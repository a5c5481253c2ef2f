"""How long are the vectors? Radii, the scan of cubes, Mahalanobis distances."""

from __future__ import annotations

import streamlit as st

from core.exhibits.beside import radii_beside
from core.exhibits.radii import cubes, distances, radii
from pages.parts.address import standing
from pages.parts.beside import lay_beside
from pages.parts.comparison import Comparison
from pages.parts.exhibits import FORMULAS, offer, show
from pages.parts.front_door import open_page
from pages.parts.further import further
from pages.parts.gestures import brush

BRUSHED = {"radii": "radius", "distances": "distance"}
"""Histograms that vectors are selected on, and of which quantity they are."""


def main(comparison: Comparison) -> None:
    """Draw the page."""
    scene = comparison.scene
    exhibits = [radii(scene), distances(scene)]
    for exhibit in exhibits:
        taken = brush(exhibit.key, comparison.selection.study, BRUSHED[exhibit.key])
        show(exhibit, on_select=taken, selection_mode=("box",))
    st.caption("Drag over a histogram to select the vectors in that range.")
    if further("how wide a cube has to be for vectors of this length"):
        exhibits.append(cubes(scene, series=standing(FORMULAS, False)))
        show(exhibits[-1])
    lay_beside(comparison.selection, radii_beside)
    offer(exhibits)


open_page(main)
