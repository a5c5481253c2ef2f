"""Data frames behind the tables on the screen and the CSV files: the same numbers, in full precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.sampling import Sample
from core.statistics import Description, Moments, radius_from_square
from core.study import Study

__all__ = [
    "attribute_table",
    "axis_table",
    "component_table",
    "correlation_table",
    "hardest_attributes",
    "history_table",
    "radius_table",
    "summary_table",
    "to_csv",
    "vector_table",
]


def component_table(study: Description, sample: Sample | None = None) -> pd.DataFrame:
    """Return one row per component: mean, width, shape and range, of the study and, if given, of a sample.

    ``difference`` is half the L1 distance of both histograms: 0 for the same distribution, 1 for disjoint ones.
    """
    table = pd.DataFrame({"component": np.arange(study.dimension), **_component_columns(study.moments)})
    if sample is not None:
        described = sample.description
        for name, values in _component_columns(described.moments).items():
            table[f"sample_{name}"] = values
        table["difference"] = study.histograms.overlap_distance(described.histograms)
    return table


def correlation_table(study: Moments, sample: Moments | None = None) -> pd.DataFrame:
    """Return one row per pair i < j with its Pearson coefficient, of the study and, if given, of a sample."""
    first, second = np.triu_indices(len(study.mean), 1)
    table = pd.DataFrame({"component": first, "other": second, "pearson": study.correlations[first, second]})
    if sample is not None:
        table["sample_pearson"] = sample.correlations[first, second]
    return table


def radius_table(description: Description, images: pd.Series[str] | None = None) -> pd.DataFrame:
    """Return one row per vector: its number or image, radius and Mahalanobis distance."""
    names = {"vector": np.arange(len(description.radii))} if images is None else {"image": images.to_numpy()}
    return pd.DataFrame({**names, "radius": description.radii, "mahalanobis": description.distances})


def axis_table(description: Description) -> pd.DataFrame:
    """Return one row per principal axis: variance, its share, the cumulative share, the mean along it, its entries."""
    axes = description.axes
    total = axes.variances.sum()
    table = pd.DataFrame(
        {
            "axis": np.arange(1, len(axes.variances) + 1),
            "variance": axes.variances,
            "share": axes.variances / total if total > 0 else np.zeros_like(axes.variances),
            "cumulative_share": axes.cumulative_share,
            "mean_along": axes.axes @ axes.mean,
        }
    )
    entries = pd.DataFrame(axes.axes, columns=[f"z_{j}" for j in range(description.dimension)])
    return pd.concat([table, entries], axis=1)


def vector_table(sample: Sample) -> pd.DataFrame:
    """Return one row per vector of a sample: its number or image, then its components ``z_0``, ``z_1`` and so on."""
    names = {"vector": np.arange(len(sample))} if sample.images is None else {"image": sample.images.to_numpy()}
    values = pd.DataFrame(sample.vectors, columns=[f"z_{j}" for j in range(sample.vectors.shape[1])])
    return pd.concat([pd.DataFrame(names), values], axis=1)


def summary_table(
    study: Description, samples: Sequence[Sample], cycle_errors: Sequence[float] | None = None
) -> pd.DataFrame:
    """Return one row per sample: radii with theory, Mahalanobis distances, the share inside the bulk.

    ``in_bulk`` is the share of vectors whose Mahalanobis distance is at most the 99 % quantile of the study's own;
    ``cycle_error``, the mean per sample, is there if given.
    """
    edge = np.quantile(study.distances, 0.99)
    rows = []
    for sample in samples:
        strategy, described = sample.strategy, sample.description
        theory = strategy.squared_radius()
        mean, deviation = (np.nan, np.nan) if theory is None else radius_from_square(*theory)
        rows.append(
            {
                "strategy": sample.key,
                "parameters": strategy.describe_parameters(),
                "count": len(sample),
                "seed": sample.seed,
                "radius_mean": described.radii.mean(),
                "radius_deviation": described.radii.std(ddof=1) if len(sample) > 1 else np.nan,
                "radius_mean_theory": mean,
                "radius_deviation_theory": deviation,
                "mahalanobis_median": np.median(described.distances),
                "in_bulk": (described.distances <= edge).mean(),
            }
        )
    table = pd.DataFrame(rows)
    return table if cycle_errors is None else table.assign(cycle_error=list(cycle_errors))


def history_table(study: Study) -> pd.DataFrame:
    """Return one row per epoch of the training: losses and seconds."""
    columns = ["epoch", "loss", "validation_loss", "seconds"]
    return pd.DataFrame([asdict(epoch) for epoch in study.training.history], columns=columns)


def attribute_table(rows: pd.DataFrame, attributes: Sequence[str]) -> pd.DataFrame:
    """Return one row per attribute: its share of the images, the mean reconstruction error of those with it."""
    errors = rows["reconstruction_error"]
    values = [(a, rows[a].mean(), errors[rows[a].fillna(False).astype(bool)].mean()) for a in attributes]
    return pd.DataFrame(values, columns=["attribute", "share", "reconstruction_error"])


def hardest_attributes(rows: pd.DataFrame, attributes: Sequence[str], count: int = 3) -> str:
    """Return the attributes with the largest mean reconstruction errors as words, empty without attributes."""
    table = attribute_table(rows, attributes).dropna().sort_values("reconstruction_error", ascending=False)[:count]
    pairs = zip(table["attribute"], table["reconstruction_error"], strict=True)
    return ", ".join(f"{name.replace('_', ' ').lower()} {error:.4f}" for name, error in pairs)


def to_csv(table: pd.DataFrame) -> bytes:
    """Return a table as CSV: one header row, no index, every digit, UTF-8."""
    return table.to_csv(index=False).encode()


def _component_columns(moments: Moments) -> dict[str, np.ndarray]:
    return {
        "mean": moments.mean,
        "standard_deviation": moments.widths,
        "skewness": moments.skewness,
        "excess_kurtosis": moments.excess_kurtosis,
        "minimum": moments.minimum,
        "maximum": moments.maximum,
    }
