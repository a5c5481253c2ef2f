"""Autoencoders as others make them: Keras models saved by Keras, ONNX graphs made with its helpers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

from core.networks.backend import import_keras

RNG = np.random.default_rng(5)


def pictures(count: int, shape: tuple[int, int, int], seed: int = 0) -> np.ndarray:
    """Return smooth bright spots on a dark ground, uint8 (count, *shape)."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    y, x = np.mgrid[:height, :width]
    centre = rng.uniform(0.2, 0.8, (count, 2, 1, 1)) * np.array([height, width])[:, None, None]
    size = rng.uniform(0.1, 0.3, (count, 1, 1)) * min(height, width)
    spots = np.exp(-((y - centre[:, 0]) ** 2 + (x - centre[:, 1]) ** 2) / (2 * size**2))
    tint = rng.uniform(0.3, 1, (count, 1, 1, channels))
    return np.asarray(np.rint(20 + 230 * spots[..., None] * tint), np.uint8)


def principal(images: np.ndarray, size: int, low: float, high: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mean (d,), axes (d, size) of flat pixels between low and high, and deviations: a linear autoencoder."""
    flat = (images.reshape(len(images), -1) / 255 * (high - low) + low).astype(np.float32)
    mean = flat.mean(axis=0)
    _, _, axes = np.linalg.svd(flat - mean, full_matrices=False)
    missing = max(0, size - len(axes))
    filled = np.concatenate([axes[:size], RNG.normal(0, 1e-3, (missing, flat.shape[1]))]).astype(np.float32)
    return mean, filled.T.copy(), np.zeros(size, np.float32)


def keras_linear(images: np.ndarray, size: int, low: float = 0.0, high: float = 1.0) -> tuple[Any, Any]:
    """Return encoder and decoder of Keras, linear in the pixels, in channels last."""
    keras = import_keras()
    mean, axes, zero = principal(images, size, low, high)
    shape = images.shape[1:]
    encoder = keras.Sequential([keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(size, name="code")])
    decoder = keras.Sequential(
        [keras.Input((size,)), keras.layers.Dense(mean.size), keras.layers.Reshape(shape, name="pixels")]
    )
    encoder.set_weights([axes, zero - mean @ axes])
    decoder.set_weights([axes.T, mean])
    return encoder, decoder


def onnx_linear(
    folder: Path,
    images: np.ndarray,
    size: int,
    low: float = 0.0,
    high: float = 1.0,
    *,
    block: int | str = "n",
    outputs: str = "mean",
    spoil: Any = None,
) -> tuple[Path, Path]:
    """Write encoder.onnx and decoder.onnx, linear in the pixels, in channels first.

    ``outputs`` names what the encoder gives: "mean", or "log_variance,mean,sample" in any order.
    """
    mean, axes, zero = principal(images.transpose(0, 3, 1, 2), size, low, high)
    shape = images.transpose(0, 3, 1, 2).shape[1:]
    nodes = [
        helper.make_node("Flatten", ["x"], ["flat"]),
        helper.make_node("Gemm", ["flat", "axes", "offset"], ["mean"]),
        helper.make_node("Mul", ["mean", "tiny"], ["scaled"]),
        helper.make_node("Add", ["scaled", "low"], ["log_variance"]),
        helper.make_node("RandomNormalLike", ["mean"], ["noise"], scale=0.3),
        helper.make_node("Add", ["mean", "noise"], ["sample"]),
    ]
    named = outputs.split(",")
    encoder = graph(
        "encoder",
        nodes if len(named) > 1 else nodes[:2],
        ("x", [block, *shape]),
        [(name, [block, size]) for name in named],
        {"axes": axes, "offset": zero - mean @ axes, "tiny": np.float32(1e-3), "low": np.float32(-5)},
    )
    decoder = graph(
        "decoder",
        [
            helper.make_node("Gemm", ["z", "axes", "mean"], ["flat"]),
            helper.make_node("Reshape", ["flat", "shape"], ["y"]),
        ],
        ("z", [block, size]),
        [("y", [block, *shape])],
        {"axes": axes.T.copy(), "mean": mean, "shape": np.array([-1, *shape])},
    )
    for model in (encoder, decoder):
        if spoil is not None:
            spoil(model)
    paths = folder / "encoder.onnx", folder / "decoder.onnx"
    for path, model in zip(paths, (encoder, decoder), strict=True):
        path.write_bytes(model.SerializeToString())
    return paths


def graph(
    name: str,
    nodes: list[Any],
    taken: tuple[str, list[Any]],
    given: list[tuple[str, list[Any]]],
    constants: dict[str, np.ndarray | np.generic],
) -> Any:
    """Return an ONNX model of one input."""
    value = helper.make_tensor_value_info
    made = helper.make_graph(
        nodes,
        name,
        [value(taken[0], TensorProto.FLOAT, taken[1])],
        [value(key, TensorProto.FLOAT, shape) for key, shape in given],
        [numpy_helper.from_array(np.asarray(array), key) for key, array in constants.items()],
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def write_pictures(folder: Path, images: np.ndarray) -> None:
    """Write images as PNG files, which lose nothing."""
    folder.mkdir()
    for i, image in enumerate(images):
        plain = image if image.shape[-1] == 3 else image[..., 0]
        Image.fromarray(plain).save(folder / f"{i:04}.png")
