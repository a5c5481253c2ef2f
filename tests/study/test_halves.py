"""The halves of a study depend on the names of its images and on nothing else."""

from __future__ import annotations

import zlib

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.study.halves import halves

NAMES = pd.Series([f"{i:06d}.jpg" for i in range(1, 40_001)])
"""Named as CelebA's images are."""


def test_an_image_stays_in_its_half_whatever_the_order_and_the_selection() -> None:
    half = halves(NAMES)
    chosen = np.random.default_rng(0).permutation(len(NAMES))[:900]
    np.testing.assert_array_equal(halves(NAMES.iloc[chosen]), half[chosen])


def test_the_split_is_fixed_for_good() -> None:
    """Scores of different days are comparable only while it is."""
    expected = [zlib.crc32(name.encode()) * 2_654_435_769 % 2**32 >= 2**31 for name in NAMES[:500]]
    assert halves(NAMES[:500]).tolist() == expected
    assert halves(pd.Series(["000001.jpg", "Zoë.png", ""])).tolist() == [True, False, False]


def test_halves_are_equal_but_for_chance_and_unrelated_to_the_numbers_of_the_images() -> None:
    half = halves(NAMES)
    assert abs(half.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(NAMES))
    for step in (1, 2, 10, 100, 1000):
        same = (half[step:] == half[:-step]).mean()
        assert abs(same - 0.5) < 0.02
    by_last_digit = half.reshape(-1, 10).mean(axis=0)
    assert np.abs(by_last_digit - 0.5).max() < 0.03


def test_no_images_have_no_halves() -> None:
    assert halves(pd.Series([], dtype=str)).shape == (0,)


@pytest.mark.parametrize("name", [None, 7, float("nan")])
def test_an_image_without_a_name_is_refused(name: object) -> None:
    with pytest.raises(InputError, match="needs a name"):
        halves(pd.Series(["000001.jpg", name], dtype=object))
