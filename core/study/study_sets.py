"""The sets of a study's vectors, kept where there are so many that their names would be hashed for seconds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from core.statistics import EXACT
from core.study.description import ROWS, Study
from core.study.kept import Arrays, find_kept, keep
from core.study.sets import Sets, halves, held_out, sets_of

__all__ = ["FILE", "study_halves", "study_held_out", "study_sets"]

FILE = "sets.npz"

SCHEMA = 2

NAMES = ("fitted", "tuning", "reference", "unseen")

Mask = npt.NDArray[np.bool_]


def study_sets(study: Study) -> Sets:
    """Return the sets of a study, as :func:`core.study.sets.sets_of` tells them from its rows.

    Of more than `EXACT` vectors they are kept, under the digests of the vectors and the rows.
    """
    if len(study) <= EXACT:
        return sets_of(study.rows)
    kept = _kept(study)["sets"]
    return Sets(*(np.asarray(kept == number) for number in range(len(NAMES))))


def study_halves(study: Study) -> Mask:
    """Return which rows of a study belong to half A, as :func:`core.study.sets.halves` does; kept likewise."""
    return halves(study.rows) if len(study) <= EXACT else np.asarray(_kept(study)["sets"] < 2)


def study_held_out(study: Study) -> Mask:
    """Return which rows of a study :func:`core.study.sets.held_out` names; kept likewise."""
    return held_out(study.rows) if len(study) <= EXACT else np.asarray(_kept(study)["held_out"], np.bool_)


def _kept(study: Study) -> Arrays:
    """Return the number of the set that each row is in, and whether it is held out; told once."""
    key = f"{study.vectors_digest} {study.digests[ROWS]} {SCHEMA}"
    if (arrays := find_kept(study, FILE, key)) is None:
        found = sets_of(study.rows)
        sets = np.argmax([getattr(found, name) for name in NAMES], axis=0).astype(np.uint8)
        arrays = {"sets": sets, "held_out": held_out(study.rows, found)}
        keep(study, FILE, key, arrays)
    return arrays
