"""Spaces of features in which decoded images are compared: what three networks of unrelated families see in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from core.networks.expressions import expression_network
from core.networks.features import FEATURES
from core.networks.random_features import random_network
from core.scores.images import embedding_moments, frechet_distance
from core.scores.needs import Need

__all__ = [
    "ATTRIBUTES",
    "EXPRESSIONS",
    "FEATURES",
    "FEWEST_FOR_FRECHET",
    "SPACES",
    "FeatureReference",
    "Space",
    "kernel_distance",
]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
Images = npt.NDArray[np.uint8]

FEWEST_FOR_FRECHET = 10 * FEATURES
"""Images below which a covariance of their features is too uncertain, and the kernel distance is compared instead."""

MOST = 2_000
"""Images whose kernels are computed, at most."""

DEGREE = 3
"""Of the polynomial kernel."""


@dataclass(frozen=True)
class Space:
    """What a network sees in images.

    Attributes
    ----------
    key : str
        In columns.
    label : str
        On the screen.
    learned_from : str
        What the network was trained on.
    needs : Need
    see : callable, optional
        Returns the features (n, 128) of images; the attribute network's are those of its embedding.
    """

    key: str
    label: str
    learned_from: str
    needs: Need
    see: Callable[[Images], Singles] | None = None


def see_expressions(images: Images) -> Singles:
    """Return what the network of expressions sees in images (n, h, w, c), (n, 128)."""
    height, width, channels = images.shape[1:]
    return expression_network((height, width, channels)).features(images)


def see_textures(images: Images) -> Singles:
    """Return what kernels that were drawn at random see in images (n, h, w, c), (n, 128)."""
    height, width, channels = images.shape[1:]
    return random_network((height, width, channels)).features(images)


ATTRIBUTES = Space("attributes", "attributes", "the attributes of the study's own photographs", Need.NETWORK)

EXPRESSIONS = Space(
    "expressions",
    "expressions",
    "expressions of 28,709 grey faces of another data set, FER-2013",
    Need.IMAGES,
    see_expressions,
)

SPACES: tuple[Space, ...] = (
    ATTRIBUTES,
    EXPRESSIONS,
    Space(
        "textures",
        "textures",
        "nothing: its kernels were drawn at random",
        Need.IMAGES,
        see_textures,
    ),
)


@dataclass(frozen=True, eq=False)
class FeatureReference:
    """Features of the decoder's images of real vectors that no strategy has learned from, and no sample is drawn of.

    Attributes
    ----------
    features : array (n, 128)
        Centred, in units of their root mean square.
    scale : float
    mean, covariance : arrays (128,), (128, 128)
        Of the features as they came.
    """

    features: Floats
    scale: float
    mean: Floats
    covariance: Floats

    @classmethod
    def of(cls, features: Singles) -> Self:
        """Return the reference that features (n, 128) make."""
        mean, covariance = embedding_moments(features)
        scale = float(np.sqrt(np.trace(covariance) / len(mean))) or 1.0
        return cls((features[:MOST] - mean) / scale, scale, mean, covariance)

    def frechet(self, features: Singles) -> float:
        """Return the Fréchet distance of features (n, 128)."""
        return frechet_distance(self.mean, self.covariance, *embedding_moments(features))

    def kernel(self, features: Singles) -> float:
        """Return the kernel distance of features (n, 128), of their first 2,000."""
        return kernel_distance((features[:MOST] - self.mean) / self.scale, self.features)


def kernel_distance(x: Floats, y: Floats) -> float:
    r"""Return the squared maximum mean discrepancy of features (n, e) and (m, e), without bias: it may be negative.

    .. math:: k(x, y) = \left(\tfrac{1}{e} x^T y + 1\right)^3

    Source: Bińkowski et al. 2018.
    """
    n, m = len(x), len(y)
    of_x, of_y, across = (_kernels(first, second) for first, second in ((x, x), (y, y), (x, y)))
    within_x = (of_x.sum() - np.trace(of_x)) / (n * (n - 1))
    within_y = (of_y.sum() - np.trace(of_y)) / (m * (m - 1))
    return float(within_x + within_y - 2 * across.mean())


def _kernels(x: Floats, y: Floats) -> Floats:
    return np.asarray((x @ y.T / x.shape[1] + 1) ** DEGREE)
