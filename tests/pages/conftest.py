"""The dashboard, run without a browser on the study that was trained for the tests."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.study import Study

DASHBOARD = Path(__file__).parents[2] / "dashboard.py"

Open = Callable[..., AppTest]


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return a function that opens a page of the dashboard on a study with choices as an address gives them.

    All pictures of a page are drawn, unless ``everything`` is None; a choice that is None is left out.

    AppTest forgets the address when the page changes, as a browser does not; there the choices are set as state.
    """
    st.cache_resource.clear()

    def run(page: str, study: Path, **choices: str | int | None) -> AppTest:
        monkeypatch.setattr(sys, "argv", [str(DASHBOARD), str(study)])
        app = AppTest.from_file(str(DASHBOARD), default_timeout=120)
        if page != "start":
            app.switch_page(f"pages/{page}.py")
        for name, value in {"study": study.name, "everything": "true", **choices}.items():
            if value is not None:
                app.query_params[name] = str(value)
        return app.run()

    return run


@pytest.fixture
def dashboard(door: Open, tiny_study: Study) -> Open:
    """Return the same for the study that was trained for the tests, where no other is named."""

    def run(page: str = "faces", study: Path = tiny_study.folder, **choices: str | int | None) -> AppTest:
        return door(page, study, **choices)

    return run


def chosen(app: AppTest, name: str) -> object:
    """Return what a visit has decided of a choice."""
    return app.session_state["choices"].values[name]
