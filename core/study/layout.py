"""A map of a study by UMAP: places in a plane that keep who is near whom, made once by a command and kept.

UMAP (McInnes, Healy and Melville 2018) knows no formula that takes a vector to its place. Vectors that it has not laid
out, those of samples and the rest of a large study, are placed between the nearest that it has; what the map keeps of
the true distances is measured when it is made, and kept with it.
"""

from __future__ import annotations

import hashlib
import sys
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from core.errors import InputError, MissingError
from core.progress import Listener, Progress
from core.statistics import Description
from core.statistics.blocks import single_threaded_algebra
from core.statistics.nearest import nearest_exactly
from core.statistics.neighbourhoods import NEIGHBOURS, Faithfulness, faithfulness
from core.study.description import ROWS, Study
from core.study.kept import DAMAGE, Arrays, find_in_cache, find_kept, keep, keep_in_cache, place_of, places_of
from core.study.sampling import sample_rows

__all__ = ["FILE", "MOST", "Layout", "build_layout", "find_layout", "has_umap", "layout_stamps", "require_layout"]

FILE, NEAR = "umap.npz", "umap_neighbours.npz"

VERSION = 1
"""Of how a map is made; one of another version is made anew."""

MOST = 40_000
"""Vectors that are laid out, at most; of a larger study a sample is, the same that its pictures show."""

FEWEST = 3 * NEIGHBOURS
"""Vectors that a map is made of, at least."""

BETWEEN = 5
"""Nearest vectors of the map that another vector is placed between."""

SEED = 0

AT_ONCE, COMPARED = 4096, 512
"""Vectors that are placed at once, and those that are compared with all at once."""

REMEMBERED = 16
"""Samples whose places are remembered."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Layout:
    """Places of a study's vectors in a plane, and what they keep of the truth.

    Attributes
    ----------
    places : array (n, 2)
        Of all vectors of the study.
    laid : array (m, d)
        The vectors that were laid out.
    rows : int array (m,), optional
        Their rows; None where they are all.
    kept, of_axes : Faithfulness
        What the map keeps of these, and what the plane of the first two principal axes keeps.
    """

    places: npt.NDArray[np.float32]
    laid: npt.NDArray[np.floating]
    rows: npt.NDArray[np.intp] | None
    kept: Faithfulness
    of_axes: Faithfulness
    _known: OrderedDict[bytes, Floats] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    def place(self, vectors: npt.NDArray[np.floating]) -> Floats:
        """Return the places (m, 2) of vectors (m, d): the mean of those of the nearest five, weighed by 1/distance."""
        digest = hashlib.blake2b(np.ascontiguousarray(vectors).tobytes()).digest()
        with self._lock:
            if digest not in self._known:
                known = self.places if self.rows is None else self.places[self.rows]
                self._known[digest] = _between(self.laid, known, np.asarray(vectors, np.float64))
            self._known.move_to_end(digest)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            return self._known[digest]


def has_umap() -> bool:
    """Return whether the package that makes maps is installed."""
    return find_spec("umap") is not None


def layout_stamps(study: Study) -> tuple[int, ...]:
    """Return when the map of a study was written, in each place where it may lie; 0 where it does not."""
    return tuple(path.stat().st_mtime_ns if path.exists() else 0 for path in places_of(study, FILE))


def find_layout(study: Study) -> Layout | None:
    """Return the map that is kept of a study; None where there is none, or it is damaged or of other vectors."""
    if study.part or not any(stamps := layout_stamps(study)):
        return None
    return _read(_Asked(study, study.vectors_digest, study.folder, stamps))


def require_layout(study: Study) -> Layout:
    """Return the map of a study; raise `MissingError` where it has none."""
    if (layout := find_layout(study)) is None:
        raise MissingError(
            f"There is no UMAP of the study {study.name} yet; make it with 'python -m core umap --study {study.name}'."
        )
    return layout


def build_layout(study: Study, description: Description, report: Listener | None = None) -> Layout:
    """Make the map of a study, measure what it keeps, and keep it; the same each time on the same machine.

    Raises
    ------
    InputError
        If UMAP is not installed, the study has too few vectors, or nothing can be kept.
    """
    if place_of(study, FILE) is None:
        raise InputError("This server is open to the public and writes nothing; run zpoints on a machine of your own.")
    if not has_umap():
        raise InputError("UMAP needs the package umap-learn; install it with \"pip install 'zpoints[umap]'\".")
    if len(study) < FEWEST:
        raise InputError(f"A UMAP needs at least {FEWEST} vectors, and the study {study.name} has {len(study)}.")

    def tell(task: str, done: int, total: int) -> None:
        if report:
            report(Progress(task, done, total, "vectors"))

    rows = _rows(study)
    laid = np.asarray(study.latents[:] if rows is None else study.latents[rows], np.float32)
    known = _neighbours(study, laid, tell)
    tell("laying out", 0, len(laid))
    places = _laid_out(laid, known)
    tell("laying out", len(laid), len(laid))
    tell("measuring what it keeps", 0, len(laid))
    kept, of_axes = faithfulness(laid, places), faithfulness(laid, description.axes.project(laid, 2))
    tell("measuring what it keeps", len(laid), len(laid))
    everywhere = places
    if rows is not None:
        everywhere = np.empty((len(study), 2), np.float32)
        for start in range(0, len(study), AT_ONCE):
            some = np.asarray(study.latents[start : start + AT_ONCE], np.float64)
            everywhere[start : start + AT_ONCE] = _between(laid, places, some)
            tell("placing the others", min(start + AT_ONCE, len(study)), len(study))
        everywhere[rows] = places
    arrays: dict[str, npt.NDArray[Any]] = {"places": everywhere.astype(np.float16)}
    for name, one in (("kept", kept), ("of_axes", of_axes)):
        arrays |= {f"{name}_{what}": np.array(value) for what, value in asdict(one).items()}
    keep(study, FILE, _key(study), arrays)
    if (layout := find_layout(study)) is None:
        raise InputError(f"The UMAP of {study.folder} cannot be written; free some space, or allow it.")
    return layout


def _neighbours(study: Study, laid: npt.NDArray[np.float32], tell: Callable[[str, int, int], None]) -> Arrays:
    """Return the nearest of some vectors (n, d) to each of them, itself the first, and their distances.

    In single precision but for that exactly, not by UMAP's own random search; they are remembered, so that a job that
    was stopped goes on from there.
    """
    if (known := find_in_cache(study, NEAR, _key(study))) is not None:
        return known
    rows, distances, lengths = [], [], np.einsum("ij,ij->i", laid, laid)
    with single_threaded_algebra:
        for start in range(0, len(laid), COMPARED):
            some = laid[start : start + COMPARED]
            found = lengths - 2 * some @ laid.T
            found[np.arange(len(some)), start + np.arange(len(some))] = -np.inf
            near = np.argpartition(found, NEIGHBOURS - 1, axis=1)[:, :NEIGHBOURS]
            far = np.linalg.norm(laid[near] - some[:, None], axis=2)
            order = np.lexsort((near, far))
            rows.append(np.take_along_axis(near, order, axis=1).astype(np.int32))
            distances.append(np.take_along_axis(far, order, axis=1).astype(np.float32))
            tell("looking for neighbours", min(start + COMPARED, len(laid)), len(laid))
    known = {"rows": np.concatenate(rows), "distances": np.concatenate(distances)}
    keep_in_cache(study, NEAR, _key(study), known)
    return known


def _laid_out(vectors: npt.NDArray[np.float32], known: Arrays) -> npt.NDArray[np.float32]:
    """Return places (n, 2) about the middle of all, whose unit is the wider one's deviation."""
    with _without_tensorflow(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a seed allows one thread alone, and what it deprecates itself
        from umap import UMAP

        nearest = (known["rows"], known["distances"])
        method = UMAP(n_neighbors=NEIGHBOURS, random_state=SEED, n_jobs=1, precomputed_knn=nearest)
        places = np.asarray(method.fit_transform(vectors), np.float64)
    centred = places - places.mean(axis=0)
    return np.asarray(centred / max(float(centred.std(axis=0).max()), 1e-9), np.float32)


@contextmanager
def _without_tensorflow() -> Iterator[None]:
    """Let a package that would load TensorFlow, for what is not asked of it here, find none: it takes long."""
    hidden = "tensorflow" not in sys.modules
    if hidden:
        sys.modules["tensorflow"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        if hidden:
            del sys.modules["tensorflow"]


def _rows(study: Study) -> npt.NDArray[np.intp] | None:
    return None if len(study) <= MOST else sample_rows(study.rows, MOST // 2)


def _between(laid: npt.NDArray[np.floating], places: npt.NDArray[np.floating], vectors: Floats) -> Floats:
    rows, distances = nearest_exactly(laid, vectors, min(BETWEEN, len(laid)))
    weights = 1 / np.maximum(distances, 1e-6)  # a vector of the map itself stays where it is
    weights /= weights.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("ij,ijk->ik", weights, places[rows].astype(np.float64)))


def _key(study: Study) -> str:
    return f"{study.vectors_digest} {study.digests[ROWS] if len(study) > MOST else ''} {VERSION}"


@dataclass(frozen=True)
class _Asked:
    """A study as a map is remembered by: its vectors, its folder and when the map was written."""

    study: Study = field(compare=False)
    digest: str
    folder: Path
    stamps: tuple[int, ...]


@lru_cache(maxsize=8)
def _read(asked: _Asked) -> Layout | None:
    study = asked.study
    arrays = find_kept(study, FILE, _key(study))
    if arrays is None:
        return None
    try:
        kept, of_axes = (
            Faithfulness(float(arrays[f"{name}_trustworthiness"]), float(arrays[f"{name}_correlation"]))
            for name in ("kept", "of_axes")
        )
        places = np.asarray(arrays["places"], np.float32)
    except DAMAGE:
        return None
    if places.shape != (len(study), 2) or not np.isfinite(places).all():
        return None
    rows = _rows(study)
    return Layout(places, study.latents if rows is None else study.latents[rows], rows, kept, of_axes)
