"""A study of other data shows its own name everywhere."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from core.study import Study
from core.study.description import ROW_COLUMNS
from tests.described import edit, sign
from tests.pages.conftest import Open


@pytest.fixture(scope="module")
def cells(tiny_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the tiny study with another title and other attributes."""
    folder = tmp_path_factory.mktemp("titled") / "plate7"
    shutil.copytree(tiny_study.folder, folder)
    rows = pd.read_parquet(folder / "rows.parquet")
    rows = rows[[*ROW_COLUMNS, "Smiling"]].rename(columns={"Smiling": "Round"})
    rows.to_parquet(folder / "rows.parquet")
    edit(folder, lambda described: described.update(title="Cells"))
    edit(folder, lambda described: described["source"].update(crop=0))
    sign(folder)
    return folder


@pytest.mark.parametrize(
    "page", ["faces", "components", "correlations", "normality", "radii", "paths", "studies", "bulk"]
)
def test_no_page_calls_other_data_celeba(dashboard: Open, cells: Path, page: str) -> None:
    app = dashboard(page, study=cells, vectors=64)
    assert not app.exception
    assert not app.error
    shown = [str(element.proto) for element in app.main]
    assert len(shown) > 3
    assert not [text for text in shown if "CelebA" in text and "the studies at hand" not in text]  # a list of them all
    assert page == "studies" or any("Cells" in text for text in shown)
