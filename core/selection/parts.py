"""Strategies fitted to a selection: what they draw is held against the whole study.

What is kept of a fit lies in the cache under the digest of the rule, as a part of the study has vectors of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.errors import MissingError
from core.progress import Listener
from core.selection.selected import Selected
from core.space.sample import Sample
from core.statistics import Description, Moments, describe, principal_axes
from core.strategies import Data, Effort, Strategy, stream
from core.study import Study
from core.study.fits import fit_strategy
from core.study.names import names_at

__all__ = ["ENOUGH", "FEWEST_FITTED", "Fitted", "draw_of_part", "fit_to_part", "part_of"]

FEWEST_FITTED = 30
"""Vectors that a strategy is fitted to, at least."""

ENOUGH = 10
"""Vectors for each component, below which the covariance of a selection is drawn towards that of the whole study."""


@dataclass(frozen=True, eq=False)
class Fitted:
    """A selection as a study of its own, to fit strategies to.

    Attributes
    ----------
    study : Study
        Of the chosen vectors alone.
    description : Description
        Of these, with the covariance that strategies are fitted with.
    shrinkage : float
        Share of the whole study's covariance in it.
    selected : Selected
    """

    study: Study
    description: Description
    shrinkage: float
    selected: Selected


def part_of(study: Study, description: Description, selected: Selected) -> Fitted:
    r"""Return a selection as a study, with a covariance that is fit for its number of vectors.

    .. math:: (1 - s) \Sigma_{selected} + s \Sigma_{all}

    with the s of least expected squared error for a fixed target (Ledoit and Wolf 2004; Schäfer and Strimmer 2005,
    equation 7), where there are fewer than :data:`ENOUGH` vectors for each component; 0 where there are more.

    Raises
    ------
    MissingError
        If it has fewer than :data:`FEWEST_FITTED` vectors.
    """
    if selected.count < FEWEST_FITTED:
        raise MissingError(
            f"A strategy is fitted to {FEWEST_FITTED} vectors at least, and the selection has {selected.count:,}; "
            "choose a wider one, or fit to all."
        )
    part = study.with_only(selected.mask, selected.digest)
    known = describe(part.latents, title=study.title)
    if selected.count >= ENOUGH * study.dimension:
        return Fitted(part, known, 0.0, selected)
    share = _share(known.moments, description.moments.covariance)
    scatter = (1 - share) * known.moments.scatter + share * (selected.count - 1) * description.moments.covariance
    moments = replace(known.moments, scatter=scatter)
    axes = replace(principal_axes(moments), shrinkage=0.0)  # the covariance is shrunk already
    drawn = replace(known, moments=moments, axes=axes, distances=axes.mahalanobis(part.latents))
    return Fitted(part, drawn, share, selected)


def fit_to_part(fitted: Fitted, strategy: Strategy, report: Listener | None = None) -> Strategy:
    """Fit a strategy to a selection.

    Raises
    ------
    MissingError
        If it has to be trained, which is done on whole studies alone.
    """
    if strategy.effort is Effort.TRAINING:
        raise MissingError(
            f"{strategy.title} is trained on whole studies alone, not on a selection; choose another strategy, or fit "
            "to all."
        )
    return fit_strategy(fitted.study, fitted.description, strategy, report)


def draw_of_part(
    study: Study, description: Description, fitted: Fitted, strategy: Strategy, count: int, seed: int
) -> Sample:
    """Draw vectors of a strategy that was fitted to a selection, described in the units of the whole study."""
    vectors = strategy.sample(count, stream(seed, strategy))
    images = rows = None
    if isinstance(strategy, Data):
        rows = fitted.selected.rows[strategy.rows(count, stream(seed, strategy))]
        images = names_at(study, rows)
    described, name = describe(vectors, description), fitted.selected.title
    return Sample(strategy, seed, vectors, described, images, rows=rows, part=fitted.selected.digest, of=name)


def _share(moments: Moments, target: npt.NDArray[np.float64]) -> float:
    """Return the intensity s of the shrinkage of a covariance towards a fixed target, in [0, 1]."""
    n, covariance = moments.count, moments.scatter / moments.count
    noise = (moments.radial_fourth / n - float(np.square(covariance).sum())) / n
    distance = float(np.square(covariance - target).sum())
    return float(np.clip(noise / distance, 0.0, 1.0)) if distance > 0 else 1.0
