"""The reference row: latent vectors of real images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.statistics import Description
from core.strategies.base import Strategy

__all__ = ["CelebA"]


class CelebA(Strategy):
    r"""Latent vectors of the study's images, drawn without replacement as long as there are enough.

    .. math:: x = z_i, \qquad i \text{ at random}

    The reference that every other strategy is held against.
    """

    key, title, post = "celeba", "CelebA", "reference"
    assumes = "nothing: these are the encoded images themselves"
    formula = r"x = z_i, \quad i \text{ at random}"

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.latents_ = latents

    def label(self) -> str:
        return "CelebA, other vectors"

    def rows(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Return the rows that :meth:`sample` draws with the same generator state, shape (count,)."""
        total = len(self.latents_)
        return rng.choice(total, count, replace=count > total)

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        return np.asarray(self.latents_[self.rows(count, rng)])
