"""The variational autoencoder: the convolutional one with a normal law in place of each latent vector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import BLOCK, import_keras, unit_range
from core.networks.config import AutoencoderConfig
from core.networks.convolutional import ConvolutionalAutoencoder, build_models
from core.networks.kinds import Kind

if TYPE_CHECKING:
    import keras

__all__ = ["HIGHEST", "KIND", "LOWEST", "VariationalAutoencoder", "VariationalConfig"]

LOWEST, HIGHEST = -12.0, 3.9
"""Limits of the log variances: a spread of 0.0025 is none, and one of 7 is more than the prior's."""


@dataclass(frozen=True)
class VariationalConfig(AutoencoderConfig):
    r"""A convolutional variational autoencoder (Kingma and Welling 2014) with the weight β of Higgins et al. 2017.

    An image is encoded as a normal law with independent components, its posterior; the loss of a training is

    .. math:: L + \tfrac{\beta}{D} \, D_{KL}\left(\mathcal{N}(\mu, \sigma^2) \,\|\, \mathcal{N}(0, I)\right)

    with the loss L of the reconstruction per pixel value and the number D of values in an image. With the mean squared
    error, β is twice the variance of the noise that the decoder is taken to leave in a pixel.

    Attributes
    ----------
    beta : float
        Weight of the Kullback-Leibler divergence.
    warm_up : float
        Share of the training in which that weight rises from zero.
    """

    kind: ClassVar[str] = "variational"

    beta: float = 0.5
    warm_up: float = 0.2

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, high in (("beta", 1e6), ("warm_up", 1.0)):
            value = getattr(self, name)
            if type(value) is not float or not (math.isfinite(value) and 0 <= value <= high):
                raise InputError(f"{name} must be a number from 0 to {high:g}, not {value!r}.")

    def describe(self) -> tuple[str, ...]:
        """Return encoder, decoder and the variational term in words, one line of Markdown each."""
        encoder, decoder = super().describe()
        return (
            encoder.replace("linear units; no variational term", "means and as many log variances, linear"),
            decoder,
            f"**Variational term**: β = {self.beta:g} times the Kullback-Leibler divergence from N(0, I), per pixel "
            f"value; β rises over the first {self.warm_up:.0%} of the training",
        )


class VariationalAutoencoder(ConvolutionalAutoencoder):
    """Encoder and decoder whose latent vectors are the means of the posteriors.

    Parameters
    ----------
    config : VariationalConfig
    seed, precision
        As of :class:`core.networks.convolutional.ConvolutionalAutoencoder`; with the same seed, the weights that both
        have begin alike.
    """

    config: VariationalConfig

    def __init__(self, config: VariationalConfig, seed: int = 0, precision: str = "float32") -> None:
        self.config = config
        self.posterior, self.decoder = build_models(config, seed, precision, spread=True)
        self.encoder = import_keras().Model(self.posterior.input, self.posterior.output[0], name="means")
        self.posterior.compile(jit_compile=False)
        self.compile()

    def training_model(self, steps: int, seed: int) -> keras.Model:
        """Return the model that is trained: images to reconstructions of a vector drawn from their posterior."""
        keras = import_keras()
        weight = self.config.beta / math.prod(self.image_shape)
        drawn = _posterior_layer()(weight, self.config.warm_up * steps, seed, name="posterior")
        image = keras.Input(self.image_shape, name="image")
        return keras.Model(image, self.decoder(drawn(self.posterior(image))), name="variational_autoencoder")

    def encode_law(
        self, images: npt.NDArray[np.uint8] | npt.NDArray[np.float32]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return means and log variances of the posteriors of images, two arrays of shape (n, latent_size).

        Raises
        ------
        InputError
            If the images have another shape than those the autoencoder was made for.
        """
        self.check_images(images)
        laws = [
            self.posterior.predict_on_batch(unit_range(images[i : i + BLOCK])) for i in range(0, len(images), BLOCK)
        ]
        means, log_variances = (np.concatenate(part) for part in zip(*laws, strict=True))
        return means, np.clip(log_variances, LOWEST, HIGHEST)

    def _parts(self) -> dict[str, keras.Model]:
        return {"encoder": self.posterior, "decoder": self.decoder}


@cache
def _posterior_layer() -> Any:
    """Return the layer that draws from posteriors; made here because its base class needs Keras."""
    keras = import_keras()
    ops = keras.ops

    class Posterior(keras.layers.Layer):  # type: ignore[misc,name-defined]
        """Draws from N(mean, exp(log variance)) and adds the weighted divergence from N(0, I) to the loss."""

        def __init__(self, weight: float, warm_up: float, seed: int, **rest: Any) -> None:
            super().__init__(dtype="float32", **rest)
            self.weight, self.warm_up = weight, warm_up
            self.noise = keras.random.SeedGenerator(seed)
            self.steps = self.add_weight(shape=(), initializer="zeros", trainable=False, name="steps")

        def call(self, law: tuple[Any, Any], training: bool = False) -> Any:
            mean, log_variance = law[0], ops.clip(law[1], LOWEST, HIGHEST)
            share = ops.minimum(self.steps / self.warm_up, 1.0) if training and self.warm_up else 1.0
            divergence = 0.5 * ops.sum(ops.exp(log_variance) + ops.square(mean) - 1 - log_variance, axis=-1)
            self.add_loss(self.weight * share * ops.mean(divergence))
            if training:
                self.steps.assign(self.steps + 1)
            return mean + ops.exp(0.5 * log_variance) * keras.random.normal(ops.shape(mean), seed=self.noise)

    return Posterior


KIND = Kind(VariationalConfig.kind, VariationalConfig.from_dict, VariationalAutoencoder.load)
"""For the registry of kinds."""
