"""Losses between images in [0, 1] that Keras does not bring along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from core.networks.backend import import_keras

__all__ = ["SIMILAR", "loss_of", "structural_similarity"]

SIMILAR = 0.84
"""Weight of the structural similarity against the mean absolute error (Zhao, Gallo, Frosio and Kautz 2017)."""

WINDOW, WIDTH = 11, 1.5
"""Side of the Gaussian window in pixels and its standard deviation (Wang, Bovik, Sheikh and Simoncelli 2004)."""

MEAN_FLOOR, SPREAD_FLOOR = 0.01**2, 0.03**2
"""Constants of the same paper that keep the ratios finite in dark and flat places."""


def loss_of(name: str) -> str | Callable[[Any, Any], Any]:
    """Return what Keras compiles as a loss: the name of one of its own, or a function of images and reconstructions."""
    return _l1_ssim if name == "l1_ssim" else name


def structural_similarity(first: Any, second: Any) -> Any:
    r"""Return the structural similarity of images and others, one number each, 1 for equal ones.

    .. math:: \frac{(2\mu_x\mu_y + c_1)(2\sigma_{xy} + c_2)}{(\mu_x^2 + \mu_y^2 + c_1)(\sigma_x^2 + \sigma_y^2 + c_2)}

    with means, variances and covariance under a Gaussian window that lies wholly in the image, averaged over its places
    and the channels. Images smaller than the window are seen through a smaller one.

    Parameters
    ----------
    first, second : tensors of shape (n, h, w, c)
        In [0, 1].
    """
    ops = import_keras().ops
    _, height, width, _ = first.shape
    down, across = _windows(height), _windows(width)

    def blurred(x: Any) -> Any:
        return ops.einsum("ih,nhwc,jw->nijc", down, x, across)

    mean_x, mean_y = blurred(first), blurred(second)
    spread_x, spread_y = blurred(first * first) - mean_x * mean_x, blurred(second * second) - mean_y * mean_y
    both = blurred(first * second) - mean_x * mean_y
    alike = (2 * mean_x * mean_y + MEAN_FLOOR) * (2 * both + SPREAD_FLOOR)
    whole = (mean_x * mean_x + mean_y * mean_y + MEAN_FLOOR) * (spread_x + spread_y + SPREAD_FLOOR)
    return ops.mean(alike / whole, axis=(1, 2, 3))


def _l1_ssim(images: Any, decoded: Any) -> Any:
    ops = import_keras().ops
    absolute = ops.mean(ops.abs(images - decoded), axis=(1, 2, 3))
    return SIMILAR * (1 - structural_similarity(images, decoded)) + (1 - SIMILAR) * absolute


def _windows(size: int) -> npt.NDArray[np.float32]:
    """Return the window at each of its places along a side, as rows of a matrix (places, size)."""
    side = min(WINDOW, size - (size + 1) % 2)
    weights = np.exp(-0.5 * np.square((np.arange(side) - side // 2) / WIDTH))
    places = size - side + 1
    matrix = np.zeros((places, size))
    for place in range(places):
        matrix[place, place : place + side] = weights / weights.sum()
    return matrix.astype(np.float32)
