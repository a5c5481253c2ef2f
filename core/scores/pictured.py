"""What the vectors that strategies learn from look like, to one network: a copy may lie farther away than it looks.

The network is the one that learned expressions of other faces: it knows nothing of these photographs, and a mirrored
picture is nearly the same to it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from core.networks import Autoencoder
from core.scores.copies import AnyOriginals, Originals
from core.scores.spaces import EXPRESSIONS, see_expressions
from core.statistics import subsample
from core.study import Study
from core.study.kept import find_in_cache, keep_in_cache

__all__ = ["MOST", "SPACE", "Pictured", "features_of_originals"]

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]

SPACE = EXPRESSIONS

MOST, SEED = 15_000, 0
"""Vectors that were learned from and are looked at, at most, chosen at random: decoding 1,000 takes a second or two."""

BLOCK = 512
"""Pictures that are looked at together."""

FILE = "pictured.npz"
"""In the cache."""


@dataclass(frozen=True, eq=False)
class Pictured:
    """Features of what was learned from.

    Attributes
    ----------
    originals : Originals
        Of decoded vectors that strategies learn from.
    usual : array (n,)
        Distance to the nearest of them of decoded real vectors that none has learned from.
    """

    originals: AnyOriginals
    usual: Floats

    @classmethod
    def of(cls, features: Singles, unseen: Singles) -> Self:
        """Return what features (n, 128) of originals and (m, 128) of unseen real vectors make."""
        originals = Originals.of(features, features.mean(axis=0, dtype=np.float64))
        return cls(originals, originals.gaps_to(unseen)[0])


def features_of_originals(study: Study, autoencoder: Autoencoder, fitted: npt.NDArray[np.floating]) -> Singles:
    """Return what is seen in the images of vectors (n, d) of a study, of 15,000 at most; kept in the user's cache."""
    chosen = fitted[subsample(len(fitted), MOST, SEED)]
    key = f"{study.fingerprint} {SPACE.key} {hashlib.sha256(chosen.tobytes()).hexdigest()}"
    if (known := find_in_cache(study, FILE, key)) is not None:
        return np.asarray(known["features"])
    blocks = (chosen[start : start + BLOCK] for start in range(0, len(chosen), BLOCK))
    features = np.concatenate([see_expressions(autoencoder.decode(block)) for block in blocks])
    keep_in_cache(study, FILE, key, {"features": features})
    return features
