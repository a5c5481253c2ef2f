"""Strategies fitted to a study: what takes long is done once and kept in its folder ``fits``."""

from __future__ import annotations

from pathlib import Path

from core.progress import Listener
from core.statistics import Description
from core.strategies import Recipe, Strategy
from core.study.description import LATENTS, Study
from core.study.kept import keep_derived, load_derived

__all__ = ["fit_strategy", "is_kept"]

FOLDER = "fits"

VERSION = 1
"""Grows when a strategy learns in another way, so that what was kept before is learned anew."""


def fit_strategy(
    study: Study, description: Description, strategy: Strategy, report: Listener | None = None
) -> Strategy:
    """Fit a strategy to the vectors of a study, from what is kept with it where there is something.

    Parameters
    ----------
    study : Study
    description : Description
        The study's.
    strategy : Strategy
        Not fitted.
    report : callable, optional
        Told how far it is, where learning takes long.
    """
    if not strategy.learned:
        return strategy.fit(study.latents, description)
    path, key = _place(study, strategy)
    known = load_derived(path, key)
    strategy.fit(study.latents, description, known, report)
    if known is None:
        keep_derived(path, key, {learned: getattr(strategy, learned) for learned in strategy.learned})
    return strategy


def is_kept(study: Study, strategy: Strategy) -> bool:
    """Return whether a strategy can be fitted at once: it learns nothing that takes long, or the study keeps it."""
    return not strategy.learned or load_derived(*_place(study, strategy)) is not None


def _place(study: Study, strategy: Strategy) -> tuple[Path, str]:
    """Return the file of a fit, and what the file must say that it is."""
    name = Recipe.of(strategy.key, strategy.get_params()).stem
    return study.folder / FOLDER / f"{name}.npz", f"{study.digests[LATENTS]} {name} {VERSION}"
