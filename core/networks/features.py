"""What every network that looks at images has in common: numbers that it tells of each, for images of one shape."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.networks.backend import unit_range
from core.networks.runtime import Runner

__all__ = ["FEATURES", "SIDE", "FeatureNetwork"]

SIDE, FEATURES = 64, 128
"""Pixels that such a network sees of each side of an image, and numbers that it tells of it."""


class FeatureNetwork:
    """A network for images of one shape; what it is made of, its classes say.

    Parameters
    ----------
    image_shape : tuple of int
        Height, width and channels: 3 for colour, 1 for grey.
    """

    def __init__(self, image_shape: tuple[int, int, int]) -> None:
        self.image_shape = image_shape

    def features(self, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Return what is seen in images (n, h, w, c), (n, 128)."""
        return self._runner.run(images, unit_range, (FEATURES,))[0]

    def graph(self) -> bytes:
        """Return the network as ONNX Runtime takes it."""
        raise NotImplementedError

    @cached_property
    def _runner(self) -> Runner:
        return Runner(self.graph())
