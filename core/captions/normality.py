"""How normal the bulk is, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.statistics import Core, Description, PairCut, Shape, kept_by_components, normal_radius

__all__ = ["about_cuts", "about_pairs_of_axes", "about_shapes", "about_squared_distances"]


def about_shapes(shape: Shape, sample: Shape, title: str, along_axes: bool) -> str:
    """Return what skewness and kurtosis of all components or axes show."""
    what = "coordinates along the principal axes" if along_axes else "components"
    heavy = (shape.excess_kurtosis > 0).mean()
    return (
        f"The series found the {what} approximately normal. Here the mean |skewness| is "
        f"{np.abs(shape.skewness).mean():.2f} and the mean excess kurtosis {shape.excess_kurtosis.mean():.2f}; "
        f"{heavy:.0%} of them have heavier tails than a normal. {_tested(shape)} {title} has the mean excess kurtosis "
        f"{sample.excess_kurtosis.mean():.2f}."
    )


def about_pairs_of_axes(table: pd.DataFrame) -> str:
    """Return what pairs of principal axes show, from an ellipse table."""
    three = table[table["distance"] == 3]
    one = table[table["distance"] == 1]
    return (
        "An affine map to the principal axes aligns all ellipses and takes the linear correlations away, as post IX "
        f"found. What is left is the shape: of CelebA {one['data'].mean():.1%} lie within 1σ of a pair (a normal: "
        f"{one['normal'].mean():.1%}) and {three['data'].mean():.2%} within 3σ ({three['normal'].mean():.2%})."
    )


def about_squared_distances(study: Description, core: Core) -> str:
    """Return what the chi-square Q-Q plot shows."""
    normal = normal_radius(study.dimension)
    spread = np.subtract(*np.quantile(study.distances, (0.84, 0.16))) / 2
    text = (
        "Squared Mahalanobis distances of a normal bulk lie on the line. CelebA's cross it: too many vectors near the "
        f"centre and too many far out. The distances spread by ±{spread:.1f} around {np.median(study.distances):.1f}, "
        f"those of a normal by ±{normal[1]:.2f} around {normal[0]:.1f}. The series calls the dense core normal; seen "
        "pair by pair it is, but all components together tell another story: they grow and shrink in common."
    )
    if core.share < 1:
        inner = np.subtract(*np.quantile(core.distances, (0.84, 0.16))) / 2
        text += (
            f" Without the outermost {1 - core.share:.0%}, the covariance divided by {core.factor:.3f} (by that much a "
            f"normal shrinks when it is cut so), the core still spreads by ±{inner:.1f}."
        )
    return text


def about_cuts(study: Description, table: pd.DataFrame) -> str:
    """Return what cuts keep in many dimensions, from a cut table."""
    row = table[table["k"] == 3].iloc[0]
    half = PairCut.keeping(0.5, study.dimension).k
    centre, width = normal_radius(study.dimension)
    return (
        f"In {study.dimension} dimensions a normal vector lies at the distance {centre:.1f} ± {width:.1f}, never near "
        f"3. Cutting each axis at 3σ keeps {kept_by_components(3, study.dimension):.0%} of a normal and "
        f"{row['axes_data']:.0%} of CelebA; post X's restriction of every pair to its 3σ ellipse keeps "
        f"{row['pairs_normal']:.2%} and {row['pairs_data']:.0%}. Half of a normal survives the pairs from "
        f"k = {half:.2f} on. CelebA keeps more at small k, because many of its vectors lie close to the centre, and "
        "less at large k, because of its tails."
    )


def _tested(shape: Shape) -> str:
    """Return what the Shapiro-Wilk tests found of the variables that can be tested."""
    known = np.isfinite(shape.shapiro_p)
    if not known.any():
        return "Constants, and fewer than three vectors, cannot be tested."
    return (
        f"At the size of this set every test would reject each of them; on a subsample of {shape.tested} the "
        f"Shapiro-Wilk test accepts {(shape.shapiro_p[known] > 0.05).mean():.0%} (p > 0.05, where 95 % of normal ones "
        f"would pass), with a mean W of {shape.shapiro_w[known].mean():.4f}."
    )
