"""The networks of this program as ONNX graphs, from their weights as Keras trains and names them.

Keras keeps images as (n, h, w, c), ONNX as (n, c, h, w): graphs take and give the first and compute with the second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError

__all__ = ["NORMALISATION", "Graph", "Weights", "check_weights", "doubled", "halved"]

Floats = npt.NDArray[np.float32]
Weights = Mapping[str, npt.NDArray[Any]]

NORMALISATION = ("gamma", "beta", "moving_mean", "moving_variance")
"""What a batch normalisation is, once it is trained."""

EPSILON = 1e-3
"""Keras adds it to the variance of a batch normalisation."""

OPSET, IR_VERSION = 20, 10
"""Versions of ONNX's operators and of its files; the first with GELU."""

Pads = tuple[int, int]


def check_weights(weights: Weights, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raise `InputError` unless weights have exactly these names and shapes, and no variance is negative."""
    if missing := sorted(set(shapes) ^ set(weights)):
        raise InputError(f"The weights do not fit the configuration: {missing[0]} is missing or superfluous.")
    for name, shape in shapes.items():
        if shape != weights[name].shape:
            raise InputError(
                f"The weights do not fit the configuration: {name} has the shape {weights[name].shape}, not {shape}."
            )
        if name.endswith("/moving_variance") and weights[name].min() < 0:
            raise InputError(f"The weights cannot be used: {name} is negative.")


def halved(side: int, kernel: int, stride: int = 2) -> tuple[int, Pads]:
    """Return the side of a convolution's output and the pixels before and after, as Keras pads to the ``same`` size."""
    out = -(-side // stride)
    missing = max((out - 1) * stride + kernel - side, 0)
    return out, (missing // 2, missing - missing // 2)


def doubled(side: int, kernel: int, out: int) -> Pads:
    """Return what a transposed convolution of stride 2 loses before and after, so that ``out`` pixels are left.

    Keras takes off what the convolution that it transposes would have padded; an odd side loses its last pixel besides.
    """
    before = (kernel - 2) // 2
    return before, 2 * (side - 1) + kernel - before - out


class Graph:
    """A graph as it grows: each method adds an operator and returns the name of its output.

    Parameters
    ----------
    name : str
    shape : tuple of int
        Of an input, without the number in a block.
    weights : mapping
        Kernels, biases and batch normalisations by layer, ``conv_1/kernel``, ``conv_1_norm/gamma`` and so on.
    """

    INPUT = "input"

    def __init__(self, name: str, shape: tuple[int, ...], weights: Weights) -> None:
        self._name, self._shape, self._weights = name, shape, weights
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def convolution(self, x: str, layer: str, strides: int, pads: tuple[Pads, Pads]) -> str:
        """Convolve images; ``pads`` are the pixels before and after, of rows and of columns."""
        kernel, bias = self._parameters(layer, axis=3)
        return self._convolved("Conv", x, layer, kernel, bias, strides, pads)

    def transposed_convolution(self, x: str, layer: str, pads: tuple[Pads, Pads]) -> str:
        """Enlarge images to twice their size, less ``pads``."""
        kernel, bias = self._parameters(layer, axis=2)
        return self._convolved("ConvTranspose", x, layer, kernel, bias, 2, pads)

    def depthwise(self, x: str, layer: str, pads: tuple[Pads, Pads]) -> str:
        """Convolve each channel with a kernel of its own."""
        kernel = self._weights[f"{layer}/kernel"].astype(np.float32)  # (rows, columns, channels, 1)
        before, after = zip(*pads, strict=True)
        constant = self._constant(kernel.transpose(2, 3, 0, 1))
        return self._add("Conv", [x, constant], layer, group=kernel.shape[2], pads=[*before, *after])

    def largest(self, x: str, size: int, strides: int, pads: tuple[Pads, Pads]) -> str:
        """Return the largest value of each window, which is square."""
        before, after = zip(*pads, strict=True)
        sides: dict[str, Any] = {"kernel_shape": [size, size], "strides": [strides, strides]}
        return self._add("MaxPool", [x], f"{x}_largest", pads=[*before, *after], **sides)

    def averages(self, x: str, size: int) -> str:
        """Return the mean of each square window of images, whose sides are multiples of its."""
        return self._add("AveragePool", [x], f"{x}_averages", kernel_shape=[size, size], strides=[size, size])

    def sum(self, first: str, second: str) -> str:
        """Add two arrays of one shape."""
        return self._add("Add", [first, second], f"{first}_and_{second}")

    def resized(self, x: str, before: tuple[int, int], after: tuple[int, int]) -> str:
        """Scale images from one height and width to another, smoothed where they get smaller."""
        scales = np.array([1, 1, after[0] / before[0], after[1] / before[1]], np.float32)
        kinds: dict[str, Any] = {"mode": "linear", "antialias": 1}
        return self._add("Resize", [x, "", self._constant(scales)], f"{x}_resized", **kinds)

    def dense(self, x: str, layer: str, image: tuple[int, int, int] | None = None, *, gives: bool = False) -> str:
        """Multiply vectors by a matrix.

        Parameters
        ----------
        x, layer : str
        image : tuple of int, optional
            Height, width and channels of the images that the vectors are, for Keras with the channels last.
        gives : bool
            Whether it is the result that is such an image, not the input.
        """
        kernel, bias = self._parameters(layer, axis=1)
        if image is not None:
            order = np.arange(np.prod(image)).reshape(image).transpose(2, 0, 1).ravel()
            kernel, bias = (kernel[:, order], bias[order]) if gives else (kernel[order], bias)
        return self._add("Gemm", [x, self._constant(kernel), self._constant(bias)], layer)

    def activation(self, x: str, kind: str) -> str:
        """Apply one of Keras's activations."""
        match kind:
            case "leaky_relu":
                return self._add("LeakyRelu", [x], f"{x}_activation", alpha=0.2)
            case "silu":
                return self._add("Mul", [x, self._add("Sigmoid", [x], f"{x}_gate")], f"{x}_activation")
            case _:  # relu, elu, gelu, sigmoid
                return self._add(kind.capitalize(), [x], f"{x}_activation")

    def to_channels_first(self, x: str) -> str:
        """Lay images out as all operators here take them."""
        return self._add("Transpose", [x], f"{x}_channels_first", perm=[0, 3, 1, 2])

    def to_channels_last(self, x: str) -> str:
        """Lay images out as all else here takes them."""
        return self._add("Transpose", [x], f"{x}_channels_last", perm=[0, 2, 3, 1])

    def flat(self, x: str) -> str:
        """Lay images out as vectors."""
        return self._add("Flatten", [x], f"{x}_flat")

    def images(self, x: str, image: tuple[int, int, int]) -> str:
        """Lay vectors out as images of a height, width and number of channels."""
        height, width, channels = image
        return self._add("Reshape", [x, self._constant(np.array([-1, channels, height, width]))], f"{x}_images")

    def mean(self, x: str) -> str:
        """Return the mean of each channel as a vector."""
        return self.flat(self._add("GlobalAveragePool", [x], f"{x}_mean"))

    def to_bytes(self, *outputs: str) -> bytes:
        """Return the model as ONNX Runtime takes it."""
        from onnx import TensorProto, helper

        shape = [None, *self._shape]
        graph = helper.make_graph(
            self._nodes,
            self._name,
            [helper.make_tensor_value_info(self.INPUT, TensorProto.FLOAT, shape)],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self._constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        return bytes(model.SerializeToString())

    def _convolved(
        self, kind: str, x: str, layer: str, kernel: Floats, bias: Floats, strides: int, pads: tuple[Pads, Pads]
    ) -> str:
        before, after = zip(*pads, strict=True)
        constants = [self._constant(kernel.transpose(3, 2, 0, 1)), self._constant(bias)]
        return self._add(kind, [x, *constants], layer, strides=[strides, strides], pads=[*before, *after])

    def _parameters(self, layer: str, axis: int) -> tuple[Floats, Floats]:
        """Return kernel and bias of a layer with its batch normalisation, if it has one, multiplied in."""
        kernel = self._weights[f"{layer}/kernel"].astype(np.float64)
        bias = self._weights.get(f"{layer}/bias", np.zeros(kernel.shape[axis])).astype(np.float64)
        if f"{layer}_norm/gamma" in self._weights:
            gamma, beta, mean, variance = (self._weights[f"{layer}_norm/{n}"].astype(float) for n in NORMALISATION)
            scale = gamma / np.sqrt(variance + EPSILON)
            kernel *= scale.reshape([-1 if i == axis else 1 for i in range(kernel.ndim)])
            bias = (bias - mean) * scale + beta
        return kernel.astype(np.float32), bias.astype(np.float32)

    def _constant(self, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output
