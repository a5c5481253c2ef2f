"""A sample prepared for its scores: what several of them look at is computed once, and only if one asks for it."""

from __future__ import annotations

from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks import Autoencoder
from core.scores.cycle import cycle_errors
from core.scores.images import Embedder, ImageReference
from core.scores.latent import LatentReference, density_and_coverage
from core.statistics import Moments, radii, subsample
from core.statistics.blocks import check_vectors

__all__ = ["Context"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
T = TypeVar("T")


class Context:
    """Vectors of a sample, what they decode to, and what both are held against.

    Parameters
    ----------
    vectors : array (n, d)
    latent : LatentReference
    autoencoder : Autoencoder, optional
        Of the study; this and the following only for scores that need them.
    widths : array (d,), optional
        Standard deviations of the study's components.
    network : AttributeNetwork, optional
    images : ImageReference, optional
    originals : array (m, d), optional
        Vectors that copy none, where those of the sample are the study's own: a vector of half A is its own copy.

    Raises
    ------
    InputError
        If the vectors have the wrong shape; later, if a score asks for what is not there.
    """

    def __init__(
        self,
        vectors: npt.ArrayLike,
        latent: LatentReference,
        autoencoder: Autoencoder | None = None,
        widths: Floats | None = None,
        network: Embedder | None = None,
        images: ImageReference | None = None,
        originals: npt.ArrayLike | None = None,
    ) -> None:
        self.vectors = check_vectors(vectors, latent.dimension)
        self.latent = latent
        self.originals = self.vectors if originals is None else check_vectors(originals, latent.dimension)
        self._autoencoder, self._widths, self._network, self._images = autoencoder, widths, network, images

    @cached_property
    def lengths(self) -> Floats:
        """Radii of the vectors, (n,)."""
        return radii(self.vectors)

    @cached_property
    def moments(self) -> Moments:
        """Moments of the vectors."""
        return Moments.of(self.vectors)

    @cached_property
    def distances(self) -> Floats:
        """Mahalanobis distances of the vectors, with the centre and the covariance of half A, (n,)."""
        return self.latent.axes.mahalanobis(self.vectors)

    @cached_property
    def thinned(self) -> npt.NDArray[np.floating]:
        """Vectors for scores of pairs of vectors: at most as many as were chosen of half B."""
        return self.vectors[subsample(len(self.vectors), len(self.latent.chosen), self.latent.seed)]

    @cached_property
    def crowding(self) -> tuple[float, float]:
        """Density and coverage, which look at the same distances."""
        return density_and_coverage(self.thinned, self.latent)

    @cached_property
    def decoded(self) -> npt.NDArray[np.uint8]:
        """Images of the vectors, (n, h, w, c)."""
        return _there(self._autoencoder, "autoencoder").decode(self.vectors)

    @cached_property
    def cycle_errors(self) -> Floats:
        """How far each vector moves when it is decoded and encoded again, (n,)."""
        autoencoder = _there(self._autoencoder, "autoencoder")
        return cycle_errors(autoencoder, self.vectors, _there(self._widths, "autoencoder"))

    @cached_property
    def predicted(self) -> tuple[Singles, Singles]:
        """Embeddings (n, e) and probabilities (n, attributes) of the images."""
        return _there(self._network, "attribute network").predict(self.decoded)

    @property
    def images(self) -> ImageReference:
        """What the images are held against."""
        return _there(self._images, "attribute network")


def _there(part: T | None, name: str) -> T:
    if part is None:
        raise InputError(f"There is no {name} to score with.")
    return part
