"""Strategies that learn from moments alone, and so part by part, in any order and on any number of machines."""

from __future__ import annotations

from copy import copy
from typing import Self

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.statistics import Description, Moments, PrincipalAxes, principal_axes
from core.statistics.blocks import check_vectors
from core.strategies.base import Strategy

__all__ = ["Additive"]


class Additive(Strategy):
    """A strategy whose law follows from count, mean and covariance, which merge exactly.

    A subclass implements ``_fit_moments``. What holds each vector against the centre of all, as ``t`` and ``shell`` do
    with their distances, or sorts all values, as ``marginal`` and ``copula``, is none: it reads the vectors again.
    """

    moments_: Moments

    def partial_fit(self, latents: npt.ArrayLike) -> Self:
        """Learn from further latent vectors (n, d), besides those that it has learned from; the same as from all.

        Raises
        ------
        InputError
            If they have another dimension than those before or are not finite, or a parameter is out of its range.
        """
        array = check_vectors(latents, self.dimension_ if self.is_fitted else None)
        moments = Moments.of(array)
        return self._learned(self.moments_.merge(moments) if self.is_fitted else moments)

    def merge(self, other: Self) -> Self:
        """Return what both would be had one learned from the vectors of both, after fit.

        Raises
        ------
        InputError
            If the other is another strategy, or has other parameters or another dimension.
        """
        for what, ours, theirs in (
            ("strategy", self.key, other.key),
            ("parameters", self.get_params(), other.get_params()),
            ("dimension", self.dimension_, other.dimension_),
        ):
            if ours != theirs:
                raise InputError(f"Only what has the same {what} is merged: here {ours}, there {theirs}.")
        return copy(self)._learned(self.moments_.merge(other.moments_))

    def _learned(self, moments: Moments) -> Self:
        self.check_parameters()
        self.moments_, self.dimension_ = moments, len(moments.mean)
        self._fit_moments(moments, principal_axes(moments))
        self.__dict__.pop("_law", None)
        return self

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.moments_ = description.moments
        self._fit_moments(description.moments, description.axes)

    def _fit_moments(self, moments: Moments, axes: PrincipalAxes) -> None:
        raise NotImplementedError
