"""What stands below a picture before anything in numbers is true, and needs no statistics."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from core.captions.bulk import see_the_bulk, see_the_farthest, see_the_spectrum
from core.captions.components import see_components, see_places
from core.captions.correlations import see_a_pair, see_coefficients, see_matrices
from core.captions.normality import see_a_test, see_cuts, see_pairs_of_axes, see_shapes, see_squared_distances
from core.captions.paths import better_way, see_attributes, see_curves, see_ways, verdict
from core.captions.radii import see_cubes, see_distances, see_radii, usual_distance
from core.space.planes import Direction, make_plane
from core.space.sample import Sample
from core.statistics import Description, Shape, cube_radius, describe, largest_coordinates, shape
from core.strategies import STRATEGIES, Strategy, make_strategy
from core.study.columns import Column, Kind
from core.tables import component_table, cut_table, ellipse_table
from tests.helpers.odd_vectors import sample_of

TERMS = re.compile(r"[σμΣχ√|]|Mahalanobis|Pearson|Spearman|kurtosis|skewness|quantile|covariance|shrinkage|the series")
"""What only those know who learned statistics, or read the blog."""

RNG = np.random.default_rng(7)
NORMAL = RNG.normal(size=(6000, 6))
LEANING = NORMAL @ np.array([[1.0, 0.9, 0, 0, 0, 0], *np.eye(6)[1:]]) + 4
FAR_OUT = NORMAL * RNG.uniform(0.3, 2.0, (6000, 1))


def drawn_by(key: str, study: Description, vectors: np.ndarray, **values: float) -> Sample:
    """Return 2,000 vectors of a strategy that is fitted to vectors (n, d)."""
    strategy = make_strategy(key, values).fit(vectors, study)
    drawn = strategy.sample(2000, np.random.default_rng(0))
    return type(sample_of(study, vectors))(strategy, 0, drawn, describe(drawn, study))


@pytest.fixture(scope="module")
def leaning() -> Description:
    """Vectors away from zero, the first two components of which rise together."""
    return describe(LEANING)


@pytest.fixture(scope="module")
def cube(leaning: Description) -> Sample:
    """A cube about zero as long as those."""
    return drawn_by("cube", leaning, LEANING)


@pytest.fixture(scope="module")
def normal(leaning: Description) -> Sample:
    """N(μ, Σ) of those."""
    return drawn_by("mvn", leaning, LEANING)


def test_none_of_them_needs_a_term(leaning: Description, cube: Sample, normal: Sample) -> None:
    both = (cube, normal)
    table = component_table(leaning, cube, normal)
    directions: tuple[Direction, Direction] = (("axis", 0), ("axis", 1))
    plane = make_plane(leaning, leaning.axes.along(LEANING, directions), [], directions)
    texts = [
        see_radii(leaning, *both),
        see_cubes(leaning),
        see_distances(leaning, *both),
        see_the_bulk(leaning, *both),
        see_the_farthest(leaning),
        see_components(leaning, both, table),
        see_places(leaning, *both),
        *see_matrices(leaning, *both),
        see_coefficients(leaning, *both),
        see_a_pair(leaning, 0, 1, 0.7, ["Cube"]),
        see_shapes(shape(LEANING), "cells", along_axes=True),
        see_pairs_of_axes(ellipse_table([plane]), "cells"),
        see_squared_distances(leaning, both, 1e9),
        see_the_spectrum(leaning, {"Cube": leaning.axes.variances}),
        see_cuts(leaning, cut_table(leaning, largest_coordinates(LEANING, leaning.axes))),
        see_a_test(0.01, "cells"),
        see_curves(leaning, leaning.distances),
        verdict(leaning, leaning.distances, leaning.distances, 1.0),
        see_ways(np.array([3.0, 2.0, 3.0]), np.array([3.0, 3.0, 3.0])),
    ]
    assert [text for text in texts if TERMS.search(text)] == []
    assert all(texts)


def test_lengths_are_counted_as_a_loop_would(leaning: Description, cube: Sample) -> None:
    low, high = np.quantile(leaning.radii, (0.025, 0.975))
    lengths = cube.description.radii
    found = see_radii(leaning, cube)
    within = sum(low <= length <= high for length in lengths) / len(lengths)
    assert f"Of Cube {within:.0%} do, " in found
    assert f"{(lengths < low).mean():.0%} are shorter, {(lengths > high).mean():.0%} are longer." in found


def test_lengths_that_differ_too_little_or_too_much_are_called_so(leaning: Description, normal: Sample) -> None:
    def said(factor: float) -> str:
        lengths = leaning.mean_radius + factor * leaning.radius_deviation * NORMAL[:2000, 0]
        vectors = np.outer(lengths, np.ones(6)) / np.sqrt(6)
        return see_radii(leaning, Sample(normal.strategy, 0, vectors, describe(vectors, leaning)))

    assert " But orange is too narrow: these are nearly all alike in length" in said(0.5)
    assert said(2.0).endswith(" Orange is too wide: these differ more in length.")
    assert "too " not in see_radii(leaning, normal)


@pytest.mark.parametrize(
    ("count", "words"), [(256, "about 16 spreads"), (1, "about 1 spread away"), (2, "about 1 spr")]
)
def test_distances_add_up_over_the_numbers_of_a_vector(count: int, words: str) -> None:
    assert words in usual_distance(count)
    squares = np.square(describe(RNG.gamma(2.0, size=(20_000, 8))).distances)
    assert squares.mean() == pytest.approx(8, rel=0.01)


def test_the_cube_that_is_named_has_the_mean_length(leaning: Description) -> None:
    width = float(re.findall(r"and (\d+\.\d+) they", see_cubes(leaning))[0])
    assert cube_radius(width, 6)[0] == pytest.approx(leaning.mean_radius, rel=0.03)


def test_a_cube_is_far_from_the_middle_and_a_fitted_normal_is_not(
    leaning: Description, cube: Sample, normal: Sample
) -> None:
    assert (
        "Of Cube 0% do. Of Multivariate normal 99% do. The dashed line is a vector whose numbers are all 0; "
        in see_distances(leaning, cube, normal)
    )
    assert "zero lies outside the cloud, and Cube is outside the bulk." in see_the_bulk(leaning, cube)
    assert "Cube is outside the bulk and Multivariate normal is inside the bulk." in see_the_bulk(leaning, cube, normal)
    about_zero = describe(NORMAL)
    assert "zero lies in it" in see_the_bulk(about_zero, sample_of(about_zero, NORMAL))


def test_a_middle_is_called_empty_only_where_hardly_anyone_is_near_it() -> None:
    few, many = (describe(RNG.normal(size=(4000, count))) for count in (4, 100))
    assert "hardly anyone" not in see_the_bulk(few, sample_of(few, np.zeros((10, 4))))
    nearest = np.quantile(many.distances, 0.01)
    assert nearest > 3
    words = f"hardly anyone is there: 99 % of the data lie at least {nearest:.1f} spreads from it."
    assert see_the_bulk(many, sample_of(many, np.zeros((10, 100)))).endswith(words)


def test_a_pattern_is_seen_where_it_was_learned(leaning: Description, cube: Sample, normal: Sample) -> None:
    mine, first, second, left, none = see_matrices(leaning, cube, normal)
    assert mine.startswith("Of 15 pairs of numbers 1 goes together strongly")
    assert first == "Cube shows nothing of the pattern of the data."
    assert second == "Multivariate normal shows the pattern of the data."
    found, usual, ratio = (
        float(number)
        for number in re.findall(
            r"are ([\d.]+) strong on average, where chance alone would leave ([\d.]+) .*: ([\d.]+)", left
        )[0]
    )
    assert found / usual == pytest.approx(ratio, abs=0.1)
    assert left.endswith(" times as much, and the nearer to 1 the better.")
    assert none.endswith(" times as much, which is good.")
    assert see_coefficients(leaning, cube, normal).endswith(
        "Cube is as wide as that and Multivariate normal is wider. Orange should be as wide as blue, and is too "
        "narrow. Green should be as wide as blue, and is."
    )


@pytest.mark.parametrize(
    ("pearson", "words"),
    [(0.5, "rise together"), (-0.5, "go against each other"), (0.001, "nearly do not depend")],
)
def test_a_pair_rises_falls_or_does_neither(leaning: Description, pearson: float, words: str) -> None:
    assert words in see_a_pair(leaning, 0, 1, pearson, ["Cube", "Normal"])


def test_curves_that_have_to_move_are_told_as_shares(leaning: Description, cube: Sample) -> None:
    table = component_table(leaning, cube)
    assert f"{table['difference'].mean():.0%} of Cube would have to move" in see_components(leaning, (cube,), table)
    assert "6 of 6 means lie farther from 0" in see_places(leaning, cube)
    assert "orange and green on blue" in see_places(leaning, cube, cube)


@pytest.mark.parametrize(("vectors", "far"), [(NORMAL, 5), (FAR_OUT, 12)])
def test_how_many_lie_far_out_is_counted(vectors: np.ndarray, far: int) -> None:
    study = describe(vectors)
    share = (study.distances > stats.chi.ppf(0.95, 6)).mean()
    assert f"and {share:.0%} as far." in see_squared_distances(study, [], 1e9)
    assert 100 * share == pytest.approx(far, abs=4)


def test_a_bell_is_called_one_and_tails_are_not(leaning: Description) -> None:
    bell, heavy = (shape(vectors) for vectors in (NORMAL, FAR_OUT))

    def share(one: Shape) -> int:
        return int(re.findall(r"In (\d+)% of the", see_shapes(one, "cells", along_axes=False))[0])

    assert share(bell) <= 34
    assert share(heavy) == 100
    assert "could be a bell" in see_a_test(0.5, "cells")
    assert "are no bell" in see_a_test(0.01, "cells")


def test_a_sample_that_the_picture_leaves_out_is_named(leaning: Description, cube: Sample, normal: Sample) -> None:
    assert "above the picture" not in see_squared_distances(leaning, [cube, normal], 1e9)
    assert see_squared_distances(leaning, [cube, normal], 34.0).endswith(" Cube lies above the picture.")


def test_how_widely_a_sample_spreads_is_told_for_long_and_short_axes(leaning: Description) -> None:
    variances = leaning.axes.variances
    text = see_the_spectrum(leaning, {"Cube": np.array([0.5, 0.5, 0.5, 2, 2, 2]) * variances, "Same": variances})
    assert "Cube spreads too little along the long and too much along the short ones" in text
    assert text.endswith("Same spreads as widely along the long and as widely along the short ones.")


def test_an_arc_keeps_what_is_special_only_where_it_goes_around_the_middle() -> None:
    text = see_ways(np.array([4.0, 1.0, 5.0]), np.array([4.0, 4.5, 5.0]))
    assert "straight line lies 1.0 from the middle and the arc 4.5; the ends lie at 4.0 and 5.0." in text
    assert text.endswith("the more a picture is the mean one, so the arc keeps more of what is special.")
    assert see_ways(np.array([4.0, 4.4, 5.0]), np.array([4.0, 4.5, 5.0])).endswith("a picture is the mean one.")
    assert see_ways(np.full(3, 2.0), np.full(3, 2.0)) == ""


@pytest.mark.parametrize(
    ("line", "arc", "errors", "words"),
    [
        ((0.9, 0.1, 0.9), (0.9, 0.9, 0.9), (0.2, 0.3), "**Arc is better here**: 3 of its 3 steps"),
        ((0.9, 0.8, 0.9), (0.9, 9.0, 0.9), (0.2, 0.3), "**Line is better here**: 3 of its 3 steps"),
        ((0.9, 0.8, 0.9), (0.9, 0.9, 0.9), (0.2, 0.24), "**Line is a little better here**: all 3 steps of either way"),
        ((0.9, 0.8, 0.9), (0.9, 0.9, 0.9), (0.4, 0.2), "**Arc is clearly better here**: all 3 steps of either way"),
        ((9.0, 0.8, 0.9), (0.9, 0.9, 9.0), (0.2, 0.201), "here**: 2 of 3 steps of either way lie in the band of good"),
        ((9.0, 9.0, 9.0), (9.0, 9.0, 9.0), (np.nan, np.nan), "**Neither way is better here**: none of the steps of"),
    ],
)
def test_the_better_of_two_ways_is_named_with_what_decides_it(
    leaning: Description,
    line: tuple[float, ...],
    arc: tuple[float, ...],
    errors: tuple[float, float],
    words: str,
) -> None:
    median = leaning.median_distance
    ways = [(median * np.array(way), np.full(3, error)) for way, error in zip((line, arc), errors, strict=True)]
    text = better_way(leaning, ("Line", "Arc"), *ways, usual=0.2)
    assert words in text
    if "little" in text or "clearly" in text:
        first, second = sorted(errors)
        assert f"{first / 0.2:.2f} times that of the data, where the other has {second / 0.2:.2f} times" in text
    assert not TERMS.search(text)


def test_steps_of_a_curve_are_counted(leaning: Description) -> None:
    edge = leaning.distance_quantiles(0.99)
    distances, errors = np.array([0.1, 2.0, edge + 1, edge + 2]), np.array([0.1, 0.2, 0.3, 0.6])
    assert verdict(leaning, distances, errors, 0.15) == (
        "2 of 4 steps lie where 99 % of the data do; the others lie too far out. 1 lies less than half as far from "
        "the middle as usual, which is not good: its picture shows little more than the mean one. 3 of 4 are made "
        "again worse than the data are on average (cycle error): 2.4 times as far off, the worst 4.0 times."
    )
    assert verdict(leaning, np.array([2.0, 2.1]), errors[:2], 0.3) == (
        "2 of 2 steps lie where 99 % of the data do, none of them too near to the middle, which is good. None is made "
        "again worse than the data are on average, which is good."
    )
    assert verdict(leaning, np.array([2.0, 2.1]), errors[:2], np.nan).endswith("which is good.")
    assert "2 of 6 directions" in see_curves(leaning, distances)
    assert see_curves(leaning, np.array([2.0, 2.1])) == ""


def test_an_attribute_goes_to_the_right(leaning: Description) -> None:
    column = Column("age", Kind.NUMBER)
    assert see_attributes(leaning, column).startswith("More of *age* to the right")


@pytest.mark.parametrize("see", [see_matrices, see_coefficients])
def test_a_single_component_has_no_pairs_to_tell_of(see: Callable[..., str | list[str]]) -> None:
    alone = describe(NORMAL[:, :1])
    assert not any(see(alone, sample_of(alone, NORMAL[:, :1])))


def test_components_that_never_change_make_no_pair() -> None:
    constant = describe(np.column_stack([np.ones(50), NORMAL[:50, 0]]))
    assert see_a_pair(constant, 0, 1, 0.0, ["Cube"]) == ""
    shown = see_matrices(constant, sample_of(constant, np.column_stack([np.ones(50), NORMAL[:50, 0]])))
    assert "nothing of the pattern" in shown[1]


def test_cuts_take_more_away_with_more_numbers(leaning: Description) -> None:
    several = see_cuts(leaning, cut_table(leaning, largest_coordinates(LEANING, leaning.axes)))
    assert "the more numbers, the surer that one is unusual" in several
    kept = (largest_coordinates(LEANING, leaning.axes)[:, 0] <= 3).mean()
    assert f"and {kept:.0%} of the data are left" in several


@pytest.mark.parametrize("strategy", STRATEGIES, ids=lambda strategy: strategy.key)
def test_each_strategy_says_what_it_does_without_a_term_and_as_no_other_does(strategy: type[Strategy]) -> None:
    assert strategy.does
    assert not TERMS.search(strategy.does)
    assert [other for other in STRATEGIES if other.does == strategy.does] == [strategy]
