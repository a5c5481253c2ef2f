"""The nearest of many vectors: as brute force finds them, and nearly so through lists."""

from __future__ import annotations

import numpy as np
import pytest

from core.parted import Parted
from core.statistics import Moments, PrincipalAxes, nearest, principal_axes
from core.statistics.nearest import (
    Lists,
    assign,
    codes_in_order,
    count_of_lists,
    count_read,
    learn_centres,
    nearest_exactly,
    nearest_listed,
    nearest_rows,
)

COUNT, DIMENSION = 20_000, 8


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(300, DIMENSION)) * 4
    return (centres[rng.integers(300, size=COUNT)] + rng.normal(size=(COUNT, DIMENSION))).astype(np.float16)


def axes_of(vectors: np.ndarray) -> PrincipalAxes:
    return principal_axes(Moments.of(vectors))


def lists_of(vectors: np.ndarray, probes: int = 8) -> Lists:
    centres, axes = learn_centres(vectors, count_of_lists(len(vectors)), axes_of(vectors)), axes_of(vectors)
    found = assign(vectors, centres, axes)
    codes, scales = (np.concatenate(parts) for parts in zip(*codes_in_order(vectors, centres, found), strict=True))
    starts = np.concatenate([[0], np.bincount(found, minlength=len(centres)).cumsum()])
    return Lists(centres, starts, np.argsort(found, kind="stable"), scales, codes, probes)


def brute(vectors: np.ndarray, few: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    distances = np.sqrt(np.square(few[:, None] - vectors.astype(np.float64)).sum(axis=2))
    rows = np.argsort(distances, axis=1, kind="stable")[:, :count]
    return rows, np.take_along_axis(distances, rows, axis=1)


def test_all_vectors_are_searched_in_blocks_as_one_by_one(vectors: np.ndarray) -> None:
    few, told = np.random.default_rng(1).normal(size=(7, DIMENSION)) * 4, []
    rows, distances = nearest_exactly(vectors, few, 12, told.append)
    expected, far = brute(vectors, few, 12)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_allclose(distances, far, rtol=1e-13)
    assert told[-1] == COUNT
    assert told == sorted(told)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("apart", [0.0, 300.0])
def test_rows_found_in_single_precision_are_those_of_a_plain_search(
    vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch, wide: bool, apart: float
) -> None:
    monkeypatch.setattr(nearest, "READ", 3000)
    rng = np.random.default_rng(4)
    held = np.concatenate([vectors, vectors[:500]])  # twins: of equals the first row comes first
    held = held.astype(np.float64) + rng.normal(size=held.shape) * 1e-9 if wide else held
    held[7] = 3000.0
    held = held + held.dtype.type(apart)  # far from the origin, where differences of squares lose most
    few = np.concatenate([held[[3, 7, len(vectors)]].astype(np.float64), rng.normal(size=(4, DIMENSION)) + apart])
    counts = [1, 2, 40, 12, 500, 1, len(held)]
    found = nearest_rows(held, np.linalg.norm(held.astype(np.float64), axis=1), few, counts)
    for rows, one, count in zip(found, few, counts, strict=True):
        far = np.square(held.astype(np.float64) - one).sum(axis=1)
        np.testing.assert_array_equal(rows, np.argsort(far, kind="stable")[:count])


def test_many_vectors_are_looked_for_at_once(vectors: np.ndarray) -> None:
    few = np.concatenate([vectors[:50].astype(np.float64), np.random.default_rng(3).normal(size=(50, DIMENSION))])
    rows, distances = nearest_exactly(vectors, few, 3)
    expected, far = brute(vectors, few, 3)
    np.testing.assert_array_equal(rows, expected)
    np.testing.assert_allclose(distances, far, rtol=1e-13)


def test_of_equals_the_first_rows_are_found_and_the_same_vector_is_at_no_distance() -> None:
    doubled = np.tile(np.random.default_rng(0).normal(1000, 1, size=(3, DIMENSION)), (10_000, 1))
    rows, distances = nearest_exactly(doubled, doubled[1:2], 4)
    assert rows.tolist() == [[1, 4, 7, 10]]
    assert not distances.any()


def test_more_than_there_are_are_all() -> None:
    rows, distances = nearest_exactly(np.eye(3), np.zeros((2, 3)), 9)
    assert rows.shape == distances.shape == (2, 3)


def test_through_lists_nearly_all_are_found_and_their_distances_are_exact(vectors: np.ndarray) -> None:
    lists, few = lists_of(vectors), vectors[::500].astype(np.float64) + 0.1
    rows, distances = nearest_listed(lists, vectors, few, 10)
    expected, far = brute(vectors, few, 10)
    recall = np.mean([np.isin(one, other).mean() for one, other in zip(expected, rows, strict=True)])
    assert recall > 0.98
    same = rows == expected
    np.testing.assert_allclose(distances[same], far[same], rtol=1e-13)
    assert (distances >= far - 1e-12).all()
    assert (np.diff(distances, axis=1) >= 0).all()


def test_with_all_lists_read_none_is_missed(vectors: np.ndarray) -> None:
    lists = lists_of(vectors)
    few = vectors[:5].astype(np.float64)
    np.testing.assert_array_equal(
        nearest_listed(lists.with_probes(10**6), vectors, few, 10)[1], brute(vectors, few, 10)[1]
    )


def test_lists_that_hold_too_few_are_not_the_last_that_are_read(vectors: np.ndarray) -> None:
    lists = lists_of(vectors, probes=1)
    assert len(lists.candidates(vectors[0].astype(np.float32), 5000)) == 5000


def test_codes_are_the_vectors_to_half_a_step_and_the_same_in_any_parts(
    vectors: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    lists = lists_of(vectors)
    owner = np.repeat(np.arange(len(lists.centres)), np.diff(lists.starts))
    rebuilt = lists.centres[owner] + lists.codes * lists.scales[:, None]
    off = np.abs(rebuilt - vectors[lists.rows].astype(np.float32)).max(axis=1)
    assert (off <= 0.51 * lists.scales + 1e-5).all()
    monkeypatch.setattr(nearest, "WINDOW", 8192 * DIMENSION)
    told: list[int] = []
    parted, found = Parted([vectors[:7000], vectors[7000:]]), assign(vectors, lists.centres, axes_of(vectors))
    again = list(codes_in_order(parted, lists.centres, found, told.append))  # type: ignore[arg-type]
    assert len(again) == 3
    np.testing.assert_array_equal(np.concatenate([codes for codes, _ in again]), lists.codes)
    assert told[-1] == count_read(COUNT, DIMENSION) == 3 * COUNT


def test_a_far_cluster_does_not_blur_the_rest(vectors: np.ndarray) -> None:
    spoiled = vectors.copy()
    spoiled[100:150] = 200 + np.random.default_rng(2).normal(size=(50, DIMENSION))
    lists = lists_of(spoiled)
    rows, _ = nearest_listed(lists, spoiled, np.full((1, DIMENSION), 200.0), 50)
    assert set(rows[0]) == set(range(100, 150))
    few = spoiled[5000::1000].astype(np.float64)
    found, _ = nearest_listed(lists, spoiled, few, 10)
    expected, _ = brute(spoiled, few, 10)
    assert np.mean([np.isin(one, other).mean() for one, other in zip(expected, found, strict=True)]) > 0.97


def test_centres_are_always_the_same(vectors: np.ndarray) -> None:
    axes = axes_of(vectors)
    np.testing.assert_array_equal(learn_centres(vectors, 32, axes), learn_centres(vectors, 32, axes))


@pytest.mark.parametrize("leading", [3, DIMENSION])
def test_each_vector_belongs_to_the_nearest_centre(
    vectors: np.ndarray, leading: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "LEADING", leading)
    centres = learn_centres(vectors, 64, axes_of(vectors))
    squares = np.square(vectors[:2000, None].astype(np.float64) - centres).sum(axis=2)
    found = assign(vectors, centres, axes_of(vectors))[:2000]
    np.testing.assert_allclose(squares[np.arange(2000), found], squares.min(axis=1), rtol=1e-4)


@pytest.mark.parametrize(("count", "lists"), [(1, 16), (250_000, 1024), (2_000_000, 4096), (10_000_000, 8192)])
def test_lists_grow_with_the_root_of_the_vectors(count: int, lists: int) -> None:
    assert count_of_lists(count) == lists
