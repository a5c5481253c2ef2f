"""A sample prepared for its scores: what several of them look at is computed once, and only if one asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.networks import Autoencoder
from core.scores.copies import AnyOriginals
from core.scores.cycle import distances
from core.scores.images import Embedder, ImageReference
from core.scores.latent import LatentReference
from core.scores.law import Law
from core.scores.manifolds import Manifolds, manifolds
from core.scores.pictured import SPACE, Pictured
from core.scores.spaces import FeatureReference, Space
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
        Standard deviations of the study's components; only where the cycle is asked for, too.
    network : AttributeNetwork, optional
    images : ImageReference, optional
    spaces : mapping of str to FeatureReference
        What the features of the images are held against, by the keys of their spaces.
    originals : Originals, optional
        Vectors that a strategy learned from, if those are not all in ``latent``.
    law : Law, optional
        Log densities of the law that the vectors are a sample of; None where it has no density.
    pictured : callable, optional
        Returns what the vectors that strategies learn from look like.

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
        spaces: Mapping[str, FeatureReference] | None = None,
        originals: AnyOriginals | None = None,
        law: Law | None = None,
        pictured: Callable[[], Pictured] | None = None,
    ) -> None:
        self.vectors = check_vectors(vectors, latent.dimension)
        self.latent = latent
        self.law, self._spaces, self._originals = law, spaces or {}, originals or latent.originals
        self._pictured, self._features = pictured, dict[str, Singles]()
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
    def gaps(self) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Distance of each vector to the nearest that the strategy learned from, and whether it copies that, (n,)."""
        return self._originals.gaps_to(self.vectors)

    @cached_property
    def usual_gaps(self) -> Floats:
        """The same distances of real vectors of the reference, which nothing was learned from."""
        return self._originals.gaps_to(self.latent.chosen)[0]

    @property
    def pictured(self) -> Pictured:
        """What was learned from, as a network sees it."""
        return _there(self._pictured, "picture of what was learned from")()

    @cached_property
    def pictured_gaps(self) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """How far each image is from the nearest that was learned from, to that network, and whether it copies that."""
        return self.pictured.originals.gaps_to(self.features(SPACE))

    @cached_property
    def thinned(self) -> npt.NDArray[np.floating]:
        """Vectors for scores of pairs of vectors: at most as many as were chosen of the reference."""
        return self.vectors[subsample(len(self.vectors), len(self.latent.chosen), self.latent.seed)]

    @cached_property
    def manifolds(self) -> Manifolds:
        """Density, coverage, precision and recall, which look at the same distances."""
        points = self.latent.axes.project(self.thinned, self.latent.points.shape[1])
        return manifolds(points, self.latent.points, self.latent.balls)

    @cached_property
    def decoded(self) -> npt.NDArray[np.uint8]:
        """Images of the vectors, (n, h, w, c)."""
        return self._decoded[0]

    @cached_property
    def cycle_errors(self) -> Floats:
        """How far each vector moves when it is decoded and encoded again, (n,)."""
        again = _there(self._decoded[1], "scale of the components")
        return distances(self.vectors, again, _there(self._widths, "scale of the components"))

    @cached_property
    def _decoded(self) -> tuple[npt.NDArray[np.uint8], Singles | None]:
        """Images of the vectors and, where scores ask for it, what they are encoded to again."""
        autoencoder = _there(self._autoencoder, "autoencoder")
        if self._widths is None:
            return autoencoder.decode(self.vectors), None
        return autoencoder.decode_and_cycle(self.vectors)

    @cached_property
    def predicted(self) -> tuple[Singles, Singles]:
        """Embeddings (n, e) and probabilities (n, attributes) of the images."""
        return _there(self._network, "attribute network").predict(self.decoded)

    def features(self, space: Space) -> Singles:
        """Return what a network sees in the images, (n, 128)."""
        if space.see is None:
            return self.predicted[0]
        if space.key not in self._features:
            self._features[space.key] = space.see(self.decoded)
        return self._features[space.key]

    def compared(self, space: Space) -> FeatureReference:
        """Return what is held against the features of a space."""
        return _there(self._spaces.get(space.key), f"reference of {space.label}")

    @property
    def compared_images(self) -> int:
        """Number of real images that features are held against."""
        return min((len(reference.features) for reference in self._spaces.values()), default=0)

    @property
    def images(self) -> ImageReference:
        """What the images are held against."""
        return _there(self._images, "attribute network")


def _there(part: T | None, name: str) -> T:
    if part is None:
        raise InputError(f"There is no {name} to score with.")
    return part
