"""Bulks whose law is known."""

from __future__ import annotations

import numpy as np

NORMAL = (
    np.random.default_rng(0).normal(size=(4000, 12))
    @ np.diag(np.linspace(3, 0.5, 12))
    @ np.linalg.qr(np.random.default_rng(1).normal(size=(12, 12)))[0]
)
"""A bulk that is a multivariate normal with correlated components."""

HEAVY = NORMAL * np.random.default_rng(2).chisquare(6, (4000, 1)) / 6
"""One whose components grow and shrink in common."""

MOONS_IN = 16
"""Dimensions of the space in whose plane :func:`moons` lie."""


def bulk(count: int, dimension: int = 4) -> np.ndarray:
    """An off-centre bulk with heavy tails and correlations."""
    rng = np.random.default_rng(0)
    return rng.standard_t(6, (count, dimension)) @ rng.normal(size=(dimension, dimension)) + 1


def moons(count: int, seed: int) -> np.ndarray:
    """Two moons in the plane of the largest axes of a space of 16 dimensions, noise along the others."""
    rng = np.random.default_rng(seed)
    turn, second = rng.uniform(0, np.pi, count), rng.random(count) < 0.5
    plane = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    plane[second] = [1, 0.5] - plane[second]
    plane += 0.08 * rng.standard_normal(plane.shape)
    rotation = np.linalg.qr(np.random.default_rng(5).normal(size=(MOONS_IN, MOONS_IN)))[0]
    return np.hstack([3 * plane, 0.5 * rng.standard_normal((count, MOONS_IN - 2))]) @ rotation
