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
