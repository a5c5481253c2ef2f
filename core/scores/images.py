"""Scores of decoded images: whether they are faces, how far from photographs, how diverse, and which people they show.

The share of faces is blind to diversity, diversity is blind to realism; they are only read together.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Protocol

import numpy as np
import numpy.typing as npt
import scipy

from core.errors import InputError
from core.progress import Listener, Progress

__all__ = [
    "MIN_IMAGES",
    "Embedder",
    "ImageReference",
    "Proportion",
    "attribute_shares",
    "count_faces",
    "detector_is_installed",
    "diversity",
    "embedding_moments",
    "frechet_distance",
]

Floats = npt.NDArray[np.float64]
Images = npt.NDArray[np.uint8]

ENLARGED = 1
"""Times that an image is enlarged for the detector, by a factor of two: a face must have 80 pixels."""

MAX_THREADS = 8
"""Threads that look for faces, at most; each has a detector of its own."""

PRESENT = 0.5
"""Probability above which an attribute counts as present."""

MIN_IMAGES = 50
"""Images below which the distribution scores mean nothing."""


@dataclass(frozen=True)
class Proportion:
    """A share with its 95 % Wilson interval."""

    share: float
    low: float
    high: float


class Embedder(Protocol):
    """What the image scores need of an attribute network."""

    def predict(self, images: Images) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Return embeddings (n, e) and probabilities (n, attributes) of images (n, h, w, c)."""
        ...


@dataclass(frozen=True, eq=False)
class ImageReference:
    """What images are held against: the photographs' embedding, and what the decoder makes of real vectors.

    Attributes
    ----------
    mean, covariance : arrays (e,) and (e, e)
        Of the photographs' embedding.
    frechet : float
        Distance of the reconstructions to the photographs: what the decoder itself costs.
    diversity : float
        Mean pairwise distance of the reconstructions' embeddings.
    shares : array (attributes,)
        Predicted for the reconstructions.
    count : int
        Reconstructions that this is of.
    """

    mean: Floats
    covariance: Floats
    frechet: float
    diversity: float
    shares: Floats
    count: int

    @classmethod
    def of(
        cls,
        mean: Floats,
        covariance: Floats,
        embeddings: npt.NDArray[np.float32],
        probabilities: npt.NDArray[np.float32],
    ) -> ImageReference:
        """Return the reference of a study.

        Parameters
        ----------
        mean, covariance : arrays (e,) and (e, e)
            Of the photographs' embedding.
        embeddings, probabilities : arrays (n, e) and (n, attributes)
            What the attribute network says of the decoder's images of real vectors.
        """
        distance = frechet_distance(mean, covariance, *embedding_moments(embeddings))
        shares = attribute_shares(probabilities)
        return cls(mean, covariance, distance, diversity(embeddings), shares, len(embeddings))


def detector_is_installed() -> bool:
    """Return whether dlib is there."""
    return find_spec("dlib") is not None


def count_faces(images: Images, report: Listener | None = None) -> Proportion:
    """Return the share of images (n, h, w, c) in which a frontal face is found.

    dlib's frontal detector (King 2009; histograms of oriented gradients), images enlarged once, threshold 0. It asks
    for clear features: blur and smooth noise are no faces to it.

    Parameters
    ----------
    images : uint8 array (n, h, w, c)
        Grey or colour.
    report : callable, optional
        Told now and then how many images are done.

    Raises
    ------
    InputError
        If dlib is not installed, or there is no image.
    """
    if not detector_is_installed():
        raise InputError("The face detector is not installed; install it with 'pip install dlib-bin'.")
    if not len(images):
        raise InputError("There are no images to look for faces in.")
    try:
        import dlib  # noqa: F401
    except ImportError as error:
        raise InputError(f"The face detector is installed and cannot be loaded ({error}); install it anew.") from None
    found = 0
    for done, has_face in enumerate(_finders().map(_has_face, images), 1):
        found += has_face
        if report and done % 100 == 0:
            report(Progress("finding faces", done, len(images), "images"))
    interval = scipy.stats.binomtest(found, len(images)).proportion_ci(method="wilson")
    return Proportion(found / len(images), float(interval.low), float(interval.high))


_thread = threading.local()


@cache
def _finders() -> ThreadPoolExecutor:
    """Return the threads that look for faces, each with its detector, which lets other threads run."""
    return ThreadPoolExecutor(min(os.cpu_count() or 1, MAX_THREADS), initializer=_make_detector)


def _make_detector() -> None:
    """Give a thread a detector of its own: making one takes a quarter of a second."""
    import dlib

    _thread.find = dlib.get_frontal_face_detector()


def _has_face(image: Images) -> bool:
    plain = image if image.shape[-1] == 3 else image[..., 0]
    return len(_thread.find(np.ascontiguousarray(plain), ENLARGED)) > 0


def frechet_distance(mean: Floats, covariance: Floats, other_mean: Floats, other_covariance: Floats) -> float:
    r"""Return the Fréchet distance of two normal laws, squared as is usual.

    .. math:: |\mu_1 - \mu_2|^2 + \operatorname{tr}(\Sigma_1 + \Sigma_2 - 2 (\Sigma_1 \Sigma_2)^{1/2})

    The trace of the root is the sum of the roots of the eigenvalues. Source: Dowson and Landau 1982, and Heusel et al.
    2017.
    """
    eigenvalues = np.linalg.eigvals(covariance @ other_covariance)
    cross = np.sqrt(np.maximum(eigenvalues.real, 0.0)).sum()
    difference = mean - other_mean
    total = difference @ difference + np.trace(covariance) + np.trace(other_covariance) - 2 * cross
    return float(max(total, 0.0))


def diversity(embeddings: npt.NDArray[np.floating]) -> float:
    """Return the mean pairwise Euclidean distance of embeddings (n, e)."""
    return float(scipy.spatial.distance.pdist(embeddings.astype(np.float64)).mean())


def attribute_shares(probabilities: npt.NDArray[np.floating]) -> Floats:
    """Return the share of images in which each attribute is seen, (attributes,), from probabilities (n, attributes)."""
    return np.asarray((probabilities > PRESENT).mean(axis=0))


def embedding_moments(embeddings: npt.NDArray[np.floating]) -> tuple[Floats, Floats]:
    """Return mean (e,) and covariance (e, e) of embeddings (n, e)."""
    values = embeddings.astype(np.float64)
    return values.mean(axis=0), np.cov(values, rowvar=False)
