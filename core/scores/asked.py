"""How many of those that were asked for attributes have them, as the attribute network sees their pictures."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.networks import Autoencoder
from core.strategies import wishes_in
from core.study import Study
from core.study.attributes import StudyAttributes

__all__ = ["seen_as_asked", "vectors_as_asked"]

SEEN = 0.5
"""Probability from which on the network is said to see an attribute."""


def seen_as_asked(
    attributes: StudyAttributes, autoencoder: Autoencoder, vectors: npt.NDArray[np.floating], asked: str
) -> float | None:
    """Return in which share of decoded vectors (n, d) the network sees all that was asked for.

    None without vectors, where nothing was asked for, or something that the network does not know.
    """
    wishes = wishes_in(asked)
    if not len(vectors) or not wishes or not set(wishes) <= set(attributes.names):
        return None
    _, probabilities = attributes.network.predict(autoencoder.decode(np.asarray(vectors, np.float32)))
    seen = [(probabilities[:, attributes.names.index(name)] > SEEN) == wish for name, wish in wishes.items()]
    return float(np.all(seen, axis=0).mean())


def vectors_as_asked(study: Study, asked: str, count: int) -> npt.NDArray[np.float32]:
    """Return vectors (k, d) of a study that have what was asked for, evenly spaced: at most so many."""
    table = study.rows[list(wishes := wishes_in(asked))]
    rows = np.flatnonzero(np.all([table[name].eq(wish).fillna(False) for name, wish in wishes.items()], axis=0))
    some = rows[np.unique(np.linspace(0, len(rows) - 1, min(count, len(rows))).astype(np.intp))]
    return np.asarray(study.latents[some], np.float32)
