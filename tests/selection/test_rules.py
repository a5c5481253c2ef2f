"""Rules go round through texts, files and addresses, and choose what a loop over the rows chooses."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.covariance import ledoit_wolf

from core.errors import InputError
from core.selection import (
    Selected,
    as_text,
    digest_of,
    from_address,
    from_json,
    parse,
    select,
    selected,
    to_address,
    to_json,
)
from core.selection.rules import (
    DEEPEST,
    MOST_RULES,
    AllOf,
    AnyOf,
    Box,
    Has,
    Images,
    Near,
    Not,
    Number,
    Polygon,
    Rule,
    Unusual,
    Within,
)
from core.selection.selected import frame_along
from core.settings import selections_folder
from core.statistics import Description
from core.study import Study
from core.study.describing import describe_study
from core.study.sets import halves
from core.study.writing import write_vectors
from tests.helpers.rules import leaves, rules
from tests.selection.conftest import COUNT


def quantity(study: Study, description: Description, row: int, name: str) -> float:
    vector = study.latents[row].astype(np.float64)
    if name.startswith("component"):
        return float(vector[int(name[9:])])
    if name.startswith("axis"):
        axis = description.axes.axes[int(name[4:]) - 1]
        return float(axis @ vector - axis @ description.axes.mean)
    if name.startswith("difference"):
        direction = DIFFERENCES[name](study)
        return float((vector - description.axes.mean) @ direction / np.linalg.norm(direction))
    if "apart" in name:
        return float((vector - description.axes.mean) @ told_apart(study, description, name))
    if name == "error":
        return float(study.rows["reconstruction_error"][row])
    return float({"radius": description.radii, "distance": description.distances}[name][row])


@cache
def told_apart(study: Study, description: Description, name: str) -> np.ndarray:
    """Return Fisher's direction of what is chosen, learned from half of the vectors, or the longest across it."""
    won = study.rows["won"].fillna(False).to_numpy(bool)
    chosen, half = won if "won" in name else description.radii >= 2, halves(study.rows)
    vectors = study.latents.astype(np.float64)
    sides = [vectors[half & (chosen == so)] for so in (False, True)]
    within = sum(len(side) * shrunk(side) for side in sides) / half.sum()
    direction = np.linalg.solve(within, sides[1].mean(axis=0) - sides[0].mean(axis=0))
    direction /= np.linalg.norm(direction)
    if not name.startswith("off_"):
        return direction
    left = vectors - vectors.mean(axis=0)
    left -= np.outer(left @ direction, direction)
    longest = np.linalg.svd(left, full_matrices=False)[2][0]
    return longest * np.sign(longest[np.abs(longest).argmax()])


def shrunk(side: np.ndarray) -> np.ndarray:
    """Return the covariance of some vectors after Ledoit and Wolf, shrunk in units of each component's deviation."""
    widths = side.std(axis=0)
    return widths[:, None] * ledoit_wolf(side / widths)[0] * widths


def apart(study: Study, attribute: str, value: bool | str) -> np.ndarray:
    """Return how the means of the vectors with a value and with another differ; the unknown are left out."""
    pairs = zip(study.latents.astype(np.float64), study.rows[attribute], strict=True)
    known = [(vector, told) for vector, told in pairs if not pd.isna(told)]
    sides = ([vector for vector, told in known if (told == value) == so] for so in (True, False))
    first, second = (np.mean(side, axis=0) for side in sides)
    return np.asarray(first - second)


DIFFERENCES = {
    "difference(won)": lambda study: apart(study, "won", True),
    "difference(radius)": lambda study: apart(study, "radius", True),
    'difference("the suit"="a \\"b\\"")': lambda study: apart(study, "the suit", 'a "b"'),
}


def encloses(corners: tuple[tuple[float, float], ...], x: float, y: float) -> bool:
    """Return whether a ray to the left crosses an odd number of sides."""
    crossed = 0
    for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (x1 - x0) * (y - y0) / (y1 - y0):
            crossed += 1
    return crossed % 2 == 1


def lies(rule: Rule, of: Callable[[str], float]) -> bool:
    """Return whether quantities lie in a range, a box or a polygon."""
    match rule:
        case Within(name, low, high):
            return low <= of(name) <= high
        case Box(across, up, left, right, bottom, top):
            return left <= of(across) <= right and bottom <= of(up) <= top
        case Polygon(across, up, corners):
            return encloses(corners, of(across), of(up))
    raise AssertionError(rule)


def first(rule: Rule, study: Study, description: Description) -> list[int]:
    """Return the rows that come first in an order."""
    match rule:
        case Near(count, image, vector):
            vectors = study.latents.astype(np.float64)
            middle = vectors[list(study.rows["image"]).index(image)] if image else np.array(vector)
            return sorted(range(COUNT), key=lambda i: (np.square(vectors[i] - middle).sum(), i))[:count]
        case Unusual(count, name):
            known = [(-quantity(study, description, i, name), i) for i in range(COUNT)]
            return [i for value, i in sorted(pair for pair in known if pair[0] == pair[0])[:count]]
    raise AssertionError(rule)


def chooses(rule: Rule, study: Study, description: Description, row: int) -> bool:
    """Return whether a rule chooses a row, by asking what it says of that row."""
    match rule:
        case AllOf(parts):
            return all(chooses(part, study, description, row) for part in parts)
        case AnyOf(parts):
            return any(chooses(part, study, description, row) for part in parts)
        case Not(part):
            return not chooses(part, study, description, row)
        case Near() | Unusual():
            return row in first(rule, study, description)
        case Within() | Box() | Polygon():
            return lies(rule, lambda name: quantity(study, description, row, name))
        case Has(attribute, value):
            known = study.rows[attribute][row]
            return not pd.isna(known) and known == value
        case Number(attribute, low, high):
            known = study.rows[attribute][row]
            return bool((-np.inf if low is None else low) <= known <= (np.inf if high is None else high))
        case Images(names):
            return study.rows["image"][row] in names
    raise AssertionError(rule)


@settings(deadline=None)
@given(rules)
def test_any_rule_goes_round_and_chooses_what_a_loop_over_the_rows_chooses(
    study: Study, description: Description, rule: Rule
) -> None:
    assert parse(as_text(rule)) == rule
    assert from_json(to_json(rule, "mine")).rule == rule
    assert from_address(to_address(rule)) == rule
    chosen = select(rule, study, description)
    rows = range(0, COUNT, 17)
    assert [bool(chosen[row]) for row in rows] == [chooses(rule, study, description, row) for row in rows]


@settings(max_examples=10, deadline=None)
@given(some.lists(leaves, min_size=1, max_size=3))
def test_known_coordinates_give_the_same_as_reading_the_vectors(
    study: Study, description: Description, parts: list[Rule]
) -> None:
    rule = AnyOf((*parts, Within("axis2", 0.5, None)))
    known = select(rule, study, description, lambda along: frame_along(study, description, along).at(study).T)
    assert (known == select(rule, study, description)).all()


def test_what_is_not_known_is_chosen_by_what_asks_for_the_opposite_alone(
    study: Study, description: Description
) -> None:
    unknown = study.rows["won"].isna().to_numpy()
    assert unknown.any()
    yes, no, opposite = (select(parse(text), study, description) for text in ("won", "won=no", "not won"))
    assert not (yes | no)[unknown].any()
    assert opposite[unknown].all()
    assert (yes | no | unknown).all()


def test_a_selection_is_known_by_its_rule_and_not_by_its_name(study: Study, description: Description) -> None:
    rule = parse("won and radius 2..")
    mask = select(rule, study, description)
    one, other = Selected(rule, mask, "winners"), Selected(rule, mask)
    assert one.digest == other.digest == digest_of(parse(" won and  radius 2.0.. "))
    assert one.digest != digest_of(parse("won and radius 3.."))
    assert len(one) == one.count == len(one.rows) == mask.sum()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "an attribute or a quantity"),
        ("won and", "an attribute or a quantity"),
        ("won won", "and, or, or the end"),
        ("(won", r"'\)'"),
        ("won; drop", "Nobody knows what"),
        ("radius", r"'\.\.'"),
        ("radius 3..2", "lower end"),
        ("radius ..", "needs an end"),
        ("radius 1e999..", "finite"),
        ("box(axis1 0.., axis2 0..1)", "a number"),
        ("box(won 0..1, axis2 0..1)", "no quantity"),
        ("box(1 0..1, axis2 0..1)", "a quantity"),
        ("polygon(axis1, axis2: 0 0, 1 1)", "3 to 64 corners"),
        ("near(won, x)", "a number of vectors"),
        ("near(won, 0)", "from 1 to"),
        ("near(, 5)", "a name"),
        ("unusual(5, won)", "no rule"),
        ("images()", "a name"),
        (r'"\q"', "as JSON writes"),
        (r'"\ud800"', "as JSON writes"),
        ('""', "no rule"),
        ("not " * 40 + "won", "deep"),
        ("(" * 40 + "won" + ")" * 40, "deep"),
        (" or ".join(["won"] * 65), "64 at most"),
        ("x" * 2001, "2,000 characters"),
        ("@../../etc/passwd", "not stored"),
        ("@" + "0" * 24, "not stored"),
    ],
)
def test_a_wrong_text_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        from_address(text)
    assert str(caught.value).endswith(".")


def deep(levels: int) -> dict[str, object]:
    return {"kind": "not", "part": deep(levels - 1)} if levels else {"kind": "has", "attribute": "won"}


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "has"},
        {"kind": "has", "attribute": "won", "value": 1},
        {"kind": "has", "attribute": "won", "colour": "red"},
        {"kind": "exec", "code": "1"},
        {"kind": "within", "of": "axis0", "low": 1},
        {"kind": "within", "of": "radius", "low": 2, "high": 1},
        {"kind": "within", "of": "radius"},
        {"kind": "near", "count": 0, "image": "a"},
        {"kind": "near", "count": 5},
        {"kind": "near", "count": 5, "image": "a", "vector": [1]},
        {"kind": "unusual", "count": 5, "of": "luck"},
        {"kind": "images", "names": []},
        {"kind": "images", "names": ["a"] * 10_001},
        {"kind": "polygon", "across": "axis1", "up": "axis2", "corners": [[0, 0], [1, 1]]},
        {"kind": "and", "parts": [{"kind": "has", "attribute": "won"}]},
        {"kind": "or", "parts": [{"kind": "has", "attribute": "won"}] * MOST_RULES},
        deep(DEEPEST),
        deep(600),
        None,
    ],
)
def test_a_hostile_file_is_one_sentence(rule: object) -> None:
    data = json.dumps({"selection": 1, "name": "", "rule": rule}).encode()
    with pytest.raises(InputError, match=r"^a.json holds no rule of a selection \(.*\); export one anew.$"):
        from_json(data, "a.json")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "no rule"),
        (b"\xff\xfe", "no rule"),
        (b'{"selection": 1, "name": "", "rule": NaN}', "no rule"),
        (b"[" * 100_000, "no rule"),
        (b"x" * (2**20 + 1), "at most"),
        (to_json(Has("won")).replace(b'"selection": 1', b'"selection": 2'), "newer zpoints"),
        (to_json(Has("won"), "x" * 81), "80 characters"),
        (to_json(Has("won"), "a\nb"), "80 characters"),
    ],
)
def test_a_file_that_is_none_of_ours_is_one_sentence(data: bytes, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        from_json(data)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("luck", "no attribute 'luck'"),
        ("age", "give a range"),
        ("won 0..1", "no number"),
        ("won=red", "yes or no"),
        ('"the suit"', "one of"),
        ('"the suit"=blue', "not 'blue'"),
        ("axis7 0..", "6 components"),
        ("component6 0..", "6 components"),
        ("near(1 2, 5)", "has 2 components, not 6"),
        ('near("b.jpg", 5)', "no image"),
    ],
)
def test_a_rule_that_asks_for_what_a_study_lacks_is_refused(
    study: Study, description: Description, text: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        select(parse(text), study, description)


def test_errors_are_asked_for_where_some_are_known(tmp_path: Path) -> None:
    study = write_vectors(np.eye(5), tmp_path / "bare")
    with pytest.raises(InputError, match="No reconstruction error"):
        select(parse("error 0.."), study, describe_study(study))


def test_a_rule_too_long_for_an_address_is_stored_and_found_by_its_digest(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ZPOINTS_SELECTIONS", str(tmp_path / "kept"))
    rule = Images(tuple(f"{i:06}.jpg" for i in range(500)))
    address = to_address(rule)
    assert address == f"@{digest_of(rule)[:24]}"
    assert from_address(address) == rule == from_address(to_address(rule))
    (stored,) = selections_folder().iterdir()
    stored.write_bytes(to_json(Has("won")))
    with pytest.raises(InputError, match="another rule"):
        from_address(address)
    stored.unlink()
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    with pytest.raises(InputError, match="stores nothing"):
        to_address(rule)


def test_without_a_folder_of_its_own_rules_lie_with_the_users_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZPOINTS_SELECTIONS")
    assert selections_folder().name == "selections"


def test_numbers_that_are_whole_are_the_same_as_decimal_ones() -> None:
    assert digest_of(Within("radius", 1, 2)) == digest_of(Within("radius", 1.0, 2.0))
    assert digest_of(Polygon("axis1", "axis2", ((0, 0), (1, 0), (0, 1)))) == digest_of(
        Polygon("axis1", "axis2", ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)))
    )


@settings(deadline=None)
@given(
    some.lists(some.one_of(some.integers(0, 5).map(float), some.just(np.nan)), min_size=1, max_size=30),
    some.integers(1, 40),
)
def test_the_first_of_equal_values_come_first_and_what_is_not_known_never(values: list[float], count: int) -> None:
    known = sorted((row for row, value in enumerate(values) if not np.isnan(value)), key=lambda row: (values[row], row))
    assert np.flatnonzero(selected._first(np.array(values), count)).tolist() == sorted(known[:count])
