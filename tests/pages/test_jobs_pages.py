"""What pages show of long work."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
import streamlit as st

from core.__main__ import main
from core.jobs import State, find_job, jobs, living_jobs, stop
from core.jobs.files import Report, Step, is_asked_to_stop, write_report
from core.progress import Progress
from core.strategies import Copula, Effort
from core.study import Study
from pages.parts.loaders import samples
from pages.parts.plain import plain
from tests.helpers.jobs import alive, made, until
from tests.pages.conftest import Open


def at(folder: Path, state: str, place: int, done: int = 0, error: str = "", epochs: int = 0) -> None:
    """Write down how a job goes."""
    step = Step.of(Progress("training", done, 10, "steps", "epoch 1/2"), 120.0)
    ends = tuple(
        Step.of(Progress("training", e, 10, "steps", numbers={"loss": 1 / e, "validation loss": 2 / e}, epoch=e), 1.0)
        for e in range(1, epochs + 1)
    )
    ended = None if state == "running" else 61.0
    report = Report(
        place=place,
        state=state,
        begun=1.0,
        ended=ended,
        progress=step,
        epochs=ends,
        error=error,  # type: ignore[arg-type]
    )
    write_report(folder, report)


def test_the_line_says_how_far_work_is_stops_it_and_tells_its_end(dashboard: Open) -> None:
    folder = made(title="Train [my](http://x) <b>faces</b>")
    at(folder, "running", 1, 4)
    with alive(folder):
        app = dashboard("radii")
        assert not app.exception
        (line,) = app.sidebar.get("progress")
        assert line.proto.value == 40
        assert line.proto.text.endswith(plain("training, 40%, epoch 1/2, 120 s left"))
        assert line.proto.text.startswith(r"Train \[my\]\(http\:\/\/x\) \<b\>faces\<\/b\>")
        app.button(key=f"stop_line_{folder.name}").click().run()
        assert is_asked_to_stop(folder, 1)
        assert app.button(key=f"stop_line_{folder.name}").disabled
    app.run()
    assert not app.sidebar.get("progress")
    assert [toast.value for toast in app.toast] == [plain("Train [my](http://x) <b>faces</b>") + ": stopped"]
    app.run()
    assert not app.toast


def test_the_list_shows_every_job_with_what_can_be_done(dashboard: Open, tiny_study: Study) -> None:
    names = [f"20260101-00000{n}-00000000" for n in range(4)]
    running, failed, done, lost = (
        made(name, n, title=title, made=float(n), target=str(tiny_study.folder), arguments=("verify", "--study", "x"))
        for n, (name, title) in enumerate(zip(names, ("Train", "Score", "Encode", "Import"), strict=True), 1)
    )
    damaged = made("20260101-000005-00000000")
    (damaged / "order.json").write_text("{")
    at(running, "running", 1, 4, epochs=3)
    at(failed, "failed", 2, error="The file <i>x</i> is gone.")
    at(done, "done", 3, 10)
    with alive(running):
        app = dashboard("studies")
        assert not app.exception
        texts = [c.value for c in app.caption]
        assert plain("The file <i>x</i> is gone.") in texts
        assert plain("done after 60 s") in texts
        assert any("ended without a word" in text for text in texts)
        assert any(str(damaged) in t.value for t in app.text)
        keys = {button.key for button in app.button}
        expected = {("stop", running), ("continue", failed), ("continue", lost)}
        expected |= {("forget", folder) for folder in (failed, done, lost)}
        wanted = {f"{action}_{folder.name}" for action, folder in expected}
        assert {key for key in keys if key and key.split("_")[0] in ("stop", "continue", "forget")} == wanted | {
            f"stop_line_{running.name}"
        }
        charts = [str(chart.proto.id) for chart in app.get("plotly_chart")]
        assert any(f"losses_{running.name}" in chart for chart in charts)
        assert any("Open" in str(link.proto) for link in app.get("page_link"))
        app.button(key=f"forget_{done.name}").click().run()
        assert done.name not in {job.id for job in jobs()}
        app.button(key=f"continue_{failed.name}").click().run()
        assert find_job(failed.name).state is State.WAITING
        assert f"stop_{failed.name}" in {button.key for button in app.button}
        stop(failed.name)
        until(lambda: find_job(failed.name).state is State.STOPPED)
        assert not app.exception
        assert not app.error


def test_what_cannot_be_done_is_said(dashboard: Open, tmp_path: Path) -> None:
    folder = made(folder=str(tmp_path / "gone"))
    app = dashboard("studies")
    app.button(key=f"continue_{folder.name}").click().run()
    assert any("cannot be written" in error.value for error in app.error)
    assert not app.exception


def forget_fits() -> None:
    """Let the server forget what it fitted to the same vectors, for other tests, too."""
    st.cache_resource.clear()
    samples._fits.clear()


def test_a_strategy_that_has_to_be_trained_is_trained_by_a_job(
    dashboard: Open, tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Copula, "effort", Effort.TRAINING)
    forget_fits()
    folder = Path(shutil.copytree(tiny_study.folder, tmp_path / "fresh", ignore=shutil.ignore_patterns("fits")))
    with alive(made()):
        app = dashboard("radii", study=folder, strategy="copula")
        assert not app.exception
        assert not app.get("plotly_chart")
        assert any("Copula has to be trained on fresh first" in box.value for box in app.info)
        app.button(key="train_copula").click().run()
        _, job = living_jobs()
        assert (job.title, job.target) == ("Train Copula on fresh", folder)
        assert any(said.value.startswith("Train Copula on fresh: waiting for its turn") for said in app.caption)
        stop(job.id)
        until(lambda: not find_job(job.id).is_alive)
    assert main(job.arguments) == 0
    app.run()
    assert not app.exception
    assert app.get("plotly_chart")
    shutil.rmtree(folder / "fits")
    forget_fits()
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    app = dashboard("radii", study=folder, strategy="copula")
    assert any("which this server does for nobody" in box.value for box in app.info)
    assert "train_copula" not in {button.key for button in app.button}


def test_an_attribute_network_is_trained_by_a_job(
    dashboard: Open, tiny_study: Study, celeba: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZPOINTS_DATA", str(celeba))
    images = next(path.name for path in celeba.iterdir() if path.suffix == ".zip")
    with alive(made()):
        app = dashboard("scoreboard")
        app.session_state["network"] = True
        app.run()
        assert not app.exception
        app.selectbox(key="network_pick").select(images).run()
        app.button(key="train_network").click().run()
        assert not app.exception
        _, job = living_jobs()
        stop(job.id)
        until(lambda: not find_job(job.id).is_alive)
    assert job.arguments == ("attributes", "--study", str(tiny_study.folder), "--images", str(celeba / images))


def test_a_public_server_shows_no_jobs(dashboard: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    folder = made()
    at(folder, "running", 1)
    with alive(folder):
        app = dashboard("studies")
    assert not app.exception
    assert not app.sidebar.get("progress")
    assert not [button for button in app.button if button.key and folder.name in button.key]


@pytest.mark.parametrize("text", ["a_b*c", "![x](y)", ":material/face:", "$x$", "<b>", "#1", "é 中"])
def test_plain_text_is_shown_as_it_is(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\\", "") == text
    assert all(before == "\\" for before, sign in pairwise(escaped) if sign in "![]()*_:$<>#/")
