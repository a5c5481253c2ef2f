"""Walks: what a reader adds in one place appears everywhere."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import pages.parts.comparison  # noqa: F401  # where the tabs are drawn from the list of strategies
from core.__main__ import main
from core.statistics import Description
from core.strategies import Knows, Number, Parameter, Strategy, make_strategy, registry
from core.study import Study, open_study

DASHBOARD = Path(__file__).parents[1] / "dashboard.py"


class Toy(Strategy):
    r"""Independent Laplace components with the means of the data and a common width.

    .. math:: x_j \sim \mathrm{Laplace}(\mu_j, b)
    """

    key, title, post = "toy", "Toy", "no post"
    knows = Knows.EACH
    does, assumes = "draws each number from a sharper bell", "all widths are one"
    formula = r"x_j \sim \mathrm{Laplace}(\mu_j, b)"
    parameters: ClassVar[tuple[Parameter, ...]] = (Number("width", "b", 0.1, 2.0, 0.1, "Width of every component."),)

    def __init__(self, width: float = 0.5) -> None:
        self.width = width

    def _fit(self, latents: npt.NDArray[np.floating], description: Description) -> None:
        self.mean_ = description.moments.mean

    def _sample(self, count: int, rng: np.random.Generator) -> npt.NDArray[np.floating]:
        return rng.laplace(self.mean_, self.width, (count, len(self.mean_)))


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> type[Strategy]:
    """Add a line to the list of strategies, for whoever holds the list."""
    known = registry.STRATEGIES
    for module in list(sys.modules.values()):
        if module.__name__.startswith(("core", "pages")) and getattr(module, "STRATEGIES", None) is known:
            monkeypatch.setattr(module, "STRATEGIES", (*known, Toy))
    return Toy


@pytest.fixture
def study(tiny_study: Study, tmp_path: Path) -> Study:
    """Return a tiny study of one's own."""
    return open_study(shutil.copytree(tiny_study.folder, tmp_path / "tiny"))


def test_a_new_strategy_is_made_by_its_key(toy: type[Strategy]) -> None:
    made = make_strategy("toy", {"width": "1.5"})
    assert isinstance(made, toy)
    assert made.get_params() == {"width": 1.5}


def test_a_new_strategy_is_drawn_into_a_file_with_its_parameters(
    toy: type[Strategy], study: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drawn = tmp_path / "toy.npz"
    command = ["sample", "--study", str(study.folder), "--strategy", "toy", "--set", "width=2", "--count", "4000"]
    assert main([*command, "--decode", "--out", str(drawn)]) == 0
    assert "Toy" in capsys.readouterr().out
    with np.load(drawn) as arrays:
        latents, images = arrays["latents"], arrays["images"]
    assert len(images) == 4000
    deviations = np.abs(latents - study.latents.astype(np.float64).mean(axis=0)).mean(axis=0)
    np.testing.assert_allclose(deviations, 2, atol=4.5 * 2 / np.sqrt(4000))  # a Laplace law's is b, with error b/√n


def test_a_new_strategy_has_tables_of_its_own_and_a_row_in_the_summary(
    toy: type[Strategy], study: Study, tmp_path: Path
) -> None:
    out = tmp_path / "tables"
    status = main(
        ["statistics", "--study", str(study.folder), "--strategy", "toy", "--count", "300", "--out", str(out)]
    )
    assert status == 0
    assert {p.name.split("_toy_")[0] for p in out.glob("*toy*")} == {"components", "radii", "vectors"}
    assert {len(pd.read_csv(p)) for p in out.glob("vectors_toy_*")} == {300}
    summary = pd.read_csv(out / "summary.csv")
    assert list(summary["strategy"])[1:] == ["toy"]
    assert list(summary["parameters"])[1] == "width=0.5"


def test_the_help_names_a_new_strategy(toy: type[Strategy], capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("sample", "statistics"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert "toy" in capsys.readouterr().out


def test_a_new_strategy_has_a_tab_with_its_own_controls(
    toy: type[Strategy], study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    st.cache_resource.clear()
    monkeypatch.setattr(sys, "argv", [str(DASHBOARD), str(study.folder)])
    app = AppTest.from_file(str(DASHBOARD), default_timeout=120)
    app.switch_page("pages/radii.py")
    for name, value in {"study": study.name, "strategy": "toy", "toy_width": "1.5", "vectors": "64"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    assert [tab.label for tab in app.tabs][-1] == toy.title
    assert any(toy.does in caption.value for caption in app.caption)
    assert app.session_state["choices"].values["strategy"] == "toy"
    assert [slider.value for slider in app.slider] == [1.5]
