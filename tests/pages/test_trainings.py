"""A training of a strategy is seen on its tab and among the jobs, stopped, continued, and looked back at."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.jobs.files import Report, Step, is_asked_to_stop, write_report
from core.networks import AutoencoderConfig
from core.progress import Progress
from core.scores.memorising import COLUMNS
from core.strategies import Diffusion
from core.study import Study
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.writing import write_vectors
from tests.helpers.jobs import alive, made
from tests.helpers.networks import random_autoencoder
from tests.pages.conftest import Open
from tests.study.test_stages import SIDE, ring

pytestmark = pytest.mark.slow


def train(study: Study, until: int = 0) -> list[Step]:
    """Train a diffusion model, up to an epoch that is the last where one is given; return the ends of epochs."""
    ends: list[Step] = []

    def follow(progress: Progress) -> None:
        if progress.epoch is not None:
            ends.append(Step.of(progress, None))
        if until and progress.epoch == until:
            raise KeyboardInterrupt

    try:
        fit_strategy(study, describe_study(study), Diffusion(), follow, train=True)
    except KeyboardInterrupt:
        assert until
    return ends


def at(folder: Path, state: str, epochs: list[Step]) -> None:
    """Write down how the job of a training goes."""
    ended = None if state == "running" else 61.0
    report = Report(place=1, state=state, begun=1.0, ended=ended, progress=epochs[-1], epochs=tuple(epochs))  # type: ignore[arg-type]
    write_report(folder, report)


def charts(app: AppTest) -> str:
    return " ".join(str(chart.proto.id) for chart in app.get("plotly_chart"))


def says(app: AppTest, words: str) -> bool:
    return any(words in text.value for text in app.caption)


def test_a_training_is_seen_stopped_continued_and_looked_back_at(
    door: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (25, 25))
    monkeypatch.setattr(Diffusion, "DRAWN", (40, 40))
    autoencoder = random_autoencoder(AutoencoderConfig(SIDE, 3, 4, (2,)))
    study = write_vectors(ring(300), tmp_path / "ring", autoencoder=autoencoder)
    epochs = train(study, until=22)
    arguments = ("fit", "--study", str(study.folder), "--strategy", "diffusion")
    folder = made(title="Train Diffusion on ring", arguments=arguments, target=str(study.folder))
    at(folder, "running", epochs)
    with alive(folder):
        app = door("radii", study.folder, strategy="diffusion", vectors=24)
        assert not [*app.exception, *app.error]
        assert all(key in charts(app) for key in ("losses_diffusion", "likelihoods_diffusion"))
        assert says(app, "after epoch 22 ")
        assert says(app, "N(μ, Σ) has ")
        assert says(app, "with 10 solver steps")
        assert says(app, "Pictures of 24 vectors drawn after epoch 20 in 10 solver steps")
        app.toggle(key="choose_epoch_diffusion").set_value(True).run()
        app.select_slider(key="epoch_diffusion").set_value(0).run()
        assert says(app, "Pictures of 24 vectors drawn from N(μ, Σ)")
        assert f"continue_training_{folder.name}" not in {button.key for button in app.button}
        app.button(key=f"stop_training_{folder.name}").click().run()
        assert not app.exception
        assert is_asked_to_stop(folder, 1)
    at(folder, "stopped", epochs)
    app.run()
    assert not [*app.exception, *app.error]
    assert "losses_diffusion" in charts(app)
    assert f"continue_training_{folder.name}" in {button.key for button in app.button}
    app = door("studies", study.folder)
    assert not app.exception
    assert all(f"{key}_{folder.name}" in charts(app) for key in ("losses", "likelihoods"))
    assert says(app, "Pictures of 24 vectors drawn after epoch 20")
    assert f"continue_{folder.name}" in {button.key for button in app.button}
    at(folder, "done", epochs + train(study))
    st.cache_resource.clear()
    app = door("radii", study.folder, strategy="diffusion", vectors=24)
    assert not [*app.exception, *app.error, *app.info]
    assert "losses_diffusion" not in charts(app)
    app.session_state["trained_diffusion"] = True
    app.run()
    assert not app.exception
    assert "losses_diffusion" in charts(app)
    assert says(app, "in 25 epochs.")
    assert any("csv_ring_diffusion_training" in str(button.proto.id) for button in app.get("download_button"))
    looks = dict.fromkeys(COLUMNS, 1.0) | {"vectors": 100, "total": 2, "copied": 0.0, "usual": 0.1}
    pd.DataFrame([looks, looks | {"steps": 2, "copied": 0.2}]).to_csv(study.folder / "memorising.csv", index=False)
    app.run()
    assert not app.exception
    assert "memorising" in charts(app)
    assert says(app, "from 100 vectors it is best on held-out ones at step 1 and copies from step 2 on")
    assert any("csv_ring_memorising" in str(button.proto.id) for button in app.get("download_button"))
    (study.folder / "memorising.csv").write_text("no table")
    app.run()
    assert not app.exception
    assert "memorising" not in charts(app)
    assert any("memorising.csv cannot be read" in said.value for said in app.text)
