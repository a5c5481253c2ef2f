"""A study in numbers: its training, its attributes, and what changes from one study to another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

import numpy as np
import pandas as pd

from core.networks.epochs import VALIDATION
from core.progress import Progress
from core.scores.entries import RECONSTRUCTIONS
from core.statistics import Description, Shape, matched_half_width, off_diagonal
from core.strategies import StandardNormal
from core.study import Study
from core.study.description import ROWS
from core.study.kept import find_kept, keep
from core.study.row_table import RowTable
from core.study.shelf import Entry

__all__ = ["bulk_table", "comparison_table", "epoch_table", "errors_by_partition", "history_table"]

FILE, ERROR = "errors.npz", "reconstruction_error"
"""Where the mean errors of a large study are kept, and the column that they are of."""

PRIOR = StandardNormal.key
"""What a variational autoencoder is trained to be drawn from."""

INTERVAL = ("faces_low", "faces_high")
"""Of the share of faces, from Wilson's formula."""

FACES = tuple(f"{prefix}{column}" for prefix in ("prior_", "decoder_") for column in ("faces", *INTERVAL))


def history_table(study: Study) -> pd.DataFrame:
    """Return one row per epoch of the training: losses and seconds."""
    columns = ["epoch", "loss", "validation_loss", "seconds"]
    history = study.training.history if study.training else ()
    return pd.DataFrame([asdict(epoch) for epoch in history], columns=columns)


def epoch_table(epochs: Sequence[Progress]) -> pd.DataFrame:
    """Return the same, without the seconds, of a training that goes on, from what it said at the end of each epoch."""
    losses = [(e.epoch, e.numbers.get("loss", np.nan), e.numbers.get(VALIDATION, np.nan)) for e in epochs]
    return pd.DataFrame(losses, columns=["epoch", "loss", "validation_loss"])


def comparison_table(studies: Sequence[tuple[Study, Description, Shape]]) -> pd.DataFrame:
    """Return one row per measure, one column per study: errors, scale, place, spectrum, correlations, normality.

    Parameters
    ----------
    studies : sequence of (Study, Description, Shape)
        The shape is that along the study's principal axes.
    """
    columns = {study.name: _measures(study, description, shape) for study, description, shape in studies}
    return pd.DataFrame(columns).rename_axis("measure").reset_index()


def bulk_table(studies: Sequence[tuple[Study, Description, pd.DataFrame | None]]) -> pd.DataFrame:
    """Return one row per study: where its bulk lies, and how often N(0, I) meets it.

    Parameters
    ----------
    studies : sequence of (Study, Description, DataFrame or None)
        The table is the study's scoreboard as :func:`core.scores.table.board` returns it, where it was scored.
    """
    return pd.DataFrame([_bulk(*one) for one in studies])


def _bulk(study: Study, described: Description, scores: pd.DataFrame | None) -> dict[str, object]:
    kind = "none" if study.config is None else study.config.kind
    if getattr(study.config, "batch_normalisation", False):
        kind += ", batch normalisation"
    faces = dict.fromkeys(FACES, np.nan)
    rows = {} if scores is None else {key: scores[scores["strategy"] == key] for key in (PRIOR, RECONSTRUCTIONS.key)}
    for key, prefix in ((PRIOR, "prior_"), (RECONSTRUCTIONS.key, "decoder_")):
        if key in rows and len(rows[key]):
            faces |= {f"{prefix}{column}": float(rows[key][column].iloc[0]) for column in ("faces", *INTERVAL)}
    return {
        "study": study.name,
        "autoencoder": kind,
        "dimension": study.dimension,
        "mean_radius": described.mean_radius,
        "radius_deviation": described.radius_deviation,
        "root_mean_square_width": np.sqrt(described.moments.variances.mean()),
        "origin_distance": described.origin_distance,
        "nearer_than_origin": described.share_within(described.origin_distance),
        **faces,
        "verdict": str(rows[PRIOR]["verdict"].iloc[0]) if PRIOR in rows and len(rows[PRIOR]) else "",
    }


def _measures(study: Study, described: Description, along: Shape) -> dict[str, float]:
    moments, axes = described.moments, described.axes
    errors = errors_by_partition(study)
    correlations = np.abs(off_diagonal(moments.correlations))
    share, total = axes.cumulative_share, np.square(axes.variances).sum()
    unit = np.sqrt(moments.variances.mean())
    in_units = unit if unit > 0 else 1.0
    in_radii = described.mean_radius if described.mean_radius > 0 else 1.0
    tested = along.shapiro_w[np.isfinite(along.shapiro_w)]
    quantiles = described.distance_quantiles((0.01, 0.5, 0.99))
    return {
        "images": len(study),
        "training error": errors.get("train", np.nan),
        "validation error": errors.get("validation", np.nan),
        "mean radius": described.mean_radius,
        "standard deviation of the radius / mean": described.radius_deviation / in_radii,
        "matched half-width b*": matched_half_width(described.mean_radius, described.dimension),
        "root mean square width σ": unit,
        "widest / narrowest component": moments.widths.max() / max(moments.widths.min(), 1e-12),
        "centre from the origin": np.linalg.norm(moments.mean),
        "centre from the origin / mean radius": np.linalg.norm(moments.mean) / in_radii,
        "components whose |μ| exceeds σ": int((np.abs(moments.mean) > moments.widths).sum()),
        "mean |μ| / root mean square σ": np.abs(moments.mean).mean() / in_units,
        "Mahalanobis distance of the origin": described.origin_distance,
        "vectors nearer to the centre than the origin": described.share_within(described.origin_distance),
        "Mahalanobis distance, 1 %": quantiles[0],
        "Mahalanobis distance, median": quantiles[1],
        "Mahalanobis distance, 99 %": quantiles[2],
        "variance in 10 principal axes": share[min(10, len(share)) - 1],
        "variance in 50 principal axes": share[min(50, len(share)) - 1],
        "variance in 100 principal axes": share[min(100, len(share)) - 1],
        "effective dimension (Σλ)² / Σλ²": axes.variances.sum() ** 2 / total if total > 0 else 0.0,
        "smallest / largest eigenvalue": axes.variances[-1] / axes.variances[0] if total > 0 else 0.0,
        "mean |correlation|": correlations.mean() if len(correlations) else 0.0,
        "largest |correlation|": correlations.max(initial=0.0),
        "mean |skewness| of components": np.abs(moments.skewness).mean(),
        "mean excess kurtosis of components": moments.excess_kurtosis.mean(),
        "mean |skewness| of principal axes": np.abs(along.skewness).mean(),
        "mean excess kurtosis of principal axes": along.excess_kurtosis.mean(),
        "mean Shapiro-Wilk W of principal axes": tested.mean() if len(tested) else np.nan,
    }


def errors_by_partition(study: Study) -> dict[str, float]:
    """Return the mean reconstruction error of the images of each partition; of more than `EXACT` vectors it is kept."""
    if not isinstance(study.rows, RowTable):
        means = study.rows[["partition", ERROR]].groupby("partition")[ERROR].mean()
        return {str(name): float(mean) for name, mean in means.items()}
    key = f"{study.vectors_digest} {study.digests[ROWS]}"
    if (arrays := find_kept(study, FILE, key)) is None:
        parts = [part.groupby("partition")[ERROR].agg(["sum", "count"]) for part in _errors(study.rows)]
        sums = pd.concat(parts).groupby(level=0).sum()
        means = sums["sum"] / sums["count"].where(sums["count"] > 0)
        arrays = {"partitions": means.index.to_numpy(np.str_), "means": means.to_numpy(np.float64)}
        keep(study, FILE, key, arrays)
    return dict(zip(arrays["partitions"].tolist(), arrays["means"].tolist(), strict=True))


def _errors(rows: RowTable) -> Iterator[pd.DataFrame]:
    """Yield partitions and errors part by part, in double precision, in which they are added up."""
    return (part.astype({ERROR: np.float64}) for part in rows.batches(["partition", ERROR]))


def shelf_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """Return one row for each study of a list."""
    return pd.DataFrame(
        {
            "study": [entry.name for entry in entries],
            "title": [entry.title for entry in entries],
            "vectors": [entry.count for entry in entries],
            "components": [entry.dimension for entry in entries],
            "autoencoder": [entry.kind for entry in entries],
            "MB": [entry.size / 1e6 for entry in entries],
            "state": [_state(entry) for entry in entries],
        }
    )


def _state(entry: Entry) -> str:
    if entry.problem:
        return "damaged"
    if entry.shipped:
        return "comes with the program"
    return "yours" if entry.owned else "read-only"
