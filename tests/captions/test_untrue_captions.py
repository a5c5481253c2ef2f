"""Captions on what would make a careless one false."""

from __future__ import annotations

import numpy as np
import pytest

from core.captions.bulk import about_spectrum, about_the_bulk
from core.captions.correlations import about_a_pair, about_coefficients
from core.captions.normality import about_cuts, about_shapes, about_squared_distances
from core.captions.paths import about_ways
from core.captions.radii import about_radii
from core.statistics import describe, find_core, largest_coordinates, shape
from core.tables import cut_table
from tests.helpers.odd_vectors import sample_of

NORMAL = (
    np.random.default_rng(0).normal(size=(4000, 12))
    @ np.diag(np.linspace(3, 0.5, 12))
    @ np.linalg.qr(np.random.default_rng(1).normal(size=(12, 12)))[0]
)
"""A bulk that is a multivariate normal with correlated components."""

HEAVY = NORMAL * np.random.default_rng(2).chisquare(6, (4000, 1)) / 6
"""One whose components grow and shrink in common."""


def test_a_multivariate_normal_lies_in_the_bulk_and_a_far_cube_does_not() -> None:
    study = describe(NORMAL, title="Cells")
    assert "it is inside the bulk" in about_the_bulk(study, sample_of(study, NORMAL, "mvn", 500))
    moved = describe(NORMAL + 100, title="Cells")
    assert "it is outside the bulk" in about_the_bulk(moved, sample_of(moved, NORMAL + 100, "cube", 500))


@pytest.mark.parametrize(("key", "blind"), [("mvn", False), ("gaussian", True)])
def test_only_independent_components_miss_the_axes(key: str, blind: bool) -> None:
    study = describe(NORMAL)
    along = study.axes.variances_of(sample_of(study, NORMAL, key, 2000).description.moments.covariance)
    assert ("too little along the long axes" in about_spectrum(study, along, key)) is blind


@pytest.mark.parametrize(("key", "dependent"), [("mvn", True), ("gaussian", False)])
def test_only_dependent_components_show_more_than_chance(key: str, dependent: bool) -> None:
    study = describe(NORMAL)
    text = about_coefficients(study, sample_of(study, NORMAL, key, 2000))
    assert ("its components depend on each other" in text) is dependent


def test_a_pair_without_dependence_is_not_called_linear() -> None:
    assert "here it is nearly none" in about_a_pair(describe(NORMAL), 0, 1, (0.013, 0.012), "Cube")


def test_a_normal_has_neither_too_many_near_vectors_nor_too_many_far_ones() -> None:
    normal, heavy = describe(NORMAL), describe(HEAVY)
    assert "as many as a normal near the centre, as many as a normal far out" in about_squared_distances(
        normal, find_core(NORMAL, normal, 1.0)
    )
    assert "too many near the centre, too many far out" in about_squared_distances(heavy, find_core(HEAVY, heavy, 1.0))


def test_cuts_are_compared_where_they_differ() -> None:
    texts = []
    for vectors in (NORMAL, HEAVY):
        study = describe(vectors)
        texts.append(about_cuts(study, cut_table(study, largest_coordinates(vectors, study.axes))))
    assert "more at k = 2" not in texts[0]
    assert "more at k = 2" in texts[1]
    assert "less at k = " in texts[1]


def test_normal_components_have_no_heavy_tails() -> None:
    assert " 0% of them have heavier" not in about_shapes(shape(HEAVY), shape(HEAVY), "Cube", False)
    text = about_shapes(shape(HEAVY), shape(HEAVY), "Cube", False)
    assert "100% of them have heavier and 0% lighter tails" in text


def test_a_way_from_a_face_to_itself_is_no_way() -> None:
    same = np.full(5, 20.4)
    assert about_ways(describe(NORMAL), same, same).startswith("Both ends are one place, at the distance 20.4")


def test_a_bulk_of_independent_components_is_as_broad_as_they_are() -> None:
    vectors = np.random.default_rng(3).normal(size=(20_000, 30))
    study = describe(vectors)
    assert "the bulk is as broad." in about_radii(study, sample_of(study, vectors))
    grown = describe(vectors * np.random.default_rng(4).uniform(0.5, 1.5, (20_000, 1)))
    assert "times as broad." in about_radii(grown, sample_of(grown, vectors))
