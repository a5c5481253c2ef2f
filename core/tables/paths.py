"""Paths in numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.space.ways import Path
from core.statistics import radii

__all__ = ["path_table"]


def path_table(path: Path, distances: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Return one row per frame: its place on the way, radius, Mahalanobis distance, cycle error, components."""
    table = pd.DataFrame(
        {
            "path": path.name,
            "frame": np.arange(1, len(path) + 1),
            "position": path.positions,
            "radius": radii(path.vectors),
            "mahalanobis": distances,
            "cycle_error": errors,
        }
    )
    if path.points is not None:
        table["across"], table["up"] = path.points.T
    vectors = pd.DataFrame(path.vectors, columns=[f"z_{j}" for j in range(path.vectors.shape[1])])
    return pd.concat([table, vectors], axis=1)
