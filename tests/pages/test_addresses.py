"""Whatever gestures lead to on a page, its address leads there again for a visitor who was never here."""

from __future__ import annotations

import json
import random

import pytest
from streamlit.testing.v1 import AppTest

from core.study import Study, open_study
from pages.parts.front_door import PAGES
from tests.conftest import made_once
from tests.pages.conftest import Open
from tests.selection.conftest import known_study

PASSING = ("select_", "near_", "table_", "own_", "make_", "network", "address")
"""Beginnings of the keys of widgets that say how a button works once it is pressed, or open what can be looked at."""

RULES = ("won", "unusual(20)", "box(axis1 0..3, axis2 -3..3)", "age 18..30 or not won", 'apart("won") 0..')

STEPS = 5


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(made_once(tmp_path_factory, "selectable", lambda folder: known_study(folder) and None))


def gesture(app: AppTest, rng: random.Random) -> AppTest:
    """Change one of the widgets of a page at random, or select."""
    found = [*app.main.selectbox, *app.main.button_group, *app.main.toggle, *app.main.number_input]
    usable = [one for one in found if one.key and not one.disabled and not one.key.startswith(PASSING)]
    one = rng.choice([None, *usable])
    if one is None:
        fields = app.sidebar.text_area
        return fields[0].set_value(rng.choice(RULES)).run() if fields else app
    if one.type == "toggle":
        return one.set_value(not one.value).run()
    if one.type == "number_input":
        step = one.step or 1
        return one.set_value(min(max(one.min, one.value + rng.choice((-1, 1, 2)) * step), one.max)).run()
    if one.type == "selectbox":
        return one.select(rng.choice(one.options)).run()
    return one.set_value(rng.choice(list(one.proto.options)).content).run() if one.proto.options else app


def seen(app: AppTest) -> tuple[list[str], list[dict]]:
    """Return what a visitor reads on a page, and the charts that are drawn."""
    said = [text.value for text in (*app.main.caption, *app.main.markdown, *app.main.info)]
    return said, [json.loads(chart.proto.spec)["data"] for chart in app.get("plotly_chart")]


@pytest.mark.parametrize("page", [room.file for room in PAGES if room.compares or room.file in ("paths", "studies")])
def test_what_gestures_lead_to_is_led_to_by_the_address(door: Open, study: Study, page: str) -> None:
    rng = random.Random(page)
    app = door(page, study.folder) if page == "studies" else door(page, study.folder, vectors=24)
    for _ in range(STEPS):
        app = gesture(app, rng)
        assert not app.exception
    address = {name: app.query_params[name] for name in app.query_params if name != "study"}
    assert address
    fresh = door(page, study.folder, **{"everything": None, **address})
    assert not fresh.exception
    assert not fresh.warning
    assert {name: fresh.query_params[name] for name in fresh.query_params if name != "study"} == address
    assert seen(fresh) == seen(app)
