"""A diffusion model of the latent vectors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.denoiser import MOST_LABELS, Denoiser, DenoiserConfig, Guided, Residual
from core.networks.probability_flow import carry, carry_back
from core.plain import as_text
from core.progress import Listener
from core.statistics import Description
from core.statistics.blocks import single_threaded_algebra
from core.statistics.densities import is_flat, log_normal
from core.strategies.learned import TEMPERATURE, Learned, Lesson
from core.strategies.parameters import ANYONE, Asked, Number, wishes_in

if TYPE_CHECKING:
    from core.networks.best_epoch import BestEpoch

__all__ = ["Diffusion", "FlowDensity"]

Floats = npt.NDArray[np.float64]

BLOCK = 128
"""Vectors that one core carries at once."""

PROBES, MOST_PROBES = 4, 32
"""Random directions that a divergence is estimated by; up to so many axes, all of them, which is exact."""

PROBE_SEED = 0

GLANCED = 10
"""Solver steps of a look at a training that goes on."""

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


class Diffusion(Learned):
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
    they are with N(μ, Σ). Where attributes of the vectors are known, it learns with and without them, and can be asked
    for some. Source: Karras et al. 2022; for what is linear in it, Wang and Vastola 2024; for asking, Ho and Salimans
    2022.

    Parameters
    ----------
    steps : int
        Of Heun's method on the way from noise to vectors.
    temperature : float
        Deviation of the noise that it starts from.
    strength : float
        How much what the network has learned counts.
    asked : str
        Attributes to ask for, as :class:`~core.strategies.parameters.Asked` writes them.
    weight : float
        How much more than learned they count.

    Attributes
    ----------
    labels_ : array of str
        Attributes that can be asked for.
    """

    key, title, post = "diffusion", "Diffusion", "Karras et al. 2022"
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
        TEMPERATURE,
        Number(
            "strength",
            "Strength of the network",
            0.0,
            2.0,
            0.05,
            "How much what the network has learned counts: 0 draws from N(μ, Σ), 1 as it has learned; a little more "
            "makes good for a training that was stopped early. Nothing is trained anew.",
            shapes_fit=False,
        ),
        Asked(
            "asked",
            "Asked for",
            "Attributes that what is drawn should have, or should not have. It is asked, not sorted out: not all do. "
            "Nothing is trained anew.",
        ),
        Number(
            "weight",
            "Weight of what is asked",
            0.0,
            4.0,
            0.1,
            "How much more it counts than the network has learned: 0 draws as the data with these attributes are, more "
            "draws what is typical of them, and less different from each other.",
            shapes_fit=False,
            of="asked",
        ),
    )
    learned = (*Learned.learned, "labels_")
    fit_version, glanced = 3, GLANCED
    loses = "How badly vectors are told from noise that was added to them"
    better = "told unseen vectors from noise better than N(μ, Σ)"
    best = "tells vectors that it never saw from noise best"

    labels_: npt.NDArray[np.str_]

    def __init__(
        self,
        steps: int = 30,
        temperature: float = 1.0,
        strength: float = 1.2,
        asked: str = ANYONE,
        weight: float = 1.0,
    ) -> None:
        self.steps = steps
        self.temperature = temperature
        self.strength = strength
        self.asked = asked
        self.weight = weight

    def _learn(self, latents: npt.NDArray[np.floating], description: Description, report: Listener) -> None:
        labels = self._material.labels
        self.labels_ = np.array(labels.names[:MOST_LABELS] if labels else (), np.str_)
        super()._learn(latents, description, report)

    def _size(self, dimension: int, count: int) -> DenoiserConfig:
        config = replace(config_for(dimension, count), labels=len(self.labels_))
        self.sizes_ = np.array([config.width, config.blocks])
        return config

    def _units(self, description: Description, seen: int) -> float:
        """Return the root of the mean variance; 1 where all vectors are the same."""
        return float(np.sqrt(description.axes.variances.mean())) or 1.0

    def _train_network(self, config: DenoiserConfig, lesson: Lesson, description: Description) -> BestEpoch:
        from core.networks.denoiser_training import train_denoiser

        variances = description.axes.variances[: config.dimension] / self._units(description, config.dimension) ** 2
        return train_denoiser(
            config,
            lesson.training,
            lesson.inputs,
            lesson.held_out,
            variances,
            lesson.report,
            lesson.folder,
            lesson.watch,
            lesson.draw,
            by_blocks=lesson.by_blocks,
            labels=lesson.labels.told[:, : config.labels] if lesson.labels else None,
        )

    def _bent(self, noise: Floats, *, usually: bool = False) -> Floats:
        chosen, variances = Diffusion() if usually else self, self.variances_[: len(self.axes_)]
        guided, steps = self._guided(chosen), chosen.steps
        if guided is None:
            return noise
        return _in_blocks(lambda part: carry(guided, part, variances, steps), noise)

    def _guided(self, chosen: Diffusion) -> Guided | None:
        """Return the network with the parameters of another; None where there is none."""
        if self.denoiser_ is None:
            return None
        labels = None
        if wishes := wishes_in(chosen.asked):
            labels = np.zeros(len(self.labels_), np.float32)
            for name, wish in wishes.items():
                labels[self.labels_ == name] = 1 if wish else -1
        return Guided(self.denoiser_, chosen.strength, labels, chosen.weight)

    def _glanced(self) -> Diffusion:
        return Diffusion(GLANCED)

    def _log_densities_glanced(self, vectors: npt.NDArray[np.floating]) -> Floats | None:
        found = self.likelihood(vectors, GLANCED)
        return None if found is None else found.values

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        super()._fit(latents, description)
        self.variances_ = description.axes.variances / self._units(description, len(self.axes_)) ** 2
        self.denoiser_ = None
        if len(self.axes_):
            width, blocks = (int(size) for size in self.sizes_)
            config = DenoiserConfig(len(self.axes_), width, blocks, len(self.labels_))
            self.denoiser_ = Denoiser(config, self.weights_)
        self._require_known()

    def _require_known(self) -> None:
        """Raise `InputError` where an attribute is asked for that was not learned of."""
        if not (wishes := wishes_in(self.asked)):
            return
        if not len(self.labels_) or not len(self.axes_):
            raise InputError(
                f"{self.title} has learned of no attributes here, so that asked can be nothing but {ANYONE}."
            )
        if unknown := next((name for name in wishes if name not in self.labels_), None):
            raise InputError(f"{self.title} has not learned of {unknown}; ask for {', '.join(self.labels_)}.")

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return self._drawn(self.temperature * rng.standard_normal((count, self.dimension_)))

    def label(self) -> str:
        return f"{self.title}, asked for {wish}" if (wish := self.wish()) else self.title

    def wish(self) -> str:
        words = [name if wish else f"not {name}" for name, wish in wishes_in(self.asked).items()]
        return " and ".join(as_text(word.replace("_", " ")) for word in words)

    def likelihood(self, vectors: npt.ArrayLike, steps: int | None = None) -> FlowDensity | None:
        """Return log densities of vectors (n, d) with their errors; None where :meth:`log_density` has none.

        They are those of the law that is sampled with enough steps, which are doubled until the mean hardly moves; with
        a number of steps given, those are taken, and how far the mean would move is not known (NaN).
        """
        values = self._checked(vectors)
        if is_flat(self.principal_.variances):
            return None
        u = self._whitened(values)
        base = -0.5 * np.log(self.principal_.variances).sum()
        denoiser, seen = self._guided(self), len(self.axes_)
        if denoiser is None:
            return FlowDensity(base + self._log_noise(u), 0, 0.0, 0.0)
        u[:, :seen], gain = self._unmended(u[:, :seen])
        base += gain
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

    def _gains(self, denoiser: Residual, u: Floats, steps: int) -> Floats:
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


def config_for(dimension: int, count: int) -> DenoiserConfig:
    """Return the sizes of a network for that many axes and vectors: 448 units in 3 blocks for 256 × 30,000."""
    width = 64 * int(np.clip(round(np.sqrt(dimension * count) / 400), 2, 7))
    return DenoiserConfig(dimension, width, 3 if width > 256 else 2)


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
