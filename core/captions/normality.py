"""How normal the bulk is, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy

from core.captions.radii import dimensions, usual_distance
from core.plain import listed
from core.space.sample import Sample
from core.statistics import (
    Core,
    Description,
    PairCut,
    Shape,
    deviation,
    kept_by_components,
    normal_radius,
    normal_radius_quantile,
)

__all__ = [
    "about_a_test",
    "about_cuts",
    "about_one_direction",
    "about_pairs_of_axes",
    "about_shapes",
    "about_squared_distances",
    "as_number",
    "see_a_test",
    "see_cuts",
    "see_pairs_of_axes",
    "see_shapes",
    "see_squared_distances",
    "see_the_bell",
]

Floats = npt.NDArray[np.float64]

TENTH = (0.05, 0.95)
"""Probabilities between which nine tenths of a normal lie."""

LEVEL = 0.05
"""Probability below which a test is called failed."""

MOSTLY = 0.5
"""Share of a sample above a picture from which it is said to lie there."""

MANY = 16
"""Dimensions from which on hardly a member of a bell lies near its middle: within two spreads, one of 900."""

HARDLY = 0.005
"""Share of directions that is not told."""

NEAR, FAR, LEFT = 0.05, 0.25, 0.01
"""Differences from a bell that are told, of the innermost and of the outermost ring as shares of what it holds, and of
what cuts leave."""

CUT = {"more": "More are left than", "fewer": "Fewer are left than", "same": "As many are left as"}

BESIDE = {"more": "more than in a bell", "fewer": "fewer than in a bell", "same": "as many as in a bell"}


def as_number(value: float, form: str) -> str:
    """Return a number, or that it is unknown, as it is of too few vectors."""
    return "unknown" if np.isnan(value) else format(value, form)


def see_the_bell(study: Description) -> str:
    """Return, in plain words, what the distances of a study show beside those of a bell."""
    small = " A bell is densest in its middle, which is so small among so many directions that hardly anyone is there."
    small = small if study.dimension >= MANY else ""
    return (
        f"{_ends(study)} Blue is how far the vectors of {study.title} lie from their middle, dotted how far they would "
        f"in a bell: if they were one, blue would lie on the dotted curve. {usual_distance(study.dimension)}{small}"
    )


def see_shapes(shape: Shape, title: str, along_axes: bool) -> str:
    """Return, in plain words, what skewness and kurtosis of a study show."""
    what = "principal axis" if along_axes else "number of the vectors"
    heavy, light = _tails(shape)
    others = f", in {light:.0%} fewer" if light >= HARDLY else ""
    several = "principal axes" if along_axes else "numbers"
    return (
        f"In {heavy:.0%} of the {several} of {title} more lie far out than chance gives in a bell{others}. "
        f"Each point is one {what}. In the grey box it is a bell. Above it more values lie far out than in a bell, "
        "below it fewer; to the right of it they reach farther to high values, to the left to low ones."
    )


def see_pairs_of_axes(table: pd.DataFrame, title: str) -> str:
    """Return, in plain words, what pairs of principal axes show, from an ellipse table."""
    one, three = (table[table["distance"] == distance] for distance in (1, 3))
    out, bell = (float(1 - three[name].mean()) for name in ("data", "normal"))
    inner, usual = float(one["data"].mean()), float(one["normal"].mean())
    found = _beside(inner, usual, NEAR * usual), _beside(out, bell, FAR * bell)
    return (
        f"{_both_ends(*found)} Each square is the cloud, seen along two of its own directions; of a bell, the rings "
        f"hold the shares that stand above. The innermost should hold {usual:.0%}, and holds "
        f"{inner:.0%} of {title}; beyond the outermost should lie {bell:.1%}, and {out:.1%} do."
    )


def see_squared_distances(
    study: Description, samples: Sequence[Sample], highest: float, chosen: Sequence[tuple[str, Floats]] = ()
) -> str:
    """Return, in plain words, what the chi-square Q-Q plot shows up to the squared distance ``highest``.

    ``chosen`` are selections, each a title and its distances.
    """
    near, far = _near_and_far(study)
    sets = [*((one.title, one.description.distances) for one in samples), *chosen]
    above = [title for title, distances in sets if (distances > np.sqrt(highest)).mean() > MOSTLY]
    missing = f" {listed(above)} {'lies' if len(above) == 1 else 'lie'} above the picture." if above else ""
    return (
        f"{_ends(study)} From the nearest vector to the farthest: to the right is how far from the middle it would lie "
        "in a bell, upwards how far it does lie. On the dotted line the cloud is a bell; above the line vectors lie "
        f"too far out. Of a bell 5 % lie very near to the middle and 5 % very far out; of {study.title} {near:.0%} lie "
        f"as near and {far:.0%} as far.{missing}"
    )


def see_cuts(study: Description, table: pd.DataFrame) -> str:
    """Return, in plain words, what cuts keep, from a cut table."""
    row = table[table["k"] == 3].iloc[0]
    bell, mine = _share(kept_by_components(3, study.dimension)), _share(row["axes_data"])
    left = _beside(float(row["axes_data"]), kept_by_components(3, study.dimension), LEFT)
    text = (
        f"{CUT[left]} of a bell when all that is unusual by over 3 spreads is cut away. The curves tell "
        "how many are left when those are taken away that are unusual in any direction, by more than k times the "
        "spread: grey are the curves of a bell, and where blue lies above them the data have fewer unusual members. "
        f"At k = 3, which one number of a bell exceeds once in 370 times, {bell} of a bell and {mine} "
        f"of {study.title} are left"
    )
    return f"{text}{': the more numbers, the surer that one is unusual' * (study.dimension > 1)}."


def see_a_test(p_value: float, title: str) -> str:
    """Return, in plain words, what the Henze-Zirkler test found of the vectors of a study within 3σ."""
    found = "could be a bell" if p_value > LEVEL else "are no bell"
    return (
        f"By this test, the vectors of {title} that lie within three spreads {found}. It asks whether some directions "
        "together are one: its statistic is the larger the less they are; p is how often a bell would come out as "
        f"large, and under {LEVEL:g} is called a failure."
    )


def about_shapes(shape: Shape, drawn: Mapping[str, Shape], along_axes: bool) -> str:
    """Return what skewness and kurtosis of all components or axes show, of a study and of samples by title."""
    theirs = [f"{title} has the mean excess kurtosis {one.excess_kurtosis.mean():.2f}" for title, one in drawn.items()]
    what = "coordinates along the principal axes" if along_axes else "components"
    heavy, light = _tails(shape)
    return (
        f"The series found the {what} approximately normal. Here the mean |skewness| is "
        f"{np.abs(shape.skewness).mean():.2f} and the mean excess kurtosis {shape.excess_kurtosis.mean():.2f}; "
        f"{heavy:.0%} of them have heavier and {light:.0%} lighter tails than a normal, by more than two standard "
        f"errors, {_error(shape):.2f}. {_tested(shape)} {listed(theirs)}."
    )


def about_pairs_of_axes(table: pd.DataFrame, title: str, sampled: int = 0) -> str:
    """Return what pairs of principal axes show, from an ellipse table; of so many vectors where it is of a sample."""
    title = f"a uniform sample of {sampled:,} of {title}" if sampled else title
    three = table[table["distance"] == 3]
    one = table[table["distance"] == 1]
    return (
        "An affine map to the principal axes aligns all ellipses and takes the linear correlations away, as post IX "
        f"found. What is left is the shape: of {title} {one['data'].mean():.1%} lie within 1σ of a pair (a normal: "
        f"{one['normal'].mean():.1%}) and {three['data'].mean():.2%} within 3σ ({three['normal'].mean():.2%})."
    )


def about_squared_distances(
    study: Description,
    core: Core,
    samples: Sequence[Sample],
    highest: float,
    chosen: Sequence[tuple[str, Floats]] = (),
) -> str:
    """Return what the chi-square Q-Q plot shows up to the squared distance ``highest``.

    ``chosen`` are selections, each a title and its distances.
    """
    centre, width = normal_radius(study.dimension)
    low, high = normal_radius_quantile(TENTH, study.dimension)
    near, far = _near_and_far(study)
    slack = 3 * np.sqrt(0.05 * 0.95 / len(study))
    many = [_against(share, slack) for share in (near, far)]
    common = " So it is where all components grow and shrink in common." if many == ["too many", "too many"] else ""
    text = (
        "Squared Mahalanobis distances of a normal bulk lie on the line. 5 % of a normal lie nearer than "
        f"{low:.1f} and 5 % farther than {high:.1f}; of {study.title} {near:.1%} and {far:.1%} do: {many[0]} near the "
        f"centre, {many[1]} far out. The distances spread by ±{_spread_of(study):.1f} around "
        f"{study.median_distance:.1f}, those of a normal by ±{width:.2f} around {centre:.1f}.{common}"
    )
    if core.share < 1:
        text += (
            f" Without the outermost {1 - core.share:.0%}, the covariance divided by {core.factor:.3f} (by that much a "
            f"normal shrinks when it is cut so), the core spreads by ±{_spread(core.distances):.1f}."
        )
    drawn = [*((sample.title, sample.description.distances) for sample in samples), *chosen]
    for title, distances in drawn:
        text += f" The distances of {title} spread by ±{_spread(distances):.1f} around {np.median(distances):.1f}."
    edge = float(np.sqrt(highest))
    beyond = [(study.title, study.share_beyond(edge)), *((t, float((far > edge).mean())) for t, far in drawn)]
    above = [f"{_share(share)} of {title}" for title, share in beyond if share]
    return text + (f" Above the picture lie {listed(above)}." if above else "")


def about_a_test(kind: str, count: int, p_value: float) -> str:
    """Return what the Henze-Zirkler test of the vectors within 3σ found, from its p-value."""
    what = "principal axes" if kind == "axis" else "components"
    return (
        f"Of {count} {what}, on subsamples. The series found that the core passes once outliers at 3σ and "
        f"more are removed; here it {'passes' if p_value > LEVEL else 'fails'} at p = {LEVEL:g}. A p-value depends on "
        "the number of vectors: the statistic says how far from normal, p how sure that is."
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
    kept = [_share(share) for share in (kept_by_components(3, study.dimension), row["axes_data"])]
    text = (
        f"In {dimensions(study.dimension)} a normal vector lies at the distance {centre:.1f} ± {width:.1f}. Cutting "
        f"each axis at 3σ keeps {kept[0]} of a normal and {kept[1]} of {study.title}"
    )
    if study.dimension == 1:
        return f"{text}; a single axis has no pairs."
    return (
        f"{text}; post X's restriction of every pair to its 3σ ellipse keeps {_share(row['pairs_normal'])} and "
        f"{_share(row['pairs_data'])}. Half of a normal survives the pairs from k = {half:.2f} on. By pairs, "
        f"{study.title} keeps {compared}."
    )


def about_one_direction(sets: Sequence[tuple[str, Floats]], sampled: bool = False) -> str:
    """Return what the Q-Q plot of one direction shows, from titles and values of data, samples and selections.

    The data may be ``sampled``, so that their farthest is not among the values.
    """
    line = (
        "The values stand in order, beside those of a bell: on the dotted line they are one; ends that bend away from "
        "it lie too far out or not far enough."
    )
    first, *others = (_farthest(values, title) for title, values in sets)
    told = [first, line, *others]
    if sampled:
        told.append(f"Those of {sets[0][0]} are a uniform sample: some that lie farther may be missing.")
    return " ".join(told)


def _farthest(values: Floats, title: str) -> str:
    """Return how far out the outermost of some values lies, beside that of as many normal ones (the median)."""
    if len(values) < 2 or np.ptp(values) == 0:
        return f"Those of {title} are all the same."
    reach = np.abs(values - values.mean()).max() / deviation(values)
    usual = scipy.special.ndtri((1 + 0.5 ** (1 / len(values))) / 2)
    return (
        f"The farthest of {len(values):,} of {title} lies {reach:.1f} spreads from their mean, that of as many of a "
        f"bell about {usual:.1f}."
    )


def _error(shape: Shape) -> float:
    """Return two standard errors of the kurtosis of normal values."""
    return float(2 * np.sqrt(24 / shape.count))


def _tails(shape: Shape) -> tuple[float, float]:
    """Return the shares of directions with heavier and with lighter tails than a normal, by two standard errors."""
    error = _error(shape)
    return float((shape.excess_kurtosis > error).mean()), float((shape.excess_kurtosis < -error).mean())


def _near_and_far(study: Description) -> tuple[float, float]:
    """Return the shares of vectors in the innermost and in the outermost 5 % of a normal."""
    low, high = normal_radius_quantile(TENTH, study.dimension)
    return study.share_within(low), study.share_beyond(high)


def _ends(study: Description) -> str:
    """Return how many vectors of a study lie near to the middle and far out, beside a bell."""
    slack = 3 * np.sqrt(0.05 * 0.95 / len(study))
    near, far = (_beside(share, 0.05, slack) for share in _near_and_far(study))
    return _both_ends(near, far)


def _both_ends(near: str, far: str) -> str:
    if near == far:
        return f"Both near the middle and far out lie {BESIDE[near]}."
    return f"Near the middle lie {BESIDE[near]}, far out {BESIDE[far]}."


def _beside(share: float, usual: float, slack: float) -> str:
    """Return which of :data:`BESIDE` a share is, held against that of a bell."""
    return "more" if share > usual + slack else "fewer" if share < usual - slack else "same"


def _against(share: float, slack: float) -> str:
    """Return whether a share is more or less than the 5 % of a normal, by more than a slack."""
    return "too many" if share > 0.05 + slack else "too few" if share < 0.05 - slack else "as many as a normal"


def _spread(distances: Floats) -> float:
    """Return half the way between the quantiles that lie one σ to either side of a normal's median."""
    if not np.isfinite(distances).all():  # in directions without spread
        return float("inf")
    low, high = np.quantile(distances, (0.16, 0.84))
    return float(high - low) / 2


def _spread_of(study: Description) -> float:
    """Return the same of the distances of a study, from those in ascending order where they are kept so."""
    if study.ordered_distances is None:
        return _spread(study.distances)
    low, high = study.distance_quantiles((0.16, 0.84))
    return float(high - low) / 2


def _share(share: float) -> str:
    """Return a share in percent, with two digits more where it is nearly none or nearly all."""
    return f"{share:.2%}" if 0 < share < 0.01 or 0.99 < share < 1 else f"{share:.0%}"


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
