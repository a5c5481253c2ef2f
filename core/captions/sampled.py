"""A sentence wherever a picture is drawn from a sample of a study's vectors, and not from all of them."""

from __future__ import annotations

__all__ = ["about_the_sample"]


def about_the_sample(shown: int, total: int) -> str:
    """Return what stands for all vectors, empty where all of them do."""
    if shown == total:
        return ""
    return (
        f"Points, densities and ranks here are those of a uniform sample, {shown:,} of the {total:,} vectors, always "
        "the same; means, widths, distances and whatever is counted are those of all."
    )
