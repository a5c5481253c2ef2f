"""One selection on every page: typed, chosen, undone, in the address, and what strategies are fitted to."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.selection import as_text, from_address, parse, select, to_json
from core.study import Study, open_study
from core.study.describing import describe_study
from tests.conftest import made_once
from tests.pages.conftest import Open, chosen
from tests.selection.conftest import COUNT, known_study

PAGES = ("faces", "components", "correlations", "bulk", "normality", "radii")
"""Pages that a selection is seen on."""


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return open_study(made_once(tmp_path_factory, "selectable", lambda folder: known_study(folder) and None))


def counted(app: AppTest) -> str:
    """Return what the sidebar says of the selection."""
    return next((m.value for m in app.sidebar.markdown if "svg" in m.value), "")


def press(app: AppTest, label: str) -> AppTest:
    return next(button for button in app.sidebar.button if button.label == label).click().run()


def sound(app: AppTest) -> AppTest:
    assert not app.exception
    assert not app.error
    assert not app.warning
    return app


@pytest.mark.parametrize("page", PAGES)
def test_every_page_follows_a_selection_in_the_address(door: Open, study: Study, page: str) -> None:
    app = sound(door(page, study.folder, vectors=24, select="won or radius 2.5..", select_name="my *own*"))
    count = int(select(parse("won or radius 2.5.."), study, describe_study(study)).sum())
    assert f"{count:,} of {COUNT}" in counted(app)
    assert r"my ∗own∗" in counted(app)


def test_a_selection_is_typed_undone_redone_and_cleared(door: Open, study: Study) -> None:
    app = door("radii", study.folder, vectors=24)
    assert not counted(app)
    app = sound(app.sidebar.text_area[0].set_value(" won and  radius 1..3 ").run())
    assert as_text(chosen(app, "select")) == "won and radius 1..3"
    assert app.query_params["select"] == "won and radius 1..3"
    assert app.sidebar.text_area[0].value == "won and radius 1..3"
    app = app.sidebar.text_area[0].set_value("unusual(20)").run()
    app = press(app, "Undo")
    assert as_text(chosen(app, "select")) == "won and radius 1..3"
    app = press(app, "Redo")
    assert counted(app).endswith(f"20 of {COUNT} (8.33%)")
    app = press(press(app, "Undo"), "Undo")
    assert chosen(app, "select") is None
    app = press(press(app, "Redo"), "Clear")
    assert chosen(app, "select") is None
    assert "select" not in app.query_params
    assert as_text(chosen(sound(press(app, "Undo")), "select")) == "won and radius 1..3"


@pytest.mark.parametrize(("text", "sentence"), [("won and", "is expected"), ("luck", "no attribute")])
def test_a_wrong_rule_is_a_sentence_and_leaves_the_selection(
    door: Open, study: Study, text: str, sentence: str
) -> None:
    app = door("radii", study.folder, vectors=24, select="won")
    app = app.sidebar.text_area[0].set_value(text).run()
    assert [sentence in error.value for error in app.sidebar.error] == [True]
    assert as_text(chosen(app, "select")) == "won"
    assert not app.exception
    assert not app.run().sidebar.error  # said once


def test_a_wrong_address_is_said_and_nothing_is_selected(door: Open, study: Study) -> None:
    app = door("radii", study.folder, vectors=24, select="luck 1..")
    assert any("cannot be followed" in warning.value and "luck" in warning.value for warning in app.warning)
    assert not counted(app)


def test_attributes_and_quantities_are_chosen_from_lists_and_joined(door: Open, study: Study) -> None:
    app = door("radii", study.folder, vectors=24)
    by = lambda app, key: next(widget for widget in app.sidebar.selectbox if widget.key == key)  # noqa: E731
    app = by(app, "select_by").set_value("attribute won").run()
    app = press(by(app, "select_is_attribute won").set_value("no").run(), "Select")
    assert as_text(chosen(app, "select")) == "won=no"
    app = next(g for g in app.sidebar.button_group if g.key == "select_how").set_value("and").run()
    app = by(app, "select_by").set_value("radius").run()
    app = press(app.sidebar.number_input(key="select_From_radius").set_value(2.5).run(), "Select")
    assert as_text(chosen(app, "select")) == "won=no and radius 2.5.."
    app = next(g for g in app.sidebar.button_group if g.key == "select_how").set_value("without").run()
    app = by(app, "select_by").set_value("largest error").run()
    app = sound(press(app.sidebar.number_input(key="select_count").set_value(7).run(), "Select"))
    assert as_text(chosen(app, "select")) == "won=no and radius 2.5.. and not unusual(7, error)"
    app = by(app, "select_by").set_value("attribute age").run()
    app = press(app, "Select")
    assert any("needs an end" in error.value for error in app.sidebar.error)


def test_strategies_are_fitted_to_the_selection(door: Open, study: Study) -> None:
    choices = {"vectors": 24, "strategy": "gaussian", "select": "component0 0.8..", "fit_to": "selection"}
    app = sound(door("components", study.folder, **choices))
    said = [text.value for text in (*app.markdown, *app.caption)]
    assert any("Fitted to the selection alone" in text and "shrinkage" in text for text in said)
    assert "of the selection" in " ".join(said)
    app = sound(door("radii", study.folder, **choices, against="mvn"))
    assert sum("of the selection" in caption.value for caption in app.caption)


def test_what_cannot_be_fitted_to_a_selection_is_said(door: Open, study: Study) -> None:
    app = door("radii", study.folder, vectors=24, select="unusual(9)", fit_to="selection")
    assert any("30 vectors at least" in note.value for note in app.sidebar.info)
    app = sound(door("radii", study.folder, vectors=24, select="won", fit_to="selection", strategy="diffusion"))
    assert any("trained on whole studies alone" in note.value for note in app.info)
    app = sound(door("radii", study.folder, vectors=24, select="won", fit_to="selection", against="diffusion"))
    assert any("trained on whole studies alone" in note.value for note in app.info)


@pytest.mark.parametrize("page", ["faces", "bulk"])
def test_what_distinguishes_a_selection_is_a_table(door: Open, study: Study, page: str) -> None:
    app = sound(door(page, study.folder, vectors=24, select="component3 1.."))
    table = next(frame.value for frame in app.dataframe if "reading" in frame.value)
    assert set(table.loc[table["what"] == "component 3", "reading"]) == {"asked for"}
    assert any(button.label == "What distinguishes it (CSV)" for button in app.get("download_button"))
    few = sound(door(page, study.folder, vectors=24, select="unusual(3)"))
    assert any("from 10 vectors on" in note.value for note in few.info)
    none = sound(door(page, study.folder, vectors=24, select="radius 99.."))
    assert "0 of" in counted(none)


def test_a_rule_goes_home_and_comes_back_as_a_file(door: Open, study: Study) -> None:
    rule = parse("won and not age 30..")
    app = door("radii", study.folder, vectors=24)
    app = app.sidebar.file_uploader[0].upload("mine.json", to_json(rule, "winners"), "application/json").run()
    assert chosen(app, "select") == rule
    assert chosen(app, "select_name") == "winners"
    assert from_address(app.query_params["select"]) == rule
    labels = {button.label for button in app.get("download_button")}
    assert {"Rows (CSV)", "Rows (parquet)", "Rule (JSON)"} <= labels
    app = app.sidebar.file_uploader[0].upload("other.json", b"{}", "application/json").run()
    assert any("other.json holds no rule" in error.value for error in app.sidebar.error)
    assert chosen(app, "select_name") == "winners"


def test_a_selection_stays_when_the_page_changes(door: Open, study: Study) -> None:
    app = door("radii", study.folder, vectors=24, select="won")
    app = app.switch_page("pages/components.py").run()
    assert as_text(chosen(app, "select")) == "won"
    assert counted(app)
    assert np.count_nonzero(study.rows["won"].fillna(False)) == int(counted(app).split("**: ")[1].split(" ")[0])


def test_a_view_tells_a_selection_apart_and_stays_when_another_is_made_on_it(door: Open, study: Study) -> None:
    app = sound(door("bulk", study.folder, vectors=24, view="discriminant", select="won=no", select_name="losers"))
    lists = {box.label: box for box in app.selectbox}
    assert "losers from the rest" in lists["Tell apart"].options
    app = sound(lists["Tell apart"].set_value('apart("won=no")').run())
    assert app.query_params["discriminant_of"] == 'apart("won=no")'
    assert any("The selection is won=no" in caption.value for caption in app.caption)
    app = sound(app.sidebar.text_area[0].set_value("radius 2..").run())
    assert app.query_params["discriminant_of"] == 'apart("won=no")'
    address = {name: app.query_params[name] for name in app.query_params if name not in ("study", "vectors")}
    fresh = sound(door("bulk", study.folder, vectors=24, **address))
    assert any("The selection is won=no" in caption.value for caption in fresh.caption)
    assert next(box for box in fresh.selectbox if box.label == "Tell apart").value == 'apart("won=no")'
    plain = sound(door("bulk", study.folder, vectors=24, view="discriminant", discriminant_of='apart("won")'))
    assert "won from the rest" in next(box for box in plain.selectbox if box.label == "Tell apart").options
    wrong = door("bulk", study.folder, vectors=24, view="discriminant", discriminant_of='apart("luck")')
    assert any("no attribute 'luck'" in warning.value for warning in wrong.warning)
    few = door("bulk", study.folder, vectors=24, view="discriminant", discriminant_of='apart("unusual(9)")')
    assert any("10 vectors of each in either half" in note.value for note in (*few.info, *few.error))
    assert not few.exception


def test_any_vector_of_the_study_is_looked_at_by_its_row_and_its_nearest_selected(door: Open, study: Study) -> None:
    app = sound(door("bulk", study.folder, vectors=24, point_of="row", point_row=7))
    app = sound(next(button for button in app.button if button.label == "Select them").click().run())
    assert as_text(chosen(app, "select")) == 'near("picture 7.jpg", 50)'
