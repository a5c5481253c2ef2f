"""An excess is 0 for real vectors and 1 for N(μ, Σ), has an honest interval, and is blank where it tells nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from core.scores.entries import RECONSTRUCTIONS
from core.scores.excess import blind, excess_scores, with_excesses
from core.scores.rows import KEYS, summary
from core.scores.spaces import FEWEST_FOR_FRECHET, SPACES
from core.scores.table import board

FLOOR, BASE, MEAN, WRONG = (RECONSTRUCTIONS.key, ""), ("mvn", ""), ("cube", "scale=1"), ("neighbours", "k=5")

Drawn = dict[tuple[str, str], list[float]]


def long_table(distances: Drawn, kernels: Drawn | None = None, count: int = FEWEST_FOR_FRECHET) -> pd.DataFrame:
    """Return a long table whose distances are the same in all spaces."""
    rows = [(*name, count, seed) for name, values in distances.items() for seed in range(len(values))]
    table = pd.DataFrame(rows, columns=list(KEYS)).assign(note="", faces=0.9)
    for space in SPACES:
        table[f"distance_{space.key}"] = np.concatenate(list(distances.values()))
        table[f"kernel_{space.key}"] = np.concatenate(list((kernels or distances).values()))
    return table


def excesses(table: pd.DataFrame, suffix: str = "") -> dict[str, float]:
    """Return the excess of each strategy, which has to be the same in all spaces."""
    rows = with_excesses(summary(table), table)
    found = [rows.set_index("strategy")[score.key + suffix] for score in excess_scores()]
    for other in found[1:]:
        np.testing.assert_array_equal(other, found[0])
    return dict(found[0])


def noisy(mean: float, seed: int, count: int = 5, deviation: float = 0.1) -> list[float]:
    return list(np.random.default_rng(seed).normal(mean, deviation, count))


def test_the_floor_has_none_a_normal_law_one_and_all_else_lies_on_the_line_through_both() -> None:
    found = excesses(long_table({FLOOR: [2.0, 2.2], BASE: [4.0, 4.2], MEAN: [3.0, 3.2], WRONG: [8.0, 8.2]}))
    assert found == pytest.approx({FLOOR[0]: 0, BASE[0]: 1, MEAN[0]: 0.5, WRONG[0]: 3})


def test_the_unit_of_the_distances_and_what_all_have_does_not_matter() -> None:
    drawn = {FLOOR: noisy(2, 0), BASE: noisy(4, 1), MEAN: noisy(3, 2)}
    moved = {name: list(7 + 50 * np.array(values)) for name, values in drawn.items()}
    for suffix in ("", "_deviation", "_low", "_high", "_kernel"):
        assert excesses(long_table(moved), suffix) == pytest.approx(excesses(long_table(drawn), suffix))


def test_the_deviation_is_that_of_the_draws_in_the_same_unit() -> None:
    drawn = {FLOOR: [2.0, 2.0], BASE: [4.0, 4.0], MEAN: [3.0, 3.4]}
    assert excesses(long_table(drawn), "_deviation")["cube"] == pytest.approx(np.std([3.0, 3.4], ddof=1) / 2)
    assert excesses(long_table(drawn), "_low")["cube"] == pytest.approx(0.5)  # both draws the smaller one
    assert excesses(long_table(drawn), "_high")["cube"] == pytest.approx(0.7)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    """95 % where there are many draws; the bootstrap of 20 has a little less. Each space has draws of its own."""
    inside = []
    for trial in range(15):
        table = long_table(dict.fromkeys((FLOOR, BASE, MEAN), [0.0] * 20))
        for place, space in enumerate(SPACES):
            draws = np.random.default_rng((trial, place)).normal(np.repeat([2, 4, 3], 20), 0.1)
            table[f"distance_{space.key}"] = table[f"kernel_{space.key}"] = draws
        row = with_excesses(summary(table), table).set_index("strategy").loc["cube"]
        for score in excess_scores():
            low, found, high = (row[f"{score.key}{suffix}"] for suffix in ("_low", "", "_high"))
            assert low < found < high
            inside.append(low < 0.5 < high)
    assert len(inside) == 45
    assert 0.8 < np.mean(inside) <= 1


def test_of_one_draw_there_is_no_deviation_and_no_interval() -> None:
    table = long_table({FLOOR: [2.0], BASE: [4.0], MEAN: [3.0]})
    assert excesses(table)["cube"] == 0.5
    for suffix in ("_deviation", "_low", "_high"):
        assert np.isnan(excesses(table, suffix)["cube"])


def test_of_few_images_the_kernel_distance_is_compared() -> None:
    distances = {FLOOR: [2.0, 2.1], BASE: [4.0, 4.1], MEAN: [3.0, 3.1]}
    kernels = {FLOOR: [0.0, 0.1], BASE: [1.0, 1.1], MEAN: [0.9, 1.0]}
    few, many = (long_table(distances, kernels, count) for count in (FEWEST_FOR_FRECHET - 1, FEWEST_FOR_FRECHET))
    assert excesses(few)["cube"] == excesses(few, "_kernel")["cube"] == pytest.approx(0.9)
    assert excesses(many)["cube"] == pytest.approx(0.5)
    assert excesses(many, "_kernel")["cube"] == pytest.approx(0.9)


@pytest.mark.parametrize("missing", [FLOOR, BASE])
def test_without_a_reference_row_there_is_no_excess(missing: tuple[str, str]) -> None:
    table = long_table({FLOOR: [2.0, 2.1], BASE: [4.0, 4.1], MEAN: [3.0, 3.1]})
    without = table[table["strategy"] != missing[0]]
    assert np.isnan(list(excesses(without).values())).all()
    assert blind(without) == []
    unmeasured = table.copy()
    for space in SPACES:
        unmeasured.loc[table["strategy"] == missing[0], [f"distance_{space.key}", f"kernel_{space.key}"]] = np.nan
    assert np.isnan(list(excesses(unmeasured).values())).all()


def test_without_distances_a_board_has_blank_excesses() -> None:
    table = pd.DataFrame([(*MEAN, 2000, 0)], columns=list(KEYS)).assign(note="", faces=0.9)
    rows = board(table, "my cells")
    assert rows[[score.key for score in excess_scores()]].isna().all(axis=None)
    assert list(rows["verdict"]) == ["faces"]


def test_a_row_with_a_draw_that_was_not_measured_has_the_excess_of_the_others() -> None:
    table = long_table({FLOOR: [2.0, 2.0], BASE: [4.0, 4.0], MEAN: [3.0, np.nan, 3.2]})
    assert excesses(table)["cube"] == pytest.approx(0.55)


def test_a_space_in_which_a_normal_law_is_hardly_farther_is_blind() -> None:
    """5 standard errors are asked for."""
    for distance, sees in ((2.02, False), (2.6, True)):
        table = long_table({FLOOR: noisy(2, 0), BASE: noisy(distance, 1), MEAN: noisy(3, 2)})
        assert len(blind(table)) == (0 if sees else len(SPACES))
        assert all(np.isfinite(value) == sees for value in excesses(table).values())


def test_a_space_in_which_a_normal_law_is_nearer_than_real_vectors_is_blind() -> None:
    table = long_table({FLOOR: noisy(4, 0), BASE: noisy(2, 1), MEAN: noisy(3, 2)})
    assert len(blind(table)) == len(SPACES)
    assert np.isnan(list(excesses(table).values())).all()


def test_blindness_is_one_of_a_space_alone() -> None:
    table = long_table({FLOOR: noisy(2, 0), BASE: noisy(4, 1), MEAN: noisy(3, 2)})
    base = table["strategy"] == "mvn"
    table.loc[base, "distance_textures"] = table.loc[table["strategy"] == FLOOR[0], "distance_textures"].to_numpy()
    assert [score.key for score in blind(table)] == ["excess_textures"]
    rows = with_excesses(summary(table), table)
    assert rows["excess_textures"].isna().all()
    assert rows["excess_expressions"].notna().all()


@pytest.mark.parametrize(
    ("distance", "kernel", "word"), [(4.5, 4.5, "faces"), (4.7, 3, "unlike the data"), (3, 4.7, "unlike the data")]
)
def test_faces_far_beyond_those_of_a_normal_law_by_either_distance_are_broken(
    distance: float, kernel: float, word: str
) -> None:
    distances, kernels = ({FLOOR: [2.0] * 2, BASE: [4.0] * 2, MEAN: [value] * 2} for value in (distance, kernel))
    rows = board(long_table(distances, kernels), "my cells")
    assert dict(zip(rows["strategy"], rows["verdict"], strict=True))["cube"] == word
