"""``python -m core import``: vectors that were made elsewhere become a study."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.study import open_study
from core.study.sets import halves


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


def test_a_table_beside_an_array_names_its_vectors(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "z.npy", values)
    names = [f"cell {i}" for i in range(200)]
    pd.DataFrame({"image": names, "weight": np.arange(200) / 3}).to_csv(tmp_path / "known.csv", index=False)
    command = ["import", str(tmp_path / "z.npy"), "--rows", str(tmp_path / "known.csv"), "--study"]
    assert main([*command, str(tmp_path / "mine")]) == 0
    rows = open_study(tmp_path / "mine").rows
    assert list(rows["image"]) == names
    assert "weight" in rows


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


def imported(folder: Path, table: pd.DataFrame, *options: str) -> int:
    """Import a table of vectors; return the exit status."""
    table.to_parquet(folder / "z.parquet")
    return main(["import", str(folder / "z.parquet"), "--study", str(folder / "mine"), "--replace", *options])


def test_a_declared_group_stays_in_one_half_and_is_said(
    tmp_path: Path, values: np.ndarray, capsys: pytest.CaptureFixture[str]
) -> None:
    table = pd.DataFrame(values, columns=[f"z_{j}" for j in range(8)]).assign(
        cage=np.arange(200) // 25, donor=np.where(np.arange(200) % 2, np.arange(200) // 10, np.nan)
    )
    assert imported(tmp_path, table, "--group", "cage") == 0
    assert "8 groups by cage, each of which stays in one half" in capsys.readouterr().out
    study = open_study(tmp_path / "mine")
    assert "cage" in study.rows
    in_a = pd.Series(halves(study.rows)).groupby(table["cage"]).mean()
    assert in_a.isin([0, 1]).all()
    assert imported(tmp_path, table) == 0
    assert "20 groups by donor" in capsys.readouterr().out
    assert list(open_study(tmp_path / "mine").rows["group"][:2].fillna("")) == ["", "0"]
    assert imported(tmp_path, table, "--group", "none") == 0
    assert not open_study(tmp_path / "mine").has_groups


@pytest.mark.parametrize(
    ("column", "complaint"),
    [("cage", "is no column of the table; there is weight"), ("weight", "holds numbers that are not whole")],
)
def test_a_group_that_is_none_is_refused(
    tmp_path: Path, values: np.ndarray, capsys: pytest.CaptureFixture[str], column: str, complaint: str
) -> None:
    table = pd.DataFrame(values, columns=[f"z_{j}" for j in range(8)]).assign(weight=values[:, 0])
    assert imported(tmp_path, table, "--group", column) == 2
    assert complaint in capsys.readouterr().err
