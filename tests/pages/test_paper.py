"""What pages show is what reports print and lines draw again; a report is ordered from the page of studies."""

from __future__ import annotations

import json
import shlex
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.exhibits.exhibit import Exhibit, Wall
from core.exhibits.faces import COLUMNS, FACES
from core.jobs import State, jobs
from core.report.making import make_report
from core.report.pages import PAGES, exhibits_of
from core.report.paper import on_paper
from core.report.parts import Wish
from core.report.shelf import report_file
from core.selection import parse, select
from core.space.sample import draw_sample
from core.strategies import Recipe
from core.study import Study, layout
from core.study.citing import SERIES
from core.study.describing import describe_study
from core.study.kept import keep
from core.study.writing import write_vectors
from core.tables import to_csv
from pages.parts import front_door
from pages.parts.loaders import load_study, load_wall
from tests.helpers.jobs import until
from tests.helpers.scenes import study_of
from tests.pages.conftest import Open

COUNT, SEED = 60, 4
SHOWN_ON_REQUEST = "summary"
RECIPE, OTHER = Recipe.of("interval", {"k": 1.5}), Recipe.of("t")


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Study:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(200, 6)) @ rng.normal(size=(6, 6)) + 1
    return study_of(vectors, tmp_path_factory.mktemp("paper") / "plate7")


def numbers(figure: dict[str, Any]) -> str:
    """Return what a figure says, whatever its colours of ground and its size."""
    return json.dumps(figure["data"], sort_keys=True)


def printed(study: Study, page: str, against: Recipe | None = None) -> list[Exhibit]:
    """Return what a report has of a page."""
    made = make_report(study, Wish((RECIPE,), (page,), against), COUNT, SEED, lambda _: None)
    return [item.exhibit for item in made.items]


def opened(door: Open, study: Study, page: str, **more: str) -> AppTest:
    """Open a page that shows the same."""
    app = door(page, study=study.folder, vectors=COUNT, seed=SEED, strategy=RECIPE.key, interval_k="1.5", **more)
    assert not app.exception
    assert not app.warning
    return app


def assert_same(app: AppTest, exhibits: list[Exhibit]) -> None:
    """Assert that all charts, captions and small tables of a page are printed."""
    charts = {numbers(on_paper(go.Figure(json.loads(one.proto.spec)))) for one in app.get("plotly_chart")}
    drawn = {numbers(on_paper(e.picture)) for e in exhibits if isinstance(e.picture, go.Figure)}
    assert charts
    assert charts <= drawn
    captions = {caption.value for caption in app.caption}
    shown = [exhibit for exhibit in exhibits if exhibit.said in captions]
    assert len(shown) >= len(charts) - 1  # one on the page of faces stands without its caption
    tables = {to_csv(frame.value) for frame in app.dataframe}
    listed = {to_csv(e.picture) for e in exhibits if isinstance(e.picture, pd.DataFrame) and e.key != SHOWN_ON_REQUEST}
    assert listed <= tables


def test_every_comparing_page_can_be_printed() -> None:
    assert [room.file for room in front_door.PAGES if room.compares] == list(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_report_prints_what_a_page_shows(door: Open, cells: Study, page: str) -> None:
    assert_same(opened(door, cells, page), printed(cells, page))


def test_a_report_prints_the_faces_and_cycle_errors_of_a_page(dashboard: Open, tiny_study: Study) -> None:
    app = opened(dashboard, tiny_study, "faces")
    exhibits = printed(tiny_study, "faces")
    assert_same(app, exhibits)
    summary = next(exhibit for exhibit in exhibits if exhibit.key == "summary")
    assert "Decoded and encoded again" in summary.caption
    assert summary.caption in {caption.value for caption in app.caption}
    study = load_study(tiny_study.folder)
    described, walls = describe_study(study), {e.key: e.picture for e in exhibits if isinstance(e.picture, Wall)}
    sample = draw_sample(study, described, RECIPE.make(), COUNT, SEED)
    assert walls["wall_sample"].image == load_wall(study, sample, FACES, COLUMNS)
    assert set(walls) == {"wall_data", "wall_sample"}


def test_a_report_prints_two_strategies_against_each_other_as_a_page_does(door: Open, cells: Study) -> None:
    app = opened(door, cells, "correlations", against=OTHER.key)
    assert_same(app, printed(cells, "correlations", OTHER))


def lines_of(app: AppTest, room: str) -> list[str]:
    """Open *Copy as code* on a page; return the lines, which are not made before."""
    assert not app.code
    app.session_state[f"copy_{room}"] = True
    return [block.value for block in app.run().code]


def test_the_lines_of_a_page_give_its_vectors_and_its_choices(
    door: Open, cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened(door, cells, "components", order="width", against=OTHER.key)
    python, command = lines_of(app, "components")
    names: dict[str, Any] = {}
    exec(python, names)
    described = describe_study(cells)
    for name, recipe in (("vectors", RECIPE), ("others", OTHER)):
        expected = draw_sample(cells, described, recipe.make(), COUNT, SEED).vectors
        np.testing.assert_array_equal(names[name], expected)
    charts = [numbers(on_paper(go.Figure(json.loads(one.proto.spec)))) for one in app.get("plotly_chart")]
    assert numbers(on_paper(names["exhibits"]["component_histograms"].picture)) == charts[0]
    monkeypatch.chdir(tmp_path)
    first, second, report = (shlex.split(line)[3:] for line in command.splitlines())
    assert main(first) == main(second) == 0
    with np.load(first[first.index("--out") + 1]) as stored:
        np.testing.assert_array_equal(stored["latents"], names["vectors"])
    assert report[report.index("--choose") + 1] == "order=width"


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study with attributes and a map."""
    rng = np.random.default_rng(0)
    vectors, tall = rng.normal(size=(300, 6)), rng.random(300) < 0.4
    vectors[:, 3] += 3.0 * tall
    rows = pd.DataFrame({"image": [f"{i}.jpg" for i in range(300)], "tall": tall, "old": rng.random(300) < 0.5})
    study = write_vectors(vectors, tmp_path_factory.mktemp("views") / "people", rows, title="People")
    measured = {f"{of}_{what}": 0.5 for of in ("kept", "of_axes") for what in ("trustworthiness", "correlation")}
    arrays = {"places": vectors[:, [3, 1]].astype(np.float16), **{key: np.array(x) for key, x in measured.items()}}
    keep(study, layout.FILE, layout._key(study), arrays)
    return study


@pytest.mark.parametrize(
    ("view", "rule", "choices"),
    [
        (
            "attributes",
            "box(difference(tall) 0..9, difference(old) -9..9)",
            {"difference_across": "tall", "difference_up": "old"},
        ),
        ("discriminant", "discriminant(old) 0..", {"discriminant_of": "old"}),
        ("umap", "polygon(umap1, umap2: 1.5 -9, 9 -9, 9 9, 1.5 9)", {}),
    ],
)
def test_every_view_of_the_bulk_comes_from_its_address_with_what_is_selected_in_it(
    door: Open, people: Study, view: str, rule: str, choices: dict[str, str]
) -> None:
    app = opened(door, people, "bulk", view=view, select=rule, **choices)
    charts = [json.loads(one.proto.spec) for one in app.get("plotly_chart")]
    lines = exhibits_of(people, "bulk", RECIPE.key, RECIPE.values, count=COUNT, seed=SEED, view=view,
                        selected=[(rule, "")], **choices)  # fmt: skip
    drawn = charts[1]  # behind the distances in all directions
    assert numbers(on_paper(go.Figure(drawn))) == numbers(on_paper(lines["plane_density"].picture))
    assert lines["plane_density"].plain in {caption.value for caption in app.caption}
    mask = select(parse(rule), people, describe_study(people))
    assert any(f"the selection: {int(mask.sum()):,}" in trace.get("name", "") for trace in drawn["data"])
    assert bool([t for t in drawn["data"] if "rings" in t.get("name", "")]) == (view != "umap")


def test_a_report_prints_what_is_selected_as_a_page_shows_it(
    door: Open, people: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = {"select": "tall and radius 1..", "select_name": "big", "select3": "old"}
    app = opened(door, people, "components", **rules)
    app_of_bulk = opened(door, people, "bulk", **rules)
    names: dict[str, Any] = {}
    python, command = lines_of(app, "components")
    exec(python, names)
    charts = [numbers(on_paper(go.Figure(json.loads(one.proto.spec)))) for one in app.get("plotly_chart")]
    assert numbers(on_paper(names["exhibits"]["component_histograms"].picture)) == charts[0]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")  # without a browser to draw with
    assert main(shlex.split(command.splitlines()[-1])[3:]) == 0
    wish = Wish((RECIPE,), ("components",), selected=(("tall and radius 1..", "big"), ("", ""), ("old", "")))
    chosen = make_report(people, wish, COUNT, SEED, lambda _: None).chapters[0]
    assert [section.title for section in chosen.sections] == ["big", "selection 3"]
    mask = select(parse("tall and radius 1.."), people, describe_study(people))
    assert f"{int(mask.sum()):,} of 300" in chosen.sections[0].words
    shown = {to_csv(frame.value) for frame in app_of_bulk.dataframe}
    assert to_csv(chosen.sections[0].exhibits[0].picture) in shown
    with zipfile.ZipFile("components.zip") as packed:
        assert any(name.startswith("tables/selected/people_selected-") for name in packed.namelist())
        assert "What is selected?" in packed.read("report.html").decode()


def test_a_study_without_a_map_offers_to_make_one(door: Open, cells: Study) -> None:
    app = door("bulk", cells.folder, view="umap")
    assert not app.exception
    assert app.button(key="make_umap").label == "Lay it out"
    assert any("no UMAP of this study yet" in info.value for info in app.info)


def test_a_report_is_made_by_a_job_and_downloaded(door: Open, cells: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")  # without a browser to draw with
    app = door("studies", cells.folder)
    app.multiselect(key="report_strategies").set_value(["mvn"]).run()
    app.button(key="make_report").click().run()
    assert not app.exception
    (job,) = jobs()
    until(lambda: not jobs()[0].is_alive, 240)
    assert jobs()[0].state is State.DONE, job.log
    assert report_file(cells, [Recipe.of("mvn")], 512, 0).is_file()
    app.run()
    assert any("Report (" in button.proto.label for button in app.get("download_button"))
    assert any(SERIES.text == block.value for block in app.code)
    app.multiselect(key="report_strategies").set_value([]).run()
    assert any("Choose at least one strategy." in caption.value for caption in app.caption)


def test_a_public_server_makes_no_report(door: Open, cells: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    app = door("studies", cells.folder)
    assert not app.exception
    assert not [button for button in app.button if button.key == "make_report"]
    assert any("`python -m core report`" in caption.value for caption in app.caption)
