"""Fits that are made for later."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.scores.board import Scorer
from core.strategies import Recipe
from core.study import Study, open_study
from core.study import fits as fits_module
from core.study.describing import describe_study
from core.study.fits import fit_strategy, is_kept, is_kept_for_half


def test_a_fit_is_kept_for_whoever_needs_it(
    tiny_study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(tiny_study.folder, tmp_path / "s", ignore=shutil.ignore_patterns("fits", "scores*")))
    recipe = Recipe.of("mixture", {"components": 3})
    command = ["fit", "--study", str(folder), "--strategy", "mixture", "--set", "components=3"]
    assert main(command) == 0
    assert capsys.readouterr().out.endswith("is fitted and kept\n")
    study = open_study(folder)
    assert is_kept(study, recipe.make())
    assert not is_kept_for_half(study, recipe.make())
    assert main([*command, "--half"]) == 0
    assert is_kept_for_half(study, recipe.make())
    assert capsys.readouterr().out.endswith("is fitted to half A and kept\n")
    assert len(list((folder / "fits").iterdir())) == 2

    def fit_anew(*_: object) -> None:
        pytest.fail("fits anew")

    monkeypatch.setattr(fits_module, "keep", fit_anew)
    fit_strategy(study, describe_study(study), recipe.make())
    assert np.isfinite(list(Scorer(study, None, 50).score(recipe, 50, 0).values())).any()


def test_what_learns_nothing_that_takes_long_has_nothing_to_keep(
    tiny_study: Study, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fit", "--study", str(tiny_study.folder), "--strategy", "cube"]) == 0
    assert capsys.readouterr().out == "Cube learns nothing that takes long, so nothing is kept.\n"
