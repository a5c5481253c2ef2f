"""Strategies fitted to a study: what takes long is done once and kept under ``fits``."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.locks import locked
from core.progress import Listener, Progress
from core.statistics import Description, Posteriors
from core.strategies import Effort, Recipe, Strategy
from core.study.description import Study
from core.study.kept import find_kept, keep, place_of, places_of, workplace_of
from core.study.sets import halves

__all__ = ["fit_strategy", "is_kept", "is_kept_for_half"]

FOLDER = "fits"


def fit_strategy(
    study: Study,
    description: Description,
    strategy: Strategy,
    report: Listener | None = None,
    *,
    part: npt.NDArray[np.floating] | None = None,
    posteriors: Posteriors | None = None,
    train: bool = False,
) -> Strategy:
    """Fit a strategy to the vectors of a study, from what is kept of an earlier fit where there is something.

    Two that fit the same at the same time do it once: the second waits, and says so. A training that was interrupted
    goes on from its last epoch.

    Parameters
    ----------
    study : Study
    description : Description
        Of the vectors.
    strategy : Strategy
        Not fitted.
    report : callable, optional
        Told how far it is, where learning takes long.
    part : float array of shape (m, d), optional
        Those of the study's vectors to learn from, such as half A; otherwise all.
    posteriors : Posteriors, optional
        Of that part; otherwise those of the study.
    train : bool
        Train what is not trained yet.

    Raises
    ------
    InputError
        If the strategy would have to be trained, and that was not asked for, or draws from posteriors where the study
        has none.
    """
    latents = study.latents if part is None else part
    if strategy.needs_posteriors:
        posteriors = study.posteriors if posteriors is None else posteriors
        if posteriors is None:
            raise InputError(
                f"{strategy.title} draws from the posteriors of a variational autoencoder, and the study {study.name} "
                "has none; choose another strategy."
            )
        return strategy.fit(latents, description, posteriors=posteriors)
    if not strategy.learned:
        return strategy.fit(latents, description)
    name, key = _name_and_key(study, strategy, "" if part is None else _digest_of(part))
    known = find_kept(study, name, key)
    if known is None and strategy.effort is Effort.TRAINING and not train:
        raise InputError(
            f"{strategy.title} has to be trained on the study {study.name} first; do so with "
            f"'python -m core fit --study {study.folder} --strategy {strategy.key}'."
        )
    if known is not None:
        return strategy.fit(latents, description, known)
    with _alone(study, name, strategy, report):
        known = find_kept(study, name, key)  # whoever was waited for has kept it
        workplace = None
        if strategy.effort is Effort.TRAINING:
            workplace = workplace_of(study, f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.training")
        strategy.fit(latents, description, known, report, workplace=workplace)
        if known is None:
            keep(study, name, key, {learned: getattr(strategy, learned) for learned in strategy.learned})
        if workplace:
            shutil.rmtree(workplace, ignore_errors=True)
    return strategy


def is_kept(study: Study, strategy: Strategy) -> bool:
    """Return whether a strategy can be fitted at once: it learns nothing that takes long, or the fit is kept."""
    return not strategy.learned or find_kept(study, *_name_and_key(study, strategy)) is not None


def is_kept_for_half(study: Study, strategy: Strategy) -> bool:
    """Return whether the fit of a strategy to half A is kept, as scoreboards need it; looks anew where files change."""
    name, key = _name_and_key(study, strategy, _digest_of_half(study))
    stamps = tuple(path.stat().st_mtime_ns if path.is_file() else 0 for path in places_of(study, name))
    return any(stamps) and _is_sound(study, name, key, stamps)


@lru_cache(maxsize=8)
def _digest_of_half(study: Study) -> str:
    return _digest_of(study.latents[halves(study.rows)])


@lru_cache(maxsize=64)
def _is_sound(study: Study, name: str, key: str, stamps: tuple[int, ...]) -> bool:  # noqa: ARG001
    return find_kept(study, name, key) is not None


def _digest_of(part: npt.NDArray[np.floating]) -> str:
    return hashlib.sha256(f"{part.dtype.str} {part.shape} ".encode() + part.tobytes()).hexdigest()


def _name_and_key(study: Study, strategy: Strategy, part: str = "") -> tuple[str, str]:
    """Return the name of the file of a fit to all vectors, or to a part with a digest, and what it must say it is."""
    stem = Recipe.of(strategy.key, strategy.get_params()).fitted_stem
    name = f"{stem}_{part[:16]}" if part else stem
    return f"{FOLDER}/{name}.npz", f"{part or study.vectors_digest} {stem} {strategy.fit_version}"


@contextmanager
def _alone(study: Study, name: str, strategy: Strategy, report: Listener | None) -> Iterator[None]:
    """Let one process or session at a time fit the same; where no lock can be written, let all."""

    def wait(who: str) -> None:
        if report:
            report(Progress(f"fitting {strategy.title}", 0, 1, "fits", f"waiting for {who}, which fits the same"))

    with ExitStack() as stack:
        path = place_of(study, name)
        if path is not None:
            with suppress(OSError):
                path.parent.mkdir(parents=True, exist_ok=True)
                stack.enter_context(locked(path, wait))
        yield
