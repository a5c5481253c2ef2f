"""What a pointer draws becomes a rule, and a rule is seen where it was drawn."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InputError
from core.selection import as_text, joined, parse, select
from core.selection import selected as selected_module
from core.selection.drawn import brushed_rule, drawn_rule, outlines
from core.selection.rules import AnyOf, Has, Polygon
from core.selection.selected import Selected, histograms_of
from core.space.shown import Shown
from core.statistics import Description
from core.study import Study


def test_a_lasso_is_a_polygon_of_the_plane_and_chooses_what_lies_in_it(study: Study, description: Description) -> None:
    angle = np.linspace(0, 2 * np.pi, 300)
    drawn = {"points": [], "lasso": [{"x": list(1.5 * np.cos(angle)), "y": list(1.5 * np.sin(angle))}], "box": []}
    rule = drawn_rule(drawn, ("axis1", "component4"))
    assert isinstance(rule, Polygon)
    assert len(rule.corners) <= 64
    assert len(as_text(rule)) < 1200
    points = description.axes.along(study.latents, [("axis", 0), ("component", 4)])
    clear = np.abs(np.hypot(*points.T) - 1.5) > 0.02
    assert (select(rule, study, description)[clear] == (np.hypot(*points.T) < 1.5)[clear]).all()
    (line,) = outlines(rule, "axis1", "component4")
    assert (line[0] == line[-1]).all()
    assert not list(outlines(rule, "axis1", "axis2"))


def test_boxes_and_brushes_are_ranges_whichever_way_they_are_drawn() -> None:
    box = {"x": [2.00004, -1], "y": [3, 0.5]}
    assert as_text(drawn_rule({"box": [box]}, ("axis1", "axis2"))) == "box(axis1 -1..2, axis2 0.5..3)"
    assert as_text(brushed_rule({"box": [box]}, "radius")) == "radius -1..2"
    assert isinstance(drawn_rule({"box": [box, box]}, ("axis1", "axis2")), AnyOf)
    assert isinstance(brushed_rule({"box": [box, box]}, "radius"), AnyOf)
    assert as_text(brushed_rule({"box": [box | {"xref": "x2"}]}, "component7", "component3")) == "component3 -1..2"
    assert drawn_rule({"points": []}, ("axis1", "axis2")) is None
    assert brushed_rule({}, "radius") is None
    assert len(list(outlines(parse("not box(axis1 -1..2, axis2 0.5..3) or won"), "axis1", "axis2"))) == 1
    assert not list(outlines(None, "axis1", "axis2"))
    with pytest.raises(InputError, match="encloses nothing"):
        drawn_rule({"lasso": [{"x": [1, 2], "y": [1, 2]}]}, ("axis1", "axis2"))


@pytest.mark.parametrize(
    ("old", "how", "text"),
    [
        (None, "and", "c"),
        (None, "without", "not c"),
        ("a", "new", "c"),
        ("a", "and", "a and c"),
        ("a and b", "and", "a and b and c"),
        ("a or b", "and", "(a or b) and c"),
        ("a or b", "or", "a or b or c"),
        ("a and b", "without", "a and b and not c"),
    ],
)
def test_a_rule_is_joined_to_one_that_stands_without_needless_brackets(old: str | None, how: str, text: str) -> None:
    assert as_text(joined(None if old is None else parse(old), Has("c"), how)) == text


def test_histograms_of_a_selection_count_its_vectors_in_the_bins_of_the_study(
    study: Study, description: Description
) -> None:
    rule = parse("component2 0.5..")
    mask = select(rule, study, description)
    counted = histograms_of(Selected(rule, mask), study, description, [2, 0])
    assert (counted.counts.sum(axis=1) == mask.sum()).all()
    assert np.isin(counted.edges(0), description.histograms.edges(2)).all()
    assert not counted.counts[0][counted.edges(0)[1:] < 0.5].any()
    assert histograms_of(Selected(rule, np.zeros(len(study), bool)), study, description, [2, 0]) is None
    most = Selected(parse("component2 -0.5.."), select(parse("component2 -0.5.."), study, description))
    assert 2 * most.count > len(study)  # what is chosen follows from the others
    for one in (most, Selected(rule, mask)):
        counted = histograms_of(one, study, description, [2, 0])
        for place, component in enumerate((2, 0)):
            values = study.latents[one.rows, component].astype(float)
            expected = np.histogram(values, counted.edges(place))[0]
            np.testing.assert_array_equal(counted.counts[place], expected)


def test_histograms_of_many_are_those_of_the_sample(
    study: Study, description: Description, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selected_module, "READ", 20)
    monkeypatch.setattr(selected_module, "FEWEST_SHOWN", 20)
    rows = np.arange(0, len(study), 2)
    shown = Shown(study.latents[rows], rows, len(study))
    one = Selected(parse("component2 0.5.."), select(parse("component2 0.5.."), study, description))
    counted = histograms_of(one, study, description, [2, 0], shown)
    for place, component in enumerate((2, 0)):
        values = study.latents[rows][one.mask[rows], component].astype(float)
        np.testing.assert_array_equal(counted.counts[place], np.histogram(values, counted.edges(place))[0])
    few = Selected(parse("unusual(15)"), select(parse("unusual(15)"), study, description))
    assert histograms_of(few, study, description, [0], shown).counts.sum() == 15  # all of them are read
