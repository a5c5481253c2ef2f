"""Words about normality say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from core.captions.normality import (
    about_a_test,
    about_cuts,
    about_one_direction,
    about_pairs_of_axes,
    about_shapes,
    about_squared_distances,
    as_number,
    see_pairs_of_axes,
    see_squared_distances,
    see_the_bell,
)
from core.figures.normality import highest_square
from core.space.planes import make_plane
from core.space.sample import draw_sample
from core.statistics import (
    Description,
    PairCut,
    describe,
    find_core,
    largest_coordinates,
    shape,
)
from core.strategies import make_strategy
from core.study import Study
from core.tables import cut_table, ellipse_table
from tests.helpers.bulks import HEAVY, NORMAL
from tests.helpers.odd_vectors import ODD, sample_of
from tests.helpers.planes import plane_of


def test_shapes_are_those_of_scipy(latents: np.ndarray) -> None:
    normal = np.random.default_rng(4).normal(size=(400, 16))
    text = about_shapes(shape(latents), {"Cube": shape(normal)}, along_axes=False)
    kurtosis = stats.kurtosis(latents)
    assert text.startswith("The series found the components approximately normal.")
    assert f"the mean |skewness| is {np.abs(stats.skew(latents)).mean():.2f}" in text
    assert (
        f"the mean excess kurtosis {kurtosis.mean():.2f}; {(kurtosis > 2 * np.sqrt(24 / 300)).mean():.0%} of them"
        in text
    )
    tests = [stats.shapiro(column) for column in latents.T]
    assert (
        f"On 300 of the 300 vectors the Shapiro-Wilk test accepts {np.mean([t.pvalue > 0.05 for t in tests]):.0%}"
        in text
    )
    assert f"with a mean W of {np.mean([t.statistic for t in tests]):.4f}." in text
    assert text.endswith(f"Cube has the mean excess kurtosis {stats.kurtosis(normal).mean():.2f}.")
    assert "the coordinates along the principal axes approx" in about_shapes(
        shape(latents), {"Cube": shape(normal)}, along_axes=True
    )


def test_constants_count_neither_for_nor_against_the_shapiro_wilk_test() -> None:
    values = np.column_stack([stats.norm.ppf(np.linspace(0.01, 0.99, 99)), np.full(99, 2.0)])
    assert "the Shapiro-Wilk test accepts 100%" in about_shapes(shape(values), {"Cube": shape(values)}, False)


@pytest.mark.parametrize("kind", ["one vector", "two vectors", "nothing but constants"])
def test_what_cannot_be_tested_is_said_to_be_so(kind: str) -> None:
    text = about_shapes(shape(ODD[kind]), {"Cube": shape(ODD[kind])}, False)
    assert "Constants, and fewer than three vectors, cannot be tested." in text


def test_pairs_of_axes_hold_the_shares_of_their_table(tiny_study: Study) -> None:
    planes = [plane_of(tiny_study), plane_of(tiny_study, directions=(("axis", 2), ("axis", 3)))]
    within = {1: [], 3: []}
    for plane in planes:
        white = np.linalg.inv(np.linalg.cholesky(plane.covariance)) @ (plane.bulk - plane.mean).T
        for k, shares in within.items():
            shares.append((np.linalg.norm(white, axis=0) <= k).mean())
    text = about_pairs_of_axes(ellipse_table(planes), "CelebA")
    assert f"of CelebA {np.mean(within[1]):.1%} lie within 1σ of a pair (a normal: 39.3%)" in text
    assert f"and {np.mean(within[3]):.2%} within 3σ (98.89%)" in text


def test_the_core_has_a_sentence_of_its_own(tiny_study: Study, study: Description) -> None:
    whole, core = (find_core(tiny_study.latents, study, share) for share in (1.0, 0.8))
    normal = stats.chi(16)
    spread = np.diff(np.quantile(study.distances, (0.16, 0.84)))[0] / 2
    sample = draw_sample(tiny_study, study, make_strategy("mvn"), 100, 0)
    text = about_squared_distances(study, whole, [sample], 1e9)
    assert f"spread by ±{spread:.1f} around {np.median(study.distances):.1f}" in text
    assert f"those of a normal by ±{normal.std():.2f} around {normal.mean():.1f}" in text
    assert "outermost" not in text
    longer = about_squared_distances(study, core, [sample], 1e9)
    inner = np.diff(np.quantile(core.distances, (0.16, 0.84)))[0] / 2
    factor = stats.chi2.cdf(stats.chi2.ppf(0.8, 16), 18) / 0.8
    said, told = (f" The distances of {sample.title}", f"the core spreads by ±{inner:.1f}.")
    assert longer.startswith(text.split(said)[0])
    assert "Without the outermost 20%" in longer
    assert f"divided by {factor:.3f}" in longer
    assert told + said in longer


def test_cuts_keep_what_their_table_says(tiny_study: Study, study: Description) -> None:
    table = cut_table(study, largest_coordinates(tiny_study.latents, study.axes))
    row = table[table["k"] == 3].iloc[0]
    text = about_cuts(study, table)
    assert f"keeps {(stats.norm.cdf(3) - stats.norm.cdf(-3)) ** 16:.0%} of a normal and {row['axes_data']:.0%}" in text
    assert f"keeps {row['pairs_normal']:.0%} and {row['pairs_data']:.0%}" in text
    half = float(re.findall(r"k = (\d\.\d\d) on", text)[0])
    assert PairCut(half, 16).kept == pytest.approx(0.5, abs=0.02)


def test_a_normal_has_neither_too_many_near_vectors_nor_too_many_far_ones() -> None:
    normal, heavy = describe(NORMAL), describe(HEAVY)
    assert "as many as a normal near the centre, as many as a normal far out" in about_squared_distances(
        normal, find_core(NORMAL, normal, 1.0), [sample_of(normal, NORMAL)], 58.0
    )
    assert "too many near the centre, too many far out" in about_squared_distances(
        heavy, find_core(HEAVY, heavy, 1.0), [sample_of(heavy, HEAVY)], 58.0
    )


def test_cuts_are_compared_where_they_differ() -> None:
    texts = []
    for vectors in (NORMAL, HEAVY):
        study = describe(vectors)
        texts.append(about_cuts(study, cut_table(study, largest_coordinates(vectors, study.axes))))
    assert "more at k = 2" not in texts[0]
    assert "more at k = 2" in texts[1]
    assert "less at k = " in texts[1]


def test_normal_components_have_no_heavy_tails() -> None:
    assert " 0% of them have heavier" not in about_shapes(shape(HEAVY), {"Cube": shape(HEAVY)}, False)
    text = about_shapes(shape(HEAVY), {"Cube": shape(HEAVY)}, False)
    assert "100% of them have heavier and 0% lighter tails" in text


@pytest.mark.parametrize(("key", "hidden"), [("mvn", False), ("cube", True)])
def test_vectors_that_lie_above_the_picture_are_told(key: str, hidden: bool) -> None:
    study = describe(NORMAL + 20)
    sample = sample_of(study, NORMAL + 20, key, 300)
    highest = highest_square(12)
    text = about_squared_distances(study, find_core(NORMAL + 20, study, 1.0), [sample], highest)
    share = (np.square(sample.description.distances) > highest).mean()
    assert bool(share > 0) is hidden
    assert (f"Above the picture lie {share:.0%} of Cube." in text) is hidden
    assert ("Above the picture" in text) is hidden


def test_a_single_axis_has_no_pairs() -> None:
    study = describe(NORMAL[:, :1])
    text = about_cuts(study, cut_table(study, largest_coordinates(NORMAL[:, :1], study.axes)))
    assert text.startswith("In 1 dimension a normal vector")
    assert text.endswith("a single axis has no pairs.")


def test_the_farthest_value_of_normal_ones_is_where_theory_has_it() -> None:
    rng = np.random.default_rng(0)
    far = [np.abs(stats.zscore(rng.normal(size=300))).max() for _ in range(500)]
    text = about_one_direction([("Cells", rng.normal(size=300)), ("Cube", np.ones(5))])
    usual = float(re.findall(r"bell about (\d\.\d)\.", text)[0])
    assert usual == pytest.approx(np.median(far), abs=0.1)
    assert "Those of Cube are all the same." in text


@pytest.mark.parametrize(("p_value", "word"), [(0.5, "passes"), (0.001, "fails")])
def test_a_test_passes_above_five_percent(p_value: float, word: str) -> None:
    assert f"here it {word} at p = 0.05" in about_a_test("axis", 3, p_value)


def test_a_number_that_is_none_is_unknown() -> None:
    assert (as_number(0.25, "+.2f"), as_number(np.nan, ".4f")) == ("+0.25", "unknown")


def test_each_part_begins_with_what_was_found() -> None:
    rng = np.random.default_rng(3)
    bell = rng.normal(size=(20_000, 6))
    lumpy = bell * rng.uniform(0.3, 2.0, (20_000, 1))
    assert see_the_bell(describe(bell)).startswith("Both near the middle and far out lie as many as in a bell.")
    for see in (see_the_bell(describe(lumpy)), see_squared_distances(describe(lumpy), [], 1e9)):
        assert see.startswith("Both near the middle and far out lie more than in a bell.")
    flat = rng.uniform(-1, 1, size=(20_000, 2))
    assert see_the_bell(describe(flat)).startswith("Both near the middle and far out lie fewer than in a bell.")
    described, axes = describe(lumpy), (("axis", 0), ("axis", 1))
    plane = make_plane(described, described.axes.along(lumpy, axes), [], axes)
    assert see_pairs_of_axes(ellipse_table([plane]), "cells").startswith(
        "Both near the middle and far out lie more than in a bell."
    )
