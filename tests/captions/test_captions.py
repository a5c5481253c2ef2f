"""Captions say the study's own numbers."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.captions.bulk import about_spectrum, about_the_bulk, about_the_cloud
from core.captions.components import about_components
from core.captions.correlations import about_a_pair, about_coefficients, about_correlations
from core.captions.faces import about_faces
from core.captions.normality import about_cuts, about_pairs_of_axes, about_shapes, about_squared_distances
from core.captions.paths import about_attributes, about_curves, about_ways
from core.captions.radii import about_cubes, about_distances, about_radii
from core.captions.studies import about_two_studies
from core.space.sample import draw_sample
from core.statistics import (
    Description,
    PairCut,
    describe,
    find_core,
    largest_coordinates,
    matched_half_width,
    random_coefficient,
    shape,
)
from core.strategies import make_strategy
from core.study import Study
from core.study.describing import describe_study
from core.tables import comparison_table, component_table, cut_table, ellipse_table
from tests.helpers.odd_vectors import ODD, sample_of
from tests.helpers.planes import plane_of


@pytest.fixture(scope="module")
def study(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.fixture(scope="module")
def latents(tiny_study: Study) -> np.ndarray:
    return tiny_study.latents.astype(np.float64)


@pytest.mark.parametrize("key", ["cube", "mvn", "data"])
def test_captions_carry_the_numbers_that_the_core_computes(tiny_study: Study, key: str) -> None:
    study = describe_study(tiny_study)
    sample = draw_sample(tiny_study, study, make_strategy(key), 200, 0)
    drawn = sample.description
    match = matched_half_width(study.mean_radius, study.dimension)
    assert f"{study.radii.mean():.2f} ± {study.radii.std(ddof=1):.2f}" in about_radii(study, sample)
    assert f"{drawn.radii.mean():.2f} ± {drawn.radii.std(ddof=1):.2f}" in about_radii(study, sample)
    assert f"= {match:.2f}." in about_cubes(study)
    assert f"the median of CelebA is {np.median(study.distances):.1f}" in about_distances(study, sample)
    assert f"sample is {np.median(drawn.distances):.1f}" in about_distances(study, sample)
    assert f"{np.linalg.norm(study.moments.mean):.1f} from the origin" in about_the_bulk(study, sample)
    beyond = (study.distances < study.origin_distance).mean()
    assert f"farther out than {beyond:.1%} of the vectors" in about_the_bulk(study, sample)
    assert f"{study.axes.cumulative_share[9]:.0%} of the variance of {study.title}" in about_spectrum(
        study, study.axes.variances, "Cube"
    )
    assert "3.0 times that of CelebA" in about_faces(0.1, 0.3, sample, study)
    table = component_table(study, sample)
    assert f"by {table['difference'].mean():.2f} on average" in about_components(study, table, "Cube")


def test_the_share_inside_the_bulk_is_that_within_99_percent_of_celeba(tiny_study: Study) -> None:
    study = describe_study(tiny_study)
    sample = draw_sample(tiny_study, study, make_strategy("cube", {"scale": 5.0}), 200, 0)
    assert "Of the sample 0% lie within" in about_faces(0.1, 0.3, sample, study)


def test_the_components_that_lie_off_are_counted(tiny_study: Study, study: Description, latents: np.ndarray) -> None:
    text = about_components(
        study, component_table(study, draw_sample(tiny_study, study, make_strategy("cube"), 50, 0)), "Cube"
    )
    mean, width = latents.mean(axis=0), latents.std(axis=0, ddof=1)
    assert f"the means lie between {mean.min():.2f} and {mean.max():.2f}" in text
    assert f"{(np.abs(mean) > width).sum()} of 16 of them farther than one σ from 0" in text
    assert f"σ lies between {width.min():.2f} and {width.max():.2f}" in text
    assert f"mean excess kurtosis {stats.kurtosis(latents).mean():.2f}" in text


def test_ninety_percent_of_the_variance_are_held_by_so_many_axes() -> None:
    values = np.diag([30.0, 20.0, 10.0, 1.0]) @ np.random.default_rng(0).normal(size=(4, 5000))
    share = np.cumsum(np.sort(np.linalg.eigvalsh(np.cov(values)))[::-1]) / np.trace(np.cov(values))
    study = describe(values.T)
    text = about_spectrum(study, study.axes.variances, "Cube")
    assert share[1] > 0.9 > share[0]
    assert "The first 4 of 4 axes hold 100% of the variance of the data, 2 hold 90 %." in text


def test_correlations_are_those_of_numpy(tiny_study: Study, study: Description, latents: np.ndarray) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("gaussian"), 100, 0)
    mine, theirs = (np.abs(np.corrcoef(x, rowvar=False))[np.triu_indices(16, 1)] for x in (latents, sample.vectors))
    text = about_correlations(study, sample)
    assert f"the mean |r| is {mine.mean():.3f}, {(mine > 0.3).sum()} of 120 pairs exceed 0.3" in text
    assert f"the largest is {mine.max():.2f}" in text
    assert f"In Gaussian the mean |r| is {theirs.mean():.3f}" in text
    chance = np.abs(np.random.default_rng(1).normal(0, 0.1, 200_000)).mean()  # coefficients of 100 vectors spread so
    assert float(re.findall(r"would show (0\.\d+) by chance", text)[0]) == pytest.approx(chance, abs=1e-3)


def test_the_chance_coefficient_is_what_independent_numbers_show() -> None:
    rng = np.random.default_rng(2)
    found = [abs(np.corrcoef(rng.normal(size=(2, 200)))[0, 1]) for _ in range(2000)]
    assert random_coefficient(200) == pytest.approx(np.mean(found), rel=0.05)


def test_pairs_beyond_three_standard_errors_are_counted(
    tiny_study: Study, study: Description, latents: np.ndarray
) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("gaussian"), 100, 0)
    values = np.abs(np.corrcoef(latents, rowvar=False))[np.triu_indices(16, 1)]
    text = about_coefficients(study, sample)
    assert f"with the 300 of CelebA the mean |r| would be {np.sqrt(2 / np.pi / 300):.4f}" in text
    assert f"{(values > 3 / np.sqrt(300)).mean():.0%} of the pairs lie farther out" in text
    assert "Gaussian is drawn in 100 vectors" in text


@pytest.mark.parametrize(("spearman", "kind"), [(0.62, "nearly linear"), (0.7, "not linear throughout")])
def test_a_pair_is_linear_where_both_coefficients_agree(study: Description, spearman: float, kind: str) -> None:
    text = about_a_pair(study, 1, 2, (0.6, spearman), "Cube")
    assert f"r = 0.600 measures linear, Spearman's {spearman:.3f} monotone dependence: here it is {kind}." in text
    assert text.endswith("Orange are the vectors of Cube.")


@pytest.mark.parametrize("pair", [(1, 3), (3, 1)])
def test_a_constant_component_is_said_to_be_one(pair: tuple[int, int]) -> None:
    text = about_a_pair(describe(ODD["a constant component"]), *pair, (0.0, 0.0), "Cube")
    assert text == "Component z_1 is constant in this study: it correlates with nothing, and ellipses are lines."


def test_shapes_are_those_of_scipy(latents: np.ndarray) -> None:
    normal = np.random.default_rng(4).normal(size=(400, 16))
    text = about_shapes(shape(latents), shape(normal), "Cube", along_axes=False)
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
        shape(latents), shape(normal), "Cube", along_axes=True
    )


def test_constants_count_neither_for_nor_against_the_shapiro_wilk_test() -> None:
    values = np.column_stack([stats.norm.ppf(np.linspace(0.01, 0.99, 99)), np.full(99, 2.0)])
    assert "the Shapiro-Wilk test accepts 100%" in about_shapes(shape(values), shape(values), "Cube", False)


@pytest.mark.parametrize("kind", ["one vector", "two vectors", "nothing but constants"])
def test_what_cannot_be_tested_is_said_to_be_so(kind: str) -> None:
    text = about_shapes(shape(ODD[kind]), shape(ODD[kind]), "Cube", False)
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
    text = about_squared_distances(study, whole)
    assert f"spread by ±{spread:.1f} around {np.median(study.distances):.1f}" in text
    assert f"those of a normal by ±{normal.std():.2f} around {normal.mean():.1f}" in text
    assert "outermost" not in text
    longer = about_squared_distances(study, core)
    inner = np.diff(np.quantile(core.distances, (0.16, 0.84)))[0] / 2
    factor = stats.chi2.cdf(stats.chi2.ppf(0.8, 16), 18) / 0.8
    assert longer.startswith(text)
    assert "Without the outermost 20%" in longer
    assert f"divided by {factor:.3f}" in longer
    assert longer.endswith(f"the core spreads by ±{inner:.1f}.")


def test_cuts_keep_what_their_table_says(tiny_study: Study, study: Description) -> None:
    table = cut_table(study, largest_coordinates(tiny_study.latents, study.axes))
    row = table[table["k"] == 3].iloc[0]
    text = about_cuts(study, table)
    assert f"keeps {(stats.norm.cdf(3) - stats.norm.cdf(-3)) ** 16:.0%} of a normal and {row['axes_data']:.0%}" in text
    assert f"keeps {row['pairs_normal']:.2%} and {row['pairs_data']:.0%}" in text
    half = float(re.findall(r"k = (\d\.\d\d) on", text)[0])
    assert PairCut(half, 16).kept == pytest.approx(0.5, abs=0.02)


def test_a_curve_is_described_by_its_nearest_and_its_farthest_frame(study: Description) -> None:
    edge = np.quantile(study.distances, 0.99)
    distances, errors = np.array([1.0, 2 * edge, 2.0, 0.5 * edge]), np.array([0.1, 0.7, 0.2, 0.3])
    text = about_curves(study, distances, errors, 0.25)
    assert f"runs from 1.0 to {2 * edge:.1f} (75% of the frames lie within that of 99 % of CelebA, {edge:.1f})" in text
    assert "cycle error from 0.100 to 0.700; the vectors of CelebA have 0.250" in text


def test_the_middle_of_a_line_is_compared_with_what_independent_vectors_show(study: Description) -> None:
    text = about_ways(study, np.array([8.0, 5.0, 6.0]), np.array([8.0, 7.0, 6.0]))
    assert f"straight line at 5.0, where {np.sqrt((64 + 36) / 4):.1f} is expected: the line passes closer" in text
    assert f"The median of CelebA is {np.median(study.distances):.1f}" in text


def test_an_attribute_has_the_length_of_its_direction(study: Description) -> None:
    step = 2 * np.sqrt(study.axes.shrunk_variances[0]) * study.axes.axes[0]
    text = about_attributes("Wearing_Hat", 0.25, step, study)
    assert "the mean of the 25% of CelebA labelled *wearing hat*" in text
    assert f"{np.linalg.norm(step):.2f} long, 2.00 in Mahalanobis distance" in text


def test_the_cloud_names_its_sample() -> None:
    text = about_the_cloud("Cube", 16, coloured=True)
    assert "Cube can be shown over the coloured vectors" in text
    assert f"3σ hold {100 * stats.chi.cdf(3, 3):.0f} % of a normal" in text


def twins(study: Study, factor: float) -> pd.DataFrame:
    """Return the comparison of a study with one whose vectors are longer by a factor."""
    second = dataclasses.replace(study, name="longer", stored=study.latents.astype(np.float32) * factor)
    described = [(s, describe(s.latents)) for s in (study, second)]
    return comparison_table([(s, d, shape(s.latents, d.axes)) for s, d in described])


def test_two_studies_differ_by_their_scale_alone(tiny_study: Study, study: Description) -> None:
    text = about_two_studies(twins(tiny_study, 2.5))
    match = matched_half_width(study.mean_radius, 16)
    errors = tiny_study.rows.loc[tiny_study.rows["partition"] == "validation", "reconstruction_error"]
    assert text.startswith("Beside tiny, the radii of longer are 2.50 times as long")
    assert f"b* is {2.5 * match:.2f} ({match:.2f})" in text
    assert f"Mahalanobis distance {study.origin_distance:.1f} ({study.origin_distance:.1f})" in text
    assert f"the validation error {errors.mean():.5f} ({errors.mean():.5f})" in text
    assert text.endswith("In brackets: tiny.")


@pytest.mark.parametrize(("offset", "place"), [(0.0, "inside"), (40.0, "outside")])
def test_two_studies_have_the_origin_inside_or_outside(tiny_study: Study, offset: float, place: str) -> None:
    latents = np.random.default_rng(3).normal(offset, 1.0, (300, 16))
    study = dataclasses.replace(tiny_study, name="planted", stored=latents)
    described = describe(latents)
    row = (study, described, shape(latents, described.axes))
    text = about_two_studies(comparison_table([row, (dataclasses.replace(study, name="other"), *row[1:])]))
    assert f"{place} the bulk of other and {place} the bulk of planted" in text


def test_without_held_out_images_nothing_is_said_of_a_validation_error(tiny_study: Study) -> None:
    study = dataclasses.replace(tiny_study, rows=tiny_study.rows.assign(partition=""))
    text = about_two_studies(twins(study, 2.0))
    assert "validation" not in text
    assert "nan" not in text


def test_a_study_whose_vectors_are_all_zero_sets_no_scale(tiny_study: Study) -> None:
    study = dataclasses.replace(tiny_study, stored=np.zeros((300, 16)))
    text = about_two_studies(twins(study, 2.0))
    assert text == "All vectors of tiny lie in the origin: there is no scale to compare with."


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_has_captions(kind: str) -> None:
    vectors = ODD[kind]
    study = describe(vectors)
    sample = sample_of(study, vectors)
    texts = [
        about_faces(0.1, 0.2, sample, study),
        about_components(study, component_table(study, sample), sample.title),
        about_radii(study, sample),
        about_cubes(study),
        about_spectrum(study, sample.description.moments.variances, sample.title),
        about_correlations(study, sample),
        about_coefficients(study, sample),
        about_shapes(shape(vectors), shape(sample.vectors), sample.title, False),
        about_shapes(shape(vectors, study.axes), shape(sample.vectors, study.axes), sample.title, True),
        about_squared_distances(study, find_core(vectors, study, 0.5)),
        about_cuts(study, cut_table(study, largest_coordinates(vectors, study.axes))),
        about_curves(study, study.distances, study.distances, 0.1),
        about_ways(study, study.distances, study.distances),
    ]
    assert not [text for text in texts if re.search(r"\bnan\b", text)]
    if study.dimension == 1:
        assert "A single component has no correlations." in texts
    for text in (about_distances(study, sample), about_the_bulk(study, sample)):
        assert "nan" not in text


@pytest.mark.parametrize(("shift", "words"), [(0.0, "inside"), (3.0, "as there"), (9.0, "outside")])
def test_the_place_of_the_origin_is_compared_with_the_series(shift: float, words: str) -> None:
    vectors = np.random.default_rng(0).normal(size=(4000, 3))
    vectors[:, 0] += shift
    assert words in about_the_bulk(describe(vectors), sample_of(describe(vectors), vectors))
