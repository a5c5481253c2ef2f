"""Words of the playground say which sliders were moved."""

from __future__ import annotations

from core.captions.playground import about_the_moves


def test_sliders_that_were_moved_are_named_with_how_far() -> None:
    moves = {"axes": [("Principal axis 1", 2.0), ("Principal axis 3", 0.0)], "components": [("Number 7", -1.25)]}
    assert about_the_moves(moves) == "Moved: Principal axis 1 +2.0, Number 7 -1.2."
    assert about_the_moves(moves, most=1) == "Moved: Principal axis 1 +2.0 and 1 more."


def test_nothing_is_said_to_be_moved_where_nothing_was() -> None:
    for moves in ({}, {"axes": []}, {"axes": [("Principal axis 1", 0.0)]}):
        assert about_the_moves(moves) == "No slider is moved yet: both pictures are the same."
