"""Rows of a study by the names of their images, through a sorted index of the names' hashes where there are many.

The index is derived, as the summary is: ``names/hashes.npy`` in ascending order and the rows beside them, opened
memory-mapped. Whatever is found by it is looked at in the table, so that it may be wrong and nothing follows from that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.progress import Listener, Progress
from core.storage import whole_folder
from core.study.description import ROWS, Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, keep_derived, load_derived, place_of, places_of
from core.study.row_table import RowTable

__all__ = ["index_names", "rows_called"]

FOLDER, FILE = "names", "names.npz"

SCHEMA = 1

ARRAYS = ("hashes", "rows")

SALT = b"zpoints names"


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
    hashes, rows = index
    asked = np.fromiter((_hash(name) for name in wanted), np.uint64, len(wanted))
    first, last = (np.searchsorted(hashes, asked, side) for side in ("left", "right"))  # type: ignore[call-overload]
    near = [np.asarray(rows[begin:end], np.intp) for begin, end in zip(first, last, strict=True)]
    seen = np.unique(np.concatenate([np.empty(0, np.intp), *near]))
    seen = seen[(seen >= 0) & (seen < len(study))]
    found = study.rows.take(seen, ["image"])
    return seen[found["image"].isin(wanted).to_numpy(bool)]


def index_names(study: Study, report: Listener | None = None) -> None:
    """Keep the index of a large study's names, with the study or else in the cache; do nothing where it cannot be.

    What is there and sound stays; ``report`` is told how far it is.
    """
    folder, table = place_of(study, FOLDER), study.rows
    if folder is None or not isinstance(table, RowTable) or _find(study) is not None:
        return
    hashes = np.empty(len(study), np.uint64)
    for part in table.batches(["image"]):
        hashes[part.index[0] : part.index[-1] + 1] = [_hash(name) for name in part["image"]]
        if report:
            report(Progress("indexing names", int(part.index[-1]) + 1, len(study), "names"))
    order = np.argsort(hashes, kind="stable")
    with suppress(OSError, InputError):  # names are found without it, only later
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder, replace=True) as partial:
            np.save(partial / "hashes.npy", hashes[order])
            np.save(partial / "rows.npy", order.astype(np.uint32 if len(study) < 2**32 else np.uint64))
            sampled = {name: np.array(sampled_sha256(partial / f"{name}.npy")) for name in ARRAYS}
            keep_derived(partial / FILE, _key(study), sampled)


def _key(study: Study) -> str:
    return f"{study.digests[ROWS]} {SCHEMA}"


def _find(study: Study) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.unsignedinteger]] | None:
    for folder in places_of(study, FOLDER):
        if (found := _open(folder, study)) is not None:
            return found
    return None


def _open(folder: Path, study: Study) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.unsignedinteger]] | None:
    sampled = load_derived(folder / FILE, _key(study))
    if sampled is None:
        return None
    try:
        arrays = [np.load(folder / f"{name}.npy", "r", allow_pickle=False) for name in ARRAYS]
        sound = all(sampled_sha256(folder / f"{name}.npy") == sampled[name].item() for name in ARRAYS)
    except DAMAGE:
        return None
    hashes, rows = arrays
    sound &= hashes.dtype == np.uint64 and rows.dtype.kind == "u" and hashes.shape == rows.shape == (len(study),)
    return (hashes, rows) if sound else None


def _hash(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8, salt=SALT).digest(), "big")
