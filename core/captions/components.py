"""What histograms of components show, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.statistics import Description

__all__ = ["about_components"]


def about_components(study: Description, table: pd.DataFrame, title: str) -> str:
    """Return what the histograms of the components show, from a component table with a sample."""
    moments = study.moments
    off = int((np.abs(moments.mean) > moments.widths).sum())
    return (
        "The series found each component roughly normal, with a centre and a width of its own. Here the means lie "
        f"between {moments.mean.min():.2f} and {moments.mean.max():.2f}, {off} of {study.dimension} of them farther "
        f"than one σ from 0; σ lies between {moments.widths.min():.2f} and {moments.widths.max():.2f}; the mean "
        f"|skewness| is {np.abs(moments.skewness).mean():.2f}, the mean excess kurtosis "
        f"{moments.excess_kurtosis.mean():.2f} (both 0 for a normal law). The histograms of {title} differ from those "
        f"of {study.title} by {table['difference'].mean():.2f} on average, where 1 is no overlap."
    )
