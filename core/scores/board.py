"""Scoring: samples of every strategy and parameter set, for several seeds, written down as they come."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.locks import locked
from core.networks import Autoencoder
from core.progress import Listener, Progress
from core.scores.cycle import cycle_errors
from core.scores.entries import RECONSTRUCTIONS
from core.scores.images import ImageReference, count_faces, detector_is_installed, image_scores
from core.scores.latent import LatentReference, latent_scores
from core.scores.rows import KEYS, MEASURES, NOTE, read_scores
from core.statistics import describe
from core.storage import whole_file
from core.strategies import Data, Recipe, Strategy, stream
from core.study import Study
from core.study.attributes import StudyAttributes
from core.study.fits import fit_strategy
from core.study.halves import halves

__all__ = ["COUNT", "SEEDS", "Scorer", "has_gaps", "score_entries"]

COUNT, SEEDS = 2000, 5
"""Vectors of a sample, and samples of an entry."""

REFERENCE_SEED = 0
"""Of the vectors of half B that samples are held against."""


class Scorer:
    """Scores samples of a study's strategies, which are fitted on half A, against half B.

    Parameters
    ----------
    study : Study
    attributes : StudyAttributes, optional
        Without it, the scores that need the attribute network are left blank.
    count : int
        Vectors of half B that samples and reconstructions are held against.
    autoencoder : Autoencoder, optional
        The study's, where it is loaded already.

    Raises
    ------
    InputError
        If a half of the study has too few vectors.
    """

    def __init__(
        self,
        study: Study,
        attributes: StudyAttributes | None,
        count: int = COUNT,
        autoencoder: Autoencoder | None = None,
    ) -> None:
        self.study = study
        chosen = halves(study.rows)
        self.fitted, self.reference = study.latents[chosen], study.latents[~chosen]
        if min(len(self.fitted), len(self.reference)) < 2:
            raise InputError(f"The study {study.name} has too few vectors to be scored; it needs some in both halves.")
        self.description = describe(self.fitted)
        self.latent = LatentReference.of(self.fitted, self.reference, count, REFERENCE_SEED)
        self.autoencoder = autoencoder or study.load_autoencoder()
        self.attributes = attributes
        self._fitted: dict[Recipe, Strategy] = {}
        self.images = None
        if attributes is not None:
            decoded = self.autoencoder.decode(self._real(count, REFERENCE_SEED))
            self.images = ImageReference.of(
                attributes.embedding_mean, attributes.embedding_covariance, attributes.network, decoded
            )

    def score(self, entry: Recipe, count: int, seed: int) -> dict[str, float]:
        """Return the scores of one sample of an entry, as many of them as can be had.

        Raises
        ------
        InputError
            If the strategy cannot be fitted or yields vectors that are not finite.
        """
        if entry == RECONSTRUCTIONS:
            return self.score_images(self._real(count, seed))
        strategy = self._fit(entry)
        vectors = strategy.sample(count, stream(seed, strategy))
        if not np.isfinite(vectors).all():
            raise InputError("The strategy yields vectors that hold NaN or infinity.")
        scores = latent_scores(vectors, self.latent)
        if isinstance(strategy, Data):  # a vector of half A is its own copy; vectors of B say what is usual
            scores["copied"] = self.latent.copied
        return scores | self.score_images(vectors)

    def score_images(self, vectors: npt.NDArray[np.float32]) -> dict[str, float]:
        """Return the scores of what vectors (n, d) decode to."""
        images = self.autoencoder.decode(vectors)
        errors = cycle_errors(self.autoencoder, vectors, self.description.moments.widths)
        scores = {"cycle_error": float(errors.mean())}
        if detector_is_installed():
            faces = count_faces(images)
            scores |= {"faces": faces.share, "faces_low": faces.low, "faces_high": faces.high}
        if self.images is not None and self.attributes is not None:
            scores |= image_scores(images, self.attributes.network, self.images)
        return scores

    def _fit(self, entry: Recipe) -> Strategy:
        """Return the strategy of an entry, fitted to half A once."""
        if entry not in self._fitted:
            strategy = entry.make()
            fit_strategy(self.study, self.description, strategy, part=self.fitted, train=True)
            self._fitted[entry] = strategy
        return self._fitted[entry]

    def _real(self, count: int, seed: int) -> npt.NDArray[np.float32]:
        """Return vectors of half B, shape (count, d) or fewer."""
        rng = np.random.default_rng((seed, len(self.reference)))
        rows = rng.choice(len(self.reference), min(count, len(self.reference)), replace=False)
        return np.asarray(self.reference[np.sort(rows)], np.float32)


def score_entries(
    scorer: Scorer,
    entries: Sequence[Recipe],
    path: Path,
    count: int = COUNT,
    seeds: int = SEEDS,
    report: Listener | None = None,
    again: bool = False,
) -> pd.DataFrame:
    """Score entries with several seeds; write each row to a CSV file as soon as it is there, and go on from it.

    Parameters
    ----------
    scorer : Scorer
    entries : sequence of Recipe
    path : Path
        Long table, one row per entry and seed. It is read anew for each row, so that others may add to it.
    count, seeds : int
    report : callable, optional
        Told how many rows are done, and what comes next.
    again : bool
        Compute rows that the table holds already, too, each taking the place of the old one; otherwise these are left.

    Returns
    -------
    DataFrame
        The long table. A row that cannot be scored has a sentence in the column ``note``.

    Raises
    ------
    InputError
        If the file cannot be read or written.
    """
    if not os.access(path.absolute().parent, os.W_OK):
        raise InputError(f"{path.absolute().parent} cannot be written to; name another file for the table.")
    wanted = [(entry, seed) for seed in range(seeds) for entry in entries]  # so that a part of it shows every entry
    for done, (entry, seed) in enumerate(wanted):
        if report:
            report(Progress("scoring", done, len(wanted), "rows", f"{entry.key} {entry.text}".strip()))
        name = (entry.key, entry.text, count, seed)
        if not again and _place(read_scores(path), name) is not None:
            continue
        row: dict[str, object] = dict(zip(KEYS, name, strict=True)) | {NOTE: ""} | dict.fromkeys(MEASURES, np.nan)
        try:
            row |= scorer.score(entry, count, seed)
        except InputError as error:
            row[NOTE] = str(error)
        with locked(path):  # one at a time reads the table and writes it with a row more
            table = _with_row(read_scores(path), name, row)
            with whole_file(path) as partial:
                table.to_csv(partial, index=False)
    if report:
        report(Progress("scoring", len(wanted), len(wanted), "rows"))
    return read_scores(path)


def has_gaps(table: pd.DataFrame, entries: Sequence[Recipe], count: int = COUNT, seeds: int = SEEDS) -> bool:
    """Return whether a table lacks a row of some entry and seed."""
    wanted = ((entry.key, entry.text, count, seed) for entry in entries for seed in range(seeds))
    return not set(wanted) <= set(table[list(KEYS)].itertuples(index=False, name=None))


def _place(table: pd.DataFrame, name: tuple[str, str, int, int]) -> int | None:
    """Return where a table holds the row of that name."""
    names = table[list(KEYS)].itertuples(index=False, name=None)
    return next((place for place, known in enumerate(names) if known == name), None)


def _with_row(table: pd.DataFrame, name: tuple[str, str, int, int], row: dict[str, object]) -> pd.DataFrame:
    """Return a table with a row in the place of the one of that name, or at its end."""
    rows = table.to_dict("records")
    place = _place(table, name)
    if place is None:
        return pd.DataFrame([*rows, row])
    rows[place] = {str(column): value for column, value in row.items()}
    return pd.DataFrame(rows)
