"""Convolutions whose kernels were drawn at random and never trained: they know of no data, and prefer none.

Distances in such features tell textures and their places apart (Saxe et al. 2011; Ustyuzhaninov et al. 2016).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from core.networks.features import FEATURES, SIDE, FeatureNetwork
from core.networks.graph import Graph, halved

__all__ = ["FEATURES", "RandomNetwork", "random_network"]

KERNELS = ((5, 3, 32), (3, 32, 64), (3, 64, 32))
"""Side, channels before and channels after of the layers, each of which halves the image."""

PLACES = 2
"""Along each side, where the last layer is averaged: 2 × 2 places of 32 channels are 128 features."""

SEED = 0


class RandomNetwork(FeatureNetwork):
    """Strided convolutions with ReLU; then the mean of each channel in each quarter of the image."""

    def graph(self) -> bytes:
        """Return the network as ONNX Runtime takes it."""
        return _graph(self.image_shape)


@cache
def random_network(image_shape: tuple[int, int, int]) -> RandomNetwork:
    """Return the network for images of a shape, one for all who ask."""
    return RandomNetwork(image_shape)


def _graph(image_shape: tuple[int, int, int]) -> bytes:
    height, width, channels = image_shape
    rng, side = np.random.default_rng(SEED), SIDE
    weights = {}
    for i, (size, before, after) in enumerate(KERNELS, 1):
        kernel = rng.standard_normal((size, size, before, after))
        kernel -= kernel.mean(axis=(0, 1, 2))
        weights[f"conv_{i}/kernel"] = kernel * np.sqrt(2 / (size * size * before))  # He et al. 2015
    if channels == 1:  # grey is a colour, too
        weights["conv_1/kernel"] = weights["conv_1/kernel"].sum(axis=2, keepdims=True)
    graph = Graph("random", image_shape, weights)
    x = graph.resized(graph.to_channels_first(graph.INPUT), (height, width), (SIDE, SIDE))
    for i, (size, _, _) in enumerate(KERNELS, 1):
        side, pads = halved(side, size)
        x = graph.activation(graph.convolution(x, f"conv_{i}", 2, (pads, pads)), "relu")
    return graph.to_bytes(graph.flat(graph.averages(x, side // PLACES)))
