"""Normality in numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import (
    Core,
    Description,
    Outermost,
    PairCut,
    Shape,
    kept_by_components,
    normal_radius_quantile,
    shares_kept,
    square_quantiles,
)

__all__ = ["cut_table", "distance_table", "quantile_table", "shape_table"]

CUTS = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0)
"""Where cuts are tabulated, in standard deviations."""

DRAWN = ("sample", "against")
"""Columns of a sample, and of the one of another strategy that it is held against."""

SHARES = (0.01, 0.05, 0.25, 0.5, 0.8, 0.95, 0.9973)
"""Shares whose distances are tabulated; 99.73 % of a normal number lie within 3σ."""


def shape_table(variable: str, first: int, shapes: Sequence[tuple[str, Shape]]) -> pd.DataFrame:
    """Return one row per component or axis: skewness, excess kurtosis and Shapiro-Wilk test of each set.

    Parameters
    ----------
    variable : str
        ``component`` or ``axis``.
    first : int
        Number of the first.
    shapes : sequence of (prefix, Shape)
        The prefix stands before the column names; empty for the study.
    """
    count = len(shapes[0][1].skewness)
    table = pd.DataFrame({variable: np.arange(first, first + count)})
    for prefix, shape in shapes:
        start = f"{prefix}_" if prefix else ""
        table[f"{start}skewness"] = shape.skewness
        table[f"{start}excess_kurtosis"] = shape.excess_kurtosis
        table[f"{start}count"] = shape.count
        table[f"{start}shapiro_w"] = shape.shapiro_w
        table[f"{start}shapiro_p"] = shape.shapiro_p
        table[f"{start}shapiro_count"] = shape.tested
    return table


def cut_table(study: Description, largest: npt.NDArray[np.float64] | Outermost) -> pd.DataFrame:
    """Return per k what the cut of each axis and of each pair keeps, of a normal and of the study's vectors.

    ``largest`` are the two largest absolute whitened coordinates of the study's vectors, shape (n, 2), or their counts.
    """
    rows = []
    for k in CUTS:
        axes, pairs = shares_kept(largest, k)
        rows.append((k, kept_by_components(k, study.dimension), axes, PairCut(k, study.dimension).kept, pairs))
    return pd.DataFrame(rows, columns=["k", "axes_normal", "axes_data", "pairs_normal", "pairs_data"])


def distance_table(study: Description) -> pd.DataFrame:
    """Return the Mahalanobis distances within which shares lie: of a normal bulk, and of the study's vectors."""
    shares = np.array(SHARES)
    normal = normal_radius_quantile(shares, study.dimension)
    return pd.DataFrame({"share": shares, "normal": normal, "data": study.distance_quantiles(shares)})


def quantile_table(study: Description, core: Core, *samples: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return the quantiles of squared Mahalanobis distances at whole percents.

    For the data, one or two samples and the core, each with what a normal would have: ``chi_squared_core``, cut to the
    core's share, for the last, ``chi_squared`` for all others.
    """
    probabilities = np.arange(1, 100) / 100
    return pd.DataFrame(
        {
            "probability": probabilities,
            "chi_squared": np.square(normal_radius_quantile(probabilities, study.dimension)),
            "data": study.square_quantiles(probabilities),
            **{name: square_quantiles(s, probabilities) for name, s in zip(DRAWN, samples, strict=False)},
            "chi_squared_core": core.squared_quantiles(probabilities),
            "core": np.quantile(np.square(core.distances), probabilities),
        }
    )
