"""Samples: drawn from the strategy's own stream, measured in the study's units, named where they are images."""

from __future__ import annotations

import re

import numpy as np
import pytest

from core.errors import InputError
from core.space.sample import draw_reference, draw_sample
from core.statistics import Description
from core.strategies import Cube, Data, Ellipsoid, Gaussian, Interval, Strategy, stream
from core.study import Study
from core.study.describing import describe_study
from tests.helpers.ladder import AT_ONCE


@pytest.fixture(scope="module")
def description(tiny_study: Study) -> Description:
    return describe_study(tiny_study)


@pytest.mark.parametrize("kind", AT_ONCE, ids=lambda s: s.key)
def test_a_sample_is_what_the_strategy_draws_from_its_own_stream(
    tiny_study: Study, description: Description, kind: type[Strategy]
) -> None:
    sample = draw_sample(tiny_study, description, kind(), 40, 3)
    alone = kind().fit(tiny_study.latents, description)
    np.testing.assert_array_equal(sample.vectors, alone.sample(40, stream(3, alone)))
    assert len(sample) == 40
    assert sample.seed == 3


def test_a_sample_is_described_in_the_units_of_the_study(tiny_study: Study, description: Description) -> None:
    sample = draw_sample(tiny_study, description, Cube(2.0), 200, 0)
    np.testing.assert_allclose(sample.description.distances, description.axes.mahalanobis(sample.vectors))
    np.testing.assert_array_equal(sample.description.histograms.centre, description.moments.mean)
    np.testing.assert_allclose(sample.description.radii, np.linalg.norm(sample.vectors.astype(float), axis=1))


@pytest.mark.parametrize("strategy", [Cube(), Gaussian(), Ellipsoid()], ids=lambda s: s.key)
def test_statistical_vectors_belong_to_no_image(
    tiny_study: Study, description: Description, strategy: Strategy
) -> None:
    assert draw_sample(tiny_study, description, strategy, 5, 0).images is None


@pytest.mark.parametrize("count", [1, 50, 300, 301, 1000])
def test_vectors_of_celeba_are_rows_of_the_study_under_the_names_of_their_images(
    tiny_study: Study, description: Description, count: int
) -> None:
    rows = tiny_study.rows.reset_index().set_index("image")["index"]
    samples = [
        draw_sample(tiny_study, description, Data(), count, 0),
        draw_reference(tiny_study, description, count, 0),
    ]
    for sample in samples:
        assert sample.images is not None
        assert list(sample.images.index) == list(range(count))
        expected = tiny_study.latents[rows[sample.images].to_numpy()]
        np.testing.assert_array_equal(sample.vectors, expected.astype(np.float32))
        assert sample.vectors.dtype == np.float32
        assert sample.images.is_unique == (count <= len(tiny_study))


def test_the_reference_shows_other_images_than_the_celeba_strategy_and_the_same_ones_for_the_same_seed(
    tiny_study: Study, description: Description
) -> None:
    reference = draw_reference(tiny_study, description, 24, 0)
    assert list(reference.images) == list(draw_reference(tiny_study, description, 24, 0).images)
    assert list(reference.images) != list(draw_reference(tiny_study, description, 24, 1).images)
    assert list(reference.images) != list(draw_sample(tiny_study, description, Data(), 24, 0).images)


def test_all_of_the_study_drawn_without_replacement_is_the_study(tiny_study: Study, description: Description) -> None:
    sample = draw_reference(tiny_study, description, len(tiny_study), 5)
    assert sorted(sample.images) == sorted(tiny_study.rows["image"])
    np.testing.assert_allclose(sample.description.moments.covariance, description.moments.covariance, atol=1e-9)
    np.testing.assert_allclose(sample.description.histograms.overlap_distance(description.histograms), 0, atol=1e-12)


@pytest.mark.parametrize(
    ("strategy", "stem"),
    [
        (Cube(4 / 3), "cube_scale=1.33333_12_seed7"),
        (Interval(1.5, "origin"), "interval_k=1.5,centre=origin_12_seed7"),
        (Ellipsoid(20, 2.5), "ellipsoid_components=20,k=2.5,cut=axes_12_seed7"),
        (Gaussian(), "gaussian_12_seed7"),
        (Data(), "data_12_seed7"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_file_names_say_strategy_parameters_count_and_seed(
    tiny_study: Study, description: Description, strategy: Strategy, stem: str
) -> None:
    assert draw_sample(tiny_study, description, strategy, 12, 7).stem == stem


def test_file_names_of_all_strategies_and_the_reference_are_safe_and_different(
    tiny_study: Study, description: Description
) -> None:
    stems = [draw_sample(tiny_study, description, kind(), 3, 0).stem for kind in AT_ONCE]
    stems.append(draw_reference(tiny_study, description, 3, 0).stem)
    assert len(set(stems)) == len(stems)
    assert stems[-1] == "reference_3_seed0"
    assert all(re.fullmatch(r"[\w=.,+-]+", stem) for stem in stems)


@pytest.mark.parametrize("count", [0, -3, 1_000_001, 10**12])
@pytest.mark.parametrize("kind", [Cube, Data], ids=lambda s: s.key)
def test_a_count_out_of_range_is_refused_with_a_sentence(
    tiny_study: Study, description: Description, kind: type[Strategy], count: int
) -> None:
    with pytest.raises(InputError, match=r"^The number of vectors must be from 1 to 1,000,000, not -?\d+\.$"):
        draw_sample(tiny_study, description, kind(), count, 0)


@pytest.mark.parametrize("count", [0, -3, 10**12])
def test_a_reference_of_a_count_out_of_range_is_refused_with_a_sentence(
    tiny_study: Study, description: Description, count: int
) -> None:
    with pytest.raises(InputError, match=r"^The number of vectors must be from 1 to 1,000,000, not -?\d+\.$"):
        draw_reference(tiny_study, description, count, 0)


def test_drawing_a_sample_leaves_the_study_as_it_is(tiny_study: Study, description: Description) -> None:
    before = tiny_study.latents.copy(), tiny_study.rows.copy()
    for kind in AT_ONCE:
        draw_sample(tiny_study, description, kind(), 20, 0).vectors[:] = 0
    np.testing.assert_array_equal(tiny_study.latents, before[0])
    assert tiny_study.rows.equals(before[1])
