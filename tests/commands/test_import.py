"""``python -m core import``: vectors that were made elsewhere become a study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.study import open_study
from core.study.halves import halves


@pytest.fixture
def values() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(200, 8))


def test_an_array_becomes_a_study_of_its_title(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "z.npy", values)
    command = ["import", str(tmp_path / "z.npy"), "--study", str(tmp_path / "mine"), "--title", "my cells"]
    assert main(command) == 0
    study = open_study(tmp_path / "mine")
    assert (study.title, study.name, study.has_decoder) == ("my cells", "mine", False)
    np.testing.assert_allclose(study.latents, values, atol=2e-3)
    assert list(study.rows["image"][:2]) == ["0", "1"]
    out = tmp_path / "tables"
    assert main(["statistics", "--study", str(study.folder), "--strategy", "mvn", "--out", str(out)]) == 0
    assert list(pd.read_csv(out / "summary.csv")["strategy"]) == ["reference", "mvn"]


def test_names_attributes_and_donors_of_a_table_are_kept(tmp_path: Path, values: np.ndarray) -> None:
    table = pd.DataFrame(values, columns=[f"z_{j}" for j in range(8)]).assign(
        image=[f"cell {i}" for i in range(200)], donor=np.arange(200) // 10, round=np.arange(200) % 2 == 0
    )
    table.to_parquet(tmp_path / "z.parquet")
    assert main(["import", str(tmp_path / "z.parquet"), "--study", str(tmp_path / "mine")]) == 0
    study = open_study(tmp_path / "mine")
    assert study.attributes == ("round",)
    assert list(study.rows["image"]) == list(table["image"])
    in_a = pd.Series(halves(study.rows)).groupby(table["donor"]).nunique()
    assert (in_a == 1).all()


def test_a_study_that_is_there_is_not_replaced_unasked(
    tmp_path: Path, values: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "z.npy", values)
    command = ["import", str(tmp_path / "z.npy"), "--study", str(tmp_path / "mine")]
    assert main(command) == 0
    assert main(command) == 2
    assert "exists already" in capsys.readouterr().err
    assert main([*command, "--replace"]) == 0


def test_vectors_that_are_not_finite_leave_nothing(
    tmp_path: Path, values: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    values[3, 4] = np.nan
    np.save(tmp_path / "z.npy", values)
    assert main(["import", str(tmp_path / "z.npy"), "--study", str(tmp_path / "mine")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "mine").exists()
