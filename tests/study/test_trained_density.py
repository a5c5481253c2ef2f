"""A diffusion model is trained on request, kept for all ways to draw from it, and scored where it is kept.

The studies have so few vectors that no network is trained, which changes nothing of what is kept and asked for.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.errors import InputError
from core.scores.entries import entries_of
from core.scores.rows import FILE, read_scores
from core.statistics import Description
from core.strategies import Diffusion
from core.study import Study, open_study
from core.study.describing import describe_study
from core.study.fits import FOLDER, fit_strategy, is_kept
from core.study.writing import write_vectors


@pytest.fixture
def study(tmp_path: Path) -> Study:
    return write_vectors(np.random.default_rng(0).normal(2, 1, (90, 3)), tmp_path / "cells", title="Cells")


@pytest.fixture
def description(study: Study) -> Description:
    return describe_study(study)


def scored(study: Study) -> set[str]:
    return {entry.key for entry in entries_of(open_study(study.folder))}


def test_steps_and_temperature_ask_for_no_other_training(study: Study, description: Description) -> None:
    with pytest.raises(InputError, match=r"^Diffusion has to be trained on the study cells first"):
        fit_strategy(study, description, Diffusion())
    first = fit_strategy(study, description, Diffusion(), train=True)
    cold = fit_strategy(study, description, Diffusion(steps=5, temperature=0.5))
    assert [path.name for path in (study.folder / FOLDER).iterdir()] == ["diffusion.npz"]
    assert is_kept(study, Diffusion(steps=80))
    assert cold.sample(500, seed=0).std() < 0.7 * first.sample(500, seed=0).std()


def test_a_fit_of_another_version_or_of_other_vectors_is_not_believed(
    study: Study, description: Description, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fit_strategy(study, description, Diffusion(), train=True)
    other = write_vectors(np.random.default_rng(1).normal(2, 1, (90, 3)), tmp_path / "others")
    (other.folder / FOLDER).mkdir()
    kept = study.folder / FOLDER / "diffusion.npz"
    (other.folder / FOLDER / "diffusion.npz").write_bytes(kept.read_bytes())
    assert not is_kept(other, Diffusion())
    kept.write_bytes(kept.read_bytes()[:-40])
    assert not is_kept(study, Diffusion())
    fit_strategy(study, description, Diffusion(), train=True)
    assert is_kept(study, Diffusion())
    monkeypatch.setattr(Diffusion, "fit_version", Diffusion.fit_version + 1)
    with pytest.raises(InputError, match="has to be trained"):
        fit_strategy(study, description, Diffusion())


def test_the_scoreboard_has_its_row_where_it_is_trained_on_half_a(
    study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    score = ["score", "--study", str(study.folder), "--strategy", "diffusion", "--count", "20", "--seeds", "1"]
    fit = ["fit", "--study", str(study.folder), "--strategy", "diffusion"]
    assert "diffusion" not in scored(study)
    assert main(score) == 2
    assert "Diffusion has to be trained on half A of the study cells first" in capsys.readouterr().err
    assert main(fit) == 0
    assert "diffusion" not in scored(study)  # that is one of all vectors
    assert main([*fit, "--half"]) == 0
    assert "diffusion" in scored(study)
    assert main(score) == 0
    row = read_scores(study.folder / FILE).set_index("strategy").loc["diffusion"]
    assert row["parameters"] == "steps=30,temperature=1"
    assert np.isfinite(row["in_bulk"])


def test_tables_of_all_strategies_train_none(study: Study, tmp_path: Path) -> None:
    command = ["statistics", "--study", str(study.folder), "--count", "20", "--replace", "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert not is_kept(study, Diffusion())
    assert not list((tmp_path / "out").glob("*diffusion*"))
    assert main(["fit", "--study", str(study.folder), "--strategy", "diffusion"]) == 0
    assert main(command) == 0
    assert len(list((tmp_path / "out").glob("*diffusion*"))) == 3
