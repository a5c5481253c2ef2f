"""Polygons: who lies inside, and what is left of a long line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import InputError
from core.selection.polygons import inside, simplified


def circle(corners: int, radius: float = 3.0) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False)
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_a_circle_holds_who_is_nearer_than_its_radius() -> None:
    points = np.random.default_rng(0).uniform(-5, 5, (5000, 2))
    far = np.abs(np.hypot(*points.T) - 3) > 0.01
    assert (inside(points, circle(400))[far] == (np.hypot(*points.T) < 3)[far]).all()


def test_what_is_enclosed_twice_lies_outside() -> None:
    star = [circle(5)[i] for i in (0, 2, 4, 1, 3)]
    assert not inside(np.zeros((1, 2)), star)[0]
    assert inside(np.array([[2.5, 0.0]]), star)[0]


@settings(max_examples=10, deadline=None)
@given(some.integers(65, 6000), some.floats(0.001, 1e6))
def test_a_long_line_becomes_64_corners_that_enclose_nearly_the_same(corners: int, radius: float) -> None:
    short = simplified(circle(corners, radius))
    assert len(short) <= 64
    points = np.random.default_rng(1).uniform(-1.5 * radius, 1.5 * radius, (4000, 2))
    assert (inside(points, short) != (np.hypot(*points.T) < radius)).mean() < 0.01


def test_a_short_line_keeps_its_corners_rounded_to_four_digits_of_its_extent() -> None:
    assert simplified([(0.123456, 0), (7.5, 1e-9), (7.5, 3.21987), (7.5, 3.21987)]) == (
        (0.123, 0.0),
        (7.5, 0.0),
        (7.5, 3.22),
    )


@pytest.mark.parametrize("line", [[], [(1, 1)] * 9, [(0, 0), (1, 1), (2, 2)], [(0, 0), (np.nan, 1), (1, 0)], [1, 2, 3]])
def test_a_line_that_encloses_nothing_is_no_polygon(line: list[object]) -> None:
    with pytest.raises(InputError, match="draw"):
        simplified(line)
