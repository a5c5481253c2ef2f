"""Statistics of latent vectors: moments, histograms, principal axes, distances, radii.

Everything is computed over blocks of rows by accumulators that merge exactly, so that an array in memory, a
memory-mapped file of any length and the parts of a cluster give the same numbers.
"""

from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.description import Description, describe, describe_study
from core.statistics.histograms import Histograms
from core.statistics.moments import Moments
from core.statistics.radii import (
    cube_radius,
    matched_half_width,
    normal_radius,
    radii,
    radius_density,
    radius_from_square,
)

__all__ = [
    "Description",
    "Histograms",
    "Moments",
    "PrincipalAxes",
    "cube_radius",
    "describe",
    "describe_study",
    "matched_half_width",
    "normal_radius",
    "principal_axes",
    "radii",
    "radius_density",
    "radius_from_square",
]
