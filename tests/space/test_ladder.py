"""The steps of the start page, from nothing to the data."""

from __future__ import annotations

from core.space.ladder import LADDER, find_rung
from core.strategies import STRATEGIES


def test_the_steps_climb_the_tabs() -> None:
    keys = [strategy.key for strategy in STRATEGIES]
    assert len({rung.key for rung in LADDER}) == len({rung.knows for rung in LADDER}) == len(LADDER)
    assert all(find_rung(rung.key) is rung for rung in LADDER)
    assert {rung.recipe.key for rung in LADDER} <= set(keys)
    assert [LADDER[0].recipe.key, LADDER[-1].recipe.key] == ["standard_normal", "data"]
