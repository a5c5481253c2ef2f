"""Statistics of latent vectors: moments, histograms, principal axes, distances, radii, correlations, normality.

Everything is computed over blocks of rows by accumulators that merge exactly, so that an array in memory, a
memory-mapped file of any length and the parts of a cluster give the same numbers.
"""

from core.statistics.axes import PrincipalAxes, principal_axes
from core.statistics.coordinates import Coordinates
from core.statistics.correlations import (
    cluster_order,
    off_diagonal,
    pair_coefficients,
    random_coefficient,
    random_correlation_density,
    strongest_pairs,
)
from core.statistics.densities import is_flat, log_normal, log_normal_in, log_t_in, log_uniform, normal_density
from core.statistics.description import EXACT, Description, describe
from core.statistics.histograms import Histograms
from core.statistics.laws import (
    PairCut,
    covariance_factor,
    degrees_of_freedom,
    ellipse_distance,
    ellipse_share,
    kept_by_components,
    midpoint_radius,
)
from core.statistics.moments import Moments
from core.statistics.normality import (
    Core,
    HenzeZirkler,
    Shape,
    far_out,
    find_core,
    henze_zirkler,
    largest_coordinates,
    quantile_probabilities,
    shape,
    shape_of_all,
    square_quantiles,
    subsample,
)
from core.statistics.outermost import Outermost, shares_kept
from core.statistics.posteriors import Posteriors, log_variance_codes
from core.statistics.radii import (
    AUTHOR_HALF_WIDTHS,
    AUTHOR_MATCH,
    cube_radius,
    deviation,
    matched_half_width,
    normal_radius,
    normal_radius_density,
    normal_radius_quantile,
    normal_radius_share,
    radii,
)
from core.statistics.radius_laws import (
    RadiusLaw,
    elliptical_radius,
    independent_radius,
    mixed_radius,
    observed_radius,
    pair_cut_radius,
)
from core.statistics.summary import Summary, ordered_counts, ordered_quantiles

__all__ = [
    "AUTHOR_HALF_WIDTHS",
    "AUTHOR_MATCH",
    "EXACT",
    "Coordinates",
    "Core",
    "Description",
    "HenzeZirkler",
    "Histograms",
    "Moments",
    "Outermost",
    "PairCut",
    "Posteriors",
    "PrincipalAxes",
    "RadiusLaw",
    "Shape",
    "Summary",
    "cluster_order",
    "covariance_factor",
    "cube_radius",
    "degrees_of_freedom",
    "describe",
    "deviation",
    "ellipse_distance",
    "ellipse_share",
    "elliptical_radius",
    "far_out",
    "find_core",
    "henze_zirkler",
    "independent_radius",
    "is_flat",
    "kept_by_components",
    "largest_coordinates",
    "log_normal",
    "log_normal_in",
    "log_t_in",
    "log_uniform",
    "log_variance_codes",
    "matched_half_width",
    "midpoint_radius",
    "mixed_radius",
    "normal_density",
    "normal_radius",
    "normal_radius_density",
    "normal_radius_quantile",
    "normal_radius_share",
    "observed_radius",
    "off_diagonal",
    "ordered_counts",
    "ordered_quantiles",
    "pair_coefficients",
    "pair_cut_radius",
    "principal_axes",
    "quantile_probabilities",
    "radii",
    "random_coefficient",
    "random_correlation_density",
    "shape",
    "shape_of_all",
    "shares_kept",
    "square_quantiles",
    "strongest_pairs",
    "subsample",
]
