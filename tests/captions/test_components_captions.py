"""Words about components say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy import stats

from core.captions.components import about_components, about_places
from core.space.sample import draw_sample
from core.statistics import Description, describe
from core.strategies import make_strategy
from core.study import Study
from core.tables import component_table
from tests.helpers.bulks import NORMAL
from tests.helpers.odd_vectors import sample_of


def test_the_components_that_lie_off_are_counted(tiny_study: Study, study: Description, latents: np.ndarray) -> None:
    sample = draw_sample(tiny_study, study, make_strategy("cube"), 50, 0)
    table = component_table(study, sample)
    text, places = about_components(study, sample, table), about_places(study, sample, table)
    mean, width = latents.mean(axis=0), latents.std(axis=0, ddof=1)
    assert f"the means lie between {mean.min():.2f} and {mean.max():.2f}" in places
    assert f"{(np.abs(mean) > width).sum()} of 16 of them farther than one σ from 0" in places
    assert f"the widths σ between {width.min():.2f} and {width.max():.2f}. In Cube the" in places
    assert f"mean excess kurtosis {stats.kurtosis(latents).mean():.2f}" in text
    assert f"by {table['difference'].mean():.2f} on average" in text


@pytest.mark.parametrize(("key", "alike"), [("mvn", True), ("gaussian", True), ("cube", False)])
def test_histograms_of_one_law_differ_by_no_more_than_chance(key: str, alike: bool) -> None:
    study = describe(NORMAL)
    sample = sample_of(study, NORMAL, key, 500)
    text = about_components(study, sample, component_table(study, sample))
    found, chance = (float(re.findall(pattern, text)[0]) for pattern in (r"by (0\.\d+) on", r"differ by (0\.\d+)"))
    assert (found == pytest.approx(chance, abs=0.015)) is alike


def test_the_skewness_of_normal_numbers_is_that_of_chance() -> None:
    study = describe(np.random.default_rng(0).normal(size=(600, 200)))
    sample = sample_of(study, study.axes.axes)
    text = about_components(study, sample, component_table(study, sample))
    found, chance = (
        float(x) for x in re.findall(r"skewness\| is (0\.\d+), where 600 normal numbers show (0\.\d+)", text)[0]
    )
    assert found == pytest.approx(chance, abs=0.01)


def test_a_single_component_has_no_averages() -> None:
    vectors = np.random.default_rng(1).normal(3.0, 2.0, (400, 1))
    study = describe(vectors, title="Times")
    sample = sample_of(study, vectors, "mvn", 300)
    table = component_table(study, sample)
    assert "The histogram of Multivariate normal differs from that of Times by" in about_components(
        study, sample, table
    )
    assert "average" not in about_components(study, sample, table)
    places = about_places(study, sample, table)
    assert places.startswith(f"The only component of Times has the mean {vectors.mean():.2f}")
