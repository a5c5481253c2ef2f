"""Several selections at once: each in its place, one of them worked on, all in the address."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl, urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from core.selection import Several, as_text, parse, select, to_json
from core.selection.several import MOST
from core.study import Study, open_study
from core.study.describing import describe_study
from pages.parts.selecting import CURRENT, name_codec, name_of, rule_codec, rule_of
from tests.conftest import made_once
from tests.helpers.rules import rules
from tests.pages.conftest import Open
from tests.selection.conftest import COUNT, known_study

TEXTS = (
    "won",
    "radius 2.5..",
    "unusual(20)",
    "box(axis1 0..3, axis2 -3..3)",
    "age 18..30 or not won",
    "component1 ..0",
)


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(made_once(tmp_path_factory, "selectable", lambda folder: known_study(folder) and None))


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.sidebar.button if button.label == label).click().run()


def can(app: AppTest, label: str) -> bool:
    return any(button.label == label and not button.disabled for button in app.sidebar.button)


def typed(app: AppTest, text: str) -> AppTest:
    return app.sidebar.text_area[0].set_value(text).run()


def named(app: AppTest, name: str) -> AppTest:
    return next(field for field in app.sidebar.text_input if field.label == "Name").set_value(name).run()


def state(app: AppTest) -> Several:
    """Return what a visit has decided."""
    values = app.session_state["choices"].values
    return Several(
        tuple(values.get(rule_of(place)) for place in range(MOST)),
        tuple(values.get(name_of(place), "") for place in range(MOST)),
        int(values.get(CURRENT, 1)) - 1,
    )


def said(app: AppTest) -> list[str]:
    """Return what the sidebar says of each selection, without its sign."""
    lines = [m.value for m in app.sidebar.markdown if "svg" in m.value]
    lines += [option for radio in app.sidebar.radio for option in radio.options]
    return [line.partition(") ")[2] for line in lines]


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    assert not app.warning
    return app


def test_others_stay_while_one_is_worked_on(door: Open, study: Study) -> None:
    app = named(typed(door("radii", study.folder, vectors=24), "won"), "winners")
    app = sound(press(app, "Another"))
    assert said(app) == [f"**winners**: {counts(study, 'won')}", "nothing yet"]
    app = sound(typed(app, "unusual(20)"))
    assert said(app)[1] == f"**selection 2**: {counts(study, 'unusual(20)')}"
    assert app.query_params["select2"] == "unusual(20)"
    app = sound(app.sidebar.radio[0].set_value(0).run())
    assert app.sidebar.text_area[0].value == "won"
    app = sound(typed(app, "won=no"))
    assert as_text(state(app).rules[0]) == "won=no"
    assert as_text(state(app).rules[1]) == "unusual(20)"
    names = {trace.get("name") for trace in charts(app)}
    assert {"winners", "selection 2"} <= names
    app = sound(press(app, "Clear"))
    assert said(app) == ["nothing yet", f"**selection 2**: {counts(study, 'unusual(20)')}"]
    app = sound(press(press(app, "Undo"), "Undo"))
    assert (as_text(state(app).rule), state(app).name) == ("won", "winners")
    app = sound(press(press(app, "Redo"), "Redo"))
    assert state(app).taken == (1,)


def test_no_more_are_begun_than_there_are_colours(door: Open, study: Study) -> None:
    app = typed(door("radii", study.folder, vectors=24), TEXTS[0])
    for text in TEXTS[1:MOST]:
        app = typed(press(app, "Another"), text)
    assert state(app).taken == tuple(range(MOST))
    assert not can(app, "Another")
    assert len(said(sound(app))) == MOST


def test_a_rule_from_a_file_is_of_the_one_that_is_worked_on(door: Open, study: Study) -> None:
    app = press(typed(door("radii", study.folder, vectors=24), "won"), "Another")
    file = to_json(parse("age 30.."), "elders")
    app = sound(app.sidebar.file_uploader[0].upload("mine.json", file, "application/json").run())
    assert state(app).names[:2] == ("", "elders")
    assert [as_text(rule) for rule in state(app).rules[:2]] == ["won", "age 30.."]


@pytest.mark.parametrize("page", ["faces", "components", "bulk", "radii", "normality", "correlations"])
def test_every_page_shows_all_of_them(door: Open, study: Study, page: str) -> None:
    choices = {"select": "won", "select3": "radius 2..", "select3_name": "far *out*", "selecting": 3}
    app = sound(door(page, study.folder, vectors=24, **choices))
    assert said(app) == [f"**the selection**: {counts(study, 'won')}", f"**far ∗out∗**: {counts(study, 'radius 2..')}"]
    if page in ("components", "bulk", "radii"):
        names = " ".join(trace.get("name", "") for trace in charts(app))
        assert "the selection" in names
        assert "far" in names


@pytest.mark.parametrize("seed", range(4))
def test_every_state_comes_back_from_its_address(door: Open, study: Study, seed: int) -> None:
    rng = np.random.default_rng(seed)
    app = typed(door("radii", study.folder, vectors=24), TEXTS[0])
    for step in range(7):
        ways = [lambda app: typed(app, str(rng.choice(TEXTS)))]
        ways += [
            lambda app, label=label: press(app, label)
            for label in ("Another", "Clear", "Undo", "Redo")
            if can(app, label)
        ]
        if state(app).rule is not None:
            ways.append(lambda app, step=step: named(app, f"number {step}, *mine* & yours"))
        if app.sidebar.radio:
            ways.append(lambda app: app.sidebar.radio[0].set_value(int(rng.choice(state(app).taken))).run())
        app = sound(ways[int(rng.integers(len(ways)))](app))
    address = {name: app.query_params[name] for name in app.query_params if name.startswith("select")}
    before, lines = state(app), said(app)
    fresh = sound(door(str(rng.choice(["radii", "components"])), study.folder, vectors=24, **address))
    assert state(fresh) == before
    if before.taken:
        assert said(fresh) == lines


@settings(max_examples=60, deadline=None)
@given(
    some.lists(some.one_of(some.none(), rules), min_size=MOST, max_size=MOST),
    some.lists(some.text(max_size=80).filter(str.isprintable), min_size=MOST, max_size=MOST),
    some.integers(0, MOST - 1),
)
def test_any_selections_are_the_same_in_an_address(study: Study, chosen: list, names: list, current: int) -> None:
    several = Several(tuple(chosen), tuple(names), current)
    codec, name = rule_codec(study), name_codec()
    texts = {rule_of(place): codec.write(rule) for place, rule in enumerate(several.rules)}
    texts |= {name_of(place): name.write(one) for place, one in enumerate(several.names)}
    back = dict(parse_qsl(urlencode(texts), keep_blank_values=True))
    assert len({*texts}) == 2 * MOST
    again = Several(
        tuple(codec.read(back[rule_of(place)]) for place in range(MOST)),
        tuple(name.read(back[name_of(place)]) for place in range(MOST)),
        current,
    )
    assert again == several


def counts(study: Study, text: str) -> str:
    """Return what is said of how many a rule chooses."""
    count = int(select(parse(text), study, describe_study(study)).sum())
    return f"{count:,} of {COUNT} ({count / COUNT:.2%})"


def charts(app: AppTest) -> list[dict]:
    """Return the traces of all charts."""
    return [trace for chart in app.get("plotly_chart") for trace in json.loads(chart.proto.spec)["data"]]


@pytest.mark.parametrize("page", ["faces", "bulk", "studies"])
def test_attributes_are_bars_with_a_sign_for_each_selection(door: Open, study: Study, page: str) -> None:
    choices = {"select": "radius 2..", "select2": "unusual(50)"}
    shown = {"vectors": 24, "bars": "true"} if page != "studies" else {}
    app = sound(door(page, study.folder, **shown, **choices))
    traces = [trace for trace in charts(app) if trace.get("orientation") == "h" or "symbol" in trace.get("marker", {})]
    assert "bar" in {trace["type"] for trace in traces}
    names = {trace.get("name") for trace in traces}
    assert {"the selection", "selection 2"} <= names
    assert len(said(app)) == 2


@pytest.mark.parametrize("page", ["components", "bulk", "radii"])
def test_charts_say_what_streamlit_would_have_them_drawn_anew_for(door: Open, study: Study, page: str) -> None:
    layouts = [json.loads(chart.proto.spec)["layout"] for chart in door(page, study.folder).get("plotly_chart")]
    assert {layout["datarevision"] for layout in layouts} == {1}
    gestures = {(layout["dragmode"], layout["clickmode"]) for layout in layouts if "dragmode" in layout}
    assert gestures == {("select", "event")} | ({("pan", "event+select")} if page == "bulk" else set())


def test_what_is_selected_on_the_page_of_studies_stays_on_the_next(door: Open, study: Study) -> None:
    app = sound(typed(door("studies", study.folder), "won"))
    assert app.query_params["select"] == "won"
    assert "fit_to" not in app.session_state["choices"].values
    app = sound(app.switch_page("pages/radii.py").run())
    assert said(app) == [f"**the selection**: {counts(study, 'won')}"]
