"""``report``: what it writes, and what it refuses before it begins."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.__main__ import main
from core.report.drawing import browser
from core.study import Study
from tests.helpers.scenes import study_of


@pytest.fixture(scope="module")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of 60 vectors of 3 components."""
    return study_of(np.random.default_rng(0).normal(size=(60, 3)), tmp_path_factory.mktemp("cells") / "plate7")


def run(study: Study, *words: str | Path) -> int:
    return main(["report", "--study", str(study.folder), *map(str, words)])


def test_a_report_is_one_file_with_the_title_of_the_data(
    cells: Study, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.html"
    assert run(cells, "--strategies", "cube,scale=1.5", "mvn", "--count", "24", "--out", out) == 0
    text = out.read_text(encoding="utf-8")
    assert "<h1>Cells: a report on the study plate7</h1>" in text
    assert "--strategies cube,scale=1.5 mvn --count 24 --seed 0" in text
    assert "CelebA" not in text.partition('<script type="application/json"')[0]
    assert f"{out}: " in capsys.readouterr().out
    assert run(cells, "--strategies", "mvn", "--count", "24", "--out", out) == 2  # without --replace
    assert out.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--out", "a.html", "--strategies", "taste"), "taste"),
        (("--out", "a.html", "--choose", "order"), "--choose takes name=value, not 'order'"),
        (("--out", "a.html", "--count", "9999"), "A report draws up to 4,096 vectors"),
        (("--out", "a.html", "--means-alone"), "are no means of posteriors; leave out --means-alone"),
        (("--out", "a.html", "--strategies", "diffusion"), "has to be trained"),
        ((), "Say what to write"),
    ],
)
def test_what_is_refused_leaves_nothing(
    cells: Study,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(cells, *words) == 2
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_needs_a_browser(
    cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    assert run(cells, "--pdf", tmp_path / "a.pdf") == 2
    assert "none is installed" in capsys.readouterr().err
    assert run(cells, "--strategies", "mvn", "--count", "24", "--pages", "radii", "--zip", tmp_path / "a.zip") == 0
    assert "No Chromium was found" in capsys.readouterr().out


@pytest.mark.skipif(browser() is None, reason="no Chromium is installed")
def test_a_pdf_is_printed(cells: Study, tmp_path: Path) -> None:
    assert run(cells, "--strategies", "mvn", "--count", "24", "--pages", "radii", "--pdf", tmp_path / "a.pdf") == 0
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")


def test_a_browser_that_cannot_print_is_named(
    cells: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(cells, "--strategies", "mvn", "--count", "24", "--pages", "radii", "--pdf", tmp_path / "a.pdf") == 2
    assert f"Chromium ({program}) could not print the report" in capsys.readouterr().err
    assert not (tmp_path / "a.pdf").exists()
