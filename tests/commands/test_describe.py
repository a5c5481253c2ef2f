"""The command that computes what pages need of a study once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.statistics import description as describing_vectors
from core.study import describing, sampling
from core.study import description as opening
from core.study.writing import write_vectors


@pytest.mark.parametrize("exact", [10_000, 500])
def test_a_study_is_described_before_a_page_asks(
    tmp_path: Path, exact: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (describing_vectors, describing, sampling, opening):
        monkeypatch.setattr(module, "EXACT", exact)
    monkeypatch.setattr(sampling, "EACH_HALF", 50)
    folder = write_vectors(np.random.default_rng(0).normal(size=(2000, 3)), tmp_path / "it").folder
    assert main(["describe", "--study", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "2,000 vectors of 3 components described" in said
    large = exact < 2000
    assert ("100 of them sampled" in said) == ("in rank" in said) == large
    assert (folder / "summary" / "summary.npz").exists() == large
    assert (folder / "statistics.npz").exists() == (not large)
