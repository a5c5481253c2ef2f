"""Scoring: samples of every strategy and parameter set, for several seeds, written down as they come."""

from __future__ import annotations

import math
import os
from collections.abc import Hashable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.networks import Autoencoder
from core.progress import Listener, Progress
from core.scores.context import Context
from core.scores.cycle import scales_of
from core.scores.entries import RECONSTRUCTIONS
from core.scores.images import ImageReference
from core.scores.judges import Judges
from core.scores.latent import LatentReference
from core.scores.rows import KEYS, NOTE, RowName, read_scores, write_cells
from core.scores.score import Need, Score
from core.statistics import describe
from core.strategies import Data, Recipe, Strategy, stream
from core.study import Study
from core.study.attributes import StudyAttributes
from core.study.fits import fit_strategy
from core.study.sets import halves

__all__ = ["COUNT", "SEEDS", "Scorer", "has_gaps", "score_entries"]

COUNT, SEEDS = 2000, 5
"""Vectors of a sample, and samples of an entry."""

REFERENCE_SEED = 0
"""Of the vectors of half B that samples are held against."""

REAL_STREAM = 0x8EA1
"""Sets the draws of real vectors for the reference rows apart from that of the reference."""


class Scorer:
    """Scores samples of a study's strategies, which are fitted on half A, against half B.

    Parameters
    ----------
    study : Study
    attributes : StudyAttributes, optional
        Without it, the scores that need the attribute network are left blank.
    count : int
        Vectors of half B that samples are held against, and reconstructions, of which there are at most half of them.
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
        self.posteriors = None if study.posteriors is None else study.posteriors.take(chosen)
        if min(len(self.fitted), len(self.reference)) < 2:
            raise InputError(f"The study {study.name} has too few vectors to be scored; it needs some in both halves.")
        self.study, self.attributes, self.count = study, attributes, count
        self.judges = Judges(study, attributes is not None)
        self.description = describe(self.fitted)
        left_out = None if study.posteriors is None else study.posteriors.collapsed
        self.latent = LatentReference.of(self.fitted, self.reference, count, REFERENCE_SEED, left_out)
        self._loaded = autoencoder
        self._fitted: dict[Recipe, Strategy] = {}

    def score(self, entry: Recipe, count: int, seed: int, scores: Sequence[Score] | None = None) -> dict[str, float]:
        """Return the scores of one sample of an entry by their columns: those asked for, or all that can be had.

        Raises
        ------
        InputError
            If the strategy cannot be fitted or yields vectors that are not finite.
        """
        scores = self.judges.scores(entry, count) if scores is None else scores
        sample = self._prepare(entry, count, seed, {score.needs for score in scores})
        return {column: value for score in scores for column, value in score.of(sample).items()}

    @cached_property
    def autoencoder(self) -> Autoencoder:
        """The study's autoencoder."""
        return self._loaded or self.study.load_autoencoder()

    @cached_property
    def images(self) -> ImageReference | None:
        """What images are held against; None without an attribute network."""
        if self.attributes is None:
            return None
        decoded = self.autoencoder.decode(self._vectors(self._reconstructed))
        mean, covariance = self.attributes.embedding_mean, self.attributes.embedding_covariance
        return ImageReference.of(mean, covariance, self.attributes.network, decoded)

    def real(self, count: int, seed: int) -> npt.NDArray[np.float32]:
        """Return vectors of half B that are not among the reconstructions which images are held against, (count, d).

        Each seed is a draw of its own: without replacement as long as there are enough.
        """
        others = np.delete(np.arange(len(self.reference)), self._reconstructed)
        rng = np.random.default_rng((seed, REAL_STREAM))
        return self._vectors(rng.choice(others, count, replace=count > len(others)))

    def _prepare(self, entry: Recipe, count: int, seed: int, needs: set[Need]) -> Context:
        """Return a sample with what is needed to score it."""
        originals = None
        if entry == RECONSTRUCTIONS:
            vectors = self.real(count, seed)
        else:
            strategy = self._fit(entry)
            vectors = strategy.sample(count, stream(seed, strategy))
            if not np.isfinite(vectors).all():
                raise InputError("The strategy yields vectors that hold NaN or infinity.")
            if isinstance(strategy, Data):  # a vector of half A is its own copy; vectors of B say what is usual
                originals = self.real(count, seed)
        return Context(
            vectors,
            self.latent,
            autoencoder=self.autoencoder if needs - {Need.VECTORS} else None,
            widths=scales_of(self.study, self.description.moments.widths),
            network=self.attributes.network if self.attributes else None,
            images=self.images if Need.NETWORK in needs else None,
            originals=originals,
        )

    def _fit(self, entry: Recipe) -> Strategy:
        """Return the strategy of an entry, fitted to half A once."""
        if entry not in self._fitted:
            strategy = entry.make()
            fit_strategy(
                self.study, self.description, strategy, part=self.fitted, posteriors=self.posteriors, train=True
            )
            self._fitted[entry] = strategy
        return self._fitted[entry]

    @cached_property
    def _reconstructed(self) -> npt.NDArray[np.intp]:
        """Rows of half B whose reconstructions images are held against: never more than half of them."""
        total = len(self.reference)
        rng = np.random.default_rng((REFERENCE_SEED, total))
        return rng.choice(total, min(self.count, total // 2), replace=False)

    def _vectors(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
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

    Of a row that is there already, only scores are computed that it lacks and that can be had.

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
        Compute all scores of rows that are there already, too; they take the place of the old ones.

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
        scores: Sequence[Score] = scorer.judges.scores(entry, count)
        if not again:
            scores = _missing(_by_name(read_scores(path)).get(name), scores)
        if not scores:
            continue
        cells: dict[str, float | str] = {NOTE: ""}
        try:
            cells |= scorer.score(entry, count, seed, scores)
        except InputError as error:
            cells[NOTE] = str(error)
        write_cells(path, name, cells, again)
    if report:
        report(Progress("scoring", len(wanted), len(wanted), "rows"))
    return read_scores(path)


def has_gaps(
    table: pd.DataFrame, entries: Sequence[Recipe], judges: Judges, count: int = COUNT, seeds: int = SEEDS
) -> bool:
    """Return whether a table lacks a row of some entry and seed, or a row lacks a score that can be had."""
    rows = _by_name(table)
    for entry in entries:
        scores = judges.scores(entry, count)
        if any(_missing(rows.get((entry.key, entry.text, count, seed)), scores) for seed in range(seeds)):
            return True
    return False


def _by_name(table: pd.DataFrame) -> dict[RowName, dict[Hashable, Any]]:
    """Return the rows of a long table by their names."""
    names = table[list(KEYS)].itertuples(index=False, name=None)
    return dict(zip(names, table.to_dict("records"), strict=True))


def _missing(row: dict[Hashable, Any] | None, scores: Sequence[Score]) -> Sequence[Score]:
    """Return which scores a row lacks: all where there is no row, none of a row whose note says why it has none."""
    if row is None:
        return scores
    if row[NOTE]:
        return ()
    return [s for s in scores if any(math.isnan(row.get(column, math.nan)) for column in s.columns)]
