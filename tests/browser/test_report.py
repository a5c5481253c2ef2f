"""A report in a browser: all of it drawn, nothing asked of the network, nothing of the data run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from playwright.sync_api import BrowserContext

from core.report.making import make_report
from core.report.parts import Wish
from core.strategies import Recipe
from tests.helpers.scenes import study_of

HOSTILE = "</script><img src=x onerror=document.title='run'><b>Cells</b>"


def test_every_chart_is_drawn_without_network_and_a_hostile_title_runs_nothing(
    context: BrowserContext, tmp_path: Path
) -> None:
    vectors = np.random.default_rng(0).normal(size=(80, 4))
    study = replace(study_of(vectors, tmp_path / "plate7"), title=HOSTILE, name=HOSTILE)
    made = make_report(study, Wish((Recipe.of("cube"), Recipe.of("mvn"))), 24, 0, lambda _: None)
    (tmp_path / "report.html").write_text(made.html, encoding="utf-8")
    page, complaints, asked = context.new_page(), [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    page.wait_for_function("document.body.dataset.drawn === 'yes'", timeout=240_000)
    assert page.locator("[data-figure]").count() > 20
    assert page.locator("[data-figure]:not(:has(svg, img))").count() == 0
    assert page.locator("figure > img[src='x'], figure b").count() == 0
    assert page.title().startswith(f"{HOSTILE}: a report")
    assert page.locator("h1").inner_text().startswith(HOSTILE)
    assert not complaints
    assert [url for url in asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
