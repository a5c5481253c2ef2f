"""A small network that tells noise from vectors beyond what the best linear filter can, run by numpy alone.

It works in whitened coordinates: of a vector y with variances λ and noise σ along its axes, it sees u = y/√(λ + σ²).
What it returns is zero until it is trained, and then what the law of the vectors has that N(0, λ) has not. It may be
told attributes of the vector, too, all of them, some or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from core.networks.config import require_integers
from core.networks.packed import PackedWeights, layer

__all__ = ["EPSILON", "MOST_LABELS", "Denoiser", "DenoiserConfig", "Guided", "Residual", "noise_features", "wiener"]

Floats = npt.NDArray[np.floating]
Singles = npt.NDArray[np.float32]

HARMONICS = 8
"""Pairs of waves that tell the network how much noise there is."""

EMBEDDING = 128
"""Units that every block is told the noise with."""

EPSILON = 1e-5
"""Added to the variance that a layer is normalised by."""

MIDDLE, REACH = -0.4, 4.5
"""Log noise levels that training draws lie about the first; the second is how far those of a sampler lie from it."""

MOST_LABELS = 256
"""Attributes that it can be told."""


@dataclass(frozen=True)
class DenoiserConfig(PackedWeights):
    """The sizes of a denoiser.

    Attributes
    ----------
    dimension : int
        Axes m that it sees.
    width : int
        Units of its layers.
    blocks : int
        Residual blocks.
    labels : int
        Attributes that it can be told.
    """

    dimension: int
    width: int = 448
    blocks: int = 3
    labels: int = 0

    def __post_init__(self) -> None:
        sizes = ("dimension", 1, 4096), ("width", 1, 4096), ("blocks", 1, 64), ("labels", 0, MOST_LABELS)
        require_integers(self, *sizes)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name, in the order in which they are kept: kernels (in, out) and biases (out,)."""
        shapes = layer("embedding", 2 * HARMONICS, EMBEDDING) | layer("first", self.dimension, self.width)
        for block in range(self.blocks):
            shapes |= layer(f"told_{block}", EMBEDDING, 2 * self.width)
            shapes |= layer(f"into_{block}", self.width, self.width)
            shapes |= layer(f"from_{block}", self.width, self.width)
        if self.labels:
            shapes |= {"labels/kernel": (self.labels, EMBEDDING)}
        return shapes | layer("last", self.width, self.dimension)


class Residual(Protocol):
    """What is added to the Wiener filter: a network, or what is made of one."""

    def residual(self, whitened: Floats, sigma: npt.ArrayLike) -> Singles:
        """Return F of whitened vectors (n, m) at noise levels, one for all or (n,)."""
        ...

    def residual_along(
        self, whitened: Floats, sigma: npt.ArrayLike, tangents: Floats | None = None
    ) -> tuple[Singles, Singles]:
        """Return F (n, m) and its derivatives (k, n, m) along directions of each vector, (k, n, m)."""
        ...


class Denoiser:
    r"""The network F of a denoiser whose skip connection is the Wiener filter of :math:`\mathcal{N}(0, \lambda)`.

    .. math:: D(y, \sigma)_i = \frac{\lambda_i}{\lambda_i + \sigma^2}\, y_i
              + \frac{\sigma \sqrt{\lambda_i}}{\sqrt{\lambda_i + \sigma^2}}\,
              F\!\left(\frac{y}{\sqrt{\lambda + \sigma^2}}, \sigma\right)_i

    With F = 0 this is the best denoiser of the normal law. Karras et al. 2022 ("Elucidating the design space of
    diffusion-based generative models") have one number where the variances stand.

    Parameters
    ----------
    config : DenoiserConfig
    packed : float array (config.count,)
        Weights as :meth:`DenoiserConfig.pack` returns them.
    """

    def __init__(self, config: DenoiserConfig, packed: npt.NDArray[np.floating]) -> None:
        self.config = config
        self._weights = config.unpack(packed)

    def residual(self, whitened: Floats, sigma: npt.ArrayLike) -> Singles:
        """Return F of whitened vectors (n, m) at noise levels, one for all or (n,)."""
        return self.residual_along(whitened, sigma)[0]

    def residual_along(
        self,
        whitened: Floats,
        sigma: npt.ArrayLike,
        tangents: Floats | None = None,
        labels: npt.NDArray[np.floating] | None = None,
    ) -> tuple[Singles, Singles]:
        """Return F and its derivatives along directions.

        Parameters
        ----------
        whitened : array (n, m)
        sigma : float or array (n,)
        tangents : array (k, n, m), optional
            Directions of each vector; none by default.
        labels : array (labels,) or (n, labels), optional
            1 where a vector has an attribute, -1 where it has it not, 0 where nothing is told; nothing by default.

        Returns
        -------
        float32 arrays (n, m) and (k, n, m)
        """
        x = whitened.astype(np.float32)
        dx: Singles = np.zeros((0, *x.shape), np.float32) if tangents is None else tangents.astype(np.float32)
        told = self._dense("embedding", noise_features(sigma))
        if labels is not None:
            told = told + labels.astype(np.float32) @ self._weights["labels/kernel"]
        told = _silu(told)
        x, dx = self._dense("first", x), np.asarray(dx @ self._weights["first/kernel"])
        for block in range(self.config.blocks):
            scale, shift = np.split(self._dense(f"told_{block}", told), 2, axis=1)
            normal, dnormal = _normalised(x, dx)
            normal *= 1 + scale
            normal += shift
            inner = self._dense(f"into_{block}", normal)
            x += self._dense(f"from_{block}", _silu(inner))
            if len(dx):
                dinner = (dnormal * (1 + scale)) @ self._weights[f"into_{block}/kernel"] * _silu_slope(inner)
                dx = np.asarray(dx + dinner @ self._weights[f"from_{block}/kernel"])
        return self._dense("last", x), np.asarray(dx @ self._weights["last/kernel"])

    def denoise(self, noisy: Floats, sigma: npt.ArrayLike, variances: Floats) -> npt.NDArray[np.float64]:
        """Return what vectors (n, m) are without their noise, whose deviation is one number or (n,).

        Parameters
        ----------
        noisy : array (n, m)
        sigma : float or array (n,)
        variances : array (m,)
            Of the vectors without noise.
        """
        skip, out, into = wiener(sigma, variances)
        return np.asarray(skip * noisy + out * self.residual(into * noisy, sigma))

    def _dense(self, name: str, x: Singles) -> Singles:
        y = x @ self._weights[f"{name}/kernel"]
        y += self._weights[f"{name}/bias"]
        return np.asarray(y)


class Guided:
    r"""A denoiser that is followed further than it has learned to go, and may be told attributes.

    .. math:: s\,\bigl(F(u, \sigma, c) + w\,(F(u, \sigma, c) - F(u, \sigma))\bigr)

    What it adds to the Wiener filter counts s times: guidance away from a worse denoiser (Karras et al. 2024, "Guiding
    a diffusion model with a bad version of itself"), which here is that of the normal law. What attributes change
    counts 1 + w times: classifier-free guidance (Ho and Salimans 2022).

    Parameters
    ----------
    denoiser : Denoiser
    strength : float
        s.
    labels : array (labels,), optional
        c: 1, -1 and 0, as :meth:`Denoiser.residual_along` takes them; without them it is told nothing.
    weight : float
        w.
    """

    def __init__(
        self,
        denoiser: Denoiser,
        strength: float = 1.0,
        labels: npt.NDArray[np.floating] | None = None,
        weight: float = 0.0,
    ) -> None:
        self.denoiser = denoiser
        self.labels = labels
        self.strength, self.weight = np.float32(strength), np.float32(weight)

    def residual(self, whitened: Floats, sigma: npt.ArrayLike) -> Singles:
        """Return F of whitened vectors (n, m) at noise levels, one for all or (n,)."""
        return self.residual_along(whitened, sigma)[0]

    def residual_along(
        self, whitened: Floats, sigma: npt.ArrayLike, tangents: Floats | None = None
    ) -> tuple[Singles, Singles]:
        """Return F (n, m) and its derivatives (k, n, m) along directions of each vector, (k, n, m)."""
        told, dtold = self.denoiser.residual_along(whitened, sigma, tangents, self.labels)
        if self.labels is None or not self.weight:
            return self.strength * told, self.strength * dtold
        free, dfree = self.denoiser.residual_along(whitened, sigma, tangents)
        more, less = self.strength * (1 + self.weight), self.strength * self.weight
        return more * told - less * free, more * dtold - less * dfree


def wiener(sigma: npt.ArrayLike, variances: Floats) -> tuple[npt.NDArray[np.float64], ...]:
    """Return the factors of y, of F and of F's input in a denoiser, each (1 or n, m), for noise levels, one or (n,)."""
    noise = np.atleast_1d(np.asarray(sigma, np.float64))[:, None]
    total = variances + noise**2
    return variances / total, noise * np.sqrt(variances / total), 1 / np.sqrt(total)


def noise_features(sigma: npt.ArrayLike) -> Singles:
    """Return waves of the logarithms of noise levels, one or (n,), by which the network knows them; (1 or n, k)."""
    place = (np.log(np.atleast_1d(np.asarray(sigma, np.float64))) - MIDDLE) / REACH
    phases = np.pi / 2 * place[:, None] * np.arange(1, HARMONICS + 1)
    return np.concatenate([np.sin(phases), np.cos(phases)], axis=1).astype(np.float32)


def _logistic(x: Singles) -> Singles:
    """Return 1/(1 + exp(-x)), written so that it overflows nowhere."""
    share = np.tanh(np.float32(0.5) * x)
    share += 1
    share *= np.float32(0.5)
    return np.asarray(share)


def _silu(x: Singles) -> Singles:
    share = _logistic(x)
    share *= x
    return share


def _silu_slope(x: Singles) -> Singles:
    """Return the derivative of :func:`_silu`."""
    share = _logistic(x)
    return share * (1 + x * (1 - share))


def _normalised(x: Singles, dx: Singles) -> tuple[Singles, Singles]:
    """Return rows (n, w) with mean 0 and variance 1, and the derivatives along directions (k, n, w)."""
    centred = x - x.mean(axis=1, keepdims=True)
    squares = np.einsum("ij,ij->i", centred, centred)[:, None] / np.float32(x.shape[1])
    scale = 1 / np.sqrt(squares + np.float32(EPSILON))
    normal = centred * scale
    if not len(dx):
        return normal, dx
    moved = dx - dx.mean(axis=2, keepdims=True) - normal * (normal * dx).mean(axis=2, keepdims=True)
    return normal, moved * scale
