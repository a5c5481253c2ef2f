"""A coupling flow of the latent vectors, whose density is exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from core.networks.coupling import CouplingConfig, CouplingFlow
from core.statistics import Description
from core.statistics.densities import is_flat, log_normal
from core.strategies.learned import TEMPERATURE, Learned, Lesson

if TYPE_CHECKING:
    from core.networks.best_epoch import BestEpoch

__all__ = ["Flow"]

Floats = npt.NDArray[np.float64]

LAYERS = 8


class Flow(Learned):
    r"""A coupling flow of the latent vectors in their principal axes, which starts as N(μ, Σ).

    .. math:: x = \mu + \sum_i \sqrt{\lambda_i}\, y_i v_i, \qquad
              y = f_1^{-1} \circ \dots \circ f_L^{-1}(u), \quad f(y) = (y_a,\ y_b\, e^{s(y_a)} + t(y_a)),
              \quad u \sim \mathcal{N}(0, I)

    It learns by the likelihood of the vectors alone and has a density in closed form, with which that of
    :class:`~core.strategies.diffusion.Diffusion`, an estimate, can be compared. Where its networks say nothing, as
    before they are trained, y is u: x is N(μ, Σ) exactly. One tenth of the vectors is never trained on and decides when
    to stop; vectors that are drawn from posteriors are drawn anew in each epoch. In the end what it draws is stretched
    and moved until mean and covariance are those of the data. Source: Dinh et al. 2017.

    Parameters
    ----------
    temperature : float
        Deviation of the noise that it starts from.
    """

    key, title, post = "flow", "Coupling flow", "Dinh et al. 2017"
    does = "starts from one bell, and networks that have learned from the data stretch and shift what is drawn"
    assumes = "a chain of maps that can be undone, from N(μ, Σ); networks learn how the data differ from it"
    no_law = "Networks bend its law, and with it that of the radius, into one that no formula has."
    formula = (
        r"x = \mu + \sum_i \sqrt{\lambda_i}\,y_i v_i, \quad y = f_1^{-1} \circ \dots \circ f_L^{-1}(u),"
        r"\ f(y) = (y_a,\ y_b\,e^{s(y_a)} + t(y_a)), \quad u \sim \mathcal{N}(0, I)"
    )
    parameters = (TEMPERATURE,)
    loses = "How unlikely vectors are, in nats per axis in units of the spread along it"
    better = "found unseen vectors likelier than N(μ, Σ) does"
    best = "finds vectors that it never saw likeliest"
    fewest_axes = 2

    STEPS = 6_000
    """In all: unseen vectors of 13,600 and as many mirrored ones grow likelier until then, and hardly after."""

    def __init__(self, temperature: float = 1.0) -> None:
        self.temperature = temperature

    def _size(self, dimension: int, count: int) -> CouplingConfig:
        config = config_for(dimension, count)
        self.sizes_ = np.array([config.width, config.layers])
        return config

    def _units(self, description: Description, seen: int) -> Floats:
        return np.sqrt(description.axes.variances[:seen])

    def _train_network(self, config: CouplingConfig, lesson: Lesson, description: Description) -> BestEpoch:
        from core.networks.coupling_training import train_coupling

        return train_coupling(
            config,
            lesson.training,
            lesson.inputs,
            lesson.held_out,
            lesson.report,
            lesson.folder,
            lesson.watch,
            lesson.draw,
            by_blocks=lesson.by_blocks,
        )

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        super()._fit(latents, description)
        self.flow_ = None
        if len(self.axes_):
            width, layers = (int(size) for size in self.sizes_)
            self.flow_ = CouplingFlow(CouplingConfig(len(self.axes_), width, layers), self.weights_)

    def _bent(self, noise: Floats, *, usually: bool = False) -> Floats:
        return noise if self.flow_ is None else self.flow_.to_vectors(noise)

    def _sample(self, count: int, rng: np.random.Generator) -> Floats:
        return self._drawn(self.temperature * rng.standard_normal((count, self.dimension_)))

    def _log_density(self, vectors: npt.NDArray[np.floating]) -> Floats | None:
        if is_flat(self.principal_.variances):
            return None
        u, gains = self._whitened(vectors), np.zeros(len(vectors))
        if flow := self.flow_:
            seen = len(self.axes_)
            bent, gain = self._unmended(u[:, :seen])
            u[:, :seen], gains = flow.to_noise(bent)
            gains += gain
        spread = np.full(u.shape[1], self.temperature**2)
        return np.asarray(log_normal(u, spread) + gains - 0.5 * np.log(self.principal_.variances).sum())


def config_for(dimension: int, count: int) -> CouplingConfig:
    """Return the sizes of a flow for that many axes and vectors: 192 units for 256 × 12,000 and more."""
    width = 32 * int(np.clip(round(np.sqrt(dimension * count) / 300), 2, 6))
    return CouplingConfig(dimension, width, LAYERS)
