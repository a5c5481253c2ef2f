"""What the caches of the dashboard know their values by.

Keys are fingerprints of studies and stems of samples, and of a few vectors all their bytes: Streamlit's own key of an
array is that of a sample of it where it is large, and takes long where it is a list.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.selection import Selected
from core.selection.parts import Fitted
from core.space.sample import Sample
from core.strategies import Recipe
from core.study import Study

__all__ = ["KEYS", "PLACED", "TITLED"]

KEYS: dict[str | type, Any] = {
    Study: lambda study: study.fingerprint,
    Sample: lambda sample: sample.stem,
    Recipe: lambda recipe: recipe.stem,
    Selected: lambda selected: selected.digest,
    Fitted: lambda fitted: (fitted.study.fingerprint, fitted.selected.title),
    np.ndarray: lambda array: (array.shape, array.dtype.str, array.tobytes()),
}

TITLED = {**KEYS, Study: lambda study: (study.fingerprint, study.title)}
"""For what names the data: two studies of the same vectors, or one after a new title, share nothing of that."""

PLACED = {**KEYS, Study: lambda study: (study.fingerprint, study.folder)}
"""For what goes back to the study's folder later on."""
