"""A study of vectors alone on the pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.study.building import write_vectors
from tests.pages.conftest import Open


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    values = np.random.default_rng(0).normal(size=(300, 6))
    return write_vectors(values, tmp_path_factory.mktemp("alone") / "alone", title="Cells").folder


@pytest.mark.parametrize("page", ["components", "correlations", "bulk", "normality", "radii", "scoreboard"])
def test_pages_that_need_no_decoder_are_drawn(door: Open, alone: Path, page: str) -> None:
    app = door(page, study=alone, vectors=64, strategy="mvn")
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("page", ["faces", "paths", "studies"])
def test_pages_that_need_one_say_so(door: Open, alone: Path, page: str) -> None:
    app = door(page, study=alone, vectors=64)
    assert not app.exception
    assert len(app.error) == 1
    assert "decoder" in app.error[0].value or "autoencoder" in app.error[0].value
