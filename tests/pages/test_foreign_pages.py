"""Studies of models that were made elsewhere on the pages: not square, grey, one component, or no encoder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.study.importing import write_found
from core.study.looking import look
from tests.helpers.foreign import onnx_linear, pictures, write_pictures
from tests.pages.conftest import Open


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
