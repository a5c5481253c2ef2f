"""Words about correlations say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.captions.correlations import (
    about_a_pair,
    about_coefficients,
    about_matrices,
    about_strongest_pairs,
)
from core.figures.theme import DIVERGING
from core.space.sample import draw_sample
from core.statistics import (
    Description,
    describe,
    random_coefficient,
)
from core.strategies import make_strategy
from core.study import Study
from tests.helpers.bulks import NORMAL
from tests.helpers.odd_vectors import ODD, sample_of


def test_correlations_are_those_of_numpy(tiny_study: Study, study: Description, latents: np.ndarray) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("gaussian"), 100, 0)
    mine, theirs = (np.abs(np.corrcoef(x, rowvar=False))[np.triu_indices(16, 1)] for x in (latents, sample.vectors))
    text, drawn, _ = about_matrices(study, sample)
    assert f"the mean |r| is {mine.mean():.3f}, {(mine > 0.3).sum()} of 120 pairs exceed 0.3" in text
    assert f"the largest is {mine.max():.2f}" in text
    assert f"In Gaussian the mean |r| is {theirs.mean():.3f}" in drawn
    chance = np.abs(np.random.default_rng(1).normal(0, 0.1, 200_000)).mean()  # coefficients of 100 vectors spread so
    assert float(re.findall(r"would show (0\.\d+) by chance", drawn)[0]) == pytest.approx(chance, abs=1e-3)


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
    text = about_a_pair(study, 1, 2, (0.6, spearman), ["Cube"])
    assert f"r = 0.600 measures linear, Spearman's {spearman:.3f} monotone dependence: here it is {kind}." in text
    assert text.endswith("Orange are the vectors of Cube.")


@pytest.mark.parametrize("pair", [(1, 3), (3, 1)])
def test_a_constant_component_is_said_to_be_one(pair: tuple[int, int]) -> None:
    text = about_a_pair(describe(ODD["a constant component"]), *pair, (0.0, 0.0), ["Cube"])
    assert text == "Component z_1 is constant in this study: it correlates with nothing, and ellipses are lines."


@pytest.mark.parametrize(("key", "dependent"), [("mvn", True), ("gaussian", False)])
def test_only_dependent_components_show_more_than_chance(key: str, dependent: bool) -> None:
    study = describe(NORMAL)
    text = about_coefficients(study, sample_of(study, NORMAL, key, 2000))
    assert ("its components depend on each other" in text) is dependent


def test_a_pair_without_dependence_is_not_called_linear() -> None:
    assert "here it is nearly none" in about_a_pair(describe(NORMAL), 0, 1, (0.013, 0.012), ["Cube"])


@pytest.mark.parametrize(("key", "alike"), [("mvn", True), ("gaussian", False)])
def test_matrices_of_one_law_are_no_farther_apart_than_chance_makes_them(key: str, alike: bool) -> None:
    study = describe(NORMAL)
    text = about_matrices(study, sample_of(study, NORMAL, key, 2000))[2]
    apart, chance = (float(re.findall(pattern, text)[0]) for pattern in (r"(0\.\d+) apart on", r"(0\.\d+) apart by"))
    assert (apart < 1.1 * chance) is alike
    assert chance == pytest.approx(np.sqrt(2 / np.pi * (1 / 2000 + 1 / 4000)), abs=1e-3)


def test_green_is_where_the_sample_has_the_larger_coefficient() -> None:
    assert DIVERGING[0][1] == "#762A83"  # purple, of the negative differences of a sample less the study
    assert DIVERGING[-1][1] == "#1B7837"


def test_the_table_of_the_strongest_pairs_says_how_many_there_are() -> None:
    assert "the 20 of 32,640 pairs with the largest |r|" in about_strongest_pairs("Cells", 20, 32_640)
    assert "all 3 pairs" in about_strongest_pairs("Cells", 3, 3)
    assert about_strongest_pairs("Cells", 0, 0) == "A single component has no pairs."
