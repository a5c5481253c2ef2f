"""Which columns of a table are components, and which name its rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.errors import InputError
from core.sources.vectors import Vectors, open_vectors

VALUES = np.random.default_rng(0).normal(size=(6, 3))
NAMES = [f"cell {i}" for i in range(6)]


def opened(folder: Path, table: pd.DataFrame, key: str | None = None, **options: object) -> Vectors:
    table.to_csv(folder / "z.csv", **{"index": False, **options})
    return open_vectors(folder / "z.csv", key)


def numbered(stem: str, values: np.ndarray = VALUES) -> pd.DataFrame:
    return pd.DataFrame(values, columns=[f"{stem}{j}" for j in range(values.shape[1])])


def test_numbers_beside_numbered_columns_are_no_components(tmp_path: Path) -> None:
    found = opened(tmp_path, numbered("z_").assign(age=[0.5, 1, 2, np.nan, 4, 5], cluster=range(6)))
    np.testing.assert_array_equal(found.array, VALUES)
    assert list(found.columns) == ["age", "cluster"]
    assert "(from columns z_0, z_1, z_2)" in found.describe()


def test_numbered_columns_are_taken_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=(6, 12))
    found = opened(tmp_path, numbered("z", values)[[f"z{j}" for j in sorted(range(12), key=str)]])
    np.testing.assert_array_equal(found.array, values)


def test_one_numbered_column_is_a_latent_space_of_one_dimension(tmp_path: Path) -> None:
    found = opened(tmp_path, numbered("latent_", VALUES[:, :1]).assign(age=VALUES[:, 1]))
    np.testing.assert_array_equal(found.array, VALUES[:, :1])


@pytest.mark.parametrize(("key", "taken"), [("pc", slice(0, 2)), ("pc0,age", [0, 2]), ("age", [2])])
def test_a_key_names_columns(tmp_path: Path, key: str, taken: slice | list[int]) -> None:
    table = pd.concat([numbered("z_", np.ones((6, 5)) / 3), numbered("pc", VALUES[:, :2])], axis=1)
    found = opened(tmp_path, table.assign(age=VALUES[:, 2]), key)
    np.testing.assert_array_equal(found.array, VALUES[:, taken])


def test_a_key_that_names_nothing_is_refused_with_what_is_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no columns of numbers that 'w' names; there is z_…\.$"):
        opened(tmp_path, numbered("z_"), "w")


def test_without_numbers_all_decimal_columns_are_components(tmp_path: Path) -> None:
    found = opened(tmp_path, pd.DataFrame(VALUES, columns=list("xyz")).assign(batch=range(6)))
    np.testing.assert_array_equal(found.array, VALUES)
    assert list(found.columns) == ["batch"]


@pytest.mark.parametrize("named", [True, False])
def test_a_table_without_a_header_loses_no_row(tmp_path: Path, named: bool) -> None:
    table = pd.DataFrame(VALUES)
    if named:
        table.insert(0, "", NAMES)
    found = opened(tmp_path, table, header=False)
    np.testing.assert_array_equal(found.array, VALUES)
    assert (found.names is not None) == named
    if found.names is not None:
        assert list(found.names) == NAMES


def test_a_header_that_counts_is_a_header(tmp_path: Path) -> None:
    found = opened(tmp_path, pd.DataFrame(VALUES))
    np.testing.assert_array_equal(found.array, VALUES)


@pytest.mark.parametrize("name", ["Image", "ID", "fileName", ""])
def test_a_column_of_names_is_recognised(tmp_path: Path, name: str) -> None:
    table = numbered("z_")
    table.insert(0, name, NAMES)
    found = opened(tmp_path, table)
    assert found.names is not None
    assert list(found.names) == NAMES
    assert not len(found.columns.columns)


def test_an_index_of_names_is_kept(tmp_path: Path) -> None:
    numbered("z_").set_index(pd.Index(NAMES)).to_parquet(tmp_path / "z.parquet")
    found = open_vectors(tmp_path / "z.parquet")
    assert found.names is not None
    assert list(found.names) == NAMES


def test_a_row_whose_name_is_missing_is_no_row_called_nan(tmp_path: Path) -> None:
    found = opened(tmp_path, numbered("z_").assign(name=["a", None, *NAMES[2:]]))
    assert found.names is not None
    assert list(found.names[:3]) == ["a", "", NAMES[2]]
