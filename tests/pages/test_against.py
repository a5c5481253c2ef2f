"""Two strategies against each other: on every comparing page, in the address, and never more than two of anything."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.study.writing import write_vectors
from pages.parts.front_door import PAGES
from tests.pages.conftest import Open, chosen

pytestmark = pytest.mark.slow

COMPARING = [room.file for room in PAGES if room.compares]


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("against") / "cells"
    return write_vectors(np.random.default_rng(0).normal(2, 1, (60, 3)), folder, title="Cells").folder


@pytest.fixture
def both(door: Open, cells: Path) -> Open:
    def run(page: str = "radii", **choices: str | int) -> object:
        return door(page, cells, vectors=24, **choices)

    return run


def test_a_second_strategy_stays_on_every_page_and_stands_in_each_legend(both: Open) -> None:
    app = both(COMPARING[0], strategy="mvn", against="cube", cube_scale=2)
    for page in COMPARING:
        app.switch_page(f"pages/{page}.py").run()
        assert not [*app.exception, *app.error, *app.warning]
        assert chosen(app, "against") == "cube"
        assert any(text.value.startswith(":green[**Against Cube, b = ") for text in app.markdown)
        assert any("orange are vectors of *Multivariate normal*" in text.value for text in app.markdown)
        assert app.query_params["cube_scale"] == "2"
        charts = [str(chart.proto) for chart in app.get("plotly_chart")]
        assert charts
        assert any("Multivariate normal" in chart and "Cube" in chart for chart in charts)


def test_the_strategy_that_is_shown_changes_places_with_the_other(both: Open) -> None:
    app = both(strategy="mvn", against="mvn")
    assert any("against itself. against is none instead" in text.value for text in app.warning)
    for title in ("Cube", "Multivariate normal"):
        next(box for box in app.selectbox if box.label == "Against").select(title).run()
    assert (chosen(app, "strategy"), chosen(app, "against")) == ("cube", "mvn")
    assert not [*app.exception, *app.error, *app.warning]
    groups = next(group for group in app.button_group if group.label.startswith("What the sampler knows"))
    groups.set_value("their dependence").run()
    assert (chosen(app, "strategy"), chosen(app, "against")) == ("mvn", "cube")


def test_two_studies_or_two_strategies_are_compared_but_not_both(both: Open) -> None:
    app = both(against="mvn", beside="celeba")
    assert any("not compared at once. against is none instead" in text.value for text in app.warning)
    next(box for box in app.selectbox if box.label == "Against").select("Gaussian").run()
    assert (chosen(app, "against"), chosen(app, "beside")) == ("gaussian", "none")
    assert [text.value for text in app.info] == ["The second study is put away: two strategies are compared now."]
    next(box for box in app.selectbox if box.label == "Lay beside").select("celeba").run()
    assert (chosen(app, "against"), chosen(app, "beside")) == ("none", "celeba")
