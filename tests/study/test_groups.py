"""Equal vectors are found, whatever their order, and become one group."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.study.groups import BLOCK, first_of_equals, with_groups
from core.study.sets import halves


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=50),
    st.sampled_from([np.float16, np.float32, np.float64]),
    st.integers(0, 9),
)
@settings(deadline=None)
def test_the_first_of_equals_is_the_first_row_with_the_same_vector(
    which: list[int], dtype: type[np.floating], seed: int
) -> None:
    vectors = np.random.default_rng(seed).normal(size=(7, 5)).astype(dtype)[which]
    assert first_of_equals(vectors).tolist() == [which.index(value) for value in which]


def test_zero_is_zero_with_either_sign() -> None:
    assert first_of_equals(np.array([[0.0, 1.0], [-0.0, 1.0], [0.0, -1.0]], np.float16)).tolist() == [0, 0, 2]


def test_vectors_whose_hashes_are_equal_by_chance_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    class Same:
        def integers(self, low: int, high: int, size: int, dtype: type) -> np.ndarray:
            return np.zeros(size, dtype)

    monkeypatch.setattr("core.study.groups.np.random.default_rng", lambda seed: Same())
    swapped = np.array([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0]], np.float32)  # the same sum of bits
    assert first_of_equals(swapped).tolist() == [0, 1, 0]


def test_equals_in_different_blocks_are_found() -> None:
    vectors = np.arange(3 * BLOCK, dtype=np.float32)[:, None] % (2 * BLOCK + 7)
    assert first_of_equals(vectors).tolist() == [i % (2 * BLOCK + 7) for i in range(3 * BLOCK)]


def test_equal_vectors_are_a_group_named_after_their_first_image() -> None:
    vectors = np.array([[1, 1], [2, 2], [1, 1], [3, 3], [2, 2], [1, 1]], np.float16)
    rows = pd.DataFrame({"image": list("fedcba"), "Smiling": True})
    grouped = with_groups(rows, vectors)
    assert list(grouped.columns) == ["image", "group", "Smiling"]
    assert grouped["group"].fillna("-").tolist() == ["a", "b", "a", "-", "b", "a"]
    half = halves(grouped)
    assert half[0] == half[2] == half[5]
    assert half[1] == half[4]


def test_groups_do_not_depend_on_the_order_of_the_rows() -> None:
    vectors = np.array([[1, 1], [2, 2], [1, 1]], np.float16)
    rows = pd.DataFrame({"image": ["x", "y", "z"]})
    turned = with_groups(rows[::-1].reset_index(drop=True), vectors[::-1])
    assert turned["group"].tolist()[::-1] == with_groups(rows, vectors)["group"].tolist()


def test_different_vectors_and_given_groups_are_left_as_they_are() -> None:
    rows = pd.DataFrame({"image": ["x", "y"]})
    assert with_groups(rows, np.eye(2, dtype=np.float32)) is rows
    given_groups = rows.assign(group=["one", "two"])
    assert with_groups(given_groups, np.ones((2, 2), np.float32)) is given_groups
