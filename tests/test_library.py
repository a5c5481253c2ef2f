"""The core in a notebook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import core
from core import InputError, Study, strategies, studies
from core.settings import studies_folder
from core.space.sample import draw_sample
from core.strategies import make_strategy
from core.study import Study as Opened
from core.study import open_study
from core.study.describing import describe_study
from core.study.fits import is_kept

ROOT = Path(__file__).parents[1]


@pytest.fixture
def own() -> Study:
    vectors = np.random.default_rng(0).normal(size=(60, 4)).astype(np.float32)
    return Study.of_vectors(vectors, studies_folder() / "mine", title="Cells")


def test_three_lines_give_latents_a_strategy_and_faces(tiny_study: Opened) -> None:
    study = Study.open(tiny_study.folder)
    mvn = study.fit("mvn")
    faces = study.decode(mvn.sample(3, seed=5))
    assert study.latents.shape == (300, 16)
    assert isinstance(mvn, strategies.MultivariateNormal)
    assert faces.shape == (3, 32, 32, 3)
    assert faces.dtype == np.uint8
    assert study.encode(faces).shape == (3, 16)


def test_the_same_seed_draws_what_the_dashboard_draws(own: Study) -> None:
    opened = open_study(own.folder)
    page = draw_sample(opened, describe_study(opened), make_strategy("ellipsoid", {"components": 3}), 12, 7)
    assert np.array_equal(own.fit("ellipsoid", {"components": 3}).sample(12, seed=7), page.vectors)


def test_a_study_is_opened_by_its_name_and_is_one_for_all_of_the_core(own: Study) -> None:
    again = Study.open("mine")
    assert isinstance(again, Opened)
    assert (again.title, again.fingerprint) == ("Cells", own.fingerprint)
    assert "mine" in [entry.name for entry in studies()]
    with pytest.raises(InputError, match="There is no study 'nowhere'"):
        Study.open("nowhere")


def test_what_takes_long_is_kept_and_a_strategy_may_be_given_as_such(own: Study) -> None:
    mixture = strategies.Mixture(components=2)
    assert own.fit(mixture) is mixture
    assert is_kept(own, strategies.Mixture(components=2))


def test_vectors_alone_are_not_decoded(own: Study) -> None:
    with pytest.raises(InputError, match="holds vectors without an autoencoder"):
        own.decode(np.zeros((1, 4)))


def test_a_study_goes_out_as_one_file_and_comes_in_again(own: Study, tmp_path: Path) -> None:
    own.export(tmp_path / "mine.zip")
    assert Study.of_export(tmp_path / "mine.zip", tmp_path / "back").fingerprint == own.fingerprint


def test_what_the_core_offers_is_listed_and_nothing_else_is_there() -> None:
    assert {"Study", "strategies", "studies", "InputError"} <= set(dir(core))
    with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
        core.Nothing  # noqa: B018


@pytest.mark.slow
def test_importing_is_cheap() -> None:
    code = """
import sys
import core
print([name for name in ("numpy", "pandas", "core.study") if name in sys.modules])
from core import Study, strategies
print([name for name in ("tensorflow", "keras", "streamlit", "plotly", "dlib") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["[]", "[]"]
