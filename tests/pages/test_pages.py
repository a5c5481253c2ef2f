"""What every page promises."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.__main__ import main
from core.jobs import find_job, living_jobs, stop
from core.scores import cycle_errors, registry
from core.scores.board import Scorer, score_entries
from core.scores.entries import ENTRIES
from core.scores.rows import read_scores
from core.space.playground import GROUPS
from core.space.sample import draw_reference, draw_sample
from core.statistics import PairCut
from core.strategies import applicable, make_strategy
from core.study import Study, open_study
from core.study.describing import describe_study
from tests.helpers.jobs import alive, made, until
from tests.pages.conftest import DASHBOARD, Open, chosen

TITLES = {
    "faces": "Do these vectors decode to faces?",
    "components": "How is each component distributed?",
    "correlations": "Which components depend on each other?",
    "bulk": "What is the shape of the bulk?",
    "normality": "Is the bulk a multivariate normal?",
    "radii": "How long are the vectors?",
    "playground": "What happens to a picture when its numbers change?",
    "paths": "What lies on the way from here to there?",
    "scoreboard": "Which strategy is best, in numbers?",
    "studies": "What was trained on what?",
}


@pytest.mark.parametrize("page", TITLES)
def test_every_page_draws_without_an_error(dashboard: Open, page: str) -> None:
    app = dashboard(page)
    assert [t.value for t in app.title] == [TITLES[page]]
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert_filled(app)


@pytest.mark.parametrize("group", GROUPS)
def test_each_group_of_sliders_is_told_without_a_hole(dashboard: Open, group: str) -> None:
    assert_filled(dashboard("playground", sliders=group))


def assert_filled(app: AppTest) -> None:
    """Assert that no words of a page hold a brace, as those do where a name was not put in; formulas may."""
    words = [element.value for element in (*app.caption, *app.markdown, *app.header, *app.info)]
    assert words
    assert [text for text in words if re.search(r"[{}]", re.sub(r"\$[^$]*\$", "", text))] == []


@pytest.mark.parametrize("strategy", applicable(posteriors=False), ids=lambda s: s.key)
def test_every_strategy_is_drawn(dashboard: Open, strategy: type) -> None:
    app = dashboard("radii", strategy=strategy.key, vectors=64)
    assert not app.exception
    assert not app.error
    assert chosen(app, "strategy") == strategy.key
    assert any(f"**{strategy.title}** {strategy.does}. Beside it, **" in c.value for c in app.caption)


def test_formulas_and_what_is_told_in_numbers_are_opened_by_a_switch(dashboard: Open) -> None:
    app = dashboard("radii", strategy="mvn", vectors=64)
    assert [box.proto.expanded for box in app.expander if box.label == "In numbers"] == [False] * 3
    assert not any(r"\mathcal{N}" in caption.value for caption in app.caption)
    app = dashboard("radii", strategy="mvn", vectors=64, formulas="true")
    assert [box.proto.expanded for box in app.expander if box.label == "In numbers"] == [True] * 3
    assert any(r"\mathcal{N}" in c.value and "(post VIII)" in c.value for c in app.caption)


def test_the_strategy_stays_when_the_page_changes(dashboard: Open) -> None:
    app = dashboard("radii", strategy="gaussian", seed=7)
    app.switch_page("pages/components.py").run()
    assert chosen(app, "strategy") == "gaussian"
    assert chosen(app, "seed") == 7


def test_the_faces_page_shows_the_numbers_of_the_core(dashboard: Open, tiny_study: Study) -> None:
    app = dashboard(strategy="mvn", vectors=100, seed=3)
    description = describe_study(tiny_study)
    samples = (
        draw_reference(tiny_study, description, 100, 3),
        draw_sample(tiny_study, description, make_strategy("mvn"), 100, 3),
    )
    autoencoder, widths = tiny_study.load_autoencoder(), description.moments.widths
    shown = {}
    for metric in app.metric:
        shown.setdefault(metric.label, []).append(metric.value)
    for side, sample in enumerate(samples):
        radii, distances = sample.description.radii, sample.description.distances
        assert shown["Length"][side] == f"{radii.mean():.2f} ± {radii.std(ddof=1):.2f}"
        assert shown["Distance"][side] == f"{np.median(distances):.1f}"
        assert shown["Cycle error"][side] == f"{cycle_errors(autoencoder, sample.vectors[:64], widths).mean():.3f}"


def test_a_preset_of_post_v_sets_the_cube(dashboard: Open) -> None:
    app = dashboard("radii")
    app.button(key="cube_10_3").click().run()
    assert chosen(app, "cube_scale") == pytest.approx(10 / 3)
    assert not app.exception


def test_choosing_another_face_inspects_it(dashboard: Open) -> None:
    app = dashboard(strategy="gaussian")
    first = [m.value for m in app.metric]
    app.number_input(key="face").set_value(5).run()
    assert not app.exception
    assert [m.value for m in app.metric] != first


@pytest.mark.parametrize("side", ["Data", "CelebA"])  # the second is a former name
def test_a_face_of_the_data_is_named_by_its_image(dashboard: Open, tiny_study: Study, side: str) -> None:
    app = dashboard(side=side, face=2)
    assert not app.warning
    image = draw_reference(tiny_study, describe_study(tiny_study), 512, 0).images[1]
    assert image in "".join(str(element.proto) for element in app.get("image"))


@pytest.mark.parametrize("order", ["Index", "|Mean|", "Width", "|Skewness|", "Difference"])
def test_components_can_be_sorted_each_way(dashboard: Open, order: str) -> None:
    app = dashboard("components", order=order)
    assert not app.exception
    assert not app.warning


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("seed", "-1", "seed must be a whole number from 0"),
        ("vectors", "99999999", "vectors must be a whole number from 24 to"),
        ("vectors", "many", "vectors must be a whole number"),
        ("strategy", "Magic", "strategy must be one of cube"),
        ("cube_scale", "99", "scale must be from 0.05 to 5"),
        ("side", "Nowhere", "side must be one of data, sample"),
        ("face", "99", "face must be a whole number from 1 to 24"),
        ("cube_scale", "wide", "scale must be a number"),
        ("seed", "1.5", "seed must be a whole number"),
        ("seed", "1e3", "seed must be a whole number"),
        ("seed", "٣", "seed must be a whole number"),
    ],
)
def test_an_address_out_of_range_is_answered_with_a_sentence(
    dashboard: Open, name: str, value: str, words: str
) -> None:
    app = dashboard(**{name: value})
    assert not app.exception
    assert any(words in w.value and "is shown instead." in w.value for w in app.warning)


def test_an_address_that_names_what_is_not_there_is_answered_with_a_sentence(dashboard: Open) -> None:
    app = dashboard(flavour="mint")
    assert [w.value for w in app.warning] == [
        "The address names 'flavour', which means nothing on this page; it is left out."
    ]


def test_more_axes_than_the_study_has_are_answered_with_a_sentence(dashboard: Open) -> None:
    app = dashboard(strategy="ellipsoid", ellipsoid_components=1000)
    assert any("components must be a whole number from 1 to 16, not 1000" in w.value for w in app.warning)


def test_a_plane_that_asks_for_one_direction_twice_gets_another(dashboard: Open) -> None:
    app = dashboard("bulk", axis_across=2, axis_up=2)
    assert not app.exception
    assert not app.error
    assert any("asks for one number twice" in w.value for w in app.warning)


def test_a_plane_of_components_can_be_chosen(dashboard: Open) -> None:
    app = dashboard("bulk", plane="Components", component_across=3, component_up=5)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("colour", ["nothing", "Smiling", "reconstruction error", "Mahalanobis distance"])
def test_a_space_is_coloured_by_what_is_known_of_the_vectors(dashboard: Open, colour: str) -> None:
    app = dashboard("bulk", view="A space", colour=colour, plane="Components", component_deep=9)
    assert not app.exception
    assert not app.error
    assert not app.warning


def test_a_space_of_two_directions_is_answered_with_a_sentence(dashboard: Open) -> None:
    app = dashboard("bulk", view="A space", axis_deep=2)
    assert not app.exception
    assert not app.error
    assert any("axis_deep is 3 instead." in w.value for w in app.warning)


def test_the_strongest_pair_is_shown_first_with_its_coefficients(dashboard: Open, tiny_study: Study) -> None:
    app = dashboard("correlations", strategy="mvn")
    correlations = describe_study(tiny_study).moments.correlations
    pair = app.number_input(key="pair_across").value, app.number_input(key="pair_up").value
    strongest = np.abs(correlations - np.eye(len(correlations))).max()
    assert abs(correlations[pair]) == pytest.approx(strongest)
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown[f"Pearson, {tiny_study.title}"] == f"{correlations[pair]:.3f}"


def test_a_component_does_not_pair_with_itself(dashboard: Open) -> None:
    app = dashboard("correlations", pair_across=3, pair_up=3)
    assert not app.exception
    assert not app.error
    assert any("asks for one number twice" in w.value for w in app.warning)


@pytest.mark.parametrize("kind", ["Components", "Principal axes"])
def test_normality_is_looked_at_without_the_outer_layer(dashboard: Open, kind: str) -> None:
    app = dashboard("normality", strategy="mvn", directions=kind, removed=20, test="true", test_count=3)
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert any("Without the outermost 20%" in caption.value for caption in app.caption)
    sets = [frame for frame in (table.value for table in app.dataframe) if "p_value" in frame]
    assert [len(frame) for frame in sets] == [4]


@pytest.mark.parametrize(
    "choices",
    [
        {"way": "plane", "curve": "Line", "angle": 30, "others": "At the conditional mean", "plane": "Components"},
        {"way": "plane", "curve": "Circle", "others": "At zero", "frames": 3},
        {"way": "Between two faces", "from_face": 3, "to_face": 3},
        {"way": "Between two faces", "arc": "Arc about the origin"},
        {"way": "Along an attribute", "attribute": "Male", "through": 4},
    ],
    ids=lambda choices: "-".join(map(str, choices.values())),
)
def test_every_kind_of_path_is_drawn(dashboard: Open, choices: dict[str, str | int]) -> None:
    app = dashboard("paths", **choices)
    assert not app.exception
    assert not app.error
    assert not app.warning


def test_a_path_in_a_plane_that_asks_for_one_direction_twice_gets_another(dashboard: Open) -> None:
    app = dashboard("paths", way="plane", axis_across=2, axis_up=2)
    assert not app.exception
    assert not app.error
    assert any("asks for one number twice" in w.value for w in app.warning)


@pytest.mark.parametrize("page", ["components", "bulk", "normality", "radii", "studies"])
def test_a_second_study_is_laid_beside_the_first(dashboard: Open, tiny_study: Study, page: str) -> None:
    app = dashboard(page, beside="celeba")
    assert not app.exception
    assert not app.error
    assert not app.warning
    assert f"{tiny_study.name} and celeba" in [heading.value for heading in app.header]


def test_a_study_is_not_laid_beside_itself(dashboard: Open, tiny_study: Study) -> None:
    app = dashboard("radii", beside=tiny_study.name)
    assert not app.exception
    assert any("beside must be one of none" in w.value for w in app.warning)


@pytest.fixture(scope="module")
def scored(tiny_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tiny study with a scoreboard of a few rows."""
    folder = tmp_path_factory.mktemp("scored") / "scored"
    shutil.copytree(tiny_study.folder, folder)
    arguments = ["--strategy", "data", "cube", "mvn", "ellipsoid", "--count", "60", "--seeds", "2"]
    assert main(["score", "--study", str(folder), *arguments]) == 0
    return folder


def test_the_scoreboard_shows_every_row_with_its_verdict(dashboard: Open, scored: Path) -> None:
    app = dashboard("scoreboard", study=scored)
    assert not app.exception
    assert not app.error
    shown = app.dataframe[0].value
    title = open_study(scored).title
    assert list(shown["name"][:4]) == [f"Unseen {title}", title, "Cube 0.667", "Cube 1"]
    assert len(shown) == 15
    assert shown["images"].str.startswith("data:image/webp;base64,").all()
    words = {"noise", "mean face", "distorted faces", "smooth faces", "near-copies", "unlike the data", "faces"}
    assert {verdict.partition(": ")[0] for verdict in shown["verdict"]} <= words | {"some faces"}
    assert shown["verdict"].str.contains(": ").all()
    assert "How many principal axes does a clear face need?" in [heading.value for heading in app.header]


def test_the_scoreboard_comes_sorted_from_an_address(dashboard: Open, scored: Path) -> None:
    app = dashboard("scoreboard", study=scored, scores="coverage", sort="coverage")
    assert not app.exception
    assert not app.warning
    shown = app.dataframe[0].value[["name", "coverage"]].dropna().set_index("name")["coverage"]
    missed = (shown - shown[f"Unseen {open_study(scored).title}"]).abs()
    assert missed.nunique() > 2
    assert missed.is_monotonic_increasing


def test_two_scores_change_places_where_one_is_set_to_the_other(dashboard: Open, scored: Path) -> None:
    app = dashboard("scoreboard", study=scored)
    app.selectbox(key="score_across").select("Faces").run()
    assert not app.exception
    assert (chosen(app, "score_across"), chosen(app, "score_up")) == ("Faces", "Diversity")
    assert [box.value for box in app.selectbox if box.label in ("Across", "Up")] == ["Faces", "Diversity"]


def test_a_score_that_is_added_to_the_list_has_its_column_and_its_tooltip(
    dashboard: Open, scored: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coverage = next(score for score in registry.SCORES if score.key == "coverage")
    toy = replace(coverage, key="sparsity", label="Sparsity")
    monkeypatch.setattr(registry, "SCORES", (*registry.SCORES, toy))
    app = dashboard("scoreboard", study=scored, scores="faces sparsity")
    assert not app.exception
    assert app.dataframe[0].value["sparsity"].isna().all()
    column = json.loads(app.dataframe[0].proto.columns)["sparsity"]
    assert (column["label"], column["help"]) == (toy.heading, toy.help)
    assert app.button(key="score_missing").label == "Score what is missing"


def test_rows_that_cannot_be_understood_are_left_out_and_told(dashboard: Open, scored: Path, tmp_path: Path) -> None:
    folder = tmp_path / "strange"
    shutil.copytree(scored, folder)
    columns = (folder / "scores.csv").read_text().partition("\n")[0].count(",")
    with (folder / "scores.csv").open("a") as file:
        file.write("![magic](https://example.org/x.png),,60,0,2" + "," * (columns - 4) + "\n")
    app = dashboard("scoreboard", study=folder)
    assert not app.exception
    assert len(app.dataframe[0].value) == 15
    assert any("is left out: There is no strategy '![magic]" in text.value for text in app.text)


def test_a_study_that_was_not_scored_says_how_to_score_it(dashboard: Open, tiny_study: Study) -> None:
    app = dashboard("scoreboard")
    assert not app.exception
    assert any(f"python -m core score --study {tiny_study.folder}" in box.value for box in app.info)


def test_a_study_is_scored_on_request_as_the_command_line_scores_it(
    dashboard: Open, tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "fresh"
    shutil.copytree(tiny_study.folder, folder)
    monkeypatch.setattr("core.scores.entries.ENTRIES", ENTRIES[:4])
    with alive(made()):  # so that the job waits
        app = dashboard("scoreboard", study=folder)
        app.button(key="score_all").click().run()
        assert not app.error
        _, job = living_jobs()
        assert any(said.value.startswith("Score fresh: waiting for its turn") for said in app.caption)
        stop(job.id)
        until(lambda: not find_job(job.id).is_alive)
    assert main([*job.arguments, "--count", "300"]) == 0
    app.run()
    assert not app.exception
    assert not app.error
    assert list(app.dataframe[0].value["name"]) == [f"Unseen {tiny_study.title}", tiny_study.title, "Cube 0.667"]
    scores = read_scores(folder / "scores.csv")
    assert list(scores["seed"].value_counts()) == [3] * 5
    again = score_entries(Scorer(tiny_study, None, 300), ENTRIES[3:4], tmp_path / "again.csv", 300, seeds=1)
    same = scores[(scores["strategy"] == "cube") & (scores["seed"] == 0)].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, same, check_exact=True)


@pytest.mark.parametrize("has_rows", [False, True])
def test_a_public_server_offers_no_scoring_and_says_so(
    dashboard: Open, tiny_study: Study, scored: Path, monkeypatch: pytest.MonkeyPatch, has_rows: bool
) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    app = dashboard("scoreboard", study=scored if has_rows else tiny_study.folder)
    assert not app.exception
    assert not [button for button in app.button if button.label.startswith("Score")]
    assert any("open to the public and scores nothing" in said.value for said in app.caption)


@pytest.mark.parametrize("view", ["plane", "space"])
def test_the_bulk_asks_for_what_its_chart_can_do(dashboard: Open, view: str) -> None:
    app = dashboard("bulk", view=view)
    assert not app.exception
    assert any(said.value.startswith("Click a vector, the origin") for said in app.caption)


def test_a_row_whose_fit_would_take_long_is_listed_without_faces(dashboard: Open, scored: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unfitted"
    shutil.copytree(scored, folder, ignore=shutil.ignore_patterns("fits"))
    table = pd.read_csv(folder / "scores.csv")
    mixture = table[table["strategy"] == "mvn"].assign(strategy="mixture", parameters="components=3")
    pd.concat([table, mixture]).to_csv(folder / "scores.csv", index=False)
    app = dashboard("scoreboard", study=folder)
    assert not app.exception
    shown = app.dataframe[0].value.set_index("name")["images"]
    assert shown["Mixture 3"] == ""
    assert shown.drop("Mixture 3").str.startswith("data:image/webp").all()
    assert not (folder / "fits" / "mixture_components=3.npz").exists()


def test_a_damaged_scoreboard_is_answered_with_a_sentence(dashboard: Open, scored: Path, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(scored, folder)
    (folder / "scores.csv").write_text("no table")
    app = dashboard("scoreboard", study=folder)
    assert not app.exception
    assert "is no table of scores; choose another file." in app.error[0].value


def test_the_restriction_to_pair_ellipses_offers_the_level_that_keeps_half(dashboard: Open) -> None:
    app = dashboard("radii", strategy="ellipsoid", ellipsoid_components=16, ellipsoid_k=2, ellipsoid_cut="Each pair")
    assert any("of a normal law in 16 dimensions at k = 2" in caption.value for caption in app.caption)
    half = PairCut.keeping(0.5, 16).k
    app.button(key="ellipsoid_half").click().run()
    assert half <= chosen(app, "ellipsoid_k") < half + 0.1
    assert not app.exception


def test_a_damaged_study_is_answered_with_a_sentence(dashboard: Open, tiny_study: Study, tmp_path: Path) -> None:
    folder = tmp_path / "damaged"
    shutil.copytree(tiny_study.folder, folder)
    (folder / "latents.npy").write_bytes(b"no array")
    app = dashboard(study=folder)
    assert not app.exception
    assert len(app.error) == 1
    assert "latents.npy was altered" in app.error[0].value


def test_a_study_that_is_not_there_is_answered_with_a_sentence(dashboard: Open, tmp_path: Path) -> None:
    app = dashboard(study=tmp_path / "nothing")
    assert not app.exception
    assert "is not a folder" in app.error[0].value


def test_pages_never_load_tensorflow(tiny_study: Study) -> None:
    pages = ("components", "correlations", "bulk", "normality", "radii", "faces", "paths")
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
sys.argv = [{str(DASHBOARD)!r}, {str(tiny_study.folder)!r}]
for page in {pages}:
    app = AppTest.from_file({str(DASHBOARD)!r}, default_timeout=60)
    app.switch_page(f"pages/{{page}}.py")
    app.query_params["study"] = {tiny_study.folder.name!r}
    app.run()
    assert not app.exception and not app.error
    print(app.title[0].value, [m for m in ("tensorflow", "keras") if m in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=DASHBOARD.parent, check=True
    )
    assert done.stdout.strip().splitlines()[-len(pages) :] == [f"{TITLES[page]} []" for page in pages]
