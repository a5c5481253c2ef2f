"""Rows of a large study, read as they are asked for: the same values as from the whole table, and the same refusals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InputError
from core.study import description as opening
from core.study.columns import columns_of
from core.study.names import names_at
from core.study.row_table import RowTable, pick_rows
from core.study.rows import read_rows
from core.study.sampling import sample_rows
from core.study.sets import halves, sets_of, tenth
from core.study.writing import write_vectors

COUNT = 1000


def table() -> pa.Table:
    rng = np.random.default_rng(0)
    numbers = np.arange(COUNT)
    return pa.table(
        {
            "image": [f"{i}.jpg" if i % 7 else None for i in numbers],
            "group": [f"g{i // 3}" for i in numbers],
            "wears_hat": [bool(i % 2) if i % 5 else None for i in numbers],
            "kind": pa.array(np.array(["a", "b", "c"])[numbers % 3]).dictionary_encode(),
            "depth": rng.normal(size=COUNT).astype(np.float32),
            "dates": pa.array(numbers, pa.timestamp("s")),
        }
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    pq.write_table(table(), tmp_path / "rows.parquet", row_group_size=170)
    return tmp_path / "rows.parquet"


def test_sets_are_those_of_the_whole_table_though_no_column_is_read_whole(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, large = read_rows(path, COUNT), RowTable(path, COUNT)
    monkeypatch.setattr(RowTable, "__getitem__", lambda *_: pytest.fail("read a whole column"))
    np.testing.assert_array_equal(halves(large), halves(whole))
    np.testing.assert_array_equal(tenth(large), tenth(whole))
    found, wanted = sets_of(large), sets_of(whole)
    for name in ("fitted", "tuning", "reference", "unseen"):
        assert getattr(found, name).dtype == np.bool_
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


def test_columns_rows_and_parts_are_those_of_the_whole_table(path: Path) -> None:
    whole, large = read_rows(path, COUNT), RowTable(path, COUNT)
    assert len(large) == COUNT
    assert large.columns == list(whole.columns)
    assert "dates" not in large
    for name in whole.columns:
        pd.testing.assert_series_equal(large[name], whole[name])
    pd.testing.assert_frame_equal(large[["image", "depth"]], whole[["image", "depth"]])
    with pytest.raises(KeyError):
        large["dates"]
    which = np.array([999, 3, 171, 3, 0])
    pd.testing.assert_frame_equal(large.take(which), whole.iloc[which])
    assert large.take(which, []).shape == (len(which), 0)
    assert large.take(which[:0], ["image"]).shape == (0, 1)
    for rows in (whole, large):
        few = pick_rows(rows, which, ["image", "kind"])
        assert list(few["image"]) == ["999.jpg", "3.jpg", "171.jpg", "3.jpg", "0"]
    parts = list(large.batches(["image", "group", "absent"]))
    assert len(parts) == 6
    pd.testing.assert_frame_equal(pd.concat(parts), whole[["image", "group"]])


def test_what_follows_from_rows_is_the_same(path: Path) -> None:
    whole, large = read_rows(path, COUNT), RowTable(path, COUNT)
    assert columns_of(large) == columns_of(whole)
    assert [column.name for column in columns_of(large)] == ["wears_hat", "kind", "depth"]
    np.testing.assert_array_equal(halves(large), halves(whole))
    np.testing.assert_array_equal(sample_rows(large, 50), sample_rows(whole, 50))


def test_a_part_of_a_large_study_has_the_rows_that_were_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "EXACT", 20)
    vectors = np.arange(90.0).reshape(30, 3)
    study = write_vectors(vectors, tmp_path / "it", pd.DataFrame({"image": [f"v{i}" for i in range(30)]}))
    assert isinstance(study.rows, RowTable)
    part = study.with_only(np.arange(30) % 10 == 7, "digest")
    assert list(part.rows["image"]) == list(names_at(study, np.array([7, 17, 27]))) == ["v7", "v17", "v27"]


def test_few_columns_stay_in_memory(path: Path) -> None:
    large = RowTable(path, COUNT)
    assert large["depth"] is large["depth"]
    for name in large.columns:
        large[name]
    assert large._read.cache_info().currsize <= 6


def test_a_table_of_another_length_or_none_is_refused_at_once(path: Path) -> None:
    with pytest.raises(InputError, match="1,000 rows for the 999 vectors"):
        RowTable(path, 999)
    path.write_bytes(b"no table")
    with pytest.raises(InputError, match="cannot be read as a table"):
        RowTable(path, COUNT)


def test_a_column_that_holds_what_it_must_not_is_refused_when_it_is_read(path: Path) -> None:
    wrong = table().set_column(0, "image", pa.array(["bell\a"] * COUNT))
    pq.write_table(wrong, path)
    large = RowTable(path, COUNT)
    assert len(large["depth"]) == COUNT
    with pytest.raises(InputError, match="control character"):
        large["image"]


def test_damage_within_a_column_is_one_sentence(path: Path) -> None:
    large = RowTable(path, COUNT)
    content = bytearray(path.read_bytes())
    content[4:400] = bytes(396)
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"rows\.parquet"):
        large["image"]
