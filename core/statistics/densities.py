"""Logarithms of densities in nats, and which laws have none."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from core.statistics.axes import FLOOR, PrincipalAxes

__all__ = ["is_flat", "log_normal", "log_normal_in", "log_t_in", "log_uniform", "normal_density"]

Floats = npt.NDArray[np.float64]


def is_flat(variances: npt.NDArray[np.floating]) -> bool:
    """Return whether a law with these variances (d,) has none along some direction, and so no density."""
    return bool(variances.min() <= FLOOR * variances.max())


def normal_density(values: Floats, mean: float, width: float) -> Floats:
    """Return the density of one normal number, NaN where its standard deviation is 0; as scipy.stats has it."""
    if width == 0:
        return np.full_like(values, np.nan)
    return np.asarray(np.exp(-np.square((values - mean) / width) / 2) / (width * np.sqrt(2 * np.pi)))


def log_normal(coordinates: Floats, variances: Floats) -> Floats:
    """Return log densities (n,) of independent normal laws with mean 0 and variances (d,) at coordinates (n, d)."""
    squares = (np.square(coordinates) / variances).sum(axis=1)
    return np.asarray(-0.5 * (squares + np.log(2 * np.pi * variances).sum()))


def log_normal_in(axes: PrincipalAxes, vectors: npt.NDArray[np.floating]) -> Floats | None:
    """Return log densities (n,) of N(μ, Σ) at vectors (n, d); None where Σ is singular."""
    return None if is_flat(axes.variances) else log_normal(axes.project(vectors), axes.variances)


def log_t_in(axes: PrincipalAxes, freedom: float, vectors: npt.NDArray[np.floating]) -> Floats | None:
    """Return log densities (n,) of a multivariate t with mean μ, covariance Σ and ν > 2; None where Σ is singular.

    Source: Kotz and Nadarajah 2004.
    """
    if is_flat(axes.variances):
        return None
    d, scales = len(axes.variances), axes.variances * (freedom - 2) / freedom
    squares = (np.square(axes.project(vectors)) / scales).sum(axis=1)
    of_all = scipy.special.gammaln((freedom + d) / 2) - scipy.special.gammaln(freedom / 2)
    of_all -= 0.5 * (d * np.log(freedom * np.pi) + np.log(scales).sum())
    return np.asarray(of_all - 0.5 * (freedom + d) * np.log1p(squares / freedom))


def log_uniform(vectors: npt.NDArray[np.floating], low: Floats, high: Floats) -> Floats | None:
    """Return log densities (n,) of a box at vectors (n, d), -∞ outside; None where a side (d,) has no length."""
    if not (high > low).all():
        return None
    inside = ((vectors >= low) & (vectors <= high)).all(axis=1)
    return np.asarray(np.where(inside, -np.log(high - low).sum(), -np.inf))
