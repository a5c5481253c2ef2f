"""A sentence wherever a picture is drawn from a sample of a study's vectors, and not from all of them."""

from __future__ import annotations

from core.captions.bulk import FAR
from core.space.inspection import LIKE
from core.statistics import Description
from core.statistics.planar import FINE, REACH, PlaneCounts
from core.study.index import Index

__all__ = ["about_the_counted", "about_the_sample", "about_the_search", "see_the_counted"]


def about_the_sample(shown: int, study: Description) -> str:
    """Return what stands for all vectors, and how many lie so far out that a sample may miss them.

    Empty where all of them are shown.
    """
    if shown == len(study):
        return ""
    edge = float(study.distance_quantiles(0.99))
    far, farthest = study.count_beyond(FAR * edge), float(study.distance_quantiles(1.0))
    return (
        "Points, ranks, and densities where nothing else is said are those of a uniform sample, "
        f"{shown:,} of the {len(study):,} vectors, "
        "always the same; means, widths, distances and whatever is counted are those of all. Of all, "
        f"{far:,} lie beyond the Mahalanobis distance {FAR * edge:.1f}, which is {FAR:g} times that of 99 %; the "
        f"farthest lies at {farthest:.1f}."
    )


def see_the_counted(cloud: PlaneCounts) -> str:
    """Return what a shade is that was counted over all vectors, in plain words."""
    return f" The blue shade is all {cloud.total:,} of them, counted; a zoom shows it finer."


def about_the_counted(cloud: PlaneCounts) -> str:
    """Return how the vectors in a plane were counted."""
    return (
        f" The density is that of all {cloud.total:,} vectors, in {FINE} cells to a standard deviation within {REACH} "
        "of them about the mean, in ever wider ones beyond; its root is drawn."
    )


def about_the_search(count: int, index: Index | None, some: int | None = None, sure: bool = True) -> str:
    """Return how the nearest of so many vectors were found, and how many of them an index finds.

    Without one, whether ``some``, which stand for all, were looked through, and whether the nearest are ``sure`` to be
    those of all.
    """
    if index is None and some is None:
        return f"All {count:,} vectors were read to find the nearest; through an index they are found at once."
    if index is None:
        if sure:
            return (
                f"None of the {count:,} vectors is nearer: two vectors are as far apart as their lengths differ, at "
                f"least, and all that are about as long as this one were compared with it."
            )
        return (
            f"These are the nearest among a uniform sample of {some:,} vectors and the {LIKE:,} that are most alike in "
            f"length; of all {count:,}, others may be nearer. Through an index, those are found at once."
        )
    return (
        f"The nearest of {count:,} vectors are looked for through an index, and their distances are exact. Of the ten "
        f"nearest it finds {index.recall_of_own:.1%}, measured with 100 of the study's own vectors, and "
        f"{index.recall_of_drawn:.1%} with 100 drawn from the normal law of its mean and covariance."
    )
