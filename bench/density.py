"""Drawing from a diffusion model of 256 components, of which 30,000 vectors would have taught the network.

The peer is the limit that the project sets itself; the floor is the network's number of multiplications and additions
at the rate of a product of two large matrices on one core, times the number of cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from bench import Measurement, limited, median_seconds
from core.statistics import describe
from core.strategies import Diffusion
from core.strategies.diffusion import config_for

__all__ = ["measure"]

DIMENSION, COUNT = 256, 30_000

LIMITS = {24: 0.5, 512: 2.0}
"""Seconds for a wall of so many faces."""

MATRIX = np.random.default_rng(0).random((2048, 2048), np.float32)
"""Its product with itself says how fast the processor can multiply and add."""

REPETITIONS = 5


def measure() -> Iterator[Measurement]:
    """Yield the times of a small and of the largest wall, with the usual number of steps and weights at random."""
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((2000, DIMENSION)) * np.geomspace(5, 0.05, DIMENSION)
    description, config = describe(vectors), config_for(DIMENSION, COUNT)
    known: dict[str, npt.NDArray[Any]] = {
        "axes_": description.axes.axes.astype(np.float32),
        "weights_": rng.normal(0, 0.02, config.count).astype(np.float16),
        "sizes_": np.array([config.width, config.blocks]),
        "losses_": np.ones((2, 2), np.float32),
        "stretch_": np.eye(DIMENSION, dtype=np.float16),
        "shift_": np.zeros(DIMENSION, np.float16),
    }
    diffusion = Diffusion().fit(vectors, description, known)
    calls = 2 * diffusion.steps - 1
    with threadpool_limits(1):
        rate = 2 * len(MATRIX) ** 3 / median_seconds({"product": lambda: MATRIX @ MATRIX}, REPETITIONS)["product"]
    for count, limit in LIMITS.items():
        seconds = median_seconds({"drawn": partial(diffusion.sample, count)}, REPETITIONS)["drawn"]
        floor = 2 * config.count * calls * count / rate / (os.cpu_count() or 1)
        yield limited(f"{count} vectors of a diffusion model", "s", seconds, limit, floor)
