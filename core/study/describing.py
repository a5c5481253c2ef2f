"""The statistics of a study, computed once and kept in ``statistics.npz``, or in ``summary`` where it is large."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np

from core.cluster import Cluster
from core.progress import Listener
from core.statistics import EXACT, Description, Histograms, PrincipalAxes, describe
from core.statistics.histograms import BINS_PER_WIDTH
from core.study.clouds import FIRST, count_cloud
from core.study.description import Study
from core.study.kept import Arrays, find_kept, keep, place_of
from core.study.kept_columns import keep_columns
from core.study.names import index_names
from core.study.packing import moments_in, pack_moments
from core.study.sampling import FILE as SAMPLE
from core.study.sampling import sampled_rows
from core.study.study_sets import study_sets
from core.study.summaries import find_summary, keep_summary
from core.study.workers import spread, telling

__all__ = ["describe_study"]

FILE = "statistics.npz"


def describe_study(study: Study, report: Listener | None = None, cluster: Cluster | None = None) -> Description:
    """Return the statistics of a study, from the ``statistics.npz`` of its vectors where there is one.

    The file is derived (see :mod:`core.study.kept`): where it is absent, stale or damaged, it is made anew. Of more
    than `EXACT` vectors the folder ``summary`` stands in its place (see :mod:`core.study.summaries`), and ``report`` is
    told how far it is; the workers of a cluster do it, if one is given, and the result is the same.
    """
    if len(study) > EXACT:
        return _summarised(study, report, cluster)
    key = f"{study.vectors_digest} {BINS_PER_WIDTH}"
    arrays = find_kept(study, FILE, key)
    if arrays is None:
        arrays = _pack(describe(study.latents, report=report))
        keep(study, FILE, key, arrays)
    return _unpack(arrays, study.title)


def _summarised(study: Study, report: Listener | None, cluster: Cluster | None) -> Description:
    if (found := find_summary(study)) is None:
        with spread(cluster, study) if cluster else nullcontext() as spans:
            found = describe(study.latents, title=study.title, report=telling(report, cluster), spans=spans)
        index_names(study, report)
        keep_columns(study, report)
        keep_summary(study, found)
        if study.dimension > 1:
            count_cloud(study, found, FIRST, report)
        if place_of(study, SAMPLE) is not None:  # each looks at all names, for which no page is to wait
            sampled_rows(study)
            study_sets(study)
    return found


def _pack(description: Description) -> Arrays:
    arrays = pack_moments(description.moments)
    arrays["axes"] = description.axes.axes
    arrays["variances"] = description.axes.variances
    arrays["histogram_first"] = np.asarray(description.histograms.first)
    arrays["histogram_counts"] = description.histograms.counts.astype(np.int32)
    arrays["radii"] = description.radii.astype(np.float32)
    arrays["distances"] = description.distances.astype(np.float32)
    return arrays


def _unpack(arrays: Arrays, title: str) -> Description:
    moments = moments_in(arrays)
    axes = PrincipalAxes(moments.mean, arrays["axes"], arrays["variances"], moments.shrinkage)
    width = np.where(moments.widths > 0, moments.widths, 1.0)
    counts = arrays["histogram_counts"].astype(np.int64)
    histograms = Histograms(moments.mean, width, int(arrays["histogram_first"]), counts)
    return Description(
        title, moments, axes, histograms, arrays["radii"].astype(np.float64), arrays["distances"].astype(np.float64)
    )
