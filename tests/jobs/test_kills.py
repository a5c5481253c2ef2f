"""Jobs that are killed at random moments, a few of what ``python -m bench.faults kills`` does."""

from __future__ import annotations

import pytest

from bench.kills import WORKS, run_kills


@pytest.mark.slow
@pytest.mark.no_cover
def test_a_training_that_is_killed_leaves_studies_whole_and_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # following each line would slow all of them
    counts = run_kills(1, 1, tuple(work for work in WORKS if work.name == "training"), longest=12.0)
    assert counts["faults"] == 0, capsys.readouterr().out
    assert counts["training"] >= 1
    assert counts["ended"] >= 1
