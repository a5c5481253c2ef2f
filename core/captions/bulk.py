"""What the shape of the bulk shows, in words."""

from __future__ import annotations

import numpy as np

from core.statistics import Description

__all__ = ["about_spectrum", "about_the_bulk", "about_the_cloud"]


def about_the_bulk(study: Description, title: str) -> str:
    """Return what the density in a plane shows."""
    centre = np.linalg.norm(study.moments.mean)
    beyond = (study.distances < study.origin_distance).mean()
    here = "as there" if 0.9 < beyond <= 0.99 else "here it lies outside" if beyond > 0.99 else "here it lies inside"
    return (
        f"The bulk of CelebA is one compact, off-centre cloud: its centre lies {centre:.1f} from the origin, and the "
        f"origin is {study.origin_distance:.1f} spreads away from it. The series found the origin in the border region "
        f"of the bulk; {here}, farther out than {beyond:.1%} of the vectors. {title} has its own place. A plane shows "
        f"only two of {study.dimension} directions, so what looks near may be far; the ellipses hold the shares of a "
        "normal law."
    )


def about_spectrum(study: Description) -> str:
    """Return what the variances along the principal axes show."""
    share = study.axes.cumulative_share
    most = int(np.searchsorted(share, 0.9)) + 1
    return (
        f"The first 10 axes hold {share[min(9, len(share) - 1)]:.0%} of CelebA's variance, {most} hold 90 %. "
        "Independent components cannot know these axes: they spread too little along the long ones and too much "
        "along the short ones."
    )


def about_the_cloud(title: str) -> str:
    """Return what the scatter in three directions shows."""
    return (
        "The follow-ups of the series draw the bulk in three directions, inside ellipsoids at 1 to 5 standard "
        f"deviations. Drag to turn, click a name in the legend to show or hide it. {title} can be shown over the "
        "coloured vectors, too. In three dimensions 3σ hold 97 % of a normal; in all dimensions together 3σ hold "
        "nothing at all (see the page *Normality*)."
    )
