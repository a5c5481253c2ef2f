"""One vector looked at closely: its nearest neighbours and what is unusual about it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from core.errors import InputError
from core.space import inspection
from core.space.inspection import inspect_vector, nearest_of_some, nearest_vectors, rows_by_error
from core.space.shown import Shown
from core.statistics import Description, describe
from core.statistics import description as describing_vectors
from core.study import Study
from core.study.writing import write_vectors


@pytest.mark.parametrize("seed", range(5))
def test_neighbours_are_those_of_a_brute_force_search(
    tiny_study: Study, description: Description, latents: np.ndarray, seed: int
) -> None:
    vector = np.random.default_rng(seed).normal(latents.mean(axis=0), 2 * latents.std(axis=0))
    around = inspect_vector(tiny_study, description, vector, neighbours=10).neighbours
    distances, rows = NearestNeighbors(n_neighbors=10, algorithm="brute").fit(latents).kneighbors(vector[None])
    assert list(around["row"]) == list(rows[0])
    np.testing.assert_allclose(around["euclidean"], distances[0], rtol=1e-6)
    assert list(around["image"]) == list(tiny_study.rows["image"].iloc[rows[0]])


@pytest.mark.parametrize("row", [0, 123, 299])
def test_a_vector_of_the_study_is_its_own_nearest_neighbour_at_no_distance(
    tiny_study: Study, description: Description, row: int
) -> None:
    around = inspect_vector(tiny_study, description, tiny_study.latents[row]).neighbours
    assert len(around) == 6
    assert around["row"][0] == row
    assert around["euclidean"][0] == 0
    assert around["image"][0] == tiny_study.rows["image"][row]
    assert around["euclidean"].is_monotonic_increasing


def test_images_that_are_equally_near_come_in_the_order_of_the_study(
    tiny_study: Study, description: Description
) -> None:
    doubled = np.tile(tiny_study.latents[:3], (100, 1))
    study = dataclasses.replace(tiny_study, stored=doubled)
    around = inspect_vector(study, description, doubled[1], neighbours=4).neighbours
    assert list(around["row"]) == [1, 4, 7, 10]


def test_radius_and_distance_are_those_of_the_study(
    tiny_study: Study, description: Description, latents: np.ndarray
) -> None:
    found = inspect_vector(tiny_study, description, latents[7])
    assert found.radius == pytest.approx(np.linalg.norm(latents[7]))
    assert found.distance == pytest.approx(description.distances[7], rel=1e-6)
    origin = inspect_vector(tiny_study, description, np.zeros(16))
    assert origin.radius == 0
    assert origin.distance == pytest.approx(description.origin_distance)


def test_the_most_unusual_components_come_first(
    tiny_study: Study, description: Description, latents: np.ndarray
) -> None:
    mean, widths = latents.mean(axis=0), latents.std(axis=0, ddof=1)
    vector = mean.copy()
    vector[[3, 9, 12]] += widths[[3, 9, 12]] * [2.0, -7.0, 4.0]
    table = inspect_vector(tiny_study, description, vector, components=3).components
    assert list(table["component"]) == [9, 12, 3]
    np.testing.assert_allclose(table["deviation"], [-7.0, 4.0, 2.0])
    np.testing.assert_allclose(table["value"], vector[[9, 12, 3]])


def test_more_components_and_neighbours_than_there_are_give_all(tiny_study: Study, description: Description) -> None:
    found = inspect_vector(tiny_study, description, np.ones(16), components=99, neighbours=999)
    assert sorted(found.components["component"]) == list(range(16))
    assert sorted(found.neighbours["row"]) == list(range(300))


def test_a_constant_component_is_never_unusual(tiny_study: Study) -> None:
    latents = tiny_study.latents.copy()
    latents[:, 4] = 1.5
    study = dataclasses.replace(tiny_study, stored=latents)
    table = inspect_vector(study, describe(latents), latents[0], components=16).components.set_index("component")
    assert table.loc[4, "deviation"] == 0
    assert np.isfinite(table["deviation"]).all()


@pytest.mark.parametrize("vector", [np.zeros(15), np.zeros((1, 16)), np.zeros(0), np.float64(3), np.full(16, np.nan)])
def test_what_is_no_vector_of_the_study_is_refused_with_a_sentence(
    tiny_study: Study, description: Description, vector: np.ndarray
) -> None:
    with pytest.raises(InputError, match=r"^(The vectors|Vectors) [^\n]*\.$"):
        inspect_vector(tiny_study, description, vector)


def test_the_nearest_vectors_are_those_of_a_search_one_by_one(tiny_study: Study) -> None:
    vectors = np.random.default_rng(0).normal(size=(5, tiny_study.dimension)) * 3
    rows, distances = (found[:, 0] for found in nearest_vectors(tiny_study, vectors))
    latents = np.asarray(tiny_study.latents, np.float64)
    for vector, row, distance in zip(vectors, rows, distances, strict=True):
        all_of_them = np.linalg.norm(latents - vector, axis=1)
        assert all_of_them[row] == all_of_them.min()
        assert distance == pytest.approx(all_of_them.min())


def test_a_vector_of_the_study_is_its_own_nearest(tiny_study: Study) -> None:
    rows, distances = nearest_vectors(tiny_study, tiny_study.latents[[7, 3]])
    np.testing.assert_array_equal(rows, [[7], [3]])
    np.testing.assert_allclose(distances, 0, atol=1e-5)


@pytest.mark.parametrize("count", [3, 6, 1000])
def test_rows_stand_from_the_smallest_error_to_nearly_the_largest(count: int) -> None:
    errors = np.random.default_rng(count).permutation(count) / count
    found = errors[rows_by_error(errors, 6)]
    assert found.shape == (5, min(count, 6))
    assert (np.diff(found, axis=1) > 0).all()
    assert found[0, 0] == 0
    np.testing.assert_allclose(found[:, 0], np.array([0, 0.25, 0.5, 0.75, 0.99]) * (1 - 6 / max(count, 6)), atol=1e-3)


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Study, Description, Shown]:
    """Return a study that counts as large, ten vectors of which lie together far out, and a few that stand for it."""
    monkeypatch.setattr(inspection, "LIKE", 60)
    monkeypatch.setattr(describing_vectors, "EXACT", 1000)
    vectors = np.random.default_rng(0).normal(size=(4000, 8))
    vectors[1000:1010] += 40
    study = write_vectors(vectors, tmp_path / "many")
    rows = np.arange(0, 4000, 40)
    return study, describe(study.latents), Shown(study.latents[rows], rows, 4000)


@pytest.mark.parametrize("row", [1004, 3, 2000])
def test_the_nearest_among_some_are_those_of_all_where_that_is_sure(
    many: tuple[Study, Description, Shown], row: int
) -> None:
    study, description, shown = many
    vector = study.latents[row][None]
    rows, distances, sure = nearest_of_some(study, description, shown, vector, 6)
    exact = nearest_vectors(study, vector, 6)
    assert sure == (row == 1004)
    assert rows[0, 0] == row
    assert (distances >= exact[1]).all()
    if sure:
        np.testing.assert_array_equal(rows, exact[0])
        np.testing.assert_allclose(distances, exact[1])
    far = np.linalg.norm(study.latents[rows[0]].astype(float) - vector.astype(float), axis=1)
    np.testing.assert_allclose(distances[0], far)


def test_the_nearest_beyond_the_longest_and_to_zero_are_sure(many: tuple[Study, Description, Shown]) -> None:
    study, description, shown = many
    for vector in (np.full((1, 8), 1000.0), np.zeros((1, 8))):
        rows, _, sure = nearest_of_some(study, description, shown, vector, 3)
        assert sure
        np.testing.assert_array_equal(rows, nearest_vectors(study, vector, 3)[0])


def test_of_many_vectors_at_once_the_sample_alone_is_looked_at(many: tuple[Study, Description, Shown]) -> None:
    study, description, shown = many
    rows, _, sure = nearest_of_some(study, description, shown, study.latents[:20])
    assert not sure
    assert np.isin(rows, shown.rows).all()
