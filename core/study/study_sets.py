"""The sets of a study's vectors, kept where there are so many that their names would be hashed for seconds."""

from __future__ import annotations

import numpy as np

from core.statistics import EXACT
from core.study.description import ROWS, Study
from core.study.kept import find_kept, keep
from core.study.sets import Sets, sets_of

__all__ = ["FILE", "study_sets"]

FILE = "sets.npz"

NAMES = ("fitted", "tuning", "reference", "unseen")


def study_sets(study: Study) -> Sets:
    """Return the sets of a study, as :func:`core.study.sets.sets_of` tells them from its rows.

    Of more than `EXACT` vectors they are kept, under the digests of the vectors and the rows.
    """
    if len(study) <= EXACT:
        return sets_of(study.rows)
    key = f"{study.vectors_digest} {study.digests[ROWS]}"
    if (arrays := find_kept(study, FILE, key)) is None:
        found = sets_of(study.rows)
        arrays = {"sets": np.argmax([getattr(found, name) for name in NAMES], axis=0).astype(np.uint8)}
        keep(study, FILE, key, arrays)
    return Sets(*(np.asarray(arrays["sets"] == number) for number in range(len(NAMES))))
