"""The halves and sets of a study depend on its groups, or on the names of its images, and on nothing else."""

from __future__ import annotations

import hashlib
import random
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.study import open_study
from core.study.sets import Sets, halves, sets_of, tenth

NAMES = pd.Series([f"{i:06d}.jpg" for i in range(1, 40_001)])
"""Named as CelebA's images are."""

STUDIES = Path(__file__).parents[2] / "studies"


def named(names: pd.Series) -> pd.DataFrame:
    """Return rows of images without groups."""
    return pd.DataFrame({"image": names})


def test_an_image_stays_in_its_half_whatever_the_order_and_the_selection() -> None:
    half = halves(named(NAMES))
    chosen = np.random.default_rng(0).permutation(len(NAMES))[:900]
    np.testing.assert_array_equal(halves(named(NAMES.iloc[chosen])), half[chosen])


def test_the_split_is_fixed_for_good() -> None:
    """Scores of different days are comparable only while it is."""
    expected = [zlib.crc32(name.encode()) * 2_654_435_769 % 2**32 >= 2**31 for name in NAMES[:500]]
    assert halves(named(NAMES[:500])).tolist() == expected
    assert halves(named(pd.Series(["000001.jpg", "Zoë.png", ""]))).tolist() == [True, False, False]


def test_halves_are_equal_but_for_chance_and_unrelated_to_the_numbers_of_the_images() -> None:
    half = halves(named(NAMES))
    assert abs(half.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(NAMES))
    for step in (1, 2, 10, 100, 1000):
        same = (half[step:] == half[:-step]).mean()
        assert abs(same - 0.5) < 0.02
    by_last_digit = half.reshape(-1, 10).mean(axis=0)
    assert np.abs(by_last_digit - 0.5).max() < 0.03


def test_no_images_have_no_halves() -> None:
    assert halves(named(pd.Series([], dtype=str))).shape == (0,)


@pytest.mark.parametrize("name", [None, 7, float("nan")])
def test_an_image_without_a_name_is_refused(name: object) -> None:
    with pytest.raises(InputError, match="needs a name"):
        halves(named(pd.Series(["000001.jpg", name], dtype=object)))


@pytest.mark.parametrize("name", ["celeba", "celeba-batchnorm"])
def test_the_halves_of_the_bundled_studies_are_those_that_they_were_scored_with(name: str) -> None:
    if not (STUDIES / name).is_dir():
        pytest.skip(f"{STUDIES / name} does not exist")
    half = halves(open_study(STUDIES / name).rows)
    assert half.sum() == 15_041
    digest = hashlib.sha256(np.packbits(half).tobytes()).hexdigest()
    assert digest == "7b5fc151d832673da2d0c9f06bb1c13b1c12525cf93e87df55a0e40403500929"


def test_a_study_of_the_same_images_has_the_same_halves_but_for_images_with_equal_vectors() -> None:
    first, third = (open_study(STUDIES / name).rows for name in ("celeba", "celeba-vae"))
    moved = np.flatnonzero(halves(first) != halves(third))
    assert set(moved) <= set(np.flatnonzero(third["group"].notna()))
    assert len(moved) == 1


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), st.text(max_size=2))), min_size=1, max_size=40))
def test_a_group_never_straddles_the_halves(rows: list[tuple[str, str | None]]) -> None:
    table = pd.DataFrame(rows, columns=["image", "group"])
    half = halves(table)
    for members in table.groupby("group").indices.values():
        assert len(set(half[members])) == 1
    alone = table["group"].isna().to_numpy()
    np.testing.assert_array_equal(half[alone], halves(table.loc[alone, ["image"]]))


def test_groups_are_shared_out_between_the_halves() -> None:
    half = halves(pd.DataFrame({"image": NAMES, "group": [f"person {i // 4}" for i in range(len(NAMES))]}))
    assert abs(half.mean() - 0.5) < 4 * 0.5 / np.sqrt(len(NAMES) / 4)
    assert (half.reshape(-1, 4) == half[::4, None]).all()


SHARES = {"fitted": 0.45, "tuning": 0.05, "reference": 0.25, "unseen": 0.25}


def masks(sets: Sets) -> np.ndarray:
    """Return the sets as rows of a table, (4, n)."""
    return np.stack([getattr(sets, name) for name in SHARES])


TABLES = st.lists(st.tuples(st.text(max_size=3), st.one_of(st.none(), st.text(max_size=2))), min_size=1, max_size=40)


@settings(deadline=None)
@given(TABLES)
def test_each_row_is_in_one_set_with_all_of_its_group(rows: list[tuple[str, str | None]]) -> None:
    table = pd.DataFrame(rows, columns=["image", "group"])
    found = masks(sets_of(table))
    assert (found.sum(axis=0) == 1).all()
    place = found.argmax(axis=0)
    for members in table.groupby("group").indices.values():
        assert len(set(place[members])) == 1
    np.testing.assert_array_equal(found[:2].any(axis=0), halves(table))
    np.testing.assert_array_equal(found[1], halves(table) & tenth(table))


@settings(deadline=None)
@given(TABLES, st.randoms(use_true_random=False))
def test_a_row_keeps_its_set_under_any_selection_and_order(
    rows: list[tuple[str, str | None]], random: random.Random
) -> None:
    table = pd.DataFrame(rows, columns=["image", "group"])
    chosen = random.sample(range(len(table)), random.randint(1, len(table)))
    np.testing.assert_array_equal(masks(sets_of(table.iloc[chosen])), masks(sets_of(table))[:, chosen])


def test_sets_have_their_shares_but_for_chance() -> None:
    sets = sets_of(named(NAMES))
    for name, share in SHARES.items():
        error = np.sqrt(share * (1 - share) / len(NAMES))
        assert abs(getattr(sets, name).mean() - share) < 4 * error, name


def test_the_parts_of_the_halves_have_nothing_to_do_with_the_halves_and_with_the_numbers_of_the_images() -> None:
    """The tenth is as large in either half, and neighbours are no more often in one set than any two rows are."""
    half, last, sets = halves(named(NAMES)), tenth(named(NAMES)), sets_of(named(NAMES))
    error = np.sqrt(0.1 * 0.9 / half.sum())
    assert abs(last[half].mean() - last[~half].mean()) < 4 * np.sqrt(2) * error
    second = sets.reference[~half]
    for step in (1, 2, 10, 100):
        assert abs((second[step:] == second[:-step]).mean() - 0.5) < 0.03
    by_last_digit = last.reshape(-1, 10).mean(axis=0)
    assert np.abs(by_last_digit - 0.1).max() < 4 * np.sqrt(0.1 * 0.9 / (len(NAMES) / 10))


def test_the_sets_are_fixed_for_good() -> None:
    """They follow from a hash that is written down here once more."""
    for name, found in zip(NAMES[:200], masks(sets_of(named(NAMES[:200]))).T, strict=True):
        digest = hashlib.blake2b(name.encode(), digest_size=8, salt=b"zpoints sets").digest()
        share = int.from_bytes(digest, "big") / 2**64
        if zlib.crc32(name.encode()) * 2_654_435_769 % 2**32 >= 2**31:
            expected = [share >= 0.1, share < 0.1, False, False]
        else:
            expected = [False, False, share < 0.5, share >= 0.5]
        assert found.tolist() == expected
    assert sets_of(named(pd.Series([], dtype=str))).fitted.shape == (0,)


def test_groups_are_shared_out_among_the_sets() -> None:
    """Four rows of one person each."""
    sets = sets_of(pd.DataFrame({"image": NAMES, "group": [f"person {i // 4}" for i in range(len(NAMES))]}))
    for name, share in SHARES.items():
        error = np.sqrt(share * (1 - share) / (len(NAMES) / 4))
        assert abs(getattr(sets, name).mean() - share) < 4 * error, name


@pytest.mark.parametrize("of", [sets_of, tenth])
def test_an_image_without_a_name_has_no_set(of: Callable[[pd.DataFrame], object]) -> None:
    with pytest.raises(InputError, match="needs a name"):
        of(named(pd.Series(["000001.jpg", None], dtype=object)))
