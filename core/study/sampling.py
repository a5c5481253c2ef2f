"""A uniform sample of a study's rows, by a hash of their names: the same in any order, and of parts that merge."""

from __future__ import annotations

import hashlib

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.statistics import EXACT
from core.study.description import ROWS, Study
from core.study.kept import find_kept, keep
from core.study.row_table import RowTable
from core.study.rows import GROUP
from core.study.sets import halves

__all__ = ["EACH_HALF", "sample_rows", "sampled_rows"]

EACH_HALF = 20_000
"""Rows of each half in a sample, at most."""

SALT = b"zpoints sample"
"""Sets the sample apart from the halves, and from the sets within them."""

FILE = "sample.npz"

Rows = npt.NDArray[np.intp]


def sampled_rows(study: Study) -> Rows | None:
    """Return the rows of a study that stand for all of them where points are drawn, ascending; None for all.

    That is where there are at most `EXACT`. The sample is kept under the digests of the vectors and the rows.
    """
    if len(study) <= EXACT:
        return None
    key = f"{study.vectors_digest} {study.digests[ROWS]} {EACH_HALF}"
    if (arrays := find_kept(study, FILE, key)) is None:
        arrays = {"rows": sample_rows(study.rows, EACH_HALF)}
        keep(study, FILE, key, arrays)
    return np.asarray(arrays["rows"], np.intp)


def sample_rows(rows: pd.DataFrame | RowTable, each: int = EACH_HALF) -> Rows:
    """Return the numbers of at most ``each`` rows of either half, ascending.

    Those whose names have the smallest hashes, which have nothing to do with the halves: so the sample of a union is
    the sample of the samples of its parts, and another order or another row changes no one else's lot. A large table is
    read part by part.
    """
    parts = rows.batches(["image", GROUP]) if isinstance(rows, RowTable) else [rows.reset_index(drop=True)]
    kept = np.empty((3, 0), np.uint64)
    for part in parts:
        hashes = np.fromiter((_hash(name) for name in part["image"]), np.uint64, len(part))
        found = np.concatenate([kept, [hashes, part.index.to_numpy(np.uint64), halves(part).astype(np.uint64)]], axis=1)
        order = found[:, np.lexsort(found[1::-1])]  # by hash, then by row
        kept = np.concatenate([order[:, order[2] == half][:, :each] for half in (0, 1)], axis=1)
    return np.sort(kept[1].astype(np.intp))


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, salt=SALT).digest(), "big")
