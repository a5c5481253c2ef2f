"""A sample of a strategy, held against the study that it was drawn for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import Description, describe
from core.strategies import Data, Recipe, Strategy, stream
from core.study import Study
from core.study.fits import fit_strategy
from core.study.names import names_at

__all__ = ["Sample", "draw_reference", "draw_sample"]

REFERENCE_STREAM = 0x2E50
"""Keeps the vectors on the side of the data apart from those that the strategy ``data`` draws with the same seed."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Vectors of one strategy, and their statistics in the units of the study.

    Attributes
    ----------
    strategy : Strategy
        Fitted.
    seed : int
    vectors : float32 array (n, d)
    description : Description
        Histogram bins and Mahalanobis distances are those of the study.
    images : Series of str, optional
        Names of the images that the vectors were encoded from, where they were.
    is_reference : bool
        Whether these are the vectors that stand on the side of the data.
    rows : int array (n,), optional
        Of the study, where the vectors are its own.
    part : str
        Digest of the part of the study that the strategy was fitted to; "" where it was to all of it.
    of : str
        What that part is called.
    """

    strategy: Strategy
    seed: int
    vectors: npt.NDArray[np.float32]
    description: Description
    images: pd.Series[str] | None = None
    is_reference: bool = False
    rows: npt.NDArray[np.intp] | None = None
    part: str = ""
    of: str = ""

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def title(self) -> str:
        """Name in legends, apart from that of the data."""
        return self.label if isinstance(self.strategy, Data) else self._named(self.strategy.title)

    @property
    def label(self) -> str:
        """The strategy with its parameters, and what it was fitted to if not all."""
        return self._named(self.strategy.label())

    def _named(self, name: str) -> str:
        return f"{name} of {self.of}" if self.part else name

    @property
    def key(self) -> str:
        """Key of the strategy, or ``reference`` for the side of the data."""
        return "reference" if self.is_reference else self.strategy.key

    @property
    def recipe(self) -> Recipe:
        """The strategy and its parameters."""
        return Recipe.of(self.strategy.key, self.strategy.get_params())

    @property
    def stem(self) -> str:
        """Name of files made from the sample: strategy, parameters, the part that it was fitted to, count and seed."""
        of = f"of-{self.part[:16]}" if self.part else ""
        parts = (self.key, self.recipe.text, of, f"{len(self)}", f"seed{self.seed}")
        return "_".join(p for p in parts if p)


def draw_sample(study: Study, description: Description, strategy: Strategy, count: int, seed: int) -> Sample:
    """Fit a strategy to a study, unless it is, and draw vectors from the strategy's own stream of the seed."""
    if not strategy.is_fitted:
        fit_strategy(study, description, strategy)
    vectors = strategy.sample(count, stream(seed, strategy))
    images = rows = None
    if isinstance(strategy, Data):
        rows = strategy.rows(count, stream(seed, strategy))
        images = _images(study, rows)
    return Sample(strategy, seed, vectors, describe(vectors, description), images, rows=rows)


def draw_reference(
    study: Study, description: Description, count: int, seed: int, among: npt.NDArray[np.bool_] | None = None
) -> Sample:
    """Draw the latent vectors that stand on the side of the data: at random, without replacement where possible.

    They are drawn from all, or from those among a bool array (n,).
    """
    key = (seed, REFERENCE_STREAM)
    if among is None:
        strategy = Data().fit(study.latents, description)
        vectors = strategy.sample(count, np.random.default_rng(key))
        rows = strategy.rows(count, np.random.default_rng(key))  # those that it draws with the same state
    else:  # of millions that are chosen, no more are read than are drawn
        places = np.flatnonzero(among)
        rows = places[np.random.default_rng(key).choice(len(places), count, replace=count > len(places))]
        strategy = Data().fit(study.latents[rows], description)
        vectors = np.asarray(study.latents[rows], np.float32)
    described = describe(vectors, description)
    return Sample(strategy, seed, vectors, described, _images(study, rows), is_reference=True, rows=rows)


def _images(study: Study, rows: npt.NDArray[np.intp]) -> pd.Series[str]:
    """Return the names of the images of some rows."""
    return names_at(study, rows)
