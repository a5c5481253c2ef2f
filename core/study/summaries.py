"""The statistics of many vectors on disk: a folder of small files, and four numbers of each vector beside them.

The numbers of each vector, its radius and its Mahalanobis distance in the order of the rows and in ascending order,
are opened memory-mapped; ``summary.npz`` holds all else, with the version of its schema and what its quantiles may err.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import InputError
from core.statistics import Description, Histograms, PrincipalAxes
from core.statistics.lattice import Lattice
from core.statistics.outermost import Outermost
from core.statistics.summary import Summary
from core.storage import whole_folder
from core.study.description import Study
from core.study.files import sampled_sha256
from core.study.kept import DAMAGE, Arrays, keep_derived, load_derived, place_of, places_of
from core.study.packing import moments_in, pack_moments

__all__ = ["FOLDER", "find_summary", "keep_summary"]

FOLDER, FILE = "summary", "summary.npz"

SCHEMA = 1

OF_EACH = ("radii", "distances", "ordered_radii", "ordered_distances")
"""Numbers of each vector, in files of these names."""


def find_summary(study: Study) -> Description | None:
    """Return what was kept of a study's vectors, with the study or in the cache; None where there is nothing sound."""
    for folder in places_of(study, FOLDER):
        arrays = load_derived(folder / FILE, _key(study))
        if arrays is not None and (numbers := _numbers(folder, arrays, len(study))) is not None:
            return _unpack(arrays, numbers, study.title)
    return None


def keep_summary(study: Study, description: Description) -> None:
    """Keep the statistics of a study's vectors, with the study or else in the cache; do nothing where it cannot be."""
    folder = place_of(study, FOLDER)
    if folder is None or description.summary is None:
        return
    with suppress(OSError, InputError):  # the numbers are at hand all the same
        folder.parent.mkdir(parents=True, exist_ok=True)
        with whole_folder(folder, replace=True) as partial:
            numbers = {"radii": description.radii, "distances": description.distances}
            numbers |= {name: getattr(description.summary, name) for name in OF_EACH[2:]}
            arrays = _pack(description)
            for name, values in numbers.items():
                np.save(partial / f"{name}.npy", values)
                arrays[f"sampled_{name}"] = np.array(sampled_sha256(partial / f"{name}.npy"))
            keep_derived(partial / FILE, _key(study), arrays)


def _key(study: Study) -> str:
    return f"{study.vectors_digest} {SCHEMA}"


def _numbers(folder: Path, arrays: Arrays, count: int) -> dict[str, npt.NDArray[np.float32]] | None:
    """Return the numbers of each vector, memory-mapped; None where a file is not the one that was written."""
    found = {}
    for name in OF_EACH:
        path = folder / f"{name}.npy"
        try:
            values = np.load(path, mmap_mode="r", allow_pickle=False)
            sound = values.shape == (count,) and sampled_sha256(path) == arrays[f"sampled_{name}"].item()
        except DAMAGE:
            return None
        if not sound:
            return None
        found[name] = values
    return found


def _pack(description: Description) -> dict[str, npt.NDArray[np.generic]]:
    summary = description.summary
    assert summary is not None  # noqa: S101
    arrays = pack_moments(description.moments)
    arrays |= {"axes": description.axes.axes, "variances": description.axes.variances}
    arrays |= {"histogram_first": np.asarray(description.histograms.first)}
    arrays |= {"histogram_counts": description.histograms.counts.astype(np.int64)}
    arrays |= {f"lattice_{f.name}": getattr(summary.lattice, f.name) for f in fields(Lattice)}
    arrays |= {"rank_error": summary.lattice.rank_error, "value_error": summary.lattice.value_error}
    arrays |= {"axis_third": summary.axis_third, "axis_fourth": summary.axis_fourth}
    return {**arrays, "outermost_counts": summary.outermost.counts}


def _unpack(arrays: Arrays, numbers: dict[str, npt.NDArray[np.float32]], title: str) -> Description:
    moments = moments_in(arrays)
    axes = PrincipalAxes(moments.mean, arrays["axes"], arrays["variances"], moments.shrinkage)
    width = np.where(moments.widths > 0, moments.widths, 1.0)
    histograms = Histograms(moments.mean, width, int(arrays["histogram_first"]), arrays["histogram_counts"])
    summary = Summary(
        Lattice(**{f.name: arrays[f"lattice_{f.name}"] for f in fields(Lattice)}),
        arrays["axis_third"],
        arrays["axis_fourth"],
        Outermost(arrays["outermost_counts"]),
        numbers["ordered_radii"],
        numbers["ordered_distances"],
    )
    return Description(title, moments, axes, histograms, numbers["radii"], numbers["distances"], summary)
