"""A report on a study that is too large to be worked on at once: it reads what was summarised, and a sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.progress import Progress
from core.report.chapters import chapters
from core.report.parts import Wish
from core.report.views import Views
from core.space.planes import Direction
from core.statistics import Outermost
from core.statistics import description as describing_vectors
from core.strategies import Recipe
from core.study import Study, clouds, describing, open_study, sampling
from core.study import description as opening
from core.study.writing import write_vectors

COUNT, SHOWN = 3000, 800


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    for module in (describing_vectors, describing, sampling, opening, clouds):
        monkeypatch.setattr(module, "EXACT", 1000)
    monkeypatch.setattr(sampling, "EACH_HALF", SHOWN // 2)
    rng = np.random.default_rng(0)
    vectors = rng.gamma(2.0, size=(COUNT, 1)) + rng.normal(size=(COUNT, 5))
    rows = pd.DataFrame({"image": [f"v{i}" for i in range(COUNT)]})
    return open_study(write_vectors(vectors, tmp_path / "large", rows, title="Large").folder)


def test_its_pictures_are_of_the_sample_and_its_counts_of_all(large: Study) -> None:
    views = Views(large, 50, 0)
    across, up = ("axis", 0), ("axis", 1)
    directions: tuple[Direction, Direction] = (across, up)
    plane = views.plane(directions, [views.reference])
    assert len(plane.bulk) == SHOWN
    assert plane.cloud is not None
    assert plane.cloud.total == COUNT
    assert np.allclose(plane.covariance, np.diag(views.described.axes.variances[:2]))
    assert len(views.core(0.9).kept) == SHOWN
    assert isinstance(views.largest, Outermost)
    skewness = views.shape(False).skewness
    everything = np.asarray(large.latents, np.float64)
    centred = everything - everything.mean(axis=0)
    assert np.allclose(skewness, (centred**3).mean(axis=0) / (centred**2).mean(axis=0) ** 1.5)


def test_it_says_where_it_shows_a_sample(large: Study) -> None:
    told: list[Progress] = []
    found = chapters(Views(large, 50, 0), Wish((Recipe.of("mvn", None),)), told.append)
    of_a_sample = f"a uniform sample, {SHOWN} of the {COUNT:,} vectors"
    assert {one.key for one in found if of_a_sample in one.words} == {"correlations", "bulk", "normality"}
