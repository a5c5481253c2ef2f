"""The notebooks of `examples/` run as they stand, and their pictures are decoded, never photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


def cells(notebook: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in found if cell["cell_type"] == "code"]


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_was_run_from_its_top_to_its_end_and_is_small(notebook: Path) -> None:
    assert [cell["execution_count"] for cell in cells(notebook)] == list(range(1, len(cells(notebook)) + 1))
    outputs = [output for cell in cells(notebook) for output in cell["outputs"]]
    assert outputs
    assert "error" not in {output["output_type"] for output in outputs}
    assert notebook.stat().st_size < 100_000


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in cells(notebook):
        exec("".join(cell["source"]), names)
    assert len(names["study"]) == 1797
    printed = ["".join(o["text"]) for c in cells(notebook) for o in c["outputs"] if o.get("name") == "stdout"]
    assert capsys.readouterr().out.splitlines()[-1].split()[0] == printed[-1].splitlines()[-1].split()[0]


def test_each_door_has_a_notebook_and_the_model_is_small_and_tells_nothing_of_the_machine() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == ["onnx_model", "own_images", "own_vectors"]
    for part in ("encoder", "decoder"):
        data = (FOLDER / f"{part}.onnx").read_bytes()
        assert len(data) < 200_000
        assert b".py" not in data
