"""The statistics of a study, computed once and kept in ``statistics.npz``, or in ``summary`` where it is large."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from core.progress import Listener
from core.statistics import EXACT, Description, Histograms, Moments, PrincipalAxes, describe
from core.statistics.histograms import BINS_PER_WIDTH
from core.study.description import Study
from core.study.kept import Arrays, find_kept, keep
from core.study.names import index_names
from core.study.summaries import find_summary, keep_summary

__all__ = ["describe_study"]

FILE = "statistics.npz"


def describe_study(study: Study, report: Listener | None = None) -> Description:
    """Return the statistics of a study, from the ``statistics.npz`` of its vectors where there is one.

    The file is derived (see :mod:`core.study.kept`): where it is absent, stale or damaged, it is made anew. Of more
    than `EXACT` vectors the folder ``summary`` stands in its place (see :mod:`core.study.summaries`), and ``report`` is
    told how far it is.
    """
    if len(study) > EXACT:
        return _summarised(study, report)
    key = f"{study.vectors_digest} {BINS_PER_WIDTH}"
    arrays = find_kept(study, FILE, key)
    if arrays is None:
        arrays = _pack(describe(study.latents, report=report))
        keep(study, FILE, key, arrays)
    return _unpack(arrays, study.title)


def _summarised(study: Study, report: Listener | None) -> Description:
    if (found := find_summary(study)) is None:
        found = describe(study.latents, title=study.title, report=report)
        index_names(study, report)
        keep_summary(study, found)
    return found


def _pack(description: Description) -> Arrays:
    arrays = {f"moments_{f.name}": np.asarray(getattr(description.moments, f.name)) for f in fields(Moments)}
    arrays["axes"] = description.axes.axes
    arrays["variances"] = description.axes.variances
    arrays["histogram_first"] = np.asarray(description.histograms.first)
    arrays["histogram_counts"] = description.histograms.counts.astype(np.int32)
    arrays["radii"] = description.radii.astype(np.float32)
    arrays["distances"] = description.distances.astype(np.float32)
    return arrays


def _unpack(arrays: Arrays, title: str) -> Description:
    raw = {f.name: arrays[f"moments_{f.name}"] for f in fields(Moments)}
    scalars = {"count": int(raw.pop("count")), "radial_fourth": float(raw.pop("radial_fourth"))}
    moments = Moments(**scalars, **raw)  # type: ignore[arg-type]
    axes = PrincipalAxes(moments.mean, arrays["axes"], arrays["variances"], moments.shrinkage)
    width = np.where(moments.widths > 0, moments.widths, 1.0)
    counts = arrays["histogram_counts"].astype(np.int64)
    histograms = Histograms(moments.mean, width, int(arrays["histogram_first"]), counts)
    return Description(
        title, moments, axes, histograms, arrays["radii"].astype(np.float64), arrays["distances"].astype(np.float64)
    )
