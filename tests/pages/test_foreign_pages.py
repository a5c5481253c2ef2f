"""Studies of models that were made elsewhere on the pages: not square, grey, one component, or no encoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.study.importing import write_found
from core.study.looking import look
from core.study.models import Wishes
from pages.parts.front_door import PAGES
from tests.helpers.foreign import onnx_linear, pictures, write_pictures
from tests.pages.conftest import Open
from tests.study.test_foreign_models import Foreign, keras_io_denoiser, keras_io_variational, pytorch_variational

Make = Callable[[Path], Foreign]

COMPARING = [room.file for room in PAGES if room.compares]


@pytest.fixture(scope="module")
def grey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study of grey images that are not square, with two components."""
    folder = tmp_path_factory.mktemp("grey")
    images = pictures(60, (28, 20, 1))
    write_pictures(folder / "images", images)
    found = look(onnx_linear(folder, images, 2), folder / "images")
    return write_found(found, folder / "grey").study.folder


@pytest.fixture(scope="module")
def decoder_alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study of vectors of one component, with their decoder."""
    folder = tmp_path_factory.mktemp("decoder")
    _, decoder = onnx_linear(folder, pictures(60, (16, 16, 3)), 1)
    np.save(folder / "z.npy", np.random.default_rng(0).normal(size=(60, 1)))
    return write_found(look([decoder, folder / "z.npy"]), folder / "alone").study.folder


@pytest.mark.slow
@pytest.mark.parametrize("page", ["start", "faces", "paths", "scoreboard", "studies"])
def test_pages_show_grey_images_that_are_not_square(dashboard: Open, grey: Path, page: str) -> None:
    app = dashboard(page, study=grey, vectors=32)
    assert not app.exception
    assert not app.error


@pytest.mark.slow
@pytest.mark.parametrize("page", ["start", "faces", "paths", "scoreboard", "studies"])
def test_pages_decode_with_a_decoder_alone(dashboard: Open, decoder_alone: Path, page: str) -> None:
    app = dashboard(page, study=decoder_alone, vectors=32)
    assert not app.exception
    if page == "faces":
        assert [metric.value for metric in app.metric if metric.label == "Cycle error"] == ["no encoder"] * 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # of Keras, when it saves
@pytest.mark.parametrize("make", [keras_io_denoiser, keras_io_variational, pytorch_variational])
def test_every_page_of_a_model_from_public_code_is_drawn(door: Open, tmp_path: Path, make: Make) -> None:
    foreign = make(tmp_path)
    write_pictures(tmp_path / "images", pictures(40, foreign.shape))
    wishes = Wishes(value_range=foreign.value_range)
    if make is pytorch_variational:
        wishes = replace(wishes, latent="0", log_variance="1")
    study = write_found(look(foreign.paths, tmp_path / "images", wishes=wishes), tmp_path / "mine").study
    assert (study.posteriors is not None) == (make is pytorch_variational)  # the other is trained too little
    strategy = "mvn" if study.posteriors is None else "aggregate"
    for page in (room.file for room in PAGES):
        app = door(page, study=study.folder, **({"vectors": 24, "strategy": strategy} if page in COMPARING else {}))
        drawn = {"exceptions": [*app.exception], "errors": [*app.error], "warnings": [*app.warning]}
        assert not any(drawn.values()), (page, drawn)
        assert app.title or page in ("start", "story"), page
