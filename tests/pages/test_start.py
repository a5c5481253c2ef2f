"""The start page: one question, one slider."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.study.writing import write_vectors
from tests.pages.conftest import Open, chosen


@pytest.mark.slow
def test_the_slider_goes_from_nothing_to_the_data_and_says_why(dashboard: Open) -> None:
    app = dashboard("start")
    assert not app.exception
    assert any("without a look at the data" in text.value for text in app.markdown)
    app.select_slider[0].set_value("dependence").run()
    assert not app.exception
    assert any("The numbers are drawn together" in text.value for text in app.markdown)
    assert chosen(app, "knows") == "dependence"
    again = next(button for button in app.button if button.label == "Draw again")
    again.click().run()
    assert chosen(app, "seed") == 1


def test_vectors_alone_show_their_lengths_and_say_what_is_missing(dashboard: Open, tmp_path: Path) -> None:
    study = write_vectors(np.random.default_rng(0).standard_normal((60, 3)), tmp_path / "cells", title="Cells")
    app = dashboard("start", study.folder, knows="spread")
    assert not app.exception
    assert "has neither a decoder nor pictures" in app.info[0].value
    assert any("where the vectors of Cells lie" in text.value for text in app.markdown)
    assert not any("CelebA" in text.value for text in app.markdown)
    assert any("The study has no decoder" in text.value for text in app.markdown)
    assert not any("decoder knows what to make of them" in text.value for text in app.markdown)
