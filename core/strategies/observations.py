"""What stands for the observed values where there are more vectors than a strategy should hold."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.statistics import Description

__all__ = ["MET", "OBSERVED", "ordered_components", "some_distances", "some_values", "some_vectors"]

OBSERVED = 65_536
"""Quantiles that stand for the observed values of a component, or for the distances, where there is a summary."""

MET = 250_000
"""Vectors, evenly spaced, that strategies search for neighbours in, at most."""


MIDDLES = (np.arange(OBSERVED) + 0.5) / OBSERVED
"""Probabilities whose quantiles stand for a distribution, each for the same share of it."""


def some_distances(description: Description) -> npt.NDArray[np.float64]:
    """Return the Mahalanobis distances of all vectors, or as many of their quantiles as stand for them."""
    if description.summary is None:
        return np.asarray(description.distances, np.float64)
    return description.distance_quantiles(MIDDLES)


def some_values(latents: npt.NDArray[np.floating], description: Description) -> npt.NDArray[np.floating]:
    """Return vectors (n, d) for the sake of their components alone, or the quantiles that stand for each, (m, d)."""
    return latents if description.summary is None else description.summary.lattice.quantiles(MIDDLES).T


def ordered_components(latents: npt.NDArray[np.floating], description: Description) -> npt.NDArray[np.float32]:
    """Return the values of each component in ascending order, or quantiles from the least to the largest, (d, m)."""
    if description.summary is None:
        components = latents.T.astype(np.float32, order="C")  # in rows: sorting strided columns takes twice as long
        components.sort(axis=1)
        return components
    return description.summary.lattice.quantiles(np.linspace(0, 1, OBSERVED)).astype(np.float32)


def some_vectors(latents: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """Return vectors (n, d), or `MET` of them."""
    return latents if len(latents) <= MET else latents[np.linspace(0, len(latents) - 1, MET).astype(np.intp)]
