"""What is cited of a study, in one place and as the citation file has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core import __version__
from core.study import Study
from core.study.citing import PROGRAM, SERIES, citations
from tests.helpers.scenes import study_of

CITATION = Path(__file__).parents[2] / "CITATION.cff"


def test_the_citation_file_names_what_the_program_does() -> None:
    text = CITATION.read_text(encoding="utf-8")
    assert f"version: {__version__}\n" in text
    title = text.split("\ntitle: ")[1].split("\n")[0]
    assert title in PROGRAM.text
    assert text.split("\n    title: ")[1].split("\n")[0] in SERIES.text


def test_known_data_are_cited_by_their_reference_and_others_by_their_title(bundled: Study, tmp_path: Path) -> None:
    assert "Deep Learning Face Attributes in the Wild" in citations(bundled)[-1].text
    other = study_of(np.random.default_rng(0).normal(size=(20, 3)), tmp_path / "a", "Cells")
    assert citations(other)[-1].text == "Cells, by the source that the data came from."
    assert citations(other)[:2] == (SERIES, PROGRAM)
