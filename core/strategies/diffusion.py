"""A law that a network learns from the latent vectors alone."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.networks.config import TrainingConfig
from core.networks.denoiser import Denoiser, DenoiserConfig
from core.networks.probability_flow import carry, carry_back
from core.progress import Listener, Progress
from core.statistics import EXACT, Description, Posteriors
from core.statistics.axes import FLOOR
from core.statistics.blocks import single_threaded_algebra
from core.statistics.densities import is_flat, log_normal
from core.strategies.base import Effort, Knows, Number, Stage, Strategy, Vectors

if TYPE_CHECKING:
    from core.networks.best_epoch import BestEpoch

__all__ = ["Diffusion", "FlowDensity"]

Floats = npt.NDArray[np.float64]

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

BLOCK = 128
"""Vectors that one core carries at once."""

PROBES, MOST_PROBES = 4, 32
"""Random directions that a divergence is estimated by; up to so many axes, all of them, which is exact."""

PROBE_SEED = 0

MENDED, MENDING_STREAM = 2_000, 0x3E4D
"""Vectors that are drawn between two reports, and what sets their noise apart from that of samples."""

GLANCED, JUDGED, GLANCE_STREAM = 10, 200, 0x6C4E
"""Solver steps of a look at a training that goes on, the most held-out vectors whose likelihood is measured then, and
what sets the noise that it draws from apart."""

MOST_STEPS, SETTLED = 320, 1e-3
"""Solver steps of a likelihood at most, and how little, in nats per axis, it moves when they are doubled."""


@dataclass(frozen=True, eq=False)
class FlowDensity:
    """Log densities by a probability flow, and what is known of their error.

    Attributes
    ----------
    values : array (n,)
        In nats.
    steps : int
        Of the solver.
    moved : float
        By how much the mean moved, in nats per component, when the steps were doubled last; NaN where they were not.
    deviation : float
        Standard error of the mean, in nats per component, from estimating divergences; 0 where they are exact.
    """

    values: Floats
    steps: int
    moved: float
    deviation: float


class Diffusion(Strategy):
    r"""A diffusion model of the latent vectors in their principal axes, which starts as N(μ, Σ).

    .. math:: x = \mu + \sum_i \sqrt{\lambda_i}\, u_i v_i, \qquad
              \frac{\mathrm{d}u_i}{\mathrm{d}\theta_i} = -F_i(u, \sigma),
              \quad \theta_i = \arctan\frac{\sigma}{\sqrt{\lambda_i}}, \quad u \sim \mathcal{N}(0, I)
              \text{ at } \sigma = \infty

    A network F learns what the best linear denoiser of N(μ, Σ) leaves of noisy vectors (:mod:`core.networks.denoiser`).
    Where it says nothing, as before it is trained, u stays as it was drawn: x is N(μ, Σ) exactly. One tenth of the
    vectors is never trained on and decides when to stop. Vectors that are drawn from posteriors are drawn anew in each
    epoch. A network that is stopped early draws vectors that lie too
    near to the mean, so that what it draws is stretched and moved until mean and covariance are those of the data, as
    they are with N(μ, Σ). Source: Karras et al. 2022; for what is linear in it, Wang and Vastola 2024.

    Parameters
    ----------
    steps : int
        Of Heun's method on the way from noise to vectors.
    temperature : float
        Deviation of the noise that it starts from.
    """

    key, title, post = "diffusion", "Diffusion", "Karras et al. 2022"
    knows = Knows.LEARNED
    does = "starts from one bell, and a network that has learned from the data moves what is drawn"
    assumes = "nothing but N(μ, Σ) to start from; a network learns how the data differ from it"
    no_law = "A network bends its law, and with it that of the radius, into one that no formula has."
    formula = (
        r"x = \mu + \sum_i \sqrt{\lambda_i}\,u_i v_i, \quad \frac{\mathrm{d}u_i}{\mathrm{d}\theta_i} = -F_i(u, \sigma),"
        r"\ \theta_i = \arctan\frac{\sigma}{\sqrt{\lambda_i}}, \quad u \sim \mathcal{N}(0, I) \text{ at first}"
    )
    parameters = (
        Number(
            "steps",
            "Solver steps",
            2,
            100,
            1,
            "Steps from noise to vectors: more are more exact and take longer. Nothing is trained anew.",
            True,
            shapes_fit=False,
        ),
        Number(
            "temperature",
            "Temperature",
            0.1,
            2.0,
            0.05,
            "Deviation of the noise at the start: below 1 vectors are more usual, and less different from each other. "
            "Nothing is trained anew.",
            shapes_fit=False,
        ),
    )
    learned, effort = ("axes_", "weights_", "sizes_", "losses_", "stretch_", "shift_"), Effort.TRAINING
    fit_version, starts_as = 2, "N(μ, Σ)"

    EPOCHS, STEPS = (20, 600), 16_000
    """Fewest and most passes over the vectors; in between, as many as make so many steps."""

    FEWEST_OF_MANY = 2
    """Fewest passes over more than `EXACT` vectors."""

    BATCH = 512
    """Vectors of a step."""

    DRAWN, PER_AXIS = (4_000, 20_000), 80
    """Fewest and most vectors that say how far what is drawn has to be stretched and moved, and as many for each axis.

    They are drawn in as many steps as usual.
    """

    RATE = 1e-3
    """Largest learning rate."""

    SEED = 0
    """Of the first weights, the order of the vectors and their noise."""

    def __init__(self, steps: int = 30, temperature: float = 1.0) -> None:
        self.steps = steps
        self.temperature = temperature

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        variances = description.axes.variances
        seen = min(int((variances > FLOOR * variances.max()).sum()), MOST_AXES) if len(latents) >= FEWEST else 0
        self.axes_ = description.axes.axes[:seen].astype(np.float32)
        if not seen:
            self.weights_, self.sizes_ = np.zeros(0, np.float16), np.zeros(2, np.int64)
            self.losses_ = np.zeros((0, 2), np.float32)
            self.stretch_, self.shift_ = np.zeros((0, 0), np.float16), np.zeros(0, np.float16)
            report(Progress(f"fitting {self.title}", 1, 1, "steps"))
            return
        learned_from, posteriors, held_out = self._sets(latents)
        trained = self._train(seen, learned_from, posteriors, held_out, description, report)
        self.weights_, self.losses_ = trained.packed, trained.losses
        self.stretch_, self.shift_ = np.eye(seen, dtype=np.float16), np.zeros(seen, np.float16)
        if self.losses_[:, 1].argmin():
            width, blocks = self.sizes_.tolist()
            denoiser = Denoiser(DenoiserConfig(seen, width, blocks), self.weights_)
            variances = description.axes.variances[:seen] / _scale(description) ** 2
            drawn = int(np.clip(self.PER_AXIS * seen, *self.DRAWN))
            self.stretch_, self.shift_ = _moments_mended(denoiser, variances, drawn, self.SEED, report)

    def _sets(
        self, latents: npt.NDArray[np.floating]
    ) -> tuple[npt.NDArray[np.floating], Posteriors | None, npt.NDArray[np.floating]]:
        """Return the vectors to learn from, what they were drawn from, and those that say when to stop."""
        material = self._material
        given = latents if material.mirrored is None else np.concatenate([latents, material.mirrored])
        if material.validation is not None and len(material.validation):
            judges = material.validation
            some = np.linspace(0, len(judges) - 1, MOST_JUDGES).astype(np.intp)
            return given, material.posteriors, judges if len(judges) <= EXACT * HELD_OUT else judges[some]
        held_out = chosen_by_content(latents, HELD_OUT)
        kept = np.flatnonzero(np.concatenate([~held_out, np.ones(len(given) - len(latents), bool)]))
        return given[kept], material.posteriors and material.posteriors.take(kept), latents[held_out]

    def _train(
        self,
        seen: int,
        learned_from: npt.NDArray[np.floating],
        posteriors: Posteriors | None,
        held_out: npt.NDArray[np.floating],
        description: Description,
        report: Listener,
    ) -> BestEpoch:
        """Return a denoiser along so many axes that has learned from vectors, and say how far it is."""
        from core.networks.denoiser_training import train_denoiser

        config = config_for(seen, len(learned_from))
        self.sizes_ = np.array([config.width, config.blocks])
        per_epoch, many = -(-len(learned_from) // self.BATCH), len(learned_from) > EXACT
        fewest, most = self.EPOCHS
        epochs = int(np.clip(round(self.STEPS / per_epoch), self.FEWEST_OF_MANY if many else fewest, most))
        training = TrainingConfig(
            epochs=epochs, batch_size=self.BATCH, learning_rate=self.RATE, flip=False, seed=self.SEED
        )
        scale = _scale(description)

        def scaled(vectors: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
            return (description.axes.project(vectors, seen) / scale).astype(np.float32)

        inputs = learned_from if many else scaled(learned_from)  # of many, batches are read as they come
        variances = description.axes.variances[:seen] / scale**2

        def show(progress: Progress) -> None:
            report(replace(progress, task=f"fitting {self.title}"))

        def look(epoch: int, packed: npt.NDArray[np.float16]) -> None:
            if watch := self._material.watch:
                watch(self._stage(epoch, epochs, packed, held_out, description))

        def draw(rows: npt.NDArray[np.intp], rng: np.random.Generator) -> npt.NDArray[np.float32]:
            if posteriors is not None:
                return scaled(posteriors.draw(rows, rng))
            return scaled(learned_from[rows]) if many else np.asarray(inputs[rows], np.float32)

        work = self._material.workplace
        return train_denoiser(
            config, training, inputs, scaled(held_out), variances, show, work, look, draw, by_blocks=many
        )

    def _stage(
        self,
        epoch: int,
        epochs: int,
        packed: npt.NDArray[np.float16],
        held_out: npt.NDArray[np.floating],
        description: Description,
    ) -> Stage:
        """Return what there would be if the training ended after an epoch, with the weights of a network then."""
        seen = len(self.axes_)
        known: dict[str, npt.NDArray[Any]] = {
            "axes_": self.axes_,
            "weights_": packed,
            "sizes_": self.sizes_,
            "losses_": np.zeros((1, 2)),
        }
        known |= {"stretch_": np.eye(seen), "shift_": np.zeros(seen)}
        rows = np.unique(np.linspace(0, len(held_out) - 1, min(JUDGED, len(held_out))).astype(int))
        judged = held_out[rows]

        @cache
        def current() -> Diffusion:
            return Diffusion(GLANCED).fit(judged, description, known)

        def log_likelihood() -> float | None:
            found = current().likelihood(judged, GLANCED)
            return None if found is None else float(found.values.mean()) / description.dimension

        def sample(count: int) -> Vectors:
            return current().sample(count, np.random.default_rng((self.SEED, GLANCE_STREAM)))

        return Stage(epoch, epochs, GLANCED, len(judged), log_likelihood, sample)

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.count_ = len(latents)
        self.principal_ = description.axes
        self.scale_ = _scale(description)
        self.variances_ = description.axes.variances / self.scale_**2
        self.denoiser_ = None
        if len(self.axes_):
            width, blocks = (int(size) for size in self.sizes_)
            self.denoiser_ = Denoiser(DenoiserConfig(len(self.axes_), width, blocks), self.weights_)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        u = self.temperature * rng.standard_normal((count, self.dimension_))
        if denoiser := self.denoiser_:
            seen = len(self.axes_)
            variances = self.variances_[:seen]
            carried = _in_blocks(lambda part: carry(denoiser, part, variances, self.steps), u[:, :seen])
            u[:, :seen] = (carried - self.shift_) @ self.stretch_.astype(np.float64)
        return self.principal_.mean + (u * np.sqrt(self.principal_.variances)) @ self._all_axes

    def note(self) -> str:
        if self.denoiser_ is None:
            why = f"fewer than {FEWEST} vectors" if self.count_ < FEWEST else "vectors that are all the same"
            return f"No network learns from {why}, so this is N(μ, Σ)."
        best, epochs = int(self.losses_[:, 1].argmin()), len(self.losses_) - 1
        if not best:
            return (
                f"In {epochs} epochs no network told unseen vectors from noise better than N(μ, Σ), so this is N(μ, Σ)."
            )
        words = (
            f"The network of epoch {best} of {epochs}, which tells vectors that it never saw from noise best: "
            f"loss {self.losses_[best, 1]:.3f}, {self.losses_[best, 0]:.3f} in training; "
            f"N(μ, Σ) has {self.losses_[0, 1]:.3f}"
        )
        if self.count_ < FEW:
            words += (
                f"; it learned from fewer than {FEW:,} vectors, which a network can learn by heart: see whether what "
                "it draws are copies"
            )
        return f"{words}."

    def losses(self) -> npt.NDArray[np.float32] | None:
        return self.losses_ if len(self.losses_) else None

    def likelihood(self, vectors: npt.ArrayLike, steps: int | None = None) -> FlowDensity | None:
        """Return log densities of vectors (n, d) with their errors; None where :meth:`log_density` has none.

        They are those of the law that is sampled with enough steps, which are doubled until the mean hardly moves; with
        a number of steps given, those are taken, and how far the mean would move is not known (NaN).
        """
        values = self._checked(vectors)
        if is_flat(self.principal_.variances):
            return None
        u = (values - self.principal_.mean) @ self._all_axes.T / np.sqrt(self.principal_.variances)
        base = -0.5 * np.log(self.principal_.variances).sum()
        denoiser, seen = self.denoiser_, len(self.axes_)
        if denoiser is None:
            return FlowDensity(base + self._log_noise(u), 0, 0.0, 0.0)
        stretch = self.stretch_.astype(np.float64)
        u[:, :seen] = np.linalg.solve(stretch, u[:, :seen].T).T + self.shift_  # it is symmetric
        base -= np.linalg.slogdet(stretch)[1]
        settling, steps, moved = steps is None, steps or 10, np.nan
        found = self._gains(denoiser, u, steps)
        while settling and not (moved < SETTLED or steps >= MOST_STEPS):
            steps *= 2
            before, found = found, self._gains(denoiser, u, steps)
            moved = abs(float(found.mean() - before.mean())) / self.dimension_
        deviation = 0.0
        if seen > MOST_PROBES:
            deviation = float(found.mean(axis=1).std(ddof=1) / np.sqrt(len(found))) / self.dimension_
        return FlowDensity(base + found.mean(axis=0), steps, moved, deviation)

    def _log_density(self, vectors: npt.NDArray[np.floating]) -> Floats | None:
        found = self.likelihood(vectors)
        return None if found is None else found.values

    def _gains(self, denoiser: Denoiser, u: Floats, steps: int) -> Floats:
        """Return log densities of whitened vectors (n, d) in their own units, one for each probe, (k, n)."""
        seen = len(self.axes_)
        variances = self.variances_[:seen]
        probes = _probes(len(u), seen)

        def back(rows: npt.NDArray[np.intp]) -> Floats:
            noise = u[rows].copy()
            noise[:, :seen], gains = carry_back(denoiser, noise[:, :seen], variances, steps, probes[:, rows])
            return (gains + self._log_noise(noise)).T

        return _in_blocks(back, np.arange(len(u))).T

    def _log_noise(self, u: Floats) -> Floats:
        """Return log densities (n,) of the noise that the flow starts from, at u (n, d)."""
        return log_normal(u, np.full(u.shape[1], self.temperature**2))

    @property
    def _all_axes(self) -> Floats:
        """Axes that the network has learned along, then the study's, (d, d)."""
        return np.concatenate([self.axes_.astype(np.float64), self.principal_.axes[len(self.axes_) :]])


def config_for(dimension: int, count: int) -> DenoiserConfig:
    """Return the sizes of a network for that many axes and vectors: 448 units in 3 blocks for 256 × 30,000."""
    width = 64 * int(np.clip(round(np.sqrt(dimension * count) / 400), 2, 7))
    return DenoiserConfig(dimension, width, 3 if width > 256 else 2)


def chosen_by_content(vectors: npt.NDArray[np.floating], share: float) -> npt.NDArray[np.bool_]:
    """Return which vectors (n, d) are among a share of them, chosen by what they are: equal ones together."""
    rows = (np.ascontiguousarray(row, np.float32).tobytes() for row in vectors)
    places = np.fromiter((zlib.crc32(row) for row in rows), np.uint32, len(vectors)) * SPREAD
    limit = np.sort(places)[max(1, round(share * len(vectors))) - 1]
    chosen = places <= limit
    return np.asarray(chosen if not chosen.all() else places < limit)


def _scale(description: Description) -> float:
    """Return the unit of the coordinates, the root of the mean variance; 1 where all vectors are the same."""
    return float(np.sqrt(description.axes.variances.mean())) or 1.0


def _moments_mended(
    denoiser: Denoiser, variances: Floats, count: int, seed: int, report: Listener
) -> tuple[npt.NDArray[np.float16], npt.NDArray[np.float16]]:
    """Return what gives whitened vectors that a flow draws mean 0 and covariance 1: (u - shift) @ stretch.

    The covariance of the vectors drawn is uncertain as any is, so their correlations are shrunk (Ledoit and Wolf 2004).
    """
    from sklearn.covariance import ledoit_wolf

    steps, rng, parts = Diffusion().steps, np.random.default_rng((seed, MENDING_STREAM)), []
    for start in range(0, count, MENDED):
        report(Progress("measuring what is drawn", start, count, "vectors"))
        noise = rng.standard_normal((min(MENDED, count - start), denoiser.config.dimension))
        parts.append(_in_blocks(lambda part: carry(denoiser, part, variances, steps), noise))
    drawn = np.concatenate(parts)
    shift, deviations = drawn.mean(axis=0), drawn.std(axis=0)
    correlations = ledoit_wolf((drawn - shift) / deviations, assume_centered=True)[0]
    values, axes = np.linalg.eigh(deviations[:, None] * correlations * deviations)
    return ((axes / np.sqrt(values)) @ axes.T).astype(np.float16), shift.astype(np.float16)


def _probes(count: int, dimension: int) -> npt.NDArray[np.float32]:
    """Return directions of so many vectors that divergences are estimated by, (k, count, dimension)."""
    if dimension <= MOST_PROBES:
        unit = np.eye(dimension, dtype=np.float32) * np.float32(np.sqrt(dimension))
        return np.broadcast_to(unit[:, None], (dimension, count, dimension))
    signs = np.random.default_rng(PROBE_SEED).integers(0, 2, (PROBES, count, dimension), np.int8)
    return 2 * signs.astype(np.float32) - 1


def _in_blocks(work: Callable[[npt.NDArray[Any]], Floats], rows: npt.NDArray[Any]) -> Floats:
    """Return what work makes of blocks of rows, on all cores; the same on any number of them."""
    blocks = [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
    with single_threaded_algebra, ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(work, blocks)))
