"""Networks whose weights are kept as one array of half precision."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks.config import PlainData

__all__ = ["PackedWeights", "layer"]

Singles = npt.NDArray[np.float32]

Shapes = dict[str, tuple[int, ...]]


class PackedWeights(PlainData):
    """The sizes of a network, and so the shapes of its weights."""

    @property
    def shapes(self) -> Shapes:
        """Shapes of the weights by name, in the order in which they are kept."""
        raise NotImplementedError

    @property
    def count(self) -> int:
        """Number of weights."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    def pack(self, weights: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.float16]:
        """Return weights by name as one array of half precision; what it cannot hold becomes infinite."""
        with np.errstate(over="ignore"):
            return np.concatenate([np.ravel(weights[name]) for name in self.shapes]).astype(np.float16)

    def unpack(self, packed: npt.NDArray[np.floating]) -> dict[str, Singles]:
        """Return the weights by name of what :meth:`pack` returned."""
        sizes = [math.prod(shape) for shape in self.shapes.values()]
        parts = np.split(packed.astype(np.float32), np.cumsum(sizes)[:-1])
        return {name: part.reshape(shape) for part, (name, shape) in zip(parts, self.shapes.items(), strict=True)}


def layer(name: str, inputs: int, outputs: int) -> Shapes:
    """Return the shapes of a dense layer: kernel (inputs, outputs) and bias (outputs,)."""
    return {f"{name}/kernel": (inputs, outputs), f"{name}/bias": (outputs,)}
