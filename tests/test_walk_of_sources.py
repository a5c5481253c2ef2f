"""The walk through a source of vectors: one module that reads a kind of file, and one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.__main__ import main
from core.errors import InputError
from core.sources import vectors
from core.sources.vectors import Vectors, checked, open_vectors
from core.study import open_study


def read_lines(path: Path, key: str | None) -> Vectors:
    """Read a toy kind of file: a name and the components on each line."""
    try:
        lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
        array = np.array([[float(word) for word in line[1:]] for line in lines])
    except ValueError as error:
        raise InputError(f"{path} cannot be read ({error}); give names and numbers.") from None
    return Vectors(
        path, checked(path, array), np.array([line[0] for line in lines]), pd.DataFrame(index=range(len(lines)))
    )


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Add a line to the list of readers; return a file of that kind."""
    monkeypatch.setitem(vectors.READERS, ".lines", read_lines)
    path = tmp_path / "cells.lines"
    path.write_text("".join(f"cell{i} {i / 3} {i % 5} {(i * 7) % 3}\n" for i in range(30)))
    return path


def test_a_new_kind_of_file_becomes_a_study_by_the_command_that_imports(lines: Path, tmp_path: Path) -> None:
    assert main(["import", str(lines), "--study", str(tmp_path / "cells")]) == 0
    study = open_study(tmp_path / "cells")
    assert study.latents.shape == (30, 3)
    assert list(study.rows["image"][:2]) == ["cell0", "cell1"]


def test_the_help_and_the_refusal_of_other_files_name_a_new_kind(
    lines: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    assert ".lines" in capsys.readouterr().out
    (tmp_path / "a.pkl").write_bytes(b"")
    with pytest.raises(InputError, match=r"\.lines"):
        open_vectors(tmp_path / "a.pkl")


def test_what_is_damaged_in_a_new_kind_is_one_sentence(lines: Path) -> None:
    lines.write_text("cell one\n")
    with pytest.raises(InputError, match="cannot be read"):
        open_vectors(lines)
