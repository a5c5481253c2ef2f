"""Two studies laid over each other, each in its own units."""

from __future__ import annotations

import plotly.graph_objects as go

from core.captions.studies import about_an_overlay
from core.exhibits.exhibit import Exhibit
from core.figures.normality import shapes
from core.figures.studies import Named, overlay_components, overlay_radii, overlay_spectra
from core.figures.theme import DATA, SECOND
from core.statistics import Shape

__all__ = ["components_beside", "radii_beside", "shapes_beside", "spectra_beside"]


def components_beside(first: Named, second: Named) -> Exhibit:
    """Return means and widths of the components of two studies."""
    return _beside(first, second, overlay_components(first, second), "means and widths")


def radii_beside(first: Named, second: Named) -> Exhibit:
    """Return radii and Mahalanobis distances of two studies."""
    return _beside(first, second, overlay_radii(first, second), "radii and distances")


def spectra_beside(first: Named, second: Named) -> Exhibit:
    """Return the variances of two studies along their principal axes."""
    return _beside(first, second, overlay_spectra(first, second), "spectrum")


def shapes_beside(first: Named, second: Named, both: tuple[Shape, Shape], variable: str) -> Exhibit:
    """Return skewness and kurtosis of two studies, whose points are called ``variable``."""
    figure = shapes([(first[0], both[0], DATA), (second[0], both[1], SECOND)], variable)
    return _beside(first, second, figure, "shapes")


def _beside(first: Named, second: Named, figure: go.Figure, what: str) -> Exhibit:
    names = f"{first[0]} and {second[0]}"
    return Exhibit(f"beside_{'_'.join(what.split())}", names, figure, f"{what} of {names}", about_an_overlay())
