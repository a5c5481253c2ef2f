"""How all vectors of a large study lie in a plane: counted once, kept, and drawn without reading any of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from core.progress import Listener, Progress
from core.statistics import EXACT, Description
from core.statistics.planar import FINE, PlaneCounts, edges_about
from core.study.coordinates import keeping
from core.study.description import Study
from core.study.kept import find_kept, keep

__all__ = ["FIRST", "count_cloud", "find_cloud"]

Plane = Sequence[tuple[str, int]]

FIRST = (("axis", 0), ("axis", 1))
"""The plane that is counted with the summary."""


def find_cloud(study: Study, directions: Plane) -> PlaneCounts | None:
    """Return the counts of a plane that were kept; None where there are none, as of up to `EXACT` vectors."""
    if len(study) <= EXACT or study.part or (kept := find_kept(study, _name(directions), _key(study))) is None:
        return None
    counts = np.zeros(kept["shape"], np.int64)
    counts.flat[kept["places"]] = kept["counts"]
    return PlaneCounts(kept["across"], kept["up"], counts)


def count_cloud(
    study: Study, description: Description, directions: Plane, report: Listener | None = None
) -> PlaneCounts:
    """Count all vectors of a study in a plane, and keep counts and coordinates with it or else in the cache.

    Cells end where no vector can lie: along any direction, none is farther from the mean than the largest Mahalanobis
    distance times the deviation there.
    """
    axes, basis = description.axes, description.axes.basis(directions)
    offset = np.array(
        [row @ axes.mean if kind == "axis" else 0.0 for row, (kind, _) in zip(basis, directions, strict=True)]
    )
    mean, along = basis @ axes.mean - offset, basis @ axes.axes.T
    deviations = np.sqrt(np.square(along) @ axes.variances)
    farthest = float(description.distance_quantiles(1.0)) * np.sqrt(np.square(along) @ axes.shrunk_variances)
    across, up = (edges_about(*one) for one in zip(mean, deviations, farthest, strict=True))

    def tell(done: int) -> None:
        if report:
            report(Progress("counting a plane", done, len(study), "vectors"))

    kept = partial(keeping, study, [(str(kind), int(number)) for kind, number in directions])
    counted = PlaneCounts.of(study.latents, basis, offset, (across, up), tell, kept)
    places = np.flatnonzero(counted.counts)
    arrays = {"across": across, "up": up, "shape": np.array(counted.counts.shape)}
    keep(study, _name(directions), _key(study), {**arrays, "places": places, "counts": counted.counts.flat[places]})
    return counted


def _name(directions: Plane) -> str:
    return "clouds/" + "-".join(f"{kind}{number}" for kind, number in directions) + ".npz"


def _key(study: Study) -> str:
    return f"{study.vectors_digest} {FINE}"
