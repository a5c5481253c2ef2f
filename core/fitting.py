"""Strategies fitted to a study: what takes long is done once and kept in its folder ``fits``."""

from __future__ import annotations

from core.derived import keep_derived, load_derived
from core.statistics import Description
from core.strategies import Report, Strategy
from core.study import LATENTS, Study

__all__ = ["fit_strategy"]

FOLDER = "fits"

VERSION = 1
"""Grows when a strategy learns in another way, so that what was kept before is learned anew."""


def fit_strategy(study: Study, description: Description, strategy: Strategy, report: Report | None = None) -> Strategy:
    """Fit a strategy to the vectors of a study, from what is kept with it where there is something.

    Parameters
    ----------
    study : Study
    description : Description
        The study's.
    strategy : Strategy
        Not fitted.
    report : callable, optional
        Called with the share of the work that is done, where learning takes long.
    """
    if not strategy.learned:
        return strategy.fit(study.latents, description)
    name = "_".join(filter(None, (strategy.key, strategy.describe_parameters())))
    path, key = study.folder / FOLDER / f"{name}.npz", f"{study.digests[LATENTS]} {name} {VERSION}"
    known = load_derived(path, key)
    strategy.fit(study.latents, description, known, report)
    if known is None:
        keep_derived(path, key, {learned: getattr(strategy, learned) for learned in strategy.learned})
    return strategy
