"""How normal the bulk is, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from core.statistics import Core, Description, PairCut, Shape, kept_by_components, normal_radius

__all__ = ["about_a_test", "about_cuts", "about_pairs_of_axes", "about_shapes", "about_squared_distances"]


def about_shapes(shape: Shape, sample: Shape, title: str, along_axes: bool) -> str:
    """Return what skewness and kurtosis of all components or axes show."""
    what = "coordinates along the principal axes" if along_axes else "components"
    error = 2 * np.sqrt(24 / shape.count)
    heavy, light = (shape.excess_kurtosis > error).mean(), (shape.excess_kurtosis < -error).mean()
    return (
        f"The series found the {what} approximately normal. Here the mean |skewness| is "
        f"{np.abs(shape.skewness).mean():.2f} and the mean excess kurtosis {shape.excess_kurtosis.mean():.2f}; "
        f"{heavy:.0%} of them have heavier and {light:.0%} lighter tails than a normal, by more than two standard "
        f"errors, "
        f"{error:.2f}. {_tested(shape)} {title} has the mean excess kurtosis "
        f"{sample.excess_kurtosis.mean():.2f}."
    )


def about_pairs_of_axes(table: pd.DataFrame, title: str) -> str:
    """Return what pairs of principal axes show, from an ellipse table."""
    three = table[table["distance"] == 3]
    one = table[table["distance"] == 1]
    return (
        "An affine map to the principal axes aligns all ellipses and takes the linear correlations away, as post IX "
        f"found. What is left is the shape: of {title} {one['data'].mean():.1%} lie within 1σ of a pair (a normal: "
        f"{one['normal'].mean():.1%}) and {three['data'].mean():.2%} within 3σ ({three['normal'].mean():.2%})."
    )


def about_squared_distances(study: Description, core: Core) -> str:
    """Return what the chi-square Q-Q plot shows."""
    centre, width = normal_radius(study.dimension)
    spread = np.subtract(*np.quantile(study.distances, (0.84, 0.16))) / 2
    low, high = stats.chi.ppf((0.05, 0.95), study.dimension)
    near, far = (study.distances < low).mean(), (study.distances > high).mean()
    slack = 3 * np.sqrt(0.05 * 0.95 / len(study.distances))
    many = [_against(share, slack) for share in (near, far)]
    common = " All components together grow and shrink in common." if many == ["too many", "too many"] else ""
    text = (
        f"Squared Mahalanobis distances of a normal bulk lie on the line. 5 % of a normal lie nearer than "
        f"{low:.1f} and "
        f"5 % farther than {high:.1f}; of {study.title} {near:.1%} and {far:.1%} do: {many[0]} near the centre, "
        f"{many[1]} "
        f"far out. The distances spread by ±{spread:.1f} around {np.median(study.distances):.1f}, those of a normal by "
        f"±{width:.2f} around {centre:.1f}.{common}"
    )
    if core.share < 1:
        inner = np.subtract(*np.quantile(core.distances, (0.84, 0.16))) / 2
        text += (
            f" Without the outermost {1 - core.share:.0%}, the covariance divided by {core.factor:.3f} (by that much a "
            f"normal shrinks when it is cut so), the core spreads by ±{inner:.1f}."
        )
    return text


def about_a_test(kind: str, count: int, p_value: float) -> str:
    """Return what the Henze-Zirkler test of the vectors within 3σ found, from its p-value."""
    what = "principal axes" if kind == "axis" else "components"
    return (
        f"Of {count} {what}, on subsamples. The series found that the core passes once outliers at 3σ and "
        f"more are removed; here it {'passes' if p_value > 0.05 else 'fails'} at p = 0.05. A p-value depends on the "
        "number of vectors: the statistic says how far from normal, p how sure that is."
    )


def about_cuts(study: Description, table: pd.DataFrame) -> str:
    """Return what cuts keep in many dimensions, from a cut table."""
    row = table[table["k"] == 3].iloc[0]
    half = PairCut.keeping(0.5, study.dimension).k
    centre, width = normal_radius(study.dimension)
    surplus = table["pairs_data"] - table["pairs_normal"]
    parts = [
        f"{word} at k = {', '.join(f'{k:g}' for k in table['k'][chosen])}"
        for word, chosen in (("more", surplus > 0.01), ("less", surplus < -0.01))
        if chosen.any()
    ]
    compared = " and ".join(parts) + " than a normal" if parts else "what a normal does, within 1 % at every k"
    return (
        f"In {study.dimension} dimensions a normal vector lies at the distance {centre:.1f} ± {width:.1f}. Cutting "
        f"each "
        f"axis at 3σ keeps {kept_by_components(3, study.dimension):.0%} of a normal and {row['axes_data']:.0%} of "
        f"{study.title}; post X's restriction of every pair to its 3σ ellipse keeps {row['pairs_normal']:.2%} and "
        f"{row['pairs_data']:.0%}. Half of a normal survives the pairs from k = {half:.2f} on. By pairs, {study.title} "
        f"keeps {compared}."
    )


def _against(share: float, slack: float) -> str:
    """Return whether a share is more or less than the 5 % of a normal, by more than a slack."""
    return "too many" if share > 0.05 + slack else "too few" if share < 0.05 - slack else "as many as a normal"


def _tested(shape: Shape) -> str:
    """Return what the Shapiro-Wilk tests found of the variables that can be tested."""
    known = np.isfinite(shape.shapiro_p)
    if not known.any():
        return "Constants, and fewer than three vectors, cannot be tested."
    return (
        f"On {shape.tested} of the {shape.count:,} vectors the "
        f"Shapiro-Wilk test accepts {(shape.shapiro_p[known] > 0.05).mean():.0%} (p > 0.05, where 95 % of normal ones "
        f"would pass), with a mean W of {shape.shapiro_w[known].mean():.4f}."
    )
