"""A diffusion model is trained on request, kept for all ways to draw from it, and scored where it is kept.

The studies have so few vectors that no network is trained, which changes nothing of what is kept and asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.errors import InputError
from core.scores.entries import entries_of
from core.scores.rows import FILE, read_scores
from core.statistics import Description
from core.strategies import Diffusion, Labels, Material
from core.study import Study, fits, open_study
from core.study.describing import describe_study
from core.study.fits import FOLDER, askable, fit_strategy, is_kept
from core.study.sets import tenth
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
    assert row["parameters"] == "steps=30,temperature=1,strength=1.2,asked=anyone,weight=1"
    assert np.isfinite(row["in_bulk"])


def test_it_learns_of_the_attributes_that_some_have_and_some_have_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Diffusion, "EPOCHS", (2, 2))
    rng = np.random.default_rng(0)
    big = rng.random(400) < 0.5
    told = pd.array(np.where(np.arange(400) % 7 == 0, None, big), dtype="boolean")
    rows = pd.DataFrame({"Big": told, "Alive": True, "5 o'Clock+": big, "Has glasses": big})
    study = write_vectors(rng.normal(2, 1, (400, 3)) + big[:, None], tmp_path / "people", rows)
    assert askable(study) == ("Big", "Has glasses")  # one is the same for all, and one cannot be written
    seen: list[Labels] = []
    fit = Diffusion.fit

    def look(self: Diffusion, *given: Any, material: Material | None = None, **more: Any) -> Diffusion:
        if material is not None:
            seen.append(material.labels)
        return fit(self, *given, material=material, **more)

    monkeypatch.setattr(Diffusion, "fit", look)
    trained = fit_strategy(study, describe_study(study), Diffusion(), train=True)
    (labels,) = seen
    assert labels.names == ("Big", "Has glasses")
    part = ~tenth(study.rows)
    np.testing.assert_array_equal(labels.told[:, 1], np.where(big, 1, -1)[part])
    np.testing.assert_array_equal(labels.told[:, 0], np.where(np.arange(400) % 7 == 0, 0, np.where(big, 1, -1))[part])
    kept = fit_strategy(study, describe_study(study), Diffusion(asked="Big+-Has glasses", weight=2.0))
    assert kept.labels_.tolist() == ["Big", "Has glasses"]
    trained.set_params(asked="Big+-Has glasses", weight=2.0)
    np.testing.assert_array_equal(kept.sample(9, seed=1), trained.sample(9, seed=1))
    with pytest.raises(InputError, match=r"^Diffusion has not learned of Alive; ask for Big, Has glasses\.$"):
        fit_strategy(study, describe_study(study), Diffusion(asked="Alive"))


def test_of_many_vectors_nothing_is_learned_but_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = pd.DataFrame({"Big": np.arange(120) % 2 == 0})
    study = write_vectors(np.random.default_rng(0).normal(2, 1, (120, 3)), tmp_path / "people", rows)
    monkeypatch.setattr(fits, "EXACT", 100)
    assert askable(study) == ()


def test_tables_of_all_strategies_train_none(study: Study, tmp_path: Path) -> None:
    command = ["statistics", "--study", str(study.folder), "--count", "20", "--replace", "--out", str(tmp_path / "out")]
    assert main(command) == 0
    assert not is_kept(study, Diffusion())
    assert not list((tmp_path / "out").glob("*diffusion*"))
    assert main(["fit", "--study", str(study.folder), "--strategy", "diffusion"]) == 0
    assert main(command) == 0
    assert len(list((tmp_path / "out").glob("*diffusion*"))) == 3
