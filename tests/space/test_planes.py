"""Planes of the latent space and what is picked in them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from core.errors import InputError
from core.space.planes import check_directions, direction_name, make_plane, picked_place
from core.statistics import describe
from core.study import Study
from core.study.describing import describe_study
from tests.helpers.odd_vectors import ODD, sample_of
from tests.helpers.planes import AXES, COMPONENTS, plane_of


def test_along_principal_axes_the_bulk_is_centred_and_uncorrelated(tiny_study: Study) -> None:
    plane = plane_of(tiny_study)
    variances = describe_study(tiny_study).axes.variances[:2]
    np.testing.assert_allclose(plane.mean, 0, atol=1e-9)
    np.testing.assert_allclose(plane.covariance, np.diag(variances), atol=1e-9)


def test_along_components_coordinates_are_the_components(tiny_study: Study) -> None:
    plane = plane_of(tiny_study, directions=(("component", 3), ("component", 5)))
    np.testing.assert_allclose(plane.bulk, tiny_study.latents[:, [3, 5]].astype(float))
    np.testing.assert_allclose(plane.points["origin"], 0)
    assert plane.labels == ("component z<sub>3</sub>", "component z<sub>5</sub>")


@pytest.mark.parametrize(("number", "row"), [(0, 7), (1, 4), (2, 0), (3, 0)])
@pytest.mark.parametrize("sent", [list, lambda pair: {"0": pair[0], "1": pair[1]}], ids=["list", "mapping"])
def test_a_picked_point_leads_back_to_its_vector(tiny_study: Study, sent: Callable, number: int, row: int) -> None:
    plane = plane_of(tiny_study)
    place = picked_place({"points": [{"x": 0.0, "y": 0.0}, {"customdata": sent((number, row))}]})
    assert place == (number, row)
    vector = list(plane.vectors.values())[number][row]
    coordinates = describe_study(tiny_study).axes.along(vector[None], AXES)[0]
    np.testing.assert_allclose(coordinates, list(plane.points.values())[number][row])


@pytest.mark.parametrize("selection", [{}, {"points": []}, {"points": [{"x": 1.0}, {"customdata": [3]}]}])
def test_nothing_is_picked_where_nothing_was_clicked(selection: dict) -> None:
    assert picked_place(selection) is None


def test_the_data_strategy_keeps_both_sets_apart(tiny_study: Study) -> None:
    assert list(plane_of(tiny_study, "data").vectors)[:2] == [tiny_study.title, f"{tiny_study.title}, other vectors"]


@pytest.mark.parametrize(
    ("directions", "sentence"),
    [
        ((("axis", 2), ("axis", 2)), "two different directions"),
        ((("axis", 0), ("axis", 99)), "from 0 to 15"),
        ((("diagonal", 0), ("axis", 1)), "an axis or a component"),
    ],
)
def test_a_plane_without_two_directions_is_refused(tiny_study: Study, directions: tuple, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        make_plane(describe_study(tiny_study), np.zeros((3, 2)), [], directions)


def test_a_space_needs_three_different_directions() -> None:
    check_directions((("axis", 0), ("axis", 1), ("component", 0)), 3)
    with pytest.raises(InputError, match=r"^A space needs three different directions; choose another number\.$"):
        check_directions((("axis", 0), ("axis", 1), ("axis", 0)), 3)


def test_without_samples_the_origin_and_the_centre_can_be_picked(tiny_study: Study) -> None:
    description = describe_study(tiny_study)
    plane = make_plane(description, description.axes.along(tiny_study.latents, AXES), [], AXES)
    assert list(plane.points) == list(plane.vectors) == ["origin", "centre of CelebA"]
    np.testing.assert_allclose(plane.points["centre of CelebA"], 0, atol=1e-9)
    np.testing.assert_allclose(plane.points["origin"][0], -description.axes.axes[:2] @ description.moments.mean)


def test_axes_are_counted_from_one_and_components_from_zero() -> None:
    assert direction_name(("axis", 0)) == "principal axis 1"
    assert direction_name(("component", 0)) == "component z<sub>0</sub>"


def test_a_plane_of_one_vector_has_no_extent() -> None:
    vectors = ODD["one vector"]
    description = describe(vectors)
    plane = make_plane(description, vectors[:, :2], [sample_of(description, vectors)], COMPONENTS)
    np.testing.assert_array_equal(plane.mean, vectors[0, :2])
    np.testing.assert_array_equal(plane.covariance, np.zeros((2, 2)))
