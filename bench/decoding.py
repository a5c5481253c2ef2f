"""Decoding the 512 vectors of a wall, beside ONNX Runtime on the same network."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import helper, numpy_helper

from bench import Measurement, median_seconds
from core.autoencoder import Autoencoder, AutoencoderConfig
from core.study import open_study

__all__ = ["measure"]

COUNT = 512
BLOCKS = (16, 32, 64, 128, 256, 512)
"""Vectors per call that ONNX Runtime is tried with; the best one counts."""

SAME = 1e-4
"""Largest difference of a pixel in [0, 1] between both."""

ACTIVATIONS: dict[str, tuple[str, dict[str, float]]] = {
    "relu": ("Relu", {}),
    "leaky_relu": ("LeakyRelu", {"alpha": 0.2}),
    "elu": ("Elu", {"alpha": 1.0}),
}
"""Activations as ONNX knows them."""

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
    seconds = median_seconds({"zpoints": lambda: autoencoder.decode_exactly(vectors), **works}, REPETITIONS)
    best = min(works, key=lambda block: seconds[block])
    ours, theirs = (1000 * seconds[name] for name in ("zpoints", best))
    floor = 1000 * COUNT * operations(autoencoder) / _operations_per_second()
    name = f"decoding of {COUNT} (ONNX blocks of {best})"
    yield Measurement(name, "ms", ours, theirs, floor, "as fast as ONNX", theirs >= ours)


def onnx_decoder(autoencoder: Autoencoder) -> bytes:
    """Return a decoder without batch normalisation as an ONNX model, from z (n, N) to images (n, side, side, 3)."""
    config, weights = autoencoder.config, autoencoder.weights()
    activation, settings = ACTIVATIONS[config.activation]
    constants: list[Any] = []
    nodes: list[Any] = []

    def constant(name: str, value: npt.NDArray[Any]) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def parameters(layer: str, *order: int) -> list[str]:
        kernel, bias = (weights[f"decoder/{layer}/{part}"] for part in ("kernel", "bias"))
        return [constant(f"{layer}_kernel", kernel.transpose(order)), constant(f"{layer}_bias", bias)]

    side = config.image_size // 2 ** len(config.filters)
    x = node("Gemm", ["z", *parameters("expand", 0, 1)], "expand")
    x = node(activation, [x], "expand_activation", **settings)
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
            x = node(activation, [x], f"{layer}_activation", **settings)
    x = node("Sigmoid", [x], "sigmoid")
    node("Transpose", [x], "images", perm=[0, 2, 3, 1])
    graph = helper.make_graph(
        nodes,
        "decoder",
        [helper.make_tensor_value_info("z", onnx.TensorProto.FLOAT, [None, config.latent_size])],
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, [None] * 4)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def operations(autoencoder: Autoencoder) -> int:
    """Return the multiplications and additions that the decoder needs for one vector, written out plainly."""
    config, weights = autoencoder.config, autoencoder.weights()
    side = config.image_size // 2 ** len(config.filters)
    total = weights["decoder/expand/kernel"].size
    for i, layer in enumerate(_deconvolutions(config)):
        total += (side * 2**i) ** 2 * weights[f"decoder/{layer}/kernel"].size
    return 2 * total


def _deconvolutions(config: AutoencoderConfig) -> list[str]:
    return [*(f"deconv_{i}" for i in range(1, len(config.filters))), "pixels"]


def _autoencoder() -> Autoencoder:
    """Return that of the bundled study where there is one, else an untrained one: the work is the same."""
    return open_study(BUNDLED).load_autoencoder() if BUNDLED.is_dir() else Autoencoder(AutoencoderConfig())


def _operations_per_second() -> float:
    """Return what the processor reaches on its favourite work, a product of large float32 matrices."""
    side = 2048
    one, other = np.ones((2, side, side), np.float32)
    seconds = []
    for _ in range(REPETITIONS):
        started = time.perf_counter()
        one @ other
        seconds.append(time.perf_counter() - started)
    return float(2 * side**3 / min(seconds))
