"""The list of studies: what it says, and what can be done from it."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.plain import as_text
from core.settings import studies_folder
from core.study import open_study
from core.study.archive import install_export
from core.study.writing import write_vectors
from pages.parts.plain import plain
from pages.sections import studies_list
from tests.pages.conftest import DASHBOARD, Open, chosen

pytestmark = pytest.mark.slow

HOSTILE = "<b>x</b> *y* $z$ :red[w] ![a](http://b)"


def write(folder: Path, title: str) -> Path:
    vectors = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    return write_vectors(vectors, folder, title=title).folder


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study that lies elsewhere and is named behind the dashboard."""
    return write(tmp_path_factory.mktemp("elsewhere") / "named", "Elsewhere")


@pytest.fixture
def own() -> Path:
    """Return a study of the user's own."""
    return write(studies_folder() / "mine", "Cells")


@pytest.fixture
def listing(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a function that draws the sidebar and the list alone, without what else is on the page."""
    st.cache_resource.clear()

    def script() -> None:
        from pages.parts.address import begin, publish
        from pages.parts.sidebar import sidebar
        from pages.sections.studies_list import list_studies

        begin("studies")
        list_studies(sidebar(True, False))
        publish()

    def run(study: Path = elsewhere, **choices: str) -> AppTest:
        monkeypatch.setattr(sys, "argv", [str(DASHBOARD), str(study)])
        app = AppTest.from_function(script, default_timeout=60)
        for name, value in {"study": study.name, **choices}.items():
            app.query_params[name] = value
        return app.run()

    return run


@pytest.fixture
def damaged() -> Path:
    folder = studies_folder() / "broken"
    write_vectors(np.ones((3, 2), np.float32), folder)
    (folder / "latents.npy").unlink()
    return folder


def click(app: AppTest, label: str) -> AppTest:
    app = next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def labels(app: AppTest) -> set[str]:
    return {button.label for button in (*app.button, *app.get("download_button"))}


def test_every_study_is_listed_with_its_size_and_state(listing: Open, own: Path, damaged: Path) -> None:
    app = listing(listed="broken")
    assert not app.exception
    table = app.dataframe[0].value.set_index("study")
    assert table["state"].to_dict() == {
        "named": "yours",
        "celeba": "comes with the program",
        "celeba-batchnorm": "comes with the program",
        "celeba-vae": "comes with the program",
        "broken": "damaged",
        "mine": "yours",
    }
    assert table.loc["mine", "vectors"] == 50
    said = next(c.value for c in app.caption if "damaged" in c.value)
    assert plain(str(damaged / "latents.npy")) in said
    disabled = {b.label for b in app.button if b.disabled}
    assert {"Open", "Lay beside"} <= disabled


def test_a_study_is_opened_and_laid_beside_from_the_list(listing: Open, own: Path) -> None:
    app = click(listing(listed="mine"), "Lay beside")
    assert chosen(app, "beside") == "mine"
    app = click(app, "Open")  # the two change places
    assert (chosen(app, "study"), chosen(app, "beside")) == ("mine", "named")
    next(box for box in app.selectbox if box.label == "Look at").set_value("named").run()
    assert chosen(click(app, "Take away"), "beside") == "none"


def test_the_page_lists_the_studies_and_says_what_one_of_them_is(dashboard: Open, own: Path) -> None:
    app = dashboard("studies", listed="celeba")
    assert not app.exception
    assert not app.error
    assert "All studies" in [h.value for h in app.header]
    (told,) = [expander for expander in app.expander if expander.label == "Provenance and model card"]
    assert any("30,000 of 256 components" in m.value for m in told.markdown)


def test_a_study_is_renamed_and_stays_open(listing: Open, own: Path) -> None:
    app = listing(study=own)
    app.text_input(key="rename_mine").set_value("yours").run()
    app = click(app, "Rename")
    assert "mine is called yours now" in app.success[0].value.replace("\\", "")
    assert chosen(app, "study") == "yours"
    assert not app.error
    assert open_study(own.with_name("yours")).name == "yours"


def test_a_name_that_is_taken_is_answered_with_a_sentence(listing: Open, own: Path, damaged: Path) -> None:
    app = listing(listed="mine")
    app.text_input(key="rename_mine").set_value("broken").run()
    app = click(app, "Rename")
    assert "exists already" in app.error[0].value
    assert own.is_dir()


def test_a_title_is_shown_letter_by_letter_and_no_cache_keeps_the_former(
    dashboard: Open, listing: Open, own: Path
) -> None:
    assert any("Cells" in str(c.proto) for c in dashboard("radii", study=own, vectors=24).get("plotly_chart"))
    app = listing(study=own)
    app.text_input(key="retitle_mine_Cells").set_value(HOSTILE).run()
    app = click(app, "Retitle")
    assert any(plain(HOSTILE) in c.value for c in app.caption)
    charts = [str(c.proto) for c in dashboard("radii", study=own, vectors=24).get("plotly_chart")]
    assert any(as_text(HOSTILE) in chart for chart in charts)
    assert not any("Cells" in chart for chart in charts)


def test_a_study_is_deleted_when_it_was_asked_for_twice(listing: Open, own: Path) -> None:
    app = listing(listed="mine")
    app = click(app, "Delete …")
    assert "Nothing brings it back" in app.warning[0].value
    app = click(app, "Keep it")
    assert not app.warning
    app = click(click(app, "Delete …"), "Delete for good")
    assert not own.exists()
    assert "mine is deleted" in app.success[0].value.replace("\\", "")
    assert "mine" not in set(app.dataframe[0].value["study"])


def test_to_look_at_another_study_is_no_second_yes(listing: Open, own: Path, damaged: Path) -> None:
    app = click(listing(listed="mine"), "Delete …")
    for name in ("broken", "mine"):
        next(box for box in app.selectbox if box.label == "Look at").set_value(name).run()
        assert "Delete for good" not in labels(app)


def test_the_open_study_can_be_deleted_and_another_opens(listing: Open, own: Path) -> None:
    app = listing(study=own, listed="mine")
    app = click(click(app, "Delete …"), "Delete for good")
    assert not own.exists()
    assert app.sidebar.selectbox[0].value == "celeba"
    assert not app.error


def test_an_exported_study_comes_back(own: Path, tmp_path: Path) -> None:
    entry = next(e for e in studies_list.studies() if e.name == "mine")
    (tmp_path / "mine.zip").write_bytes(studies_list._exported(entry))
    assert install_export(tmp_path / "mine.zip", tmp_path / "back").fingerprint == open_study(own).fingerprint


@pytest.mark.parametrize(
    ("public", "name", "offered"),
    [
        (False, "celeba", {"Open", "Lay beside", "Export"}),
        (False, "mine", {"Open", "Lay beside", "Export", "Rename", "Retitle", "Delete …"}),
        (True, "mine", {"Open", "Lay beside"}),
    ],
)
def test_what_is_offered_is_what_may_be_done(
    listing: Open, own: Path, monkeypatch: pytest.MonkeyPatch, public: bool, name: str, offered: set[str]
) -> None:
    if public:
        monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    app = listing(listed=name)
    everything = {"Open", "Lay beside", "Export", "Rename", "Retitle", "Delete …"}
    assert labels(app) & everything == offered
    assert not app.exception
    shown = [c.value.replace("\\", "") for c in app.caption]
    assert any(f"/{name}" in text for text in shown) != public


def test_a_study_that_lies_elsewhere_is_given_a_title_and_not_moved(listing: Open) -> None:
    app = listing(listed="named")
    assert "Retitle" in labels(app)
    assert not {"Rename", "Delete …"} & labels(app)
