"""What laws have in common that a network learns from the latent vectors alone."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.networks.config import TrainingConfig
from core.networks.packed import PackedWeights
from core.progress import Listener, Progress
from core.statistics import EXACT, Description, Posteriors
from core.statistics.axes import FLOOR
from core.strategies.base import Effort, Knows, Labels, Stage, Strategy, Vectors
from core.strategies.parameters import Number

if TYPE_CHECKING:
    from core.networks.best_epoch import BestEpoch

__all__ = ["FEW", "FEWEST", "TEMPERATURE", "Learned", "Lesson", "chosen_by_content"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

FEWEST = 100
"""Vectors below which no network is trained: what it learned would be the vectors themselves."""

FEW = 5000
"""Vectors below which a reader is told that a network can learn them by heart."""

MOST_AXES = 512
"""Principal axes that the network sees; along the others the law stays normal."""

HELD_OUT = 0.1
"""Share of the vectors that say when to stop."""

MOST_JUDGES = 20_000
"""Vectors that say when to stop, at most, where more than `EXACT` are learned from."""

SPREAD = np.uint32(2246822519)
"""Multiplies checksums of vectors, so that those held out have nothing to do with the halves of a scoreboard."""

MENDED, MENDING_STREAM = 2_000, 0x3E4D
"""Vectors that are drawn between two reports, and what sets their noise apart from that of samples."""

JUDGED, GLANCE_STREAM = 200, 0x6C4E
"""The most held-out vectors whose likelihood is measured at a look at a training that goes on, and what sets the noise
apart that it draws from."""


TEMPERATURE = Number(
    "temperature",
    "Temperature",
    0.1,
    2.0,
    0.05,
    "Deviation of the noise at the start: below 1 vectors are more usual, and less different from each other. "
    "Nothing is trained anew.",
    shapes_fit=False,
)
"""Parameter of a law that starts from noise."""


@dataclass(frozen=True, eq=False)
class Lesson:
    """What a network is trained with.

    Attributes
    ----------
    training : TrainingConfig
    inputs : array (n, m)
        Vectors to learn from; where ``draw`` is asked instead, their shape alone counts.
    held_out : float32 array (k, m)
        Coordinates of those that say when to stop.
    report : callable
    folder : path, optional
        Where the training keeps how far it is.
    watch : callable
        Told each epoch's number and weights.
    draw : callable
        Returns coordinates (k, m) of k rows, drawn anew or read.
    by_blocks : bool
        Whether rows are shuffled by blocks.
    labels : Labels, optional
        Of the vectors to learn from.
    """

    training: TrainingConfig
    inputs: npt.NDArray[np.floating]
    held_out: Singles
    report: Listener
    folder: Path | None
    watch: Callable[[int, npt.NDArray[np.float16]], None]
    draw: Callable[[npt.NDArray[np.intp], np.random.Generator], Singles]
    by_blocks: bool
    labels: Labels | None


class Learned(Strategy):
    """A law that starts as N(μ, Σ), in principal axes, and that a network bends.

    One tenth of the vectors is never trained on and decides when to stop. Vectors that are drawn from posteriors are
    drawn anew in each epoch. A subclass says in which units coordinates are, how large a network is, and trains it.
    """

    knows = Knows.LEARNED
    effort, starts_as = Effort.TRAINING, "N(μ, Σ)"
    learned: ClassVar[tuple[str, ...]] = ("axes_", "weights_", "sizes_", "losses_", "stretch_", "shift_")

    axes_: npt.NDArray[np.float32]
    weights_: npt.NDArray[np.float16]
    sizes_: npt.NDArray[np.int64]
    losses_: Singles
    stretch_: npt.NDArray[np.float16]
    shift_: npt.NDArray[np.float16]

    EPOCHS, STEPS = (20, 600), 16_000
    """Fewest and most passes over the vectors; in between, as many as make so many steps."""

    FEWEST_OF_MANY = 2
    """Fewest passes over more than `EXACT` vectors."""

    BATCH = 512
    """Vectors of a step."""

    RATE = 1e-3
    """Largest learning rate."""

    DRAWN, PER_AXIS = (4_000, 20_000), 80
    """Fewest and most vectors that say how far what is drawn has to be stretched and moved, and as many for each axis.

    They are drawn in as many steps as usual.
    """

    SEED = 0
    """Of the first weights, the order of the vectors and their noise."""

    glanced: ClassVar[int] = 0
    """Solver steps of a look at a training that goes on; 0 where nothing is solved."""

    fewest_axes: ClassVar[int] = 1
    """Axes along which vectors must vary for a network to learn anything."""

    better: ClassVar[str]
    """What a network did better than N(μ, Σ) that learned anything, to go on after *no network*."""

    best: ClassVar[str]
    """What the best network does, to go on after *which*."""

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        variances = description.axes.variances
        seen = min(int((variances > FLOOR * variances.max()).sum()), MOST_AXES) if len(latents) >= FEWEST else 0
        seen = seen if seen >= self.fewest_axes else 0
        self.axes_ = description.axes.axes[:seen].astype(np.float32)
        if seen:
            trained = self._train(seen, latents, description, report)
            self.weights_, self.losses_ = trained.packed, trained.losses
        else:
            self.weights_, self.sizes_ = np.zeros(0, np.float16), np.zeros(2, np.int64)
            self.losses_ = np.zeros((0, 2), np.float32)
            report(Progress(f"fitting {self.title}", 1, 1, "steps"))
        self.stretch_, self.shift_ = np.eye(seen, dtype=np.float16), np.zeros(seen, np.float16)
        if seen and self.losses_[:, 1].argmin():
            self._fit(latents, description)
            self._mend_moments(report)

    def _size(self, dimension: int, count: int) -> PackedWeights:
        """Set ``sizes_`` for a network of that many axes and vectors, and return it."""
        raise NotImplementedError

    def _units(self, description: Description, seen: int) -> float | Floats:
        """Return the unit of the coordinates that the network sees, one for all axes or (seen,)."""
        raise NotImplementedError

    def _train_network(self, config: Any, lesson: Lesson, description: Description) -> BestEpoch:
        raise NotImplementedError

    def _bent(self, noise: Floats, *, usually: bool = False) -> Floats:
        """Return where noise (n, m) ends along the axes that the network sees, in units of the deviations.

        ``usually`` it ends there with the usual parameters.
        """
        raise NotImplementedError

    def _train(
        self, seen: int, latents: npt.NDArray[np.floating], description: Description, report: Listener
    ) -> BestEpoch:
        """Return a network along so many axes that has learned from vectors, and say how far it is."""
        learned_from, posteriors, held_out, labels = self._sets(latents)
        config = self._size(seen, len(learned_from))
        per_epoch, many = -(-len(learned_from) // self.BATCH), len(learned_from) > EXACT
        fewest, most = self.EPOCHS
        epochs = int(np.clip(round(self.STEPS / per_epoch), self.FEWEST_OF_MANY if many else fewest, most))
        training = TrainingConfig(
            epochs=epochs, batch_size=self.BATCH, learning_rate=self.RATE, flip=False, seed=self.SEED
        )
        units = self._units(description, seen)

        def scaled(vectors: npt.NDArray[np.floating]) -> Singles:
            return np.asarray(description.axes.project(vectors, seen) / units, np.float32)

        inputs = learned_from if many else scaled(learned_from)  # of many, batches are read as they come

        def show(progress: Progress) -> None:
            report(replace(progress, task=f"fitting {self.title}"))

        def look(epoch: int, packed: npt.NDArray[np.float16]) -> None:
            if watch := self._material.watch:
                watch(self._stage(epoch, epochs, packed, held_out, description))

        def draw(rows: npt.NDArray[np.intp], rng: np.random.Generator) -> Singles:
            if posteriors is not None:
                return scaled(posteriors.draw(rows, rng))
            return scaled(learned_from[rows]) if many else np.asarray(inputs[rows], np.float32)

        lesson = Lesson(training, inputs, scaled(held_out), show, self._material.workplace, look, draw, many, labels)
        return self._train_network(config, lesson, description)

    def _sets(
        self, latents: npt.NDArray[np.floating]
    ) -> tuple[npt.NDArray[np.floating], Posteriors | None, npt.NDArray[np.floating], Labels | None]:
        """Return the vectors to learn from, what they were drawn from, those that say when to stop, and the labels."""
        material = self._material
        given = latents if material.mirrored is None else np.concatenate([latents, material.mirrored])
        if material.validation is not None and len(material.validation):
            judges = material.validation
            some = np.linspace(0, len(judges) - 1, MOST_JUDGES).astype(np.intp)
            judges = judges if len(judges) <= EXACT * HELD_OUT else judges[some]
            return given, material.posteriors, judges, material.labels
        held_out = chosen_by_content(latents, HELD_OUT)
        kept = np.flatnonzero(np.concatenate([~held_out, np.ones(len(given) - len(latents), bool)]))
        labels = material.labels and Labels(material.labels.names, material.labels.told[kept])
        return given[kept], material.posteriors and material.posteriors.take(kept), latents[held_out], labels

    def _stage(
        self,
        epoch: int,
        epochs: int,
        packed: npt.NDArray[np.float16],
        held_out: npt.NDArray[np.floating],
        description: Description,
    ) -> Stage:
        """Return what there would be if the training ended after an epoch, with the weights of a network then."""
        known: dict[str, npt.NDArray[Any]] = {
            "weights_": packed,
            "losses_": np.zeros((1, 2)),
            "stretch_": np.eye(len(self.axes_)),
            "shift_": np.zeros(len(self.axes_)),
        }
        known |= {name: getattr(self, name) for name in self.learned if name not in known}
        rows = np.unique(np.linspace(0, len(held_out) - 1, min(JUDGED, len(held_out))).astype(int))
        judged = held_out[rows]

        @cache
        def current() -> Learned:
            return self._glanced().fit(judged, description, known)

        def log_likelihood() -> float | None:
            found = current()._log_densities_glanced(judged)
            return None if found is None else float(found.mean()) / description.dimension

        def sample(count: int) -> Vectors:
            return current().sample(count, np.random.default_rng((self.SEED, GLANCE_STREAM)))

        return Stage(epoch, epochs, self.glanced, len(judged), log_likelihood, sample)

    def _glanced(self) -> Learned:
        """Return one that is quick to look at."""
        return type(self)()

    def _log_densities_glanced(self, vectors: npt.NDArray[np.floating]) -> Floats | None:
        """Return log densities (n,) of vectors, as exact as a look needs them."""
        return self.log_density(vectors)

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.count_ = len(latents)
        self.principal_ = description.axes

    def _mend_moments(self, report: Listener) -> None:
        """Stretch and move what is drawn until it has mean 0 and covariance 1 in units of the deviations.

        The covariance of the vectors drawn is uncertain as any is, so their correlations are shrunk (Ledoit and Wolf
        2004).
        """
        from sklearn.covariance import ledoit_wolf

        seen, parts = len(self.axes_), []
        count, rng = int(np.clip(self.PER_AXIS * seen, *self.DRAWN)), np.random.default_rng((self.SEED, MENDING_STREAM))
        for start in range(0, count, MENDED):
            report(Progress("measuring what is drawn", start, count, "vectors"))
            parts.append(self._bent(rng.standard_normal((min(MENDED, count - start), seen)), usually=True))
        drawn = np.concatenate(parts)
        shift, deviations = drawn.mean(axis=0), drawn.std(axis=0)
        correlations = ledoit_wolf((drawn - shift) / deviations, assume_centered=True)[0]
        values, axes = np.linalg.eigh(deviations[:, None] * correlations * deviations)
        self.stretch_, self.shift_ = ((axes / np.sqrt(values)) @ axes.T).astype(np.float16), shift.astype(np.float16)

    def _drawn(self, noise: Floats) -> Floats:
        """Return the vectors (n, d) at which noise (n, d) ends."""
        if seen := len(self.axes_):
            bent = self._bent(noise[:, :seen])
            noise[:, :seen] = (bent - self.shift_) @ self.stretch_.astype(np.float64)
        return self._restored(noise)

    def _unmended(self, whitened: Floats) -> tuple[Floats, float]:
        """Return what was stretched and moved to whitened vectors (n, m), and what that adds to a log density."""
        stretch = self.stretch_.astype(np.float64)
        return np.asarray(np.linalg.solve(stretch, whitened.T).T + self.shift_), -float(np.linalg.slogdet(stretch)[1])

    def note(self) -> str:
        if not len(self.axes_):
            return f"No network learns from {self._why_none()}, so this is N(μ, Σ)."
        best, epochs = int(self.losses_[:, 1].argmin()), len(self.losses_) - 1
        if not best:
            return f"In {epochs} epochs no network {self.better}, so this is N(μ, Σ)."
        words = (
            f"The network of epoch {best} of {epochs}, which {self.best}: "
            f"loss {self.losses_[best, 1]:.3f}, {self.losses_[best, 0]:.3f} in training; "
            f"N(μ, Σ) has {self.losses_[0, 1]:.3f}"
        )
        if self.count_ < FEW:
            words += (
                f"; it learned from fewer than {FEW:,} vectors, which a network can learn by heart: see whether what "
                "it draws are copies"
            )
        return f"{words}."

    def _why_none(self) -> str:
        if self.count_ < FEWEST:
            return f"fewer than {FEWEST} vectors"
        return (
            "vectors that vary along one axis alone"
            if self.principal_.variances.any()
            else "vectors that are all the same"
        )

    def losses(self) -> Singles | None:
        return self.losses_ if len(self.losses_) else None

    def _whitened(self, vectors: npt.NDArray[np.floating]) -> Floats:
        """Return coordinates (n, d) along the axes of a fit, in units of the deviations."""
        return np.asarray((vectors - self.principal_.mean) @ self._all_axes.T / np.sqrt(self.principal_.variances))

    def _restored(self, whitened: Floats) -> Floats:
        """Return vectors (n, d) of such coordinates."""
        return np.asarray(self.principal_.mean + (whitened * np.sqrt(self.principal_.variances)) @ self._all_axes)

    @property
    def _all_axes(self) -> Floats:
        """Axes that the network has learned along, then the study's, (d, d)."""
        return np.concatenate([self.axes_.astype(np.float64), self.principal_.axes[len(self.axes_) :]])


def chosen_by_content(vectors: npt.NDArray[np.floating], share: float) -> npt.NDArray[np.bool_]:
    """Return which vectors (n, d) are among a share of them, chosen by what they are: equal ones together."""
    rows = (np.ascontiguousarray(row, np.float32).tobytes() for row in vectors)
    places = np.fromiter((zlib.crc32(row) for row in rows), np.uint32, len(vectors)) * SPREAD
    limit = np.sort(places)[max(1, round(share * len(vectors))) - 1]
    chosen = places <= limit
    return np.asarray(chosen if not chosen.all() else places < limit)
