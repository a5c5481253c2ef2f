"""Decoding, encoding and both, beside Keras on the same network."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from bench import Measurement, median_seconds
from core.networks import ConvolutionalAutoencoder
from core.networks.backend import BLOCK
from core.networks.trainees import Trainee
from core.study import open_study

__all__ = ["measure"]

COUNTS = (1, 32, 64, 512)
"""Vectors at once: a face that is clicked, a wall, a block, a wall at its largest."""

SAME = 1e-4
"""Largest difference of a pixel in [0, 1] and of a component between both."""

MATRIX = np.random.default_rng(0).random((2048, 2048), np.float32)
"""Its product with itself says how fast the processor can multiply and add."""

SLOWER = 1.5
"""How much slower than Keras, which takes seconds to load, anything may be."""

REPETITIONS = 5
BUNDLED = Path(__file__).parents[1] / "studies" / "celeba"

Floats = npt.NDArray[np.float32]


def measure() -> Iterator[Measurement]:
    """Yield the times of decoder, encoder and both."""
    autoencoder = open_study(BUNDLED).load_autoencoder()
    if not isinstance(autoencoder, ConvolutionalAutoencoder):
        raise TypeError(f"{BUNDLED} has no autoencoder of its own kind.")
    keras = _in_keras(autoencoder)
    vectors = np.random.default_rng(0).standard_normal((max(COUNTS), autoencoder.latent_size), np.float32)
    images = autoencoder.decode_exactly(vectors)

    def decoded(rows: Floats) -> Floats:
        return _in_blocks(keras.decoder, rows)

    def encoded(rows: Floats) -> Floats:
        return _in_blocks(keras.encoder, rows)

    def cycled(rows: Floats) -> Floats:
        return encoded(decoded(rows))

    for ours, theirs, rows in ((autoencoder.decode_exactly, decoded, vectors), (autoencoder.encode, encoded, images)):
        if (difference := float(np.abs(ours(rows[:BLOCK]) - theirs(rows[:BLOCK])).max())) > SAME:
            raise RuntimeError(f"Keras gives something else: it differs by {difference:.2g}.")
    needed = operations(autoencoder)
    for count in COUNTS:
        some, shown = vectors[:count], images[:count]
        works: dict[str, tuple[Callable[[], Any], Callable[[], Any], int]] = {
            "decoding": (partial(autoencoder.decode_exactly, some), partial(decoded, some), needed["decoder"]),
            "encoding": (partial(autoencoder.encode, shown), partial(encoded, shown), needed["encoder"]),
            "cycle": (partial(autoencoder.cycle, some), partial(cycled, some), sum(needed.values())),
        }
        sides: dict[str, Callable[[], Any]] = {}
        for name, (here, there, _) in works.items():
            sides |= {f"{name} by 0": here, f"{name} by 1": there}
        seconds = median_seconds({"floor": _multiply, **sides}, REPETITIONS)
        for name, (*_, products) in works.items():
            floor = 1000 * count * products / (2 * len(MATRIX) ** 3) * seconds["floor"] / (os.cpu_count() or 1)
            zpoints, peer = (1000 * seconds[f"{name} by {side}"] for side in (0, 1))
            met = zpoints <= SLOWER * peer
            yield Measurement(f"{name} of {count}", "ms", zpoints, peer, floor, f"at most {SLOWER:g} × Keras", met)


def operations(autoencoder: ConvolutionalAutoencoder) -> dict[str, int]:
    """Return the multiplications and additions that each network needs for one image, written out plainly."""
    side, total = autoencoder.config.image_size, {"encoder": 0, "decoder": 0}
    kernels = {name: value for name, value in autoencoder.weights().items() if name.endswith("/kernel")}
    for name, kernel in kernels.items():
        part, layer, _ = name.split("/")
        depth = len(autoencoder.config.filters)
        places = 1
        if kernel.ndim == 4:
            number = depth if layer == "pixels" else int(layer.rpartition("_")[2])
            places = (side // 2 ** (number if part == "encoder" else depth - number + 1)) ** 2
        total[part] += 2 * kernel.size * places
    return total


def _in_keras(autoencoder: ConvolutionalAutoencoder) -> Trainee:
    """Return the same networks as Keras models, compiled as Keras is fastest here: without XLA."""
    trainee, weights = Trainee(autoencoder.config), autoencoder.weights()
    for part, model in (("encoder", trainee.encoder), ("decoder", trainee.decoder)):
        for layer in model.layers:
            for variable in layer.weights:
                variable.assign(weights[f"{part}/{layer.name}/{variable.name}"])
        model.compile(jit_compile=False)
    return trainee


def _in_blocks(model: Any, rows: Floats) -> Floats:
    return np.concatenate([model.predict_on_batch(rows[i : i + BLOCK]) for i in range(0, len(rows), BLOCK)])


def _multiply() -> None:
    """Do what a processor is fastest at, on one core; more of them would wait for each other on a busy machine."""
    with threadpool_limits(1, user_api="blas"):
        MATRIX @ MATRIX
