"""Decoding the 512 vectors of a wall, beside ONNX Runtime on the same network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from threadpoolctl import threadpool_limits

from bench import Measurement, median_seconds
from core.networks import AutoencoderConfig, ConvolutionalAutoencoder
from core.study import open_study

__all__ = ["measure"]

COUNT = 512
BLOCKS = (16, 32, 64, 128, 256, 512)
"""Vectors per call that ONNX Runtime is tried with; the best one counts."""

SAME = 1e-4
"""Largest difference of a pixel in [0, 1] between both."""

OPSET = 20
"""Version of ONNX's operators."""

MATRIX = np.random.default_rng(0).random((2048, 2048), np.float32)
"""Its product with itself says how fast the processor can multiply and add."""

REPETITIONS = 5
BUNDLED = Path(__file__).parents[1] / "studies" / "celeba"

Images = npt.NDArray[np.float32]


def measure() -> Iterator[Measurement]:
    """Yield the time of the decoder."""
    autoencoder = _autoencoder()
    config = autoencoder.config
    vectors = np.random.default_rng(0).standard_normal((COUNT, config.latent_size), np.float32)
    session = onnxruntime.InferenceSession(onnx_decoder(autoencoder), providers=["CPUExecutionProvider"])

    def peer(block: int) -> Images:
        parts = [session.run(None, {"z": vectors[i : i + block]})[0] for i in range(0, COUNT, block)]
        return np.concatenate(parts)

    difference = float(np.abs(autoencoder.decode_exactly(vectors) - peer(COUNT)).max())
    if difference > SAME:
        raise RuntimeError(f"ONNX Runtime decodes other pictures: a pixel differs by {difference:.2g}.")
    works: dict[str, Callable[[], Any]] = {f"{block}": partial(peer, block) for block in BLOCKS}
    rest: dict[str, Callable[[], Any]] = {
        "zpoints": lambda: autoencoder.decode_exactly(vectors),
        "floor": _multiply,
    }
    seconds = median_seconds({**rest, **works}, REPETITIONS)
    best = min(works, key=lambda block: seconds[block])
    ours, theirs = (1000 * seconds[name] for name in ("zpoints", best))
    share = COUNT * operations(autoencoder) / (2 * len(MATRIX) ** 3)
    floor = 1000 * share * seconds["floor"] / (os.cpu_count() or 1)
    name = f"decoding of {COUNT} (ONNX blocks of {best})"
    yield Measurement(name, "ms", ours, theirs, floor, "as fast as ONNX", theirs >= ours)


def onnx_decoder(autoencoder: ConvolutionalAutoencoder) -> bytes:
    """Return a decoder without batch normalisation as an ONNX model, from z (n, N) to images (n, side, side, 3)."""
    config, weights = autoencoder.config, autoencoder.weights()
    constants: list[Any] = []
    nodes: list[Any] = []

    def constant(name: str, value: npt.NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def activation(name: str) -> str:
        match config.activation:
            case "relu" | "elu" | "gelu" as kind:
                return node(kind.capitalize(), [name], f"{name}_activation")
            case "leaky_relu":
                return node("LeakyRelu", [name], f"{name}_activation", alpha=0.2)
            case "silu":
                return node("Mul", [name, node("Sigmoid", [name], f"{name}_gate")], f"{name}_activation")
            case other:
                raise ValueError(f"ONNX has no operator for {other}.")

    def parameters(layer: str, *order: int) -> list[str]:
        kernel, bias = (weights[f"decoder/{layer}/{part}"] for part in ("kernel", "bias"))
        return [constant(f"{layer}_kernel", kernel.transpose(order)), constant(f"{layer}_bias", bias)]

    side = config.image_size // 2 ** len(config.filters)
    x = activation(node("Gemm", ["z", *parameters("expand", 0, 1)], "expand"))
    x = node("Reshape", [x, constant("shape", np.array([-1, side, side, config.filters[-1]]))], "reshape")
    x = node("Transpose", [x], "channels_first", perm=[0, 3, 1, 2])
    before, after = (config.kernel_size - 2) // 2, (config.kernel_size - 1) // 2
    for layer in _deconvolutions(config):
        x = node(
            "ConvTranspose",
            [x, *parameters(layer, 3, 2, 0, 1)],
            layer,
            strides=[2, 2],
            pads=[before, before, after, after],
        )
        if layer != "pixels":
            x = activation(x)
    x = node("Sigmoid", [x], "sigmoid")
    node("Transpose", [x], "images", perm=[0, 2, 3, 1])
    graph = helper.make_graph(
        nodes,
        "decoder",
        [helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, [None, config.latent_size])],
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [None] * 4)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def operations(autoencoder: ConvolutionalAutoencoder) -> int:
    """Return the multiplications and additions that the decoder needs for one vector, written out plainly."""
    config, weights = autoencoder.config, autoencoder.weights()
    side = config.image_size // 2 ** len(config.filters)
    total = weights["decoder/expand/kernel"].size
    for i, layer in enumerate(_deconvolutions(config)):
        total += (side * 2**i) ** 2 * weights[f"decoder/{layer}/kernel"].size
    return 2 * total


def _deconvolutions(config: AutoencoderConfig) -> list[str]:
    return [*(f"deconv_{i}" for i in range(1, len(config.filters))), "pixels"]


def _autoencoder() -> ConvolutionalAutoencoder:
    """Return that of the bundled study where it is there and can be written as ONNX here, else an untrained one."""
    if BUNDLED.is_dir():
        autoencoder = open_study(BUNDLED).load_autoencoder()
        if isinstance(autoencoder, ConvolutionalAutoencoder) and not autoencoder.config.batch_normalisation:
            return autoencoder
    return ConvolutionalAutoencoder(AutoencoderConfig())


def _multiply() -> None:
    """Do what a processor is fastest at, on one core; more of them would wait for each other on a busy machine."""
    with threadpool_limits(1, user_api="blas"):
        MATRIX @ MATRIX
