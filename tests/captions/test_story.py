"""The words of the story are true of the study at hand, whatever it is."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from core.captions.game import about_a_round, about_a_tally
from core.captions.start import how_it_is_drawn
from core.captions.story import (
    about_copies,
    about_corners,
    about_dependence,
    about_missing,
    about_normal,
    about_numbers,
    about_place,
    about_spread,
    ask_about_dependence,
    ask_about_normal,
    ask_about_place,
    share_in_words,
)
from core.space.game import PICTURES, Tally, drawn_ones, right_ones
from core.space.ladder import LADDER
from core.space.sample import Sample
from core.space.story import cube_lengths, in_ball, outer_share
from core.statistics import Description, describe
from core.strategies import Data
from core.study import Study
from core.study.writing import write_vectors

RNG = np.random.default_rng(5)
ROUND = RNG.standard_normal((4000, 4))
HEAVY = RNG.standard_t(3, (4000, 4))


def sample(vectors: np.ndarray, described: Description) -> Sample:
    return Sample(Data(), 0, vectors.astype(np.float32), describe(vectors, described))


@pytest.fixture(scope="module")
def cells() -> Description:
    return describe(ROUND, title="Cells")


def test_a_circle_fills_most_of_a_square_and_a_ball_nothing_of_a_cube_of_many_dimensions() -> None:
    assert in_ball(1) == pytest.approx(1)
    assert in_ball(2) == pytest.approx(math.pi / 4)
    assert in_ball(3) == pytest.approx(math.pi / 6)
    assert share_in_words(in_ball(2)) == "78.5%"
    assert share_in_words(in_ball(10)) == "0.2%"
    assert share_in_words(in_ball(12)) == f"about 1 part in {round(1 / in_ball(12)):,}"
    assert share_in_words(in_ball(256)) == "practically nothing, less than 1 part in a number with 229 digits"
    lengths = cube_lengths(256)
    assert lengths.mean() == pytest.approx(1 / math.sqrt(3), abs=0.005)
    assert (cube_lengths(2) <= 1 / math.sqrt(2)).mean() == pytest.approx(math.pi / 4, abs=0.03)


def test_a_middle_at_zero_is_called_so(cells: Description) -> None:
    moved = describe(ROUND + 3, title="Cells")
    assert "is nearly zero here" in about_place(sample(ROUND, cells), cells)
    assert "lies 6.0 away from zero" in about_place(sample(ROUND, moved), moved)


def test_no_correlation_has_no_sign(cells: Description) -> None:
    said = about_dependence(sample(ROUND, cells), cells, (0, 1), -0.001)
    assert "0.00 in the data" in said
    assert "-0.00" not in said


def test_islands_are_spoken_of_only_where_the_cube_misses(cells: Description) -> None:
    far, near = ask_about_place(sample(ROUND + 50, cells), cells), ask_about_place(sample(ROUND, cells), cells)
    assert (far.right, near.right) == ("none", "all")
    assert "fragmented" in far.because
    assert "fragmented" not in near.because
    half = ask_about_place(sample(np.concatenate([ROUND[:50], ROUND[:50] + 50]), cells), cells)
    assert half.right == "half"
    assert "longer than" in about_place(sample(ROUND + 50, cells), cells)
    assert "shorter than" in about_place(sample(ROUND * 0.01, cells), cells)
    assert "about as long as" in about_place(sample(ROUND, cells), cells)
    assert "still not the place" in about_spread(sample(ROUND + 50, cells), cells)
    assert "nearly all there is" in about_spread(sample(ROUND, cells), cells)


def test_the_answer_on_dependence_follows_the_counts(cells: Description) -> None:
    inner, outer = sample(ROUND, cells), sample(ROUND + 50, cells)
    assert ask_about_dependence(outer, inner, cells).right == "more"
    assert ask_about_dependence(inner, outer, cells).right == "fewer"
    assert ask_about_dependence(inner, inner, cells).right == "same"


def test_a_bell_is_called_one_and_heavy_tails_are_not(cells: Description) -> None:
    assert ask_about_normal(cells, 0.05).right == "same"
    heavy = describe(HEAVY)
    assert ask_about_normal(heavy, 0.01).right == "more"
    assert ask_about_normal(describe(RNG.uniform(-1, 1, (4000, 2))), 0.01).right == "fewer"
    assert "nothing is missing" in about_missing(sample(ROUND, cells), cells)
    assert "too few very far from it" in about_missing(sample(ROUND, heavy), heavy)
    assert "spread less" in about_missing(sample(HEAVY * 3, cells), cells)


def test_a_few_members_by_chance_are_no_layer() -> None:
    cells = describe(np.random.default_rng(1).standard_normal((50, 2)))
    assert outer_share(cells, 0.01) == 0.02  # one of fifty
    assert ask_about_normal(cells, 0.01).right == "same"
    assert "nothing is missing" in about_missing(sample(RNG.standard_normal((512, 2)), cells), cells)


def test_a_single_number_is_no_numbers(tmp_path: Path) -> None:
    line = write_vectors(RNG.normal(size=(30, 1)), tmp_path / "line", title="Line")
    said = about_corners(2, line), about_normal(describe(line.latents, title="Line"))
    assert "the 1 number of Line" in said[0]
    assert "most lie near 0" in said[1]
    assert not any("1 numbers" in how_it_is_drawn(rung, line) for rung in LADDER)


def test_a_copy_is_told_by_its_distance() -> None:
    for nearest, words in ((0.0, "a copy"), (0.5, "close to"), (1.0, "of its own"), (9.0, "off the place")):
        assert words in about_copies(nearest, 1.0, "Cells")
    assert "coincide" in about_copies(0.0, 0.0, "Cells")


def test_a_study_with_a_decoder_speaks_of_pictures(tiny_study: Study) -> None:
    assert f"**{tiny_study.dimension} numbers**" in about_numbers(tiny_study)


def test_a_share_of_the_game_is_told_from_twenty_pictures_on() -> None:
    truth = drawn_ones(0, 1)
    assert drawn_ones(0, 1) == truth != drawn_ones(0, 2)
    assert truth <= set(range(1, PICTURES + 1))
    assert right_ones(truth, truth) == PICTURES
    assert right_ones(truth, set(range(1, PICTURES + 1)) - truth) == 0
    once = Tally().plus(PICTURES)
    assert once.interval is None
    assert "%" not in about_a_tally(once, "Shell")
    low, high = once.plus(PICTURES).interval or (0, 0)
    assert high == pytest.approx(1)
    assert low == pytest.approx(24 / (24 + 1.959964**2))  # Wilson's interval of 24 of 24
    assert "can be told" in about_a_tally(once.plus(PICTURES), "Shell")
    assert "cannot rule out" in about_a_tally(Tally(24, 12), "Shell")
    assert "more real" in about_a_tally(Tally(24, 2), "Shell")
    assert about_a_round(truth, truth).startswith("**12 of 12 right.**")
    assert "none" in about_a_round((), (1,))
