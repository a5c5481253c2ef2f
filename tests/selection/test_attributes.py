"""Bars of attributes: shares among those of which something is known, and the rule that each of them is."""

from __future__ import annotations

import numpy as np
import pytest

from core.exhibits.selection import BARS, attribute_bars
from core.selection import Selected, parse, select
from core.selection.attributes import values_of
from core.selection.rules import Has
from core.statistics import Description
from core.study import Study
from pages.sections.attribute_bars import clicked_rule


def test_bars_are_shares_of_those_that_their_rules_choose(study: Study, description: Description) -> None:
    values = values_of(study)
    assert Has("won") in values.rules
    assert Has("the suit", "red") in values.rules
    assert not any(rule.attribute == "age" for rule in values.rules)  # a number has no bar
    mask = select(parse("radius 2.."), study, description)
    for number, rule in enumerate(values.rules):
        chosen, known = select(rule, study, description), study.rows[rule.attribute].notna().to_numpy()
        assert values.shares()[number] == pytest.approx(chosen.sum() / known.sum())
        assert values.shares(mask)[number] == pytest.approx((chosen & mask).sum() / (known & mask).sum())
    assert np.isnan(values.shares(np.zeros(len(study), bool))).all()


def test_a_click_on_any_bar_is_its_rule(study: Study, description: Description) -> None:
    values, rule = values_of(study), parse("radius 2..")
    shown = [Selected(rule, select(rule, study, description), "far", place) for place in (0, 2)]
    shares = [values.shares(), *(values.shares(one.mask) for one in shown)]
    exhibit = attribute_bars(study, values, shares, shown)
    bars, *signs = exhibit.picture.data
    assert len(bars.x) == min(BARS, len(values))
    assert list(bars.x) == sorted(bars.x, reverse=True)
    for place, number in enumerate(np.ravel(bars.customdata)):
        assert clicked_rule({"points": [{"customdata": {"0": int(number)}}]}, values) == values.rules[number]
        assert clicked_rule({"points": [{"customdata": [int(number)]}]}, values) == values.rules[number]
        assert bars.x[place] == shares[0][number]
        assert [sign.x[place] for sign in signs] == [share[number] for share in shares[1:]]
    assert clicked_rule({"points": []}, values) is None
    table = exhibit.tables["Shares of attributes"][1]()
    assert list(table) == ["attribute", "value", "data", "far (1)", "far (3)"]
    assert len(table) == len(values)
