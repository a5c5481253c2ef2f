"""Captions: what a figure shows, in one or two sentences with the study's own numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.sampling import Sample
from core.scores.table import nearest_to_photographs
from core.statistics import (
    Core,
    Description,
    PairCut,
    Shape,
    kept_by_components,
    matched_half_width,
    normal_radius,
    off_diagonal,
)
from core.statistics.laws import midpoint_radius

__all__ = [
    "AUTHOR_MATCH",
    "about_a_pair",
    "about_attributes",
    "about_coefficients",
    "about_components",
    "about_correlations",
    "about_cubes",
    "about_curves",
    "about_cuts",
    "about_distances",
    "about_faces",
    "about_pairs_of_axes",
    "about_radii",
    "about_shapes",
    "about_spectrum",
    "about_squared_distances",
    "about_the_board",
    "about_the_bulk",
    "about_the_cloud",
    "about_two_studies",
    "about_ways",
]

AUTHOR_MATCH = 1.5
"""The half-width that the author found to match his radii: the b* of his autoencoder."""


def about_faces(reference_error: float, sample_error: float, sample: Sample, study: Description) -> str:
    """Return what the two walls show."""
    ratio = sample_error / reference_error
    edge = np.quantile(study.distances, 0.99)
    inside = (sample.description.distances <= edge).mean()
    return (
        f"Decoded and encoded again, these vectors move {ratio:.1f} times as far as CelebA's. Of them {inside:.0%} "
        "lie inside the bulk, that is within the Mahalanobis distance of 99 % of CelebA. The series found that "
        "uniform vectors decode to no faces whatever their radius, and vectors inside the bulk to clear ones: a vector "
        "must lie where the encoder puts faces."
    )


def about_components(study: Description, table: pd.DataFrame, title: str) -> str:
    """Return what the histograms of the components show, from a component table with a sample."""
    moments = study.moments
    off = int((np.abs(moments.mean) > moments.widths).sum())
    return (
        "The series found each component roughly normal, with a centre and a width of its own. Here the means lie "
        f"between {moments.mean.min():.2f} and {moments.mean.max():.2f}, {off} of {study.dimension} of them farther "
        f"than one σ from 0; σ lies between {moments.widths.min():.2f} and {moments.widths.max():.2f}; the mean "
        f"|skewness| is {np.abs(moments.skewness).mean():.2f}, the mean excess kurtosis "
        f"{moments.excess_kurtosis.mean():.2f} (both 0 for a normal). The histograms of {title} differ from CelebA's "
        f"by {table['difference'].mean():.2f} on average."
    )


def about_radii(study: Description, sample: Sample) -> str:
    """Return what the distributions of the radii show."""
    drawn = sample.description.radii
    return (
        f"CelebA's {len(study.radii):,} vectors have the radius {study.radii.mean():.2f} ± {study.radii.std():.2f}; "
        f"this sample ({sample.strategy.label()}) has {drawn.mean():.2f} ± {drawn.std():.2f}. As the series found, "
        f"independent components give a thin shell in {study.dimension} dimensions; the bulk is broader, because its "
        "components are correlated and its outer layers heavier than a normal's."
        + ("" if sample.strategy.radius_law() else f" No curve of theory: {sample.strategy.no_law}")
    )


def about_cubes(study: Description) -> str:
    """Return what the scan of cubes shows."""
    match = matched_half_width(study.mean_radius, study.dimension)
    return (
        r"A cube $[-b, b]^N$ has the radius $b\sqrt{N/3}$ with standard deviation $b/\sqrt{15}$. It matches CelebA's "
        rf"mean radius at $b^* = \langle|z|\rangle\sqrt{{3/N}}$ = {match:.2f}. The author found {AUTHOR_MATCH} best "
        "for his autoencoder; his other three cubes lie at 2/3, 4/3 and 10/3 of it. A matching radius is necessary "
        "for a face, not sufficient."
    )


def about_distances(study: Description, sample: Sample) -> str:
    """Return what the distributions of the Mahalanobis distances show."""
    centre, width = normal_radius(study.dimension)
    inner = (study.distances <= study.origin_distance).mean()
    return (
        f"Distance to the centre in units of the spread in each direction. A normal bulk would lie at {centre:.1f} ± "
        f"{width:.1f}; CelebA's median is {np.median(study.distances):.1f}, its 1 % and 99 % quantiles "
        f"{np.quantile(study.distances, 0.01):.1f} and {np.quantile(study.distances, 0.99):.1f}. The origin lies at "
        f"{study.origin_distance:.1f}, farther out than {inner:.1%} of CelebA's vectors; the median of this sample "
        f"is {np.median(sample.description.distances):.1f}. Covariance with Ledoit-Wolf shrinkage "
        f"{study.axes.shrinkage:.2g}."
    )


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


def about_correlations(study: Description, sample: Sample) -> str:
    """Return what the Pearson matrices show."""
    mine, theirs = (np.abs(off_diagonal(m.correlations)) for m in (study.moments, sample.description.moments))
    if not len(mine):
        return "A single component has no correlations."
    return (
        "The series found the components linearly correlated, strongly for some pairs. Here the mean |r| is "
        f"{mine.mean():.3f}, {int((mine > 0.3).sum()):,} of {len(mine):,} pairs exceed 0.3, and the largest is "
        f"{mine.max():.2f}. In {sample.title} the mean |r| is {theirs.mean():.3f}, of which {len(sample):,} vectors of "
        f"independent components would show {random_coefficient(len(sample)):.3f} by chance. "
        "Colours end at |r| = 0.5."
    )


def about_coefficients(study: Description, sample: Sample) -> str:
    """Return what the distribution of the coefficients shows."""
    values = off_diagonal(study.moments.correlations)
    chance = random_coefficient(len(study.radii))
    beyond = (np.abs(values) > 3 / np.sqrt(len(study.radii))).mean() if len(values) else 0.0
    return (
        "Independent normal components would give coefficients from the density "
        r"$f(r) \propto (1 - r^2)^{(n-4)/2}$, which is the narrower the more vectors there are: with "
        f"CelebA's {len(study.radii):,} the mean |r| would be {chance:.4f}. Of CelebA's pairs {beyond:.0%} lie farther "
        f"out than three standard errors. {sample.title} is drawn in {len(sample):,} vectors and so is broader than "
        "its law by chance alone."
    )


def about_a_pair(study: Description, i: int, j: int, coefficients: tuple[float, float], title: str) -> str:
    """Return what a pair of components shows, from its Pearson and Spearman coefficients."""
    widths = study.moments.widths[[i, j]]
    if (widths == 0).any():
        constant = i if widths[0] == 0 else j
        return f"Component z_{constant} is constant in this study: it correlates with nothing, and ellipses are lines."
    pearson, spearman = coefficients
    kind = "nearly linear" if abs(pearson - spearman) < 0.05 else "not linear throughout"
    return (
        "Nested, inclined ellipses per pair are what the series took for the sign of a multivariate normal. Pearson's "
        f"r = {pearson:.3f} measures linear, Spearman's {spearman:.3f} monotone dependence: here it is {kind}. A "
        r"Mahalanobis distance d in the plane holds the share $1 - e^{-d^2/2}$ of a normal. "
        f"Orange are the vectors of {title}."
    )


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
        f"found. What is left is the shape: of CelebA {one['celeba'].mean():.1%} lie within 1σ of a pair (a normal: "
        f"{one['normal'].mean():.1%}) and {three['celeba'].mean():.2%} within 3σ ({three['normal'].mean():.2%})."
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
        f"{row['axes_celeba']:.0%} of CelebA; post X's restriction of every pair to its 3σ ellipse keeps "
        f"{row['pairs_normal']:.2%} and {row['pairs_celeba']:.0%}. Half of a normal survives the pairs from "
        f"k = {half:.2f} on. CelebA keeps more at small k, because many of its vectors lie close to the centre, and "
        "less at large k, because of its tails."
    )


def about_curves(study: Description, distances: np.ndarray, errors: np.ndarray, usual: float) -> str:
    """Return what a curve through a plane shows."""
    edge = np.quantile(study.distances, 0.99)
    inside = (distances <= edge).mean()
    return (
        "The series found clear features along paths that respect the place and the shape of the bulk. Along this one "
        f"the Mahalanobis distance runs from {distances.min():.1f} to {distances.max():.1f} ({inside:.0%} of the "
        f"frames lie within that of 99 % of CelebA, {edge:.1f}) and the cycle error from {errors.min():.3f} to "
        f"{errors.max():.3f}; CelebA's own vectors have {usual:.3f}. A distance far below CelebA's median means near "
        "the mean face."
    )


def about_ways(study: Description, line: np.ndarray, arc: np.ndarray) -> str:
    """Return why a straight line and an arc differ, from the Mahalanobis distances along both."""
    ends = float(np.sqrt((line[0] ** 2 + line[-1] ** 2) / 2))
    middle = line[len(line) // 2]
    return (
        "The middle of two independent normal vectors lies at r/√2 from the centre, nearer than the vectors "
        "themselves: the straight line leaves the shell of the bulk and passes closer to the mean face. Its middle "
        f"has the distance {middle:.1f}, where {midpoint_radius(ends):.1f} is expected; the arc stays at "
        f"{arc[len(arc) // 2]:.1f}. CelebA's median is {np.median(study.distances):.1f}."
    )


def about_attributes(attribute: str, share: float, direction: np.ndarray, study: Description) -> str:
    """Return what a way along an attribute shows."""
    length = float(np.linalg.norm(direction))
    step = float(study.axes.mahalanobis((study.moments.mean + direction)[None])[0])
    return (
        f"The direction is the mean of the {share:.0%} of CelebA labelled *{attribute.replace('_', ' ').lower()}* less "
        f"the mean of the others: {length:.2f} long, {step:.2f} in Mahalanobis distance. Strength 1 is one such "
        "difference. Means differ in more than one attribute: whatever often goes with it in CelebA comes along, its "
        "biases included."
    )


def about_two_studies(table: pd.DataFrame) -> str:
    """Return whether and how the bulk changed, from a comparison table of two studies."""
    first, second = table.columns[1:3]
    old, new = (dict(zip(table["measure"], table[name].astype(float), strict=True)) for name in (first, second))
    if old["mean radius"] == 0:
        return f"All vectors of {first} lie in the origin: there is no scale to compare with."
    radius = new["mean radius"] / old["mean radius"]

    def both(measure: str, form: str) -> str:
        return f"{new[measure]:{form}} ({old[measure]:{form}})"

    held_out = np.isfinite([values["validation error"] for values in (old, new)]).all()
    validation = f", the validation error {both('validation error', '.5f')}" if held_out else ""
    beyond = "vectors nearer to the centre than the origin"
    places = [
        f"{'outside' if values[beyond] > 0.99 else 'inside'} the bulk of {name}"
        for name, values in ((second, new), (first, old))
    ]
    return (
        f"Beside {first}, the radii of {second} are {radius:.2f} times as long: scale is the network's own, and so the "
        f"author's b is no constant of nature; b* is {both('matched half-width b*', '.2f')}. What can be compared are "
        f"ratios. The origin lies at the Mahalanobis distance {both('Mahalanobis distance of the origin', '.1f')}, "
        f"{places[0]} and {places[1]}; the centre is off by {both('centre from the origin / mean radius', '.2f')} of "
        f"the mean radius. Ten principal axes hold {both('variance in 10 principal axes', '.0%')} of the variance, the "
        f"mean |correlation| is {both('mean |correlation|', '.3f')}, the mean excess kurtosis along the principal axes "
        f"{both('mean excess kurtosis of principal axes', '.2f')}{validation}. In brackets: {first}."
    )


def about_the_board(rows: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return what the scoreboard shows, from its rows and the long table."""
    seeds, counts = table["seed"].nunique(), sorted({int(count) for count in table["count"]})
    many = f"{seeds} seed" if seeds == 1 else f"{seeds} seeds"
    vectors = " or ".join(f"{count:,}" for count in counts)
    text = (
        f"Means over {many} of {vectors} vectors each, ± their standard deviation; faces with the 95 % interval of one "
        "sample. Strategies are fitted on one half of the study and held against the other; shades run from the floor, "
        "real vectors against real vectors, to the worst of a column. "
        "No score is enough alone: each has a strategy that wins it without being good."
    )
    best = [
        f"{words} {row['name']}, at {row['frechet_ratio']:.2f}" for words, row in nearest_to_photographs(rows).items()
    ]
    if best:
        text += f" Nearest to the photographs comes, in units of the reconstructions' distance, {'; '.join(best)}."
    return text


def random_coefficient(count: int) -> float:
    """Return the mean |r| of ``count`` pairs of independent normal numbers, sqrt(2 / (π n))."""
    return float(np.sqrt(2 / (np.pi * count)))


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
