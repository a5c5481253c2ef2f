"""Captions say the study's own numbers."""

from __future__ import annotations

import numpy as np
import pytest

from core import captions
from core.sampling import draw_sample
from core.statistics import describe_study, matched_half_width
from core.strategies import make_strategy
from core.study import Study
from core.tables import component_table


@pytest.mark.parametrize("key", ["cube", "mvn", "celeba"])
def test_captions_carry_the_numbers_that_the_core_computes(tiny_study: Study, key: str) -> None:
    study = describe_study(tiny_study)
    sample = draw_sample(tiny_study, study, make_strategy(key), 200, 0)
    drawn = sample.description
    match = matched_half_width(study.mean_radius, study.dimension)
    assert f"{study.radii.mean():.2f} ± {study.radii.std():.2f}" in captions.about_radii(study, sample)
    assert f"{drawn.radii.mean():.2f} ± {drawn.radii.std():.2f}" in captions.about_radii(study, sample)
    assert f"= {match:.2f}." in captions.about_cubes(study)
    assert f"median is {np.median(study.distances):.1f}" in captions.about_distances(study, sample)
    assert f"sample is {np.median(drawn.distances):.1f}" in captions.about_distances(study, sample)
    assert f"{np.linalg.norm(study.moments.mean):.1f} from the origin" in captions.about_the_bulk(study, "Cube")
    assert f"{study.axes.cumulative_share[9]:.0%} of CelebA's variance" in captions.about_spectrum(study)
    assert "3.0 times as far as CelebA's" in captions.about_faces(0.1, 0.3, sample, study)
    table = component_table(study, sample)
    assert f"by {table['difference'].mean():.2f} on average" in captions.about_components(study, table, "Cube")


def test_the_share_inside_the_bulk_is_that_within_99_percent_of_celeba(tiny_study: Study) -> None:
    study = describe_study(tiny_study)
    sample = draw_sample(tiny_study, study, make_strategy("cube", {"scale": 5.0}), 200, 0)
    assert "Of them 0% lie inside the bulk" in captions.about_faces(0.1, 0.3, sample, study)
