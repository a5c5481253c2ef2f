"""Words about radii say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import numpy as np
import pytest

from core.captions.radii import about_cubes, about_distances, about_radii
from core.space.sample import draw_sample
from core.statistics import Description, describe, matched_half_width
from core.strategies import make_strategy
from core.study import Study
from tests.helpers.odd_vectors import sample_of


def test_a_bulk_of_independent_components_is_as_broad_as_they_are() -> None:
    vectors = np.random.default_rng(3).normal(size=(20_000, 30))
    study = describe(vectors)
    assert "the bulk is as broad." in about_radii(study, sample_of(study, vectors))
    grown = describe(vectors * np.random.default_rng(4).uniform(0.5, 1.5, (20_000, 1)))
    assert "times as broad." in about_radii(grown, sample_of(grown, vectors))


@pytest.mark.parametrize("key", ["cube", "mvn", "data"])
def test_radii_and_distances_are_those_that_the_core_computes(tiny_study: Study, study: Description, key: str) -> None:
    sample = draw_sample(tiny_study, study, make_strategy(key), 200, 0)
    drawn = sample.description
    assert f"{study.radii.mean():.2f} ± {study.radii.std(ddof=1):.2f}" in about_radii(study, sample)
    assert f"{drawn.radii.mean():.2f} ± {drawn.radii.std(ddof=1):.2f}" in about_radii(study, sample)
    assert f"= {matched_half_width(study.mean_radius, study.dimension):.2f}." in about_cubes(study)
    assert f"the median of CelebA is {np.median(study.distances):.1f}" in about_distances(study, sample)
    assert f"sample is {np.median(drawn.distances):.1f}" in about_distances(study, sample)


def test_nothing_is_said_of_faces_where_there_may_be_none(study: Description) -> None:
    assert "face" not in about_cubes(study)


def test_one_dimension_is_not_several() -> None:
    vectors = np.random.default_rng(0).exponential(size=(200, 1))
    study = describe(vectors)
    assert "in 1 dimension;" in about_radii(study, sample_of(study, vectors))
