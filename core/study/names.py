"""Rows of a study by the names of their images, and names by their rows, without reading all where there are many.

The index is derived, as the summary is: the hashes of the names in ascending order with the row of each, and the names
themselves in the order of the rows, in plain arrays that are opened memory-mapped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.errors import InputError
from core.progress import Listener, Progress
from core.storage import appending, whole_folder
from core.study.description import ROWS, Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of
from core.study.row_table import RowTable, pick_rows

__all__ = ["index_names", "names_at", "rows_called"]

FOLDER, FILE = "names", "names.npz"

SCHEMA = 1

ARRAYS = ("hashes", "rows", "ends", "letters")

SALT = b"zpoints names"


@dataclass(frozen=True, eq=False)
class _Names:
    """Names of n rows: their hashes in ascending order with the row of each, and all letters in the order of the rows.

    Attributes
    ----------
    hashes : uint64 array (n,)
    rows : unsigned int array (n,)
    ends : uint64 array (n,)
        Where each name ends in the letters.
    letters : uint8 array
        UTF-8.
    """

    hashes: npt.NDArray[np.uint64]
    rows: npt.NDArray[np.unsignedinteger]
    ends: npt.NDArray[np.uint64]
    letters: npt.NDArray[np.uint8]

    def is_sound(self, count: int) -> bool:
        whole = self.ends.dtype == self.hashes.dtype == np.uint64 and self.rows.dtype.kind == "u"
        sizes = {self.hashes.shape, self.rows.shape, self.ends.shape}
        return whole and self.letters.dtype == np.uint8 and self.letters.ndim == 1 and sizes == {(count,)}

    def of(self, row: int) -> str:
        start = int(self.ends[row - 1]) if row else 0
        return bytes(self.letters[start : int(self.ends[row])]).decode(errors="replace")


def rows_called(study: Study, names: Iterable[str]) -> npt.NDArray[np.intp]:
    """Return the rows of a study whose images have one of some names, ascending; those that nothing has are left out.

    Of a large study, the index says where to look; without it the names are read part by part.
    """
    wanted = set(names)
    if not isinstance(study.rows, RowTable):
        return np.flatnonzero(study.rows["image"].isin(wanted))
    if (index := _find(study)) is None:
        parts = study.rows.batches(["image"])
        return np.concatenate([part.index[part["image"].isin(wanted)] for part in parts]).astype(np.intp)
    asked = np.fromiter((_hash(name) for name in wanted), np.uint64, len(wanted))
    first = np.searchsorted(index.hashes, asked, "left")
    last = np.searchsorted(index.hashes, asked, "right")
    near = [np.asarray(index.rows[begin:end], np.intp) for begin, end in zip(first, last, strict=True)]
    seen = np.unique(np.concatenate([np.empty(0, np.intp), *near]))
    return np.array([row for row in seen if row < len(study) and index.of(int(row)) in wanted], np.intp)


def names_at(study: Study, rows: npt.NDArray[np.intp]) -> pd.Series[str]:
    """Return the names of the images of some rows, in their order and numbered from 0."""
    index = _find(study) if isinstance(study.rows, RowTable) else None
    if index is None:
        return pick_rows(study.rows, rows, ["image"])["image"]
    return pd.Series([index.of(int(row)) for row in rows], name="image", dtype="str")


def index_names(study: Study, report: Listener | None = None) -> None:
    """Keep the index of a large study's names, with the study or else in the cache; do nothing where it cannot be.

    What is there and sound stays; ``report`` is told how far it is.
    """
    folder, table = place_of(study, FOLDER), study.rows
    if folder is None or not isinstance(table, RowTable) or _find(study) is not None:
        return
    hashes, ends, end = np.empty(len(study), np.uint64), np.empty(len(study), np.uint64), 0
    with suppress(OSError, InputError):  # names are found without it, only later
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder, replace=True) as partial:
            with appending(partial / "letters.npy", np.uint8, ()) as append:
                for part in table.batches(["image"]):
                    rows = slice(int(part.index[0]), int(part.index[-1]) + 1)
                    words = [name.encode() for name in part["image"]]
                    hashes[rows] = [_hash_of(word) for word in words]
                    ends[rows] = end + np.cumsum([len(word) for word in words])
                    end = int(ends[rows.stop - 1])
                    append(np.frombuffer(b"".join(words), np.uint8))
                    if report:
                        report(Progress("indexing names", rows.stop, len(study), "names"))
            order = np.argsort(hashes, kind="stable")
            np.save(partial / "hashes.npy", hashes[order])
            np.save(partial / "rows.npy", order.astype(np.uint32 if len(study) < 2**32 else np.uint64))
            np.save(partial / "ends.npy", ends)
            sampled = {name: np.array(sampled_sha256(partial / f"{name}.npy")) for name in ARRAYS}
            keep_derived(partial / FILE, _key(study), sampled)


def _key(study: Study) -> str:
    return f"{study.digests[ROWS]} {SCHEMA}"


def _find(study: Study) -> _Names | None:
    if study.part:
        return None
    for folder in places_of(study, FOLDER):
        if (found := _open(folder, study)) is not None:
            return found
    return None


def _open(folder: Path, study: Study) -> _Names | None:
    sampled = load_derived(folder / FILE, _key(study))
    if sampled is None:
        return None
    try:
        names = _Names(*(np.load(folder / f"{name}.npy", "r", allow_pickle=False) for name in ARRAYS))
        sound = all(sampled_sha256(folder / f"{name}.npy") == sampled[name].item() for name in ARRAYS)
    except DAMAGE:
        return None
    return names if sound and names.is_sound(len(study)) else None


def _hash(name: str) -> int:
    return _hash_of(name.encode())


def _hash_of(name: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(name, digest_size=8, salt=SALT).digest(), "big")
