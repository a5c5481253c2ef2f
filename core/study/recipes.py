"""A recipe for a training, from what the images are: something to start from, not the best there is."""

from __future__ import annotations

from core.networks import AutoencoderConfig, TrainingConfig
from core.sources.preview import Preview

__all__ = ["recommended"]

SIZES = (28, 32, 48, 64, 96)
"""Sides in pixels that are recommended: the largest that no image of the sample has to be enlarged to."""

MANY = 10_000
"""Images from which the largest size is worth its time."""

DIMENSIONS = ((1_000, 32), (5_000, 64), (20_000, 128))
"""Below how many images which dimension of the latent space."""

LARGEST_DIMENSION = 256

SEEN = 400_000
"""Images that a training looks at, each in as many epochs as it takes."""

FEWEST_EPOCHS, MOST_EPOCHS = 10, 60

SMALL_BATCH, BATCH = 32, 64
"""Images of a step, below and from a thousand images."""


def recommended(preview: Preview) -> tuple[AutoencoderConfig, TrainingConfig]:
    """Return what to build and how to train it."""
    count = preview.count
    largest = max(SIZES) if count >= MANY else sorted(SIZES)[-2]
    fitting = [size for size in SIZES if size <= min(largest, preview.smallest_side)]
    dimension = next((d for below, d in DIMENSIONS if count < below), LARGEST_DIMENSION)
    epochs = min(MOST_EPOCHS, max(FEWEST_EPOCHS, round(SEEN / max(1, count))))
    config = AutoencoderConfig(
        image_size=max(fitting, default=min(SIZES)), channels=1 if preview.grey else 3, latent_size=dimension
    )
    return config, TrainingConfig(epochs=epochs, batch_size=SMALL_BATCH if count < DIMENSIONS[0][0] else BATCH)
