"""Whether an encoder that was made elsewhere gives posteriors: which output is the log variance, found by trying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import unit_range
from core.networks.foreign import ForeignAutoencoder
from core.networks.pairing import Output

__all__ = ["Laws", "find_laws"]

DRAW = 0x905E
"""Seed of the noise that the trial draws from posteriors."""

WORSE = 1.1
"""How many times the error of vectors of other images those drawn from posteriors may have: all decode alike where a
variational autoencoder has collapsed."""


@dataclass(frozen=True)
class Laws:
    """What is taken for the log variances of an encoder's means.

    Attributes
    ----------
    output : int, optional
        Of the encoder; None where there are none.
    said : str
        What was found, in one line; empty where nothing could be a log variance.
    """

    output: int | None = None
    said: str = ""


def find_laws(
    autoencoder: ForeignAutoencoder,
    outputs: Sequence[Output],
    images: npt.NDArray[np.uint8],
    told: int | None = None,
) -> Laws:
    """Return which output of an encoder holds the log variances of its posteriors.

    It is the one that the trial has found beside the mean, unless it is never negative, as a spread is, or vectors
    drawn with it decode worse than those of other images do.

    Parameters
    ----------
    autoencoder : ForeignAutoencoder
        With the ranges, the layouts and the latent output that are taken.
    outputs : sequence of Output
        What the encoder's outputs were found to be.
    images : uint8 array of shape (n, height, width, channels)
    told : int, optional
        What a user says it is, which is taken.

    Raises
    ------
    InputError
        If the encoder has no such output, or that is no number for one of the images.
    """
    taken = autoencoder.config.latent_output
    possible = [output.index for output in outputs if output.index != taken]
    if told is not None and told not in possible:
        raise InputError(f"The encoder's output {told} is no log variance; possible are {possible}, or none.")
    means_taken = any(output.index == taken and output.role == "mean" for output in outputs)
    found = [output.index for output in outputs if output.role == "log variance"] if means_taken else []
    if told is None and len(found) != 1:
        return Laws()
    index = found[0] if told is None else told
    config = replace(autoencoder.config, log_variance_output=index)
    tried = type(autoencoder)(config, autoencoder.encoder, autoencoder.decoder)
    if told is None and not _may_be(values := tried.encoded(images, index)):
        why = "is not finite" if not np.isfinite(values).all() else "is never negative"
        return Laws(said=f"output {index} is taken for no log variance: it {why}")
    means, log_variances = tried.encode_law(images)
    noise = np.random.default_rng(DRAW).standard_normal(means.shape, np.float32)
    drawn = _error(tried, np.asarray(means + np.exp(log_variances / 2) * noise, np.float32), images)
    others = _error(tried, np.roll(means, len(means) // 2, axis=0), images)
    if told is None and len(images) > 1 and not drawn <= WORSE * others:
        return Laws(
            said=f"output {index} is taken for no log variance: vectors drawn with it come back with {drawn:.3g}, "
            f"those of other images with {others:.3g}"
        )
    return Laws(
        index,
        f"posteriors: output {index} is taken for the log variance; vectors drawn from the posteriors come "
        f"back with {drawn:.3g}",
    )


def _may_be(values: npt.NDArray[np.float32]) -> bool:
    """Return whether numbers can be log variances: finite, some of them negative, or all of them zero."""
    return bool(np.isfinite(values).all() and (values.min() < 0 or not values.any()))


def _error(autoencoder: ForeignAutoencoder, vectors: npt.NDArray[np.float32], images: npt.NDArray[np.uint8]) -> float:
    """Return the mean squared error of what vectors decode to."""
    return float(np.square(autoencoder.decode_exactly(vectors) - unit_range(images)).mean(dtype=np.float64))
