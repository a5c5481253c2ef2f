"""On its tab a diffusion model can be asked for attributes, where it has learned of some."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.strategies import Diffusion
from core.study.describing import describe_study
from core.study.fits import fit_strategy
from core.study.writing import write_vectors
from pages.parts.codecs import several
from tests.pages.conftest import Open, chosen

pytestmark = pytest.mark.slow


def test_options_with_blanks_in_their_names_are_parted_in_an_address() -> None:
    codec = several("rows", ("asked=Has glasses", "mvn", "a"))
    assert codec.read(codec.write(("asked=Has glasses", "a"))) == ("asked=Has glasses", "a")
    assert codec.write(("mvn", "a")) == "mvn a"


@pytest.fixture
def people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Trained for two epochs on vectors of which it is known who is big and who has glasses."""
    monkeypatch.setattr(Diffusion, "EPOCHS", (2, 2))
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"Big": rng.random(300) < 0.5, "Has_glasses": rng.random(300) < 0.3})
    study = write_vectors(rng.normal(2, 1, (300, 3)), tmp_path / "people", rows, title="People")
    fit_strategy(study, describe_study(study), Diffusion(), train=True)
    return study.folder


def asks(app: AppTest) -> list[str]:
    return [wish.label for wish in app.multiselect if wish.label == "Asked for"]


def weights(app: AppTest) -> list[float]:
    return [slider.value for slider in app.slider if slider.label == "Weight of what is asked"]


def test_what_is_asked_for_stands_in_the_address_and_in_the_heading(door: Open, people: Path) -> None:
    app = door(
        "faces", people, strategy="diffusion", vectors=24, diffusion_asked="Big+-Has_glasses", diffusion_weight=2
    )
    assert not [*app.exception, *app.error, *app.warning]
    (wish,) = (one for one in app.multiselect if one.label == "Asked for")
    assert wish.value == ["Big", "-Has_glasses"]
    assert list(wish.options) == ["Big", "not Big", "Has glasses", "not Has glasses"]
    assert weights(app) == [2]
    told = [text.value for text in (*app.markdown, *app.caption)]
    assert any("Diffusion, asked for Big and not Has glasses" in text for text in told)
    assert any(
        "Diffusion was asked for *Big and not Has glasses*, and is held against all of People" in t for t in told
    )


def test_what_contradicts_an_earlier_wish_takes_its_place_and_nothing_is_anyone(door: Open, people: Path) -> None:
    app = door("radii", people, strategy="diffusion", vectors=24, diffusion_asked="Big")
    next(one for one in app.multiselect if one.label == "Asked for").set_value(["Big", "-Big"]).run()
    assert not [*app.exception, *app.error, *app.warning]
    assert chosen(app, "diffusion_asked") == "-Big"
    next(one for one in app.multiselect if one.label == "Asked for").set_value([]).run()
    assert not [*app.exception, *app.error, *app.warning]
    assert chosen(app, "diffusion_asked") == "anyone"
    assert not weights(app)  # nothing is asked for that it could weigh


def test_an_address_cannot_ask_for_what_nobody_learned_of(door: Open, people: Path) -> None:
    app = door("radii", people, strategy="diffusion", vectors=24, diffusion_asked="Bald")
    assert not [*app.exception, *app.error]
    (warning,) = app.warning
    assert "diffusion_asked cannot ask for 'Bald' here. The default, anyone, is shown instead." in warning.value
    assert asks(app)


def test_where_nothing_is_known_of_the_vectors_nothing_is_asked(door: Open, tmp_path: Path) -> None:
    study = write_vectors(np.random.default_rng(5).normal(2, 1, (90, 3)), tmp_path / "cells", title="Cells")
    fit_strategy(study, describe_study(study), Diffusion(), train=True)
    app = door("radii", study.folder, strategy="diffusion", vectors=24)
    assert not [*app.exception, *app.error, *app.warning]
    assert not asks(app)
    assert not weights(app)
    assert any(slider.label == "Strength of the network" for slider in app.slider)
