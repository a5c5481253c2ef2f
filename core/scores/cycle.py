"""How far a vector moves when it is decoded and encoded again."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.networks import Autoencoder
from core.study import Study

__all__ = ["cycle_errors", "distances", "scales_of"]


def scales_of(study: Study, widths: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the deviations (d,) of a study's components, 0 for those that tell nothing of its images.

    A collapsed component of a variational autoencoder holds noise that no encoder finds again: divided by its σ, it
    would outweigh all others.
    """
    return widths if study.posteriors is None else np.where(study.posteriors.collapsed, 0.0, widths)


def cycle_errors(
    autoencoder: Autoencoder, vectors: npt.ArrayLike, widths: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    r"""Return how far each vector moves when it is decoded and encoded again.

    .. math:: \sqrt{\tfrac{1}{N} \sum_j \left(\frac{E(D(x))_j - x_j}{\sigma_j}\right)^2}

    A vector where the decoder was trained comes back near to itself; elsewhere the picture is noise that the encoder
    puts somewhere else. Blind to diversity: the mean face alone scores well.

    Parameters
    ----------
    autoencoder : Autoencoder
    vectors : array (n, d)
    widths : array (d,)
        Standard deviations σ_j of the study's components; constant ones are left out.

    Returns
    -------
    array (n,)
        NaN where all components are constant, as those of a single vector are, so that there is no scale, and where
        there is no encoder.
    """
    before = np.asarray(vectors, np.float32)
    if not (widths > 0).any():
        return np.full(len(before), np.nan)
    return distances(before, autoencoder.cycle(before), widths)


def distances(
    before: npt.NDArray[np.floating], after: npt.NDArray[np.float32], widths: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return the same errors of vectors (n, d) that are decoded and encoded again already."""
    varying = widths > 0
    if not varying.any():
        return np.full(len(before), np.nan)
    moved = (after - before.astype(np.float32))[:, varying] / widths[varying]
    return np.asarray(np.sqrt(np.square(moved, dtype=np.float64).mean(axis=1)))
