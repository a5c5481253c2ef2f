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
from core.scores import registry
from core.scores.context import Context
from core.scores.copies import AnyOriginals, Originals
from core.scores.cycle import scales_of
from core.scores.entries import HELD_OUT, RECONSTRUCTIONS, has_strategy
from core.scores.images import ImageReference
from core.scores.judges import Judges
from core.scores.latent import LatentReference
from core.scores.law import COUNT as OF_LAW
from core.scores.law import Law
from core.scores.needs import Need
from core.scores.pictured import Pictured, features_of_originals
from core.scores.rows import BLANK, KEYS, NOTE, RowName, blank_columns, read_scores, write_cells
from core.scores.score import Score
from core.scores.spaces import SPACES, FeatureReference, see_expressions
from core.statistics import describe
from core.strategies import Effort, Recipe, Strategy, stream
from core.study import Study
from core.study.attributes import StudyAttributes
from core.study.fits import fit_strategy, mirrored_too
from core.study.sets import rows_of
from core.study.study_sets import study_held_out, study_sets

__all__ = ["COUNT", "SEEDS", "Scorer", "drawn", "has_gaps", "score_entries"]

COUNT, SEEDS = 2000, 5
"""Vectors of a sample, and samples of an entry."""

WITNESS, ROUNDING = "median_mahalanobis", 1e-4
"""Score that says whether a sample was drawn again as it was, and its relative error on another machine, at most.

Of two samples of 2,000 vectors it differs by ten times as much or more.
"""

REFERENCE_SEED = 0
"""Of the vectors that samples are held against."""

REAL_STREAM, HELD_OUT_STREAM = 0x8EA1, 0x0DD5
"""Set the draws of real vectors for the reference rows apart from that of the reference."""


class Scorer:
    """Scores samples of a study's strategies, which are fitted on one half of it, against the other.

    Nine tenths of half A are learned from, the last tenth decides what is to be chosen; of half B, one half is what
    samples are held against, and the other the unseen real vectors that are judged as a sample is.

    Parameters
    ----------
    study : Study
    attributes : StudyAttributes, optional
        Without it, the scores that need the attribute network are left blank.
    count : int
        Vectors that samples are held against, and their images.
    autoencoder : Autoencoder, optional
        The study's, where it is loaded already.

    Raises
    ------
    InputError
        If a set of the study has too few vectors.
    """

    def __init__(
        self,
        study: Study,
        attributes: StudyAttributes | None,
        count: int = COUNT,
        autoencoder: Autoencoder | None = None,
    ) -> None:
        sets = study_sets(study)
        parts = [rows_of(study.latents, chosen) for chosen in (sets.fitted, sets.reference, sets.unseen)]
        self.fitted, self.reference, self.unseen = parts
        if min(map(len, parts)) < 2:
            raise InputError(f"The study {study.name} has too few vectors to be scored; it needs some in both halves.")
        self.study, self.attributes, self.count = study, attributes, count
        self.judges = Judges(study, attributes is not None)
        self.description = describe(self.fitted)
        left_out = None if study.posteriors is None else study.posteriors.collapsed
        self.latent = LatentReference.of(self.fitted, self.reference, count, REFERENCE_SEED, left_out)
        self._loaded = autoencoder
        self._fitted: dict[Recipe, Strategy] = {}

    def judge(
        self, vectors: npt.NDArray[np.floating], scores: Sequence[Score], originals: AnyOriginals | None = None
    ) -> dict[str, float]:
        """Return scores of vectors (n, d) by their columns, whatever law they are of: by scores that need none.

        Parameters
        ----------
        vectors : array (n, d)
        scores : sequence of Score
        originals : Originals, optional
            What may have been copied; by default what strategies learn from.

        Raises
        ------
        InputError
            If the vectors have another dimension than the study's.
        """
        sample = self._context(vectors, scores, originals)
        return {column: value for score in scores for column, value in score.of(sample).items()}

    def score(self, entry: Recipe, count: int, seed: int, scores: Sequence[Score] | None = None) -> dict[str, float]:
        """Return the scores of one sample of an entry by their columns: those asked for, or all that can be had.

        Raises
        ------
        InputError
            If no strategy draws the entry, or it cannot be fitted, or yields vectors that are not finite.
        """
        scores = self.judges.scores(entry, count) if scores is None else scores
        sample = self._prepare(entry, count, seed, scores)
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
        mean, covariance = self.attributes.embedding_mean, self.attributes.embedding_covariance
        return ImageReference.of(mean, covariance, *self._predicted)

    @cached_property
    def spaces(self) -> dict[str, FeatureReference]:
        """What features of images are held against, by the keys of their spaces."""
        seen = {space.key: space.see(self._decoded) for space in SPACES if space.see}
        if self.attributes is not None:
            seen |= {space.key: self._predicted[0] for space in SPACES if not space.see}
        return {key: FeatureReference.of(features) for key, features in seen.items()}

    def real(self, count: int, seed: int) -> npt.NDArray[np.float32]:
        """Return unseen real vectors (count, d), which no strategy has learned from and no sample is held against.

        Each seed is a draw of its own: without replacement as long as there are enough.
        """
        return drawn(self.unseen, count, np.random.default_rng((seed, REAL_STREAM)))

    def held_out(self, count: int, seed: int) -> npt.NDArray[np.float32]:
        """Return vectors (count, d) of images that the autoencoder was never trained on, each once.

        Those of half A are among them: they are as far from the reference as others are.

        Raises
        ------
        InputError
            If there are fewer.
        """
        vectors = rows_of(self.study.latents, study_held_out(self.study))
        if len(vectors) < count:
            raise InputError(f"There are {len(vectors):,} vectors of held-out images, not {count:,}.")
        return drawn(vectors, count, np.random.default_rng((seed, HELD_OUT_STREAM)))

    def _prepare(self, entry: Recipe, count: int, seed: int, scores: Sequence[Score]) -> Context:
        """Return a sample with what is needed to score it."""
        if entry == RECONSTRUCTIONS:
            return self._context(self.real(count, seed), scores)
        if entry == HELD_OUT:
            return self._context(self.held_out(count, seed), scores)
        if not has_strategy(entry):
            raise InputError(
                f"The vectors of {entry.text} were brought; bring them again, with --vectors, to score them."
            )
        strategy, needs = self.fit(entry), {score.needs for score in scores}
        vectors = strategy.sample(count, stream(seed, strategy))
        if not np.isfinite(vectors).all():
            raise InputError("The strategy yields vectors that hold NaN or infinity.")
        trained = strategy.effort is Effort.TRAINING and any(score.of_copies for score in scores)
        law = None
        if Need.LAW in needs:
            known = drawn(self.fitted, OF_LAW, np.random.default_rng((seed, REAL_STREAM)))
            law = Law.of(strategy, self.real(OF_LAW, seed), known)
        return self._context(vectors, scores, self.with_mirrored if trained else None, law)

    def _context(
        self,
        vectors: npt.NDArray[np.floating],
        scores: Sequence[Score],
        originals: AnyOriginals | None = None,
        law: Law | None = None,
    ) -> Context:
        """Return vectors (n, d) with what is needed to score them."""
        needs = {score.needs for score in scores}
        of_images = any(need.of_images for need in needs)
        cycled = any(score.key == "cycle_error" for score in scores)
        return Context(
            vectors,
            self.latent,
            autoencoder=self.autoencoder if of_images else None,
            widths=scales_of(self.study, self.description.moments.widths) if cycled else None,
            network=self.attributes.network if self.attributes else None,
            images=self.images if Need.NETWORK in needs else None,
            spaces=self.spaces if needs & {Need.IMAGES, Need.NETWORK} else None,
            originals=originals,
            law=law,
            pictured=(lambda: self.pictured) if of_images else None,
        )

    def fit(self, entry: Recipe) -> Strategy:
        """Return the strategy of an entry, fitted to half A once."""
        if entry not in self._fitted:
            strategy = entry.make()
            fit_strategy(self.study, self.description, strategy, half=True, train=True)
            self._fitted[entry] = strategy
        return self._fitted[entry]

    @cached_property
    def with_mirrored(self) -> AnyOriginals:
        """What a strategy that trains has learned from: the mirrored pictures, too."""
        more, _ = mirrored_too(self.study, study_sets(self.study).fitted)
        if more is None:
            return self.latent.originals
        return Originals.of(np.concatenate([self.fitted, more]), self.latent.axes.mean)

    @cached_property
    def pictured(self) -> Pictured:
        """What the vectors that strategies learn from look like to a network."""
        features = features_of_originals(self.study, self.autoencoder, self.fitted)
        return Pictured.of(features, see_expressions(self._decoded))

    @cached_property
    def _decoded(self) -> npt.NDArray[np.uint8]:
        """The decoder's images of the vectors that samples are held against, (n, h, w, c)."""
        count = min(self.count, len(self.reference))
        return self.autoencoder.decode(drawn(self.reference, count, np.random.default_rng((REFERENCE_SEED, count))))

    @cached_property
    def _predicted(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """What the attribute network says of them: embeddings (n, e) and probabilities (n, attributes)."""
        if self.attributes is None:
            raise InputError("There is no attribute network to score with.")
        return self.attributes.network.predict(self._decoded)


def drawn(vectors: npt.NDArray[np.floating], count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return so many vectors of (n, d) at random; without replacement as long as there are enough."""
    rows = rng.choice(len(vectors), count, replace=count > len(vectors))
    return np.asarray(vectors[np.sort(rows)], np.float32)


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

    Of a row that is there already, only scores are computed that it lacks and that can be had; all of them where its
    sample cannot be drawn again, of which :data:`WITNESS` tells.

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
        row = None if again else _by_name(read_scores(path)).get(name)
        everything = scorer.judges.scores(entry, count)
        missing = _missing(row, everything)
        if not missing:
            continue
        cells: dict[str, float | str] = {NOTE: ""}
        anew = again
        try:
            found = scorer.score(entry, count, seed, missing) if row is None else _filled(scorer, entry, row, missing)
            if found is None:
                anew, found = True, scorer.score(entry, count, seed, everything)
            cells |= found
        except InputError as error:
            cells[NOTE] = str(error)
        write_cells(path, name, cells, anew)
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


def _filled(
    scorer: Scorer, entry: Recipe, row: dict[Hashable, Any], missing: Sequence[Score]
) -> dict[str, float] | None:
    """Return scores that a row lacks; None where its sample is not the one that its other scores are of."""
    before = row.get(WITNESS, math.nan)
    witness = [score for score in registry.SCORES if score.key == WITNESS and score not in missing]
    found = scorer.score(entry, int(row["count"]), int(row["seed"]), [*missing, *witness])
    for score in witness:
        now = found.pop(score.key)
        if not math.isnan(before) and not math.isclose(now, before, rel_tol=ROUNDING):
            return None
    return found


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
    blank = blank_columns(row.get(BLANK, ""))
    return [
        score
        for score in scores
        if any(math.isnan(row.get(column, math.nan)) and column not in blank for column in score.columns)
    ]
