"""The door for new studies, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.jobs import jobs
from core.settings import studies_folder
from core.study import open_study
from core.study.writing import write_vectors
from tests.helpers.foreign import onnx_linear, pictures, write_pictures
from tests.helpers.jobs import until
from tests.pages.conftest import Open


@pytest.fixture
def studies(door: Open, tmp_path: Path) -> AppTest:
    """Return the page of studies, opened on a small one."""
    study = write_vectors(np.random.default_rng(1).normal(size=(30, 2)), tmp_path.with_name(f"{tmp_path.name}-open"))
    return door("studies", study.folder)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the dashboard may read from, with vectors, images and a file that is neither."""
    np.save(tmp_path / "my vectors.npy", np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32))
    (tmp_path / "broken.npz").write_bytes(b"PK")
    folder = tmp_path / "pictures"
    folder.mkdir()
    for i in range(4):
        Image.fromarray(np.full((40, 40), 60 * i, np.uint8)).save(folder / f"{i}.png")
    monkeypatch.setenv("ZPOINTS_DATA", str(tmp_path))
    return tmp_path


def through(app: AppTest) -> AppTest:
    """Run the page with the door open, which AppTest forgets from one run to the next."""
    app.session_state["door"] = True
    app.run()
    assert not app.exception
    return app


@pytest.mark.slow
def test_vectors_that_are_picked_become_a_study(data: Path, studies: AppTest) -> None:
    app = through(studies)
    (pick,) = [field for field in app.multiselect if field.label.startswith("Or pick from")]
    assert pick.options == ["broken.npz", "my vectors.npy", "pictures"]
    pick.select("my vectors.npy")
    through(app).button(key="door_look").click()
    through(app)
    said = " ".join(text.value for text in app.markdown)
    assert "50 vectors of 3 components" in said
    name = app.text_input(key="door_name")
    assert name.value == "my-vectors"
    name.set_value("../escape")
    through(app)
    assert app.button(key="door_start").disabled
    app.text_input(key="door_name").set_value("mine")
    app.text_input(key="door_title").set_value("Cells")
    through(app)
    app.button(key="door_start").click()
    through(app)
    (job,) = jobs()
    assert job.title == "importing Cells"
    until(lambda: not jobs()[0].is_alive)
    study = open_study(studies_folder() / "mine")
    assert (study.title, len(study)) == ("Cells", 50)


@pytest.mark.slow
def test_what_is_taken_for_the_latent_vector_is_shown_and_can_be_corrected(data: Path, studies: AppTest) -> None:
    images = pictures(20, (12, 16, 3))
    models = onnx_linear(data, images, 3, outputs="log_variance,mean,sample")
    write_pictures(data / "images", images)
    pd.DataFrame({"donor": np.arange(20) // 4}).to_csv(data / "known.csv", index=False)
    studies.session_state["door_brought"] = (*models, data / "images", data / "known.csv")
    app = through(studies)
    assert "1 is taken for the latent vector" in " ".join(text.value for text in app.markdown)
    field = app.selectbox(key="door_latent_field")
    assert field.options == ["auto", "0: log variance", "1: mean", "2: sample"]
    field.select("2")
    through(app)
    assert "2 is taken for the latent vector" in " ".join(text.value for text in app.markdown)
    assert app.selectbox(key="door_group").value == "donor"


@pytest.mark.slow
def test_what_is_said_of_a_file_of_several_arrays_is_taken(data: Path, studies: AppTest) -> None:
    first, second = (np.random.default_rng(0).normal(size=(40, size)) for size in (3, 5))
    np.savez(data / "several.npz", first=first, second=second)
    studies.session_state["door_brought"] = (data / "several.npz",)
    app = through(studies)
    assert any("first" in error.value and "second" in error.value for error in app.error)
    app.text_input(key="door_key_field").set_value("second")
    through(app)
    assert not app.error
    assert "40 vectors of 5 components" in " ".join(text.value for text in app.markdown)
    app.button(key="door_start").click()
    through(app)
    assert "--key=second" in jobs()[0].command


@pytest.mark.slow
def test_images_are_shown_with_a_recipe_and_what_is_broken_is_said(data: Path, studies: AppTest) -> None:
    studies.session_state["door_brought"] = (data / "pictures",)
    app = through(studies)
    said = " ".join(text.value for text in app.markdown)
    assert "4 images in a folder" in said
    assert "all grey" in said
    assert "each image of 32×32 pixels by 32 numbers" in said
    app.session_state["door_brought"] = (data / "broken.npz",)
    through(app)
    assert any("npz cannot be read as an array" in error.value for error in app.error)


@pytest.mark.slow
def test_a_public_server_has_no_door(studies: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    app = studies.run()
    assert any("open to the public and makes no studies" in caption.value for caption in app.caption)
    assert not [expander for expander in app.expander if expander.label == "New study"]
