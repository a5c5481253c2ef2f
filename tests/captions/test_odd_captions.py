"""Odd studies have captions without a hole."""

from __future__ import annotations

import re

import pytest

from core.captions.bulk import about_spectrum, about_the_bulk
from core.captions.components import about_components, about_places
from core.captions.correlations import about_coefficients, about_matrices
from core.captions.faces import about_faces
from core.captions.normality import (
    about_cuts,
    about_one_direction,
    about_shapes,
    about_squared_distances,
)
from core.captions.paths import about_curves, about_ways
from core.captions.radii import about_cubes, about_distances, about_radii
from core.statistics import (
    describe,
    find_core,
    largest_coordinates,
    shape,
)
from core.tables import component_table, cut_table
from tests.helpers.odd_vectors import ODD, sample_of


@pytest.mark.parametrize("kind", ODD)
def test_every_odd_study_has_captions(kind: str) -> None:
    vectors = ODD[kind]
    study = describe(vectors)
    sample = sample_of(study, vectors)
    texts = [
        about_faces(0.1, 0.2, sample, study),
        about_components(study, sample, component_table(study, sample)),
        about_places(study, sample, component_table(study, sample)),
        about_radii(study, sample),
        about_cubes(study),
        about_spectrum(study, {sample.title: sample.description.moments.variances}),
        *about_matrices(study, sample),
        about_coefficients(study, sample),
        about_shapes(shape(vectors), {sample.title: shape(sample.vectors)}, False),
        about_shapes(shape(vectors, study.axes), {sample.title: shape(sample.vectors, study.axes)}, True),
        about_squared_distances(study, find_core(vectors, study, 0.5), [sample], 30.0),
        about_cuts(study, cut_table(study, largest_coordinates(vectors, study.axes))),
        about_one_direction([(study.title, vectors[:, 0]), (sample.title, sample.vectors[:, 0])]),
        about_curves(study, study.distances, study.distances, 0.1),
        about_ways(study, study.distances, study.distances),
    ]
    assert not [text for text in texts if re.search(r"\bnan\b", text)]
    if study.dimension == 1:
        assert "A single component has no correlations." in texts
    for text in (about_distances(study, sample), about_the_bulk(study, sample)):
        assert "nan" not in text
