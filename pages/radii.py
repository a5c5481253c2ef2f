"""How long are the vectors? Radii, the scan of cubes, Mahalanobis distances."""

from __future__ import annotations

from core.exhibits.beside import radii_beside
from core.exhibits.radii import cubes, distances, radii
from pages.parts.beside import lay_beside
from pages.parts.comparison import Comparison
from pages.parts.exhibits import offer, show
from pages.parts.front_door import open_page


def main(comparison: Comparison) -> None:
    """Draw the page."""
    exhibits = [make(comparison.scene) for make in (radii, cubes, distances)]
    for exhibit in exhibits:
        show(exhibit)
    lay_beside(comparison.selection, radii_beside)
    offer(exhibits)


open_page(main)
