"""What the rows of a large study say, kept in columns: the same as from the table, and from nowhere else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from core.selection.attributes import values_of
from core.study import Study, open_study
from core.study import description as opening
from core.study.description import ROWS, write_description
from core.study.kept_columns import errors_of, find_columns, having, keep_columns, numbers_of, values_in
from core.study.row_table import RowTable
from core.study.writing import write_vectors
from core.tables.studies import errors_by_partition

COUNT = 3001


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Study:
    """Return a study whose groups of rows begin and end within bytes of bits, and in which things are unknown."""
    rng = np.random.default_rng(0)
    unknown = rng.random(COUNT) < 0.1
    rows = pd.DataFrame(
        {
            "image": [f"v{i}" for i in range(COUNT)],
            "partition": rng.choice(["train", "validation", "test"], COUNT),
            "reconstruction_error": np.where(unknown, np.nan, rng.random(COUNT)).astype(np.float32),
            "red": pd.array(np.where(unknown, None, rng.random(COUNT) < 0.3), "boolean"),
            "kind": pd.Series(np.where(rng.random(COUNT) < 0.1, None, rng.choice(["a", "b", "c"], COUNT)), dtype="str"),
            "depth": np.where(rng.random(COUNT) < 0.1, np.nan, rng.normal(size=COUNT)),
        }
    )
    folder = write_vectors(rng.normal(size=(COUNT, 3)), tmp_path / "large", rows).folder
    pq.write_table(pq.read_table(folder / ROWS), folder / ROWS, row_group_size=117)
    write_description(folder, "Large", None, None, None)
    monkeypatch.setattr(opening, "EXACT", 1000)
    return open_study(folder)


def everything(study: Study) -> list[np.ndarray]:
    """Return all that is known of a study's vectors."""
    asked = [("red", True), ("red", False), *(("kind", value) for value in "abc")]
    found = [one for name, value in asked for one in having(study, name, value)]
    return [*found, np.asarray(errors_of(study)), np.asarray(numbers_of(study, "depth"))]


def test_columns_say_the_same_as_the_table_which_is_read_no_more(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_columns(large) is None
    wanted, told = everything(large), []
    keep_columns(large, told.append)
    assert told[-1].done == told[-1].total == COUNT
    monkeypatch.setattr(RowTable, "__getitem__", lambda *_: pytest.fail("read a column of the table"))
    for one, other in zip(everything(large), wanted, strict=True):
        np.testing.assert_array_equal(one, other)
    kept = find_columns(large)
    assert kept is not None
    assert [(column.name, value) for column, value in values_in(large.columns)] == [
        ("red", True),
        *(("kind", category) for category in large.column("kind").categories),
    ]
    assert isinstance(kept.so, np.memmap)


def test_values_are_counted_from_the_bits(large: Study) -> None:
    values, red = values_of(large), large.rows["red"]
    mask = np.random.default_rng(1).random(COUNT) < 0.5
    known, so = values.counts(mask)
    assert known[0] == red[mask].notna().sum()
    assert so[0] == red[mask].fillna(False).sum()
    assert values.shares()[0] == red.mean()
    assert np.isnan(values.shares(np.zeros(COUNT, bool))).all()


@pytest.mark.parametrize("file", ["so.npy", "1.npy", "columns.npz"])
def test_damaged_columns_are_not_believed(large: Study, file: str) -> None:
    wanted = everything(large)
    keep_columns(large)
    path = large.folder / "columns" / file
    content = bytearray(path.read_bytes())
    content[-9] ^= 0xFF
    path.write_bytes(content)
    again = open_study(large.folder)
    (large.folder / "columns" / "columns.npz").touch()  # as a restart would: what was opened stays open
    assert find_columns(again) is None
    for one, other in zip(everything(again), wanted, strict=True):
        np.testing.assert_array_equal(one, other)
    keep_columns(again)
    assert find_columns(again) is not None


def test_a_public_server_keeps_none_and_reads_the_table(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZPOINTS_PUBLIC", "1")
    keep_columns(large)
    assert not (large.folder / "columns").exists()
    assert len(values_of(large)) == 4


def test_mean_errors_of_partitions_are_kept(large: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    table = large.rows[["partition", "reconstruction_error"]].astype({"reconstruction_error": float})
    wanted = table.groupby("partition")["reconstruction_error"].mean()
    for _ in range(2):
        found = errors_by_partition(large)
        assert list(found) == list(wanted.index)
        np.testing.assert_allclose(list(found.values()), wanted, rtol=1e-12)
        monkeypatch.setattr(RowTable, "batches", lambda *_: pytest.fail("read again"))
