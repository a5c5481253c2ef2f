"""The variational autoencoder: the convolutional one with a normal law in place of each latent vector."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks.backend import unit_range
from core.networks.config import AutoencoderConfig
from core.networks.convolutional import ConvolutionalAutoencoder
from core.networks.kinds import HIGHEST, LOWEST, Kind

__all__ = ["KIND", "VariationalAutoencoder", "VariationalConfig"]


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
    """Encoder and decoder whose latent vectors are the means of the posteriors."""

    HEADS = ("latent", "log_variance")
    gives_laws = True

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
        means, log_variances = self._encoder.run(images, unit_range, (self.latent_size,), (self.latent_size,))
        return means, np.clip(log_variances, LOWEST, HIGHEST)


KIND = Kind(VariationalConfig.kind, VariationalConfig.from_dict, VariationalAutoencoder.load)
"""For the registry of kinds."""
