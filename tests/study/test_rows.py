"""What is known of each vector is read without trust."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import InputError
from core.sources.labels import RESERVED
from core.study.rows import GROUP, ROW_COLUMNS, check_rows, read_rows

NAMES = ["a.jpg", "b.jpg", "c.jpg"]


def written(folder: Path, **columns: object) -> Path:
    """Write three rows with the given columns."""
    path = folder / "rows.parquet"
    pd.DataFrame(columns).to_parquet(path, index=False)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_rows(path, 3)
    message = str(caught.value)
    assert message.startswith(f"{path} ")
    assert message.endswith(".")
    assert "\n" not in message
    return message


def test_columns_that_are_not_there_stand_for_unknown(tmp_path: Path) -> None:
    rows = read_rows(written(tmp_path, weight=[1, 2, 3]), 3)
    assert list(rows.columns) == [*ROW_COLUMNS, "weight"]
    assert list(rows["image"]) == ["0", "1", "2"]
    assert list(rows["partition"]) == [""] * 3
    assert rows["reconstruction_error"].isna().all()
    assert rows["reconstruction_error"].dtype == np.float32


def test_a_row_without_a_name_is_named_by_its_number(tmp_path: Path) -> None:
    assert list(read_rows(written(tmp_path, image=["a", None, ""]), 3)["image"]) == ["a", "1", "2"]


def test_whatever_pandas_writes_comes_back_in_order_with_its_types(tmp_path: Path) -> None:
    path = written(
        tmp_path, Tall=pd.array([True, None, False], "boolean"), image=pd.Categorical(NAMES), Bald=[True, False, True],
        partition=["train", None, "test"], reconstruction_error=[0.5, np.nan, 0.0], group=[7, 7, 9], age=[1, 2, 3],
        kind=pd.Categorical(["x", "y", "x"]), score=[0.5, None, 1.5],
    )  # fmt: skip
    rows = read_rows(path, 3)
    assert list(rows.columns) == [*ROW_COLUMNS, GROUP, "Tall", "Bald", "age", "kind", "score"]
    assert list(rows["image"]) == NAMES
    assert list(rows["partition"]) == ["train", "", "test"]
    assert rows["reconstruction_error"].fillna(-1).tolist() == [0.5, -1, 0]
    assert list(rows[GROUP]) == ["7", "7", "9"]
    assert (rows["Tall"].dtype, rows["Bald"].dtype) == (pd.BooleanDtype(), pd.BooleanDtype())
    assert rows["Tall"].isna().tolist() == [False, True, False]
    assert list(rows["kind"]) == ["x", "y", "x"]


def test_columns_that_nobody_can_use_are_left_out(tmp_path: Path) -> None:
    path = written(
        tmp_path, image=NAMES, day=pd.date_range("2000", periods=3), many=[[1], [2], [3]], raw=[b"\xff"] * 3,
        month=pd.period_range("2000", periods=3, freq="M"), fields=[{"a": 1}] * 3,
    )  # fmt: skip
    assert list(read_rows(path, 3).columns) == list(ROW_COLUMNS)


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        ({"image": NAMES[:2]}, "has 2 rows for the 3 vectors of the study"),
        ({"image": [1, 2, 3]}, "has int64 in the column image, not text"),
        ({"image": [b"a", b"b", b"c"]}, "has binary in the column image, not text"),
        ({"image": ["a", "b\x1b[2J", "c"]}, r"has a control character in the column image: 'b\x1b[2J'"),
        ({"image": ["a", "b\n", "c"]}, r"has a control character in the column image: 'b\n'"),
        ({"image": ["a", "\u202egpj.exe", "c"]}, "has a control character in the column image"),
        ({"image": ["a", "b" * 5000, "c"]}, "has 5,000 characters in the column image; 4,096 are the most"),
        ({"partition": [1, 2, 3]}, "has int64 in the column partition, not text"),
        ({"partition": ["train", "tset", ""]}, "has the partition 'tset'; known are train, validation, test and none"),
        ({"reconstruction_error": ["a", "b", "c"]}, "in the column reconstruction_error, not numbers"),
        ({"reconstruction_error": [1, 2, 3]}, "has int64 in the column reconstruction_error, not numbers"),
        ({"reconstruction_error": [0.1, -0.5, 0]}, "has -0.5 as reconstruction_error of row 1; errors are numbers"),
        ({"reconstruction_error": [0.1, 0.2, np.inf]}, "has inf as reconstruction_error of row 2"),
        ({"reconstruction_error": [1e300, 0.2, 0.1]}, "has 1e+300 as reconstruction_error of row 0"),
        ({"group": [0.5, 1, 2]}, "has double in the column group, not text"),
        ({"group": ["a", "\x00", "b"]}, "has a control character in the column group"),
        ({"image": NAMES, "Bald\x07": [True] * 3}, "has a control character in the name of a column"),
        ({"image": NAMES, "a" * 201: [True] * 3}, "has 201 characters in the name of a column; 200 are the most"),
    ],
)
def test_a_column_that_will_not_do_is_refused_by_name(
    tmp_path: Path, columns: dict[str, object], complaint: str
) -> None:
    assert complaint in refusal(written(tmp_path, **columns))


def test_a_signalling_nan_is_an_unknown_error(tmp_path: Path) -> None:
    errors = np.array([0x7F800001, 0, 0], np.uint32).view(np.float32)
    assert read_rows(written(tmp_path, reconstruction_error=errors), 3)["reconstruction_error"].isna()[0]


def test_two_columns_of_one_name_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table([pa.array(NAMES), pa.array(NAMES)], names=["image", "image"]), path)
    assert "each needs a name of its own" in refusal(path)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"image,partition\n", b"PAR1" + b"\x00" * 100 + b"PAR1"])
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rows.parquet"
    path.write_bytes(content)
    assert "cannot be read as a table (" in refusal(path)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    offsets = pa.py_buffer(np.array([0, 1, 2, 3], np.int32))
    wrong = pa.StringArray.from_buffers(3, offsets, pa.py_buffer(b"a\xffc"))
    pq.write_table(pa.table({"image": wrong}), path)
    assert "cannot be read as a table (" in refusal(path)


def test_names_that_a_study_needs_are_no_attributes() -> None:
    assert {*ROW_COLUMNS, GROUP} == RESERVED


@pytest.mark.parametrize("names", [["a\n"], ["\udcff"], [7]])
def test_rows_that_could_not_be_read_again_are_refused_before_they_are_written(names: list[object]) -> None:
    with pytest.raises(InputError, match=r"^faces\.zip has .*\.$"):
        check_rows(pd.DataFrame({"image": pd.Series(names, dtype=object)}), Path("faces.zip"))
    check_rows(pd.DataFrame({"image": NAMES}), Path("faces.zip"))
