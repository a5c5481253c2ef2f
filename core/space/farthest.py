"""The vectors of a study that lie farthest out, looked for among all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import Description
from core.study import Study
from core.study.names import names_at

__all__ = ["farthest_rows", "farthest_table"]


def farthest_rows(description: Description, count: int) -> npt.NDArray[np.intp]:
    """Return the rows with the largest Mahalanobis distances, the farthest first; of equals, the first row.

    All vectors are counted, at any size; their distances are known and none of them is read.
    """
    count = min(count, len(description))
    ordered, distances = description.ordered_distances, description.distances
    least = ordered[-count] if ordered is not None else np.partition(distances, -count)[-count]
    rows = np.flatnonzero(distances >= least)
    return rows[np.argsort(-distances[rows], kind="stable")][:count]


def farthest_table(study: Study, description: Description, count: int) -> pd.DataFrame:
    """Return one row for each of the farthest vectors of a study, the farthest first.

    ``row``, ``image``, ``distance``, ``radius``, and the ``component`` that stands out most with its ``deviation`` from
    the mean in its standard deviations.
    """
    rows = farthest_rows(description, count)
    moments = description.moments
    widths = np.where(moments.widths > 0, moments.widths, np.inf)
    deviations = (np.asarray(study.latents[rows], np.float64) - moments.mean) / widths
    most = np.abs(deviations).argmax(axis=1)
    return pd.DataFrame(
        {
            "row": rows,
            "image": names_at(study, rows).to_numpy(),
            "distance": np.asarray(description.distances[rows], np.float64),
            "radius": np.asarray(description.radii[rows], np.float64),
            "component": most,
            "deviation": deviations[np.arange(len(rows)), most],
        }
    )
