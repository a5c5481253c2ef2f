"""A sample in numbers: its components, its vectors, a line per sample."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.space.sample import Sample
from core.statistics import Description, Moments, deviation

__all__ = ["ORDERS", "component_table", "radius_table", "ranked_components", "summary_table", "vector_table"]

ORDERS = {
    "index": "Index",
    "mean": "|Mean|",
    "width": "Width",
    "skewness": "|Skewness|",
    "difference": "Difference",
}
"""What components are sorted by, and how a reader calls it."""


def component_table(study: Description, sample: Sample | None = None, against: Sample | None = None) -> pd.DataFrame:
    """Return one row per component: mean, width, shape and range, of the study and, if given, of one or two samples.

    ``difference`` and ``against_difference`` are half the L1 distance of a sample's histogram and the study's: 0 for
    the same distribution, 1 for disjoint ones.
    """
    table = pd.DataFrame({"component": np.arange(study.dimension), **_component_columns(study.moments)})
    for one, prefix, start in ((sample, "sample_", ""), (against, "against_", "against_")):
        if one is not None:
            for name, values in _component_columns(one.description.moments).items():
                table[f"{prefix}{name}"] = values
            table[f"{start}difference"] = study.histograms.overlap_distance(one.description.histograms)
    return table


def ranked_components(table: pd.DataFrame, order: str) -> list[int]:
    """Return the components of a table with a sample in one of the `ORDERS`, the most striking first."""
    column = {"index": "component", "width": "standard_deviation"}.get(order, order)
    ranked = table[column].abs().sort_values(ascending=order == "index", kind="stable")
    return [int(j) for j in table["component"][ranked.index]]


def radius_table(description: Description, images: pd.Series[str] | None = None) -> pd.DataFrame:
    """Return one row per vector: its number or image, radius and Mahalanobis distance."""
    names = {"vector": np.arange(len(description.radii))} if images is None else {"image": images.to_numpy()}
    return pd.DataFrame({**names, "radius": description.radii, "mahalanobis": description.distances})


def vector_table(sample: Sample) -> pd.DataFrame:
    """Return one row per vector of a sample: its number or image, then its components ``z_0``, ``z_1`` and so on."""
    names = {"vector": np.arange(len(sample))} if sample.images is None else {"image": sample.images.to_numpy()}
    values = pd.DataFrame(sample.vectors, columns=[f"z_{j}" for j in range(sample.vectors.shape[1])])
    return pd.concat([pd.DataFrame(names), values], axis=1)


def summary_table(
    study: Description, samples: Sequence[Sample], cycle_errors: Sequence[npt.NDArray[np.floating]] | None = None
) -> pd.DataFrame:
    """Return one row per sample: radii with theory, Mahalanobis distances, the share inside the bulk.

    ``in_bulk`` is the share of vectors whose Mahalanobis distance is at most the 99 % quantile of the study's own.
    Cycle errors of some vectors of each sample, if given, add ``cycle_error``, their mean, and ``cycle_count``, of how
    many.
    """
    edge = study.distance_quantiles(0.99)
    rows = []
    for sample in samples:
        strategy, described = sample.strategy, sample.description
        law = strategy.radius_law()
        mean, width = (np.nan, np.nan) if law is None else (law.mean, law.deviation)
        rows.append(
            {
                "strategy": sample.key,
                "parameters": sample.recipe.text,
                "count": len(sample),
                "seed": sample.seed,
                "radius_mean": described.radii.mean(),
                "radius_deviation": deviation(described.radii),
                "radius_mean_theory": mean,
                "radius_deviation_theory": width,
                "mahalanobis_median": np.median(described.distances),
                "in_bulk": (described.distances <= edge).mean(),
            }
        )
    table = pd.DataFrame(rows)
    if cycle_errors is None:
        return table
    means, counts = [float(errors.mean()) for errors in cycle_errors], [len(errors) for errors in cycle_errors]
    return table.assign(cycle_error=means, cycle_count=counts)


def _component_columns(moments: Moments) -> dict[str, np.ndarray]:
    return {
        "mean": moments.mean,
        "standard_deviation": moments.widths,
        "skewness": moments.skewness,
        "excess_kurtosis": moments.excess_kurtosis,
        "minimum": moments.minimum,
        "maximum": moments.maximum,
    }
