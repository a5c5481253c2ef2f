"""A report as a file: whole without network, nothing of a study is markup in it, its numbers are those of the pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from core.errors import InputError
from core.report import drawing
from core.report.making import Report, make_report, write_zip
from core.report.pages import PAGES, exhibits_of
from core.report.paper import on_paper, script_safe
from core.report.parts import Wish
from core.space.ladder import LADDER
from core.strategies import Recipe
from core.study import Study
from core.tables import to_csv
from tests.helpers.jobs import until
from tests.report.conftest import HOSTILE

RECIPES = tuple(rung.recipe for rung in LADDER)
COUNT, SEED = 40, 5


def ignore(_: object) -> None:
    """Take a progress event."""


class Tags(HTMLParser):
    """Collects the elements of a document and what is in its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []
        self.title = ""
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        self._inside = tag
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "script":
            self.scripts[-1] += data
        if self._inside == "title":
            self.title += data


@pytest.fixture(scope="module")
def made(study: Study) -> Report:
    return make_report(study, Wish(RECIPES), COUNT, SEED, ignore)


@pytest.fixture(scope="module")
def tags(made: Report) -> Tags:
    parser = Tags()
    parser.feed(made.html)
    return parser


def figures_in(tags: Tags) -> list[dict[str, Any]]:
    """Return the figures that stand in a report."""
    return json.loads(tags.scripts[0])["figures"]


def test_a_report_asks_nothing_of_the_network(tags: Tags) -> None:
    loaded = [a.get("src") or a.get("href") for tag, a in tags.found if tag in ("script", "img", "link", "iframe")]
    assert all(place is None or place.startswith("data:image/") for place in loaded)
    (policy,) = (a["content"] for tag, a in tags.found if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert policy.startswith("default-src 'none'; img-src data: blob:;")
    for script in tags.scripts[1:]:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy


def test_a_hostile_title_stays_text(study: Study) -> None:
    raw = replace(study, title=HOSTILE, name="</title><img src=x onerror=alert(1)>")  # as no study is opened
    parser = Tags()
    parser.feed(make_report(raw, Wish((Recipe.of("mvn"),)), COUNT, SEED, ignore).html)
    assert len(parser.scripts) == 3  # figures, plotly.js, what draws with it
    assert not any("alert(1)" in script for script in parser.scripts[1:])
    assert not {tag for tag, _ in parser.found} & {"b", "img"}
    assert not any(name.startswith("on") for _, attributes in parser.found for name in attributes)
    assert HOSTILE in parser.title  # nor is it anybody's template


def test_json_in_a_script_ends_no_script() -> None:
    value = {"a": "</script><!-- & \u2028 ü"}
    assert not set("<>&\u2028") & set(script_safe(value))
    assert json.loads(script_safe(value)) == value


def test_every_exhibit_has_its_caption_and_an_alternative_text(made: Report, tags: Tags) -> None:
    items = list(made.items)
    assert len({item.name for item in items}) == len(items)
    assert {a.get("id") for tag, a in tags.found if tag == "figure"} == {item.name for item in items}
    drawings = [a for _, a in tags.found if "data-figure" in a]
    assert len(drawings) == len(figures_in(tags)) > 60
    assert all(a["aria-label"] and a["role"] == "img" for a in drawings)
    assert made.html.count("<figcaption>") == sum(bool(item.exhibit.caption) for item in items)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("recipe", RECIPES[1::2], ids=lambda recipe: recipe.key)
def test_the_numbers_are_those_of_the_exhibits(
    study: Study, made: Report, tags: Tags, page: str, recipe: Recipe
) -> None:
    exhibits = exhibits_of(study, page, recipe.key, recipe.values, count=COUNT, seed=SEED)
    drawn = {json.dumps(figure, sort_keys=True) for figure in figures_in(tags)}
    printed = {item.exhibit.caption for item in made.items}
    tables = {(title, to_csv(make())) for item in made.items for title, (_, make) in item.exhibit.tables.items()}
    for exhibit in exhibits.values():
        if isinstance(exhibit.picture, go.Figure):
            assert json.dumps(on_paper(exhibit.picture), sort_keys=True) in drawn
        assert exhibit.caption in printed
        assert {(title, to_csv(make())) for title, (_, make) in exhibit.tables.items()} <= tables


def test_a_figure_on_paper_has_the_numbers_of_its_page() -> None:
    figure = go.Figure(go.Scattergl(x=np.arange(3.0), y=[1, np.nan, 2], unselected={"marker": {"opacity": 1}}))
    figure.update_layout(uirevision="a", scene={"camera": {"eye": {"x": 1, "y": 1, "z": 1}}})
    paper = on_paper(figure)
    theirs = json.loads(str(figure.to_json()))
    assert (paper["data"][0]["x"], paper["data"][0]["y"]) == (theirs["data"][0]["x"], theirs["data"][0]["y"])
    assert paper["data"][0]["type"] == "scatter"
    assert not {"uirevision", "template"} & set(paper["layout"])
    assert paper["layout"]["scene"]["camera"]["eye"]["x"] > 1


def test_what_two_strategies_share_stands_once(made: Report) -> None:
    keys = [item.exhibit.key for item in made.items]
    assert keys.count("cuts") == keys.count("cube_bands") == 1
    assert keys.count("radii") == len(RECIPES)


def test_the_same_wish_makes_the_same_bytes(study: Study, made: Report) -> None:
    assert make_report(study, Wish(RECIPES), COUNT, SEED, ignore).html == made.html


def test_a_report_of_some_pages_has_no_other_chapters(study: Study) -> None:
    wish = Wish((Recipe.of("mvn"),), ("components", "radii"), Recipe.of("cube"), {"order": "width"})
    found = make_report(study, wish, COUNT, SEED, ignore)
    assert [chapter.key for chapter in found.chapters] == ["components", "radii"]
    assert "--pages components radii --strategies mvn --against cube --choose order=width" in found.html
    assert "against" in found.chapters[0].sections[0].title


def test_a_choice_of_no_page_is_refused(study: Study) -> None:
    with pytest.raises(InputError, match="No page of the report has a choice 'colour'"):
        make_report(study, Wish((Recipe.of("mvn"),), ("radii",), None, {"colour": "age"}), COUNT, SEED, ignore)


def test_a_zip_has_every_table_and_says_what_it_lacks_without_a_browser(
    study: Study, made: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    said = write_zip(made, tmp_path / "a.zip", ignore)
    assert said.startswith("No Chromium was found")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert archive.read("report.html").decode() == made.html
        read = pd.read_csv(
            archive.open(
                "tables/components/"
                + next(
                    name for name in names if name.startswith("tables/components/") and name.endswith("_components.csv")
                ).rsplit("/", 1)[1]
            )
        )
    assert len(read) == study.dimension
    assert len(names) == len(set(names))
    stems = {f"tables/{i.chapter}/{stem}.csv" for i in made.items for stem, _ in i.exhibit.tables.values()}
    assert stems == {name for name in names if name.startswith("tables/")}
    assert not any(name.startswith("figures/") for name in names)
    write_zip(made, tmp_path / "b.zip", ignore)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_a_browser_that_fails_costs_the_pictures_alone(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    found = make_report(study, Wish((Recipe.of("mvn"),), ("radii",)), COUNT, SEED, ignore)
    said = write_zip(found, tmp_path / "a.zip", ignore)
    assert said == "Chromium could not draw the PDF and 3 figures; the HTML file has all."
    program.write_text("#!/nonsense\n")
    assert drawing.print_pages(found.html) is None


def test_a_browser_that_hangs_is_ended_with_all_that_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, child = tmp_path / "chromium", tmp_path / "child"
    program.write_text(f"#!/bin/sh\n/bin/sleep 300 &\necho $! > {child}\nwait\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(drawing, "PATIENCE", 3)
    assert drawing.print_pages("<p>") is None
    until(lambda: is_gone(int(child.read_text())), 20)


def is_gone(number: int) -> bool:
    """Return whether a process has ended, even if nobody has asked for its end yet."""
    try:
        return not Path(f"/proc/{number}/cmdline").read_bytes()
    except OSError:
        return True


@pytest.mark.skipif(drawing.browser() is None, reason="no Chromium is installed")
def test_a_browser_draws_figures_and_prints_pages(study: Study, tmp_path: Path) -> None:
    found = make_report(study, Wish((Recipe.of("mvn"),), ("bulk",)), COUNT, SEED, ignore)
    assert write_zip(found, tmp_path / "a.zip", ignore) == ""
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = archive.namelist()
        assert archive.read("report.pdf").startswith(b"%PDF-")
        drawn = {name: archive.read(name) for name in names if name.startswith("figures/")}
    assert len(drawn) == 2 * 4
    assert all(
        content.startswith(b"<svg") if name.endswith(".svg") else content.startswith(b"\x89PNG")
        for name, content in drawn.items()
    )
    assert any(re.search(rb"principal axis 1", content) for content in drawn.values())
