"""A coupling flow: a map between vectors and noise that is undone as easily as done, run by numpy alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.networks.config import require_integers
from core.networks.packed import PackedWeights, layer

__all__ = ["MOST_STRETCHED", "CouplingConfig", "CouplingFlow", "sides"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Places = npt.NDArray[np.intp]

MOST_STRETCHED = 2.0
"""Logarithm of the factor by which one layer stretches or shrinks an axis at most."""


@dataclass(frozen=True)
class CouplingConfig(PackedWeights):
    """The sizes of a coupling flow.

    Attributes
    ----------
    dimension : int
        Axes m that it moves vectors along, two at least.
    width : int
        Units of the two hidden layers of each network.
    layers : int
        Couplings, each with a network of its own.
    """

    dimension: int
    width: int = 256
    layers: int = 8

    def __post_init__(self) -> None:
        require_integers(self, ("dimension", 2, 4096), ("width", 1, 4096), ("layers", 1, 64))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the weights by name, in the order in which they are kept: kernels (in, out) and biases (out,)."""
        shapes: dict[str, tuple[int, ...]] = {}
        for number in range(self.layers):
            told, moved = (len(side) for side in sides(self.dimension, number))
            shapes |= layer(f"into_{number}", told, self.width)
            shapes |= layer(f"through_{number}", self.width, self.width)
            shapes |= layer(f"stretch_{number}", self.width, moved)
            shapes |= layer(f"shift_{number}", self.width, moved)
        return shapes


class CouplingFlow:
    r"""Layers that each move some axes by what the others say, :math:`y_b' = y_b e^{s(y_a)} + t(y_a)`.

    The others stay, so that each layer is undone by :math:`(y_b' - t(y_a))\, e^{-s(y_a)}`, and its log determinant is
    the sum of s. Where the networks say nothing, as before they are trained, nothing moves. Source: Dinh et al. 2017
    ("Density estimation using Real NVP").

    Parameters
    ----------
    config : CouplingConfig
    packed : float array (config.count,)
        Weights as :meth:`CouplingConfig.pack` returns them.
    """

    def __init__(self, config: CouplingConfig, packed: npt.NDArray[np.floating]) -> None:
        self.config = config
        self._weights = config.unpack(packed)

    def to_noise(self, vectors: Floats) -> tuple[Floats, Floats]:
        """Return the noise (n, m) that ends at vectors (n, m), and the log determinants of the way there, (n,)."""
        y, gains = vectors.copy(), np.zeros(len(vectors))
        for number in range(self.config.layers):
            told, moved = sides(self.config.dimension, number)
            stretch, shift = self._said(number, y[:, told])
            y[:, moved] = y[:, moved] * np.exp(stretch) + shift
            gains += stretch.sum(axis=1)
        return y, gains

    def to_vectors(self, noise: Floats) -> Floats:
        """Return the vectors (n, m) at which noise (n, m) ends."""
        y = noise.copy()
        for number in reversed(range(self.config.layers)):
            told, moved = sides(self.config.dimension, number)
            stretch, shift = self._said(number, y[:, told])
            y[:, moved] = (y[:, moved] - shift) * np.exp(-stretch)
        return y

    def _said(self, number: int, told: Floats) -> tuple[Floats, Floats]:
        """Return what the network of a layer says to the axes it moves: how far to stretch, and to shift them."""
        x = _silu(self._dense(f"into_{number}", told.astype(np.float32)))
        x = _silu(self._dense(f"through_{number}", x))
        stretch = np.float32(MOST_STRETCHED) * np.tanh(self._dense(f"stretch_{number}", x))
        return stretch.astype(np.float64), self._dense(f"shift_{number}", x).astype(np.float64)

    def _dense(self, name: str, x: Singles) -> Singles:
        return np.asarray(x @ self._weights[f"{name}/kernel"] + self._weights[f"{name}/bias"])


def sides(dimension: int, number: int) -> tuple[Places, Places]:
    """Return which axes tell a layer and which it moves.

    A hash of its place decides for each axis in every other layer, half of them on each side; the layer after it swaps
    the sides, so that two of them move all axes.
    """
    names = (f"{number // 2}/{axis}".encode() for axis in range(dimension))
    order = np.argsort([hashlib.sha256(name).digest()[:8] for name in names], kind="stable")
    first, second = np.sort(order[: dimension // 2]), np.sort(order[dimension // 2 :])
    return (first, second) if number % 2 == 0 else (second, first)


def _silu(x: Singles) -> Singles:
    return np.asarray(x * (np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * x)))
