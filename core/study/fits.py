"""Strategies fitted to a study: what takes long is done once and kept under ``fits``."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.locks import locked
from core.networks import Autoencoder, encodes_laws
from core.networks.denoiser import MOST_LABELS
from core.progress import Listener, Progress
from core.statistics import EXACT, Description, Posteriors, log_variance_codes
from core.strategies import Effort, Labels, Material, Recipe, Strategy, can_be_asked
from core.study.description import Study
from core.study.kept import find_kept, keep, place_of, places_of, workplace_of
from core.study.sets import rows_of, tenth
from core.study.stages import Stages
from core.study.study_sets import study_sets

__all__ = ["askable", "fit_strategy", "is_kept", "is_kept_for_half", "mirrored", "mirrored_too", "workplace_of_fit"]

FOLDER = "fits"

BLOCK = 256
"""Pictures that are mirrored at once."""


def fit_strategy(
    study: Study,
    description: Description,
    strategy: Strategy,
    report: Listener | None = None,
    *,
    half: bool = False,
    train: bool = False,
) -> Strategy:
    """Fit a strategy to the vectors of a study, from what is kept of an earlier fit where there is something.

    What trains never learns from a tenth of the vectors, whole groups of them, that say when to stop; where the
    autoencoder was trained on mirrored pictures, too, it learns from the vectors of mirrored pictures besides; where
    vectors are drawn from posteriors, it draws them anew in each epoch. Two that fit the same at the same time do it
    once: the second waits, and says so. A training that was interrupted goes on from its last epoch.

    Parameters
    ----------
    study : Study
    description : Description
        Of the vectors that are learned from.
    strategy : Strategy
        Not fitted.
    report : callable, optional
        Told how far it is, where learning takes long.
    half : bool
        Learn from half A less its tenth, as scoreboards do, not from all.
    train : bool
        Train what is not trained yet.

    Raises
    ------
    InputError
        If the strategy would have to be trained, and that was not asked for, or draws from posteriors where the study
        has none.
    """
    trains = strategy.effort is Effort.TRAINING
    part = study_sets(study).fitted if half else ~tenth(study.rows) if trains else None
    latents = study.latents if part is None else rows_of(study.latents, part)
    if strategy.needs_posteriors:
        posteriors = study.posteriors if study.posteriors is None or part is None else study.posteriors.take(part)
        if posteriors is None:
            raise InputError(
                f"{strategy.title} draws from the posteriors of a variational autoencoder, and the study {study.name} "
                "has none; choose another strategy."
            )
        return strategy.fit(latents, description, posteriors=posteriors)
    if not strategy.learned:
        return strategy.fit(latents, description)
    name, key = _name_and_key(study, strategy, _digest_of_half(study) if half else "")
    known = find_kept(study, name, key)
    if known is None and trains and not train:
        raise InputError(
            f"{strategy.title} has to be trained on the study {study.name} first; do so with "
            f"'python -m core fit --study {study.folder} --strategy {strategy.key}'."
        )
    if known is not None:
        return strategy.fit(latents, description, known)
    with _alone(study, name, strategy, report):
        known = find_kept(study, name, key)  # whoever was waited for has kept it
        material = None
        if trains and part is not None and known is None:
            material = _material(study, part, half, workplace_of_fit(study, strategy, half=half), report)
        strategy.fit(latents, description, known, report, material=material)
        if known is None:
            keep(study, name, key, {learned: getattr(strategy, learned) for learned in strategy.learned})
        if material and material.workplace:
            shutil.rmtree(material.workplace, ignore_errors=True)
    return strategy


def _material(
    study: Study, part: npt.NDArray[np.bool_], half: bool, work: Path | None, report: Listener | None
) -> Material:
    """Return what a strategy that trains on a part of the vectors has besides, with its workplace."""
    validation = study_sets(study).tuning if half else tenth(study.rows)
    watch = Stages(work, study).look if work else None
    again, posteriors = mirrored_too(study, part, report)
    labels = _labels(study, part, twice=again is not None)
    return Material(rows_of(study.latents, validation), again, posteriors, labels, work, watch)


@lru_cache(maxsize=8)
def askable(study: Study) -> tuple[str, ...]:
    """Return the attributes of a study that a strategy which trains learns of.

    They are those that some vectors have and some have not. Of more than `EXACT` vectors nothing is learned but what
    they are.
    """
    if len(study) > EXACT:
        return ()
    written = [name for name in study.attributes if can_be_asked(name)]
    table = study.rows[written]
    return tuple(name for name in written if table[name].nunique() > 1)[:MOST_LABELS]


def _labels(study: Study, part: npt.NDArray[np.bool_], *, twice: bool) -> Labels | None:
    """Return what is known of a part (n,) of the vectors, and of their mirror images after them."""
    names = askable(study)
    if not names:
        return None
    table = study.rows[list(names)][part]
    told = np.where(table.notna(), np.where(table.fillna(False).to_numpy(bool), 1, -1), 0).astype(np.int8)
    return Labels(names, np.concatenate([told, told]) if twice else told)


def workplace_of_fit(study: Study, strategy: Strategy, *, half: bool = False) -> Path | None:
    """Return the folder where a training keeps how far it is, until its fit is kept; None where nothing is written."""
    _, key = _name_and_key(study, strategy, _digest_of_half(study) if half else "")
    return workplace_of(study, f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.training")


def mirrored(
    study: Study, latents: npt.NDArray[np.floating], report: Listener | None = None
) -> npt.NDArray[np.float32] | None:
    """Return where mirror images of what vectors (n, d) decode to are encoded, (n, d).

    None where nothing says that a mirrored picture is as good: the autoencoder was not trained on such here.
    """
    if not _mirrors(study):
        return None
    autoencoder = study.load_autoencoder()
    parts = [autoencoder.encode(images) for images in _mirror_images(autoencoder, latents, report)]
    return np.concatenate(parts) if parts else None


def mirrored_too(
    study: Study, part: npt.NDArray[np.bool_], report: Listener | None = None
) -> tuple[npt.NDArray[np.float32] | None, Posteriors | None]:
    """Return what a strategy that trains on a part (n,) of the vectors learns from besides.

    These are vectors of mirrored pictures, as :func:`mirrored` has them; and where vectors are drawn from posteriors,
    those of the part, and of the mirrored pictures after them. There the pictures are those of the means.
    """
    if study.posteriors is None or not _draws_anew(study):
        return mirrored(study, rows_of(study.latents, part), report), None
    posteriors = study.posteriors.take(part)
    autoencoder = study.load_autoencoder() if _mirrors(study) else None
    if autoencoder is None or not encodes_laws(autoencoder):
        return None, posteriors
    laws = [autoencoder.encode_law(images) for images in _mirror_images(autoencoder, posteriors.means, report)]
    if not laws:
        return None, posteriors
    means, log_variances = (np.concatenate(parts) for parts in zip(*laws, strict=True))
    more = Posteriors(means, log_variance_codes(log_variances))
    return more.one_of_each(), posteriors.followed_by(more)


def _draws_anew(study: Study) -> bool:
    """Return whether the vectors of a study are drawn from posteriors, and can be drawn again."""
    return study.posteriors is not None and not study.means_alone


def _mirrors(study: Study) -> bool:
    """Return whether a mirrored picture is as good for the autoencoder of a study, which it was trained on here.

    Of more than `EXACT` vectors none is asked for: to decode and encode each takes hours, and there are enough.
    """
    trained_here = study.has_decoder and study.training is not None
    return trained_here and study.training.config.flip and len(study) <= EXACT  # type: ignore[union-attr]


def _mirror_images(
    autoencoder: Autoencoder, vectors: npt.NDArray[np.floating], report: Listener | None
) -> Iterator[npt.NDArray[np.float32]]:
    """Yield mirror images of what vectors (n, d) decode to, block by block."""
    for start in range(0, len(vectors), BLOCK):
        if report:
            report(Progress("mirroring pictures", start, len(vectors), "pictures"))
        images = autoencoder.decode_exactly(np.asarray(vectors[start : start + BLOCK], np.float32))
        yield np.ascontiguousarray(images[:, :, ::-1])


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
    return _digest_of(rows_of(study.latents, study_sets(study).fitted))


@lru_cache(maxsize=64)
def _is_sound(study: Study, name: str, key: str, stamps: tuple[int, ...]) -> bool:  # noqa: ARG001
    return find_kept(study, name, key) is not None


def _digest_of(part: npt.NDArray[np.floating]) -> str:
    digest = hashlib.sha256(f"{part.dtype.str} {part.shape} ".encode())
    for start in range(0, len(part), BLOCK):
        digest.update(part[start : start + BLOCK].tobytes())
    return digest.hexdigest()


def _name_and_key(study: Study, strategy: Strategy, part: str = "") -> tuple[str, str]:
    """Return the name of the file of a fit to all vectors, or to a part with a digest, and what it must say it is."""
    stem = Recipe.of(strategy.key, strategy.get_params()).fitted_stem
    name = f"{stem}_{part[:16]}" if part else stem
    anew = " drawn anew" if strategy.effort is Effort.TRAINING and _draws_anew(study) else ""
    return f"{FOLDER}/{name}.npz", f"{part or study.vectors_digest} {stem} {strategy.fit_version}{anew}"


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
