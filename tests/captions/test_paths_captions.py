"""Words about paths say what the numbers are, also where a careless sentence would be false."""

from __future__ import annotations

import numpy as np

from core.captions.paths import about_attributes, about_curves, about_ways
from core.statistics import (
    Description,
    describe,
)
from core.study.columns import Column, Kind
from tests.helpers.bulks import NORMAL


def test_a_curve_is_described_by_its_nearest_and_its_farthest_frame(study: Description) -> None:
    edge = np.quantile(study.distances, 0.99)
    distances, errors = np.array([1.0, 2 * edge, 2.0, 0.5 * edge]), np.array([0.1, 0.7, 0.2, 0.3])
    text = about_curves(study, distances, errors, 0.25)
    assert f"runs from 1.0 to {2 * edge:.1f} (75% of the frames lie within that of 99 % of CelebA, {edge:.1f})" in text
    assert "cycle error runs from 0.100 to 0.700; the vectors of CelebA have 0.250" in text


def test_the_middle_of_a_line_is_compared_with_what_independent_vectors_show(study: Description) -> None:
    text = about_ways(study, np.array([8.0, 5.0, 6.0]), np.array([8.0, 7.0, 6.0]))
    assert f"straight line at 5.0, where {np.sqrt((64 + 36) / 4):.1f} is expected: the line passes closer" in text
    assert f"The median of CelebA is {np.median(study.distances):.1f}" in text


def test_an_attribute_has_the_length_of_its_direction(study: Description) -> None:
    step = 2 * np.sqrt(study.axes.shrunk_variances[0]) * study.axes.axes[0]
    text = about_attributes(step, study, Column("Wearing_Hat", Kind.BOOL), "this")
    assert text.startswith("The direction is this: ")
    assert f"{np.linalg.norm(step):.2f} long, 2.00 in Mahalanobis distance" in text


def test_a_way_from_a_face_to_itself_is_no_way() -> None:
    same = np.full(5, 20.4)
    assert about_ways(describe(NORMAL), same, same).startswith("Both ends are one place, at the distance 20.4")
