"""Several selections: places that stay, one of which is worked on."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from core.figures.theme import DATA, SAMPLE, SECOND, SELECTIONS
from core.selection import Several, parse
from core.selection.several import MOST

GROUNDS = ("#FFFFFF", "#14161C")
"""Of the light theme and of the dark one."""

VISIONS = {
    "all colours": np.eye(3),
    "no red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "no blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
"""What linear RGB becomes without one kind of cones (Machado, Oliveira and Fernandes 2009)."""

CONES = np.array([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
])  # fmt: skip
OKLAB = np.array([
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
])  # fmt: skip


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast of WCAG."""
    low, high = sorted(float(linear(colour) @ (0.2126, 0.7152, 0.0722)) + 0.05 for colour in (one, other))
    return high / low


def apart(one: str, other: str, vision: str) -> float:
    """Return how far two colours lie apart in a hundredth of Oklab's unit (Ottosson 2020)."""
    seen = (np.clip(np.asarray(VISIONS[vision]) @ linear(colour), 0, 1) for colour in (one, other))
    first, second = (OKLAB @ np.cbrt(CONES @ light) for light in seen)
    return float(100 * np.linalg.norm(first - second))


def test_colours_are_seen_on_either_ground_and_told_apart_by_everybody() -> None:
    colours = [look.colour for look in SELECTIONS]
    assert len(SELECTIONS) == MOST == len({(look.symbol, look.dash) for look in SELECTIONS})
    assert min(contrast(colour, ground) for colour in colours for ground in GROUNDS) >= 3
    for vision in VISIONS:
        assert min(apart(*pair, vision) for pair in itertools.combinations(colours, 2)) > 11
        assert min(apart(colour, other, vision) for colour in colours for other in (DATA, SAMPLE, SECOND)) > 6


def test_what_is_selected_stays_in_its_place() -> None:
    first, second = parse("won"), parse("radius 2..")
    several = Several().with_rule(first).with_name("winners")
    assert (several.taken, several.free) == ((0,), 1)
    both = several.at(1).with_rule(second)
    assert (both.rule, both.name, both.taken) == (second, "", (0, 1))
    assert both.at(0).name == "winners"
    emptied = both.at(0).with_rule(None)
    assert (emptied.taken, emptied.name, emptied.rules[1]) == ((1,), "", second)
    assert emptied.at(1).free == 0


@pytest.mark.parametrize("place", range(MOST))
def test_where_all_places_are_taken_none_is_free(place: int) -> None:
    several = Several()
    for each in range(MOST):
        several = several.at(each).with_rule(parse(f"unusual({each + 1})"))
    assert several.at(place).free is None
    assert several.at(place).with_rule(None).free is None
