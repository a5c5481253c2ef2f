"""What the scoreboard shows besides its rows: the liar test, and vectors of a visitor's own."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.jobs import find_job, living_jobs, stop
from core.jobs.uploads import uploads_folder
from core.scores.rows import read_scores
from core.study import Study
from tests.helpers.jobs import alive, made, until
from tests.pages.conftest import Open


@pytest.fixture(scope="module")
def scored(tiny_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tiny study with a scoreboard of two rows."""
    folder = tmp_path_factory.mktemp("scored") / "scored"
    shutil.copytree(tiny_study.folder, folder)
    assert main(["score", "--study", str(folder), "--strategy", "mvn", "--count", "60", "--seeds", "2"]) == 0
    return folder


def test_the_liar_test_of_a_study_stands_beneath_its_scoreboard(
    dashboard: Open, scored: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "tested"
    shutil.copytree(scored, folder)
    assert main(["liars", "--study", str(folder), "--count", "20"]) == 0
    assert "Exact copies: 1 of 1 caught by " in capsys.readouterr().out
    app = dashboard("scoreboard", study=folder)
    assert not app.exception
    assert "Who fools the judges?" in [heading.value for heading in app.header]
    shown = next(frame.value for frame in app.dataframe if "Most clearly by" in frame.value)
    assert list(shown["Sample"][:3]) == ["Unseen real vectors", "Exact copies", "Jittered copies"]
    assert any(button.label == "Liars (CSV)" for button in app.get("download_button"))
    (folder / "liars.csv").write_text("no table")
    app.run()
    assert not app.exception
    assert any("cannot be read as a liar test" in said.value for said in app.text)
    assert "Who fools the judges?" not in [heading.value for heading in app.header]


def packed(array: np.ndarray) -> bytes:
    """Return an array as a file of numpy."""
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def test_vectors_of_a_visitors_sampler_are_judged_by_a_job_and_stand_on_the_board(
    dashboard: Open, scored: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "judged"
    shutil.copytree(scored, folder)
    vectors = np.random.default_rng(0).standard_normal((130, 16))
    with alive(made()):  # so that the job waits
        app = dashboard("scoreboard", study=folder)
        app.session_state["own"] = True
        app.run()
        assert not app.exception
        for array, said in (
            (vectors[:, :9], "components"),
            (vectors[:59], "of this board have 60"),
            (vectors * np.nan, "NaN"),
        ):
            app.file_uploader(key="own_file").upload("mine.npy", packed(array)).run()
            assert not app.exception
            assert said in app.error[0].value
            assert "score_own" not in {button.key for button in app.button}
        app.text_input(key="own_name").set_value("a,b")
        app.file_uploader(key="own_file").upload("mine.npy", packed(vectors)).run()
        assert "is named with" in app.error[0].value
        app.text_input(key="own_name").set_value("pythae").run()
        assert not app.error
        app.button(key="score_own").click().run()
        assert not app.exception
        _, job = living_jobs()
        stop(job.id)
        until(lambda: not find_job(job.id).is_alive)
    assert len(list(uploads_folder().iterdir())) == 1  # what was refused is not kept
    assert main(job.arguments) == 0
    app = dashboard("scoreboard", study=folder, rows="own_name=pythae")
    assert not app.exception
    assert not app.error
    shown = app.dataframe[0].value.set_index("name")
    assert len(shown) == 3
    assert shown.loc["pythae", "images"] == ""
    assert shown.loc["pythae", "verdict"]
    assert "score_ticked" not in {button.key for button in app.button}
    assert not [link for link in app.get("page_link") if "pythae" in str(link.proto)]
    scores = read_scores(folder / "scores.csv")
    assert scores.loc[scores["strategy"] == "own", "seed"].tolist() == [0, 1]
