"""The tab of a diffusion model offers a training and starts none; trained, it draws with any steps and temperature."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.jobs import living_jobs
from core.strategies import Diffusion
from core.study.describing import describe_study
from core.study.fits import FOLDER, fit_strategy
from core.study.writing import write_vectors
from tests.pages.conftest import Open, chosen

pytestmark = pytest.mark.slow


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    return write_vectors(np.random.default_rng(0).normal(2, 1, (90, 3)), tmp_path / "cells", title="Cells").folder


def test_its_tab_offers_a_training_and_starts_none(door: Open, cells: Path) -> None:
    app = door("radii", cells, strategy="diffusion", vectors=24, diffusion_steps=7)
    assert not [*app.exception, *app.error, *app.warning]
    assert chosen(app, "strategy") == "diffusion"
    assert [button.label for button in app.button if button.label.startswith("Train")] == ["Train Diffusion"]
    assert any("has to be trained on cells first" in text.value for text in app.info)
    assert not living_jobs()
    assert not (cells / FOLDER).exists()


def test_trained_it_draws_and_its_steps_and_temperature_ask_for_nothing(door: Open, cells: Path) -> None:
    study = write_vectors(np.random.default_rng(0).normal(2, 1, (90, 3)), cells, title="Cells", replace=True)
    fit_strategy(study, describe_study(study), Diffusion(), train=True)
    app = door("radii", cells, strategy="diffusion", vectors=24, diffusion_steps=7, diffusion_temperature=0.5)
    assert not [*app.exception, *app.error, *app.warning, *app.info]
    assert any(text.value.startswith("No network learns from fewer than 100 vectors") for text in app.caption)
    assert any("drawn from a normal law with what a network may have learned" in text.value for text in app.markdown)
    next(slider for slider in app.slider if slider.label == "Solver steps").set_value(30).run()
    assert not [*app.exception, *app.error, *app.info]
    assert chosen(app, "diffusion_steps") == 30
