"""How long a training takes on this machine, from a few of its steps."""

from __future__ import annotations

import math
import time

import numpy as np

from core.networks.config import AutoencoderConfig, TrainingConfig
from core.networks.epochs import compile_model
from core.networks.trainees import TRAINABLE

__all__ = ["estimated_seconds", "seconds_per_step"]

STEPS = 3
"""Steps that are timed, after one that is not."""

START = 15.0
"""Seconds until the libraries are loaded, and to write the study."""

ENCODING = 0.8
"""What it costs to encode an image and decode it again to measure its error, in units of its share of a step."""


def seconds_per_step(config: AutoencoderConfig, training: TrainingConfig) -> float:
    """Return the median time of a step of a training, on noise; takes some seconds (loads TensorFlow)."""
    trainee = TRAINABLE[config.kind](config, training.seed, training.precision)
    model = trainee.training_model(STEPS, training.seed)
    compile_model(model, training, training.batch_size)
    pixels = np.random.default_rng(0).random((training.batch_size, *config.image_shape), np.float32)
    seconds = []
    for _ in range(1 + STEPS):
        began = time.monotonic()
        float(model.train_on_batch(pixels, pixels))
        seconds.append(time.monotonic() - began)
    return float(np.median(seconds[1:]))


def estimated_seconds(step: float, training: TrainingConfig, images: int, reading: float) -> float:
    """Return how long it takes from images to a study.

    Parameters
    ----------
    step : float
        Seconds of a step.
    training : TrainingConfig
    images : int
    reading : float
        Seconds that reading one image takes.
    """
    steps = training.epochs * math.ceil(images * (1 - training.held_out) / training.batch_size)
    return START + images * reading + step * (steps + ENCODING * images / training.batch_size)
